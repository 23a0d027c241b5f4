"""A response while it arrives. Its body is read piece by piece."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import httpx

from .._clock import monotonic
from .._content.exchange import TimeLimit, TransportError
from .async_connection import AsyncConnection, AsyncStreamGuard
from .async_waiting import CAN_INTERRUPT, close_later, current_loop, within
from .errors import reraise
from .settings import seconds_left

DRAIN_BYTES = 64 * 1024
DRAIN_SECONDS = 0.1
"""How much of a body is read after its last event, so that the connection can be used again."""
_NOTHING = httpx.ByteStream(b"")


class AsyncPieces:
    """Pieces that are there. It is no generator: trio warns of those that are not read to their end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


class AsyncRawResponse:
    """A response whose head has arrived. Its body is read piece by piece, still encoded."""

    def __init__(
        self,
        response: Any,
        timeouts: dict[str, float | None],
        limit: TimeLimit,
        release: Callable[[], None],
        *,
        silent: bool,
        proxy: str | None,
    ) -> None:
        """Take a response; `silent` says that its transport does not end a silence."""
        self.proxy = proxy
        self._response: Any = response
        self._silent = silent
        self._timeouts = timeouts
        self._limit = limit
        self._release = release
        # Other calls may use an HTTP/2 connection, or one whose response a hook has read.
        version = response.extensions.get("http_version", b"HTTP/1.1")
        self._shared = not version.startswith(b"HTTP/1") or response.is_closed
        self._network: Any = None if self._shared else response.extensions.get("network_stream")
        self._guard = AsyncStreamGuard.of(self._network)
        if self._guard is not None:
            self._guard.until = limit.until
        self._connection: AsyncConnection | None = response.extensions.get("connection")
        self._pieces: AsyncIterator[bytes] | None = None
        self._last = b""
        self._open = [True]  # `pop` is atomic: one thread closes it.
        self._loop: Any = current_loop()
        self._process = os.getpid()
        self.status: int = response.status_code
        self.headers: Sequence[tuple[bytes, bytes]] = response.headers.raw
        if response.is_stream_consumed:  # A hook of the user's client read it, and decoded it.
            self.headers = [pair for pair in self.headers if pair[0].lower() != b"content-encoding"]

    def limit(self, limit: TimeLimit) -> None:
        """Set how long the body may be silent, and when it must be over."""
        self._limit = limit
        # httpcore looks at it when the body begins; over HTTP/2 at each read, where a timeout breaks all streams.
        self._timeouts["read"] = limit.read if CAN_INTERRUPT else seconds_left(*limit)
        if self._guard is not None:
            self._guard.until = limit.until
        else:
            self._silent = limit.until is not None

    async def read(self) -> bytes:
        """Return the next piece of the body; empty at its end. Raises TransportError."""
        handled = sys.exception()
        try:
            pieces = self._pieces
            if pieces is None:
                pieces = self._pieces = self._begin()
            while True:
                if self._guard is not None:
                    piece = await anext(pieces)
                elif self._silent:
                    piece = await within(seconds_left(*self._limit), anext(pieces))
                else:
                    piece = await anext(pieces)
                    if self._limit.until is not None and monotonic() > self._limit.until:
                        raise TimeoutError  # noqa: TRY301  # As the others do.
                if piece:
                    self._last = piece
                    return piece
        except StopAsyncIteration:
            self._pieces = AsyncPieces([])
            self._network = None
            if self._connection is not None:
                self._connection.reusable = self._guard is None or self._guard.ends_with(self._end_of_message())
            return b""
        except BaseException as error:  # Whatever the client raises.
            reraise(error, handled, self._limit.until, self.proxy)

    def _begin(self) -> AsyncIterator[bytes]:
        if self._response is None:
            raise TransportError("connection", "it was closed")
        if self._response.is_closed:  # A hook of the user's client read it, or raised for its status.
            with suppress(RuntimeError):
                return AsyncPieces([self._response.content])
            return AsyncPieces([])
        pieces: AsyncIterator[bytes] = self._response.stream.__aiter__()
        return pieces

    def _end_of_message(self) -> bytes:
        """Return what the last bytes of the response must be: of its body, unless that has chunks or is empty."""
        chunked = any(name.lower() == b"transfer-encoding" for name, _ in self.headers)
        return b"\r\n\r\n" if chunked or not self._last else self._last

    async def drain(self) -> None:
        """Read a little more, after the last event of a stream: then the connection can be used again."""
        if self._guard is None and (self._shared or not CAN_INTERRUPT):
            return
        self.limit(TimeLimit(DRAIN_SECONDS, monotonic() + DRAIN_SECONDS))
        size = 0
        with suppress(TransportError):
            while size <= DRAIN_BYTES and (piece := await self.read()):
                size += len(piece)

    async def aclose(self) -> None:
        """Give the connection back if the body was read to its end, else hang up."""
        if self._close_once():
            if self._network is not None:
                _shut_down(self._network)  # This wakes a reader in another thread or task.
            try:
                await self._end()
            finally:
                self._release()

    def abort(self) -> None:
        """Hang up at once: from any thread, and after the event loop has ended."""
        if self._close_once():
            if os.getpid() == self._process:  # After a fork, the connection is the parent's.
                _shut_down(self._network)
                close_later(self._end, self._loop)
            self._release()

    async def _end(self) -> None:
        response, self._response = self._response, None  # It holds the request, and so the key.
        try:
            with suppress(Exception):  # Whatever the client raises: it is closed.
                await response.aclose()
                if isinstance(response, httpx.Response):
                    response.stream = _NOTHING  # The two refer to each other, and would wait for the collector.
        finally:
            if self._pieces is not None and self._network is not None:
                # Now the generators of httpx end by an error: trio warns of those that it has to end.
                with suppress(Exception):
                    while True:
                        await anext(self._pieces)

    def _close_once(self) -> bool:
        try:
            self._open.pop()
        except IndexError:
            return False
        if self._guard is not None:
            self._guard.until = None
        return True

    def __del__(self) -> None:
        if self._open:
            self.abort()


def _shut_down(stream: Any) -> None:
    """End a connection as its server sees it, whatever holds its socket."""
    with suppress(Exception):  # It is closed already, or is no socket.
        sock = stream.get_extra_info("socket")
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except TypeError:  # uvloop's sockets cannot.
            with socket.socket(fileno=os.dup(sock.fileno())) as copy:
                copy.shutdown(socket.SHUT_RDWR)
