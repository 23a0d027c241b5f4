"""The engine over the caller's own `http_client=`, through its own `send`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from .._engine import HttpRequest, Waits
from .._exceptions import ParetaError
from .._http_client import AsyncHttpClient, arguments, fault_of, headers_of, library
from .._timeouts import Patience
from ._slots import running
from ._waiting import within


class AsyncHttpClientEngine:
    """Sends through a client that stays its owner's to configure and to close."""

    def __init__(self, client: AsyncHttpClient) -> None:
        self._client = client
        self._library = library(client, closes="aclose")
        self.name = self._library.__name__
        self._closing: set[asyncio.Task[None]] = set()

    async def send(self, request: HttpRequest, waits: Waits) -> AsyncHttpClientArrival:
        """Send `request` and return when the answer's head is there."""
        if running() is None:
            raise ParetaError("AsyncPareta runs on asyncio; here runs another event loop, or none.")
        try:
            message = self._client.build_request(request.method, request.url, **arguments(request, waits))
            sending = self._client.send(message, stream=True, follow_redirects=False)
            response = await within(Patience(None, waits.read.until).left(), sending)
        except Exception as error:  # noqa: BLE001  # Whatever the caller's client raises.
            self.reraise(error)
        return AsyncHttpClientArrival(self, message, response)

    def reraise(self, error: Exception) -> NoReturn:
        """Raise what `error` means."""
        fault = fault_of(error, self._library)
        if fault is None:
            raise error
        raise fault from error

    async def close(self) -> None:
        """Leave the client as it is."""

    def hang_up(self, loop: asyncio.AbstractEventLoop, response: Any) -> None:
        """Close an answer on its loop, which alone may do so; with the loop, its connections are gone."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._hang_up, loop, response)

    def _hang_up(self, loop: asyncio.AbstractEventLoop, response: Any) -> None:
        task = loop.create_task(_close(response))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


class AsyncHttpClientArrival:
    """An answer that the caller's client received."""

    def __init__(self, engine: AsyncHttpClientEngine, message: Any, response: Any) -> None:
        self._engine = engine
        self._message = message
        self._response = response
        self._loop = asyncio.get_running_loop()
        self._pieces: AsyncIterator[bytes] | None = None
        self._open = True
        self.status: int = response.status_code
        self.headers: Sequence[tuple[bytes, bytes]] = headers_of(response)

    async def piece(self, read: Patience) -> bytes:
        """Return what comes next of the body, within `read`, whatever the client's own timeout is."""
        pieces = self._pieces = self._pieces or self._begun()
        try:
            while True:
                piece = await within(read.left(), anext(pieces))
                if piece:
                    return piece
        except StopAsyncIteration:
            return b""
        except Exception as error:  # noqa: BLE001  # Whatever the caller's client raises.
            self._engine.reraise(error)

    def _begun(self) -> AsyncIterator[bytes]:
        if self._response.is_stream_consumed:  # A hook of the client's has read it.
            return _once(self._response.content)
        self._message.extensions.setdefault("timeout", {})["read"] = None
        pieces: AsyncIterator[bytes] = self._response.aiter_raw()
        return pieces

    async def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._open:
            self._open = False
            await _close(self._response)

    def abort(self) -> None:
        """Hang up when its loop comes to it, since the client can only be awaited."""
        if self._open:
            self._open = False
            self._engine.hang_up(self._loop, self._response)

    def __del__(self) -> None:
        self.abort()


async def _close(response: Any) -> None:
    with suppress(Exception):  # What closing raises, of whatever kind, is of no use to anyone: it is closed.
        await response.aclose()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
