"""What an engine is: it moves bytes, and knows no policy. The seam between flows and sockets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from ._timeouts import Patience, Timeouts

FaultKind = Literal["connection", "timeout", "tls"]
EngineName = Literal["auto", "httpx"]
AsyncEngineName = Literal["auto", "httpx", "aiohttp"]

CONNECTING = 100
"""How many connections are opened at a time: a wave of new ones would time out in the handshakes."""
HELD = 64 * 1024
"""How long a request's body may be to be sent in one piece with its head."""
PROBE = 1.0
"""Seconds that a server has which hung up on plain HTTP, to show that it speaks TLS."""
KEEPALIVE = 5.0
"""Seconds that an idle connection is kept, as httpx keeps it."""


class Fault(Exception):  # noqa: N818  # An outcome on its way to a flow; users meet APIConnectionError.
    """The transport failed. Its `__cause__` is the transport's own exception."""

    def __init__(self, kind: FaultKind, text: str) -> None:
        super().__init__(text)
        self.kind: FaultKind = kind
        self.text = text


class HttpRequest:
    """A request, whole, as it goes out."""

    __slots__ = ("__weakref__", "body", "headers", "method", "target", "url")

    def __init__(
        self, *, method: str, url: str, target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes = b""
    ) -> None:
        """Take its parts; `target` is the path and query, as they stand in the request line."""
        self.method = method
        self.url = url
        self.target = target
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:  # Without the headers, which hold the key, and without the body.
        return f"HttpRequest({self.method} {self.url})"


class Waits(NamedTuple):
    """How long each operation of one attempt may take."""

    connect: Patience
    read: Patience
    write: Patience
    pool: Patience

    @classmethod
    def of(cls, timeouts: Timeouts, until: float | None) -> Waits:
        """Make them of a client's timeouts and the call's deadline."""
        read = Patience(timeouts.read, until)
        return cls(
            connect=Patience(timeouts.connect, until),
            read=read,
            write=read if timeouts.write == timeouts.read else Patience(timeouts.write, until),
            pool=read if timeouts.pool == timeouts.read else Patience(timeouts.pool, until),
        )


class Arrival(Protocol):
    """An answer whose head has arrived, and whose body is read piece by piece, encoded as it was sent."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]

    def piece(self, read: Patience) -> bytes:
        """Return what comes next of the body, within `read`; empty at its end. Raises Fault when it breaks."""
        ...

    def close(self) -> None:
        """Give the connection back when the body was read to its end, else hang up."""
        ...

    def abort(self) -> None:
        """Hang up at once: for what the garbage collector finds."""
        ...


class Engine(Protocol):
    """Sends requests, from any thread."""

    name: str

    def send(self, request: HttpRequest, waits: Waits) -> Arrival:
        """Send `request` and return when the answer's head is there. Raises Fault."""
        ...

    def close(self) -> None:
        """Close what the engine opened itself."""
        ...


class AsyncArrival(Protocol):
    """An answer whose head has arrived, for asyncio."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]

    async def piece(self, read: Patience) -> bytes:
        """Return what comes next of the body, within `read`; empty at its end. Raises Fault when it breaks."""
        ...

    async def close(self) -> None:
        """Give the connection back when the body was read to its end, else hang up."""
        ...

    def abort(self) -> None:
        """Hang up at once, without a loop: for what the garbage collector finds."""
        ...


class AsyncEngine(Protocol):
    """Sends requests, from tasks of a loop."""

    name: str

    async def send(self, request: HttpRequest, waits: Waits) -> AsyncArrival:
        """Send `request` and return when the answer's head is there. Raises Fault."""
        ...

    async def close(self) -> None:
        """Close what the engine opened itself."""
        ...
