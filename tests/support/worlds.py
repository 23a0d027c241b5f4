"""Both worlds behind one face, so that a test of a behaviour is written once: `world.run(client.models.list())`."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx

from pareta import AsyncPareta, Pareta

KEY = "pareta_sk_test_9f8e7d"


class World:
    """What differs: how to wait for a call, to go through a stream, and to close."""

    name: ClassVar[str]
    engine: ClassVar[str] = "httpx"
    """What moves the bytes, unless a test or a client of the caller's own says otherwise."""
    client_class: ClassVar[Any]
    http_client_class: ClassVar[Any]

    def __init__(self) -> None:
        self._opened: list[Any] = []

    def client(self, base_url: str, **options: Any) -> Any:
        """Make a client, which is closed when the test is over."""
        engine = "auto" if "http_client" in options else self.engine
        client = self.client_class(**{"api_key": KEY, "base_url": base_url, "engine": engine, **options})
        self._opened.append(client)
        return client

    def http_client(self, **options: Any) -> Any:
        """Make an HTTP client of the caller's own."""
        client = self.http_client_class(**{"trust_env": False, **options})
        self._opened.append(client)
        return client

    def end(self) -> None:
        """Close what is open."""
        while self._opened:
            self.close(self._opened[-1])

    def run(self, result: Any) -> Any:
        """Return what a call returns."""
        raise NotImplementedError

    def each(self, stream: Any) -> Iterator[Any]:
        """Go through a stream; who leaves the loop leaves the stream's own."""
        raise NotImplementedError

    def close(self, thing: Any) -> None:
        """Close a client or a stream, and forget it: who makes thousands would be held up by the garbage collector."""
        self._opened = [each for each in self._opened if each is not thing]

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for something in another thread, while this world goes on."""
        raise NotImplementedError

    @contextmanager
    def entered(self, thing: Any) -> Iterator[Any]:
        """Enter a client or a stream as a context."""
        raise NotImplementedError
        yield


class SyncWorld(World):
    """Blocking calls."""

    name = "sync"
    client_class = Pareta
    http_client_class = httpx.Client

    def run(self, result: Any) -> Any:
        """Return what the call has returned already."""
        return result

    def each(self, stream: Any) -> Iterator[Any]:
        """Go through a stream."""
        yield from stream

    def close(self, thing: Any) -> None:
        """Close it."""
        super().close(thing)
        thing.close()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for it."""
        return event.wait(seconds)

    @contextmanager
    def entered(self, thing: Any) -> Iterator[Any]:
        """Enter it."""
        with thing:
            yield thing


class AsyncWorld(World):
    """Coroutines, run on a loop in this thread."""

    name = "async"
    client_class = AsyncPareta
    http_client_class = httpx.AsyncClient

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()

    def run(self, result: Any) -> Any:
        """Run a coroutine; what is none is the result already."""
        return self._runner.run(result) if asyncio.iscoroutine(result) else result

    def each(self, stream: Any) -> Iterator[Any]:
        """Go through a stream."""
        loop = stream.__aiter__()

        async def following() -> Any:
            return await loop.__anext__()

        while True:
            try:
                following_one = self.run(following())
            except StopAsyncIteration:
                return
            yield following_one

    def close(self, thing: Any) -> None:
        """Close it."""
        super().close(thing)
        self.run(thing.aclose())

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for it, the loop running."""
        return bool(self.run(asyncio.to_thread(event.wait, seconds)))

    @contextmanager
    def entered(self, thing: Any) -> Iterator[Any]:
        """Enter it."""
        self.run(thing.__aenter__())
        try:
            yield thing
        finally:
            self.run(thing.__aexit__(None, None, None))

    def end(self) -> None:
        """Close what is open, and the loop."""
        super().end()
        gc.collect(0)
        self._runner.close()


class AiohttpWorld(AsyncWorld):
    """The same, over aiohttp."""

    name = "aiohttp"
    engine = "aiohttp"
