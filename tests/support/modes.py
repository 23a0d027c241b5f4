"""Sync and async clients behind one interface, so that a test is written once: `mode.run(client.models.list())`."""

from __future__ import annotations

import asyncio
import gc
import inspect
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

import httpx
import trio
from httpx_aiohttp import AiohttpTransport

from pareta import AsyncPareta, Pareta

KEY = "pareta_sk_test_9f8e7d"


class Mode:
    """What differs: how to wait for a call, to go through a stream, and to close."""

    name: ClassVar[str]
    client_class: ClassVar[Any]
    http_client_class: ClassVar[str]

    def __init__(self) -> None:
        self._opened: list[Any] = []

    def client(self, base_url: str, **options: Any) -> Any:
        """Make a client, which is closed when the test is over."""
        client = self.client_class(**{"api_key": KEY, "base_url": base_url, **self.options(options), **options})
        self._opened.append(client)
        return client

    def options(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return further options of a client."""
        return {}

    def http_client(self, library: str = "httpx", **options: Any) -> Any:
        """Make an HTTP client of the user's own."""
        client = getattr(import_module(library), self.http_client_class)(**{"trust_env": False, **options})
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
        """Wait for something in another thread, while this mode goes on."""
        raise NotImplementedError

    @contextmanager
    def entered(self, thing: Any) -> Iterator[Any]:
        """Enter a client or a stream as a context."""
        raise NotImplementedError
        yield


class SyncMode(Mode):
    """Blocking calls."""

    name = "sync"
    client_class = Pareta
    http_client_class = "Client"

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
        with thing as entered:
            yield entered


class AsyncioMode(Mode):
    """Coroutines, run on a loop in this thread."""

    name = "asyncio"
    client_class = AsyncPareta
    http_client_class = "AsyncClient"

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
        entered = self.run(thing.__aenter__())
        try:
            yield entered
        except BaseException as error:
            self.run(thing.__aexit__(type(error), error, error.__traceback__))
            raise
        self.run(thing.__aexit__(None, None, None))

    def end(self) -> None:
        """Close what is open, and the loop."""
        super().end()
        gc.collect(0)
        self._runner.close()


class AiohttpMode(AsyncioMode):
    """The same, over aiohttp's transport."""

    name = "aiohttp"

    def close(self, thing: Any) -> None:
        """Close it, with its transport."""
        super().close(thing)
        settings = getattr(thing, "_settings", None)
        if settings is not None and settings.transport is not None:
            self.run(settings.transport.aclose())

    def options(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the transport, unless a test brings its own client or transport."""
        if given.keys() & {"http_client", "transport"}:
            return {}
        return {"transport": AiohttpTransport(limits=httpx.Limits(max_connections=None))}


class TrioMode(AsyncioMode):
    """Coroutines, run by trio in a thread of its own."""

    name = "trio"

    def __init__(self) -> None:
        Mode.__init__(self)
        self._token: Any = None
        self._over = trio.Event()
        begun = threading.Event()
        self._thread = threading.Thread(target=trio.run, args=(self._main, begun), daemon=True)
        self._thread.start()
        begun.wait()

    async def _main(self, begun: threading.Event) -> None:
        self._token = trio.lowlevel.current_trio_token()
        begun.set()
        await self._over.wait()

    def run(self, result: Any) -> Any:
        """Run a coroutine; anything else is the result already."""

        async def awaited() -> Any:
            return await result

        return trio.from_thread.run(awaited, trio_token=self._token) if inspect.iscoroutine(result) else result

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for it; the loop runs elsewhere."""
        return event.wait(seconds)

    def end(self) -> None:
        """Close what is open, and the loop."""
        Mode.end(self)
        gc.collect(0)
        trio.from_thread.run_sync(self._over.set, trio_token=self._token)
        self._thread.join(10)
