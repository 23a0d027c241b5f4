"""One connection: a stock transport of httpx, and the guard of its reads."""

from __future__ import annotations

import select
from collections import deque
from typing import Any

import httpx

from .._clock import monotonic
from .async_waiting import first_timeout, within
from .settings import seconds_left

TAIL = 64
"""How many bytes of a connection are remembered, to see whether any follow a response."""
PIECE = 64 * 1024
"""How many bytes are written at a time."""


class AsyncStreamGuard:
    """Stands before the network stream of a connection. Each read and write ends at the deadline of its call.

    httpcore's own timeouts begin anew with each byte, and are fixed for a whole body.
    """

    __slots__ = ("_read", "_socket", "_stream", "_tls", "_write", "held", "tail", "until")

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._read = stream.read
        self._write = stream.write
        self._socket = stream.get_extra_info("socket")
        self._tls = stream.get_extra_info("ssl_object")
        self.until: float | None = None
        """When the call must be over, by the monotonic clock."""
        self.held: bytes | None = None
        """The head of a request until its body comes, so that one packet carries both. None: nothing is held."""
        self.tail = b""
        """The last bytes that were read."""

    @classmethod
    def of(cls, stream: Any) -> AsyncStreamGuard | None:
        """Return the guard of a network stream; None where there is no stream."""
        if stream is None:
            return None
        owner = stream.read.__self__
        if isinstance(owner, cls):
            return owner
        guard = cls(stream)
        stream.read, stream.write = guard.read, guard.write
        return guard

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come, once something has."""
        if self.held:
            await self.write(b"", timeout)
        data: bytes = await self._read(max_bytes, self._left(timeout))
        self.tail = data[-TAIL:]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it, a piece at a time: a server that reads slowly does not stretch the call."""
        if self.held is not None:
            if buffer and not self.held and len(buffer) <= PIECE:
                self.held = buffer
                return
            buffer, self.held = self.held + buffer, None
        if len(buffer) <= PIECE:
            await self._write(buffer, self._left(timeout))
            return
        view = memoryview(buffer)
        for at in range(0, len(buffer), PIECE):
            await self._write(view[at : at + PIECE], self._left(timeout))

    def _left(self, timeout: float | None) -> float | None:
        if self.until is None:
            return timeout
        left = self.until - monotonic()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(left, timeout)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    @property
    def is_readable(self) -> bool:
        """Whether something has come, or the connection has ended."""
        try:
            if not hasattr(select, "poll"):  # Windows.
                return bool(self._stream.get_extra_info("is_readable"))
            poll = select.poll()  # As httpcore does, but it looks for the socket each time, which takes longer.
            poll.register(self._socket, select.POLLIN)
            return bool(poll.poll(0))
        except (OSError, ValueError):  # It is closed.
            return True

    def ends_with(self, end: bytes) -> bool:
        """Return whether nothing follows `end`. h11 would take surplus bytes for the next response."""
        return self.tail.endswith(end[-TAIL:]) and not _has_more(self._tls)


def _has_more(tls: Any) -> bool:
    """Return whether a TLS connection has received more than was read."""
    if type(tls).__name__ != "SSLObject":  # Of a blocking one, the system knows.
        return False
    try:
        return bool(tls.read(1))
    except Exception:  # It wants to read more: there is nothing.
        return False


class AsyncConnection:
    """A stock transport with its one connection."""

    __slots__ = ("connect", "expires", "guard", "held", "hurried", "reusable", "transport", "until")

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self.guard: AsyncStreamGuard | None = None
        self.until: float | None = None
        self.connect: float | None = None
        """Seconds for each step of connecting."""
        self.expires = 0.0
        self.held: bytes | None = None
        self.hurried = False
        """Whether it is being opened in a short first round of attempts; another follows."""
        self.reusable = False
        """Whether the response was read to its end, and nothing follows it."""

    def is_usable(self) -> bool:
        """Return whether httpcore will send the next request over this connection, and not over a new one."""
        return monotonic() < self.expires and not (self.guard is not None and self.guard.is_readable)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request within the deadline in its extensions."""
        self.reusable = False
        self.until = request.extensions.get("deadline")
        self.held = None if request.method == "GET" else b""  # A request without a body is sent at once.
        self._limit(self.until)
        if self.guard is not None:  # It ends each wait at the deadline.
            return await self.transport.handle_async_request(request)
        return await within(seconds_left(None, self.until), self._send_first(request))

    async def _send_first(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self.transport.handle_async_request(request)
        except httpx.ConnectTimeout:
            if not self.hurried:
                raise
        return await self.transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connection, even one that httpcore has left in a handshake that failed or was cancelled."""
        await self.transport.aclose()
        if self.guard is not None:
            await self.guard.aclose()

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Limit the time to connect, and guard a new connection: httpcore's `trace` extension calls this."""
        event = event.partition(".")[2]
        if event == "connect_tcp.started":
            # httpcore connects with these arguments. A mock does not, so names are looked up no earlier than here.
            self.connect = info["timeout"]
            if not self.hurried:
                info["timeout"] = await first_timeout(info["host"], info["port"], self.connect)
                self.hurried = info["timeout"] != self.connect
        elif event in ("connect_tcp.complete", "start_tls.complete"):
            self.hurried = False
            self.guard = AsyncStreamGuard.of(info["return_value"])
            self._limit(self.until)
        elif event == "setup_socks5_connection.started" and self.connect is not None:
            # httpcore waits for ever for the replies of the proxy.
            end = monotonic() + self.connect
            self._limit(end if self.until is None else min(end, self.until))
        elif event == "setup_socks5_connection.complete":
            self._limit(self.until)

    def _limit(self, until: float | None) -> None:
        if self.guard is not None:
            self.guard.until, self.guard.held = until, self.held


class AsyncConnections:
    """The connections of one process and event loop."""

    def __init__(self) -> None:
        self.idle: deque[AsyncConnection] = deque()
        self.active: set[AsyncConnection] = set()
        """Kept here, so that the garbage collector finds a dropped response before its socket."""

    def take(self) -> AsyncConnection | None:
        """Take the connection that was used last."""
        try:
            return self.idle.pop()
        except IndexError:  # Empty, or another thread took the last.
            return None

    def take_expired(self, now: float) -> AsyncConnection | None:
        """Take a connection that was idle for too long: after a burst, the first ones are."""
        try:
            return self.idle.popleft() if self.idle[0].expires < now else None
        except IndexError:
            return None

    async def close_idle(self) -> None:
        """Close the idle connections."""
        while (connection := self.take()) is not None:
            await connection.aclose()

    async def close(self) -> None:
        """Close all connections: the event loop ends."""
        await self.close_idle()
        for connection in list(self.active):
            await connection.aclose()
