"""What policy and transport exchange: a request, its time limits, and how it failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

ErrorKind = Literal["connection", "timeout", "tls"]
EVENTS = "text/event-stream"
"""The media type of server-sent events."""


class TransportError(Exception):
    """A request failed below HTTP. Policy decides what follows; users see APIConnectionError.

    `__cause__` is the HTTP library's own exception.
    """

    def __init__(self, kind: ErrorKind, text: str, *, answering: bool = False) -> None:
        super().__init__(text)
        self.kind: ErrorKind = kind
        self.text = text
        self.answering = answering
        """Whether it is a timeout of a request that was sent: the server may be at work on it."""


class FileBody(Protocol):
    """A body that is read from files each time that it is sent."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[bytes]: ...


class HttpRequest:
    """A request as it is sent."""

    __slots__ = ("__weakref__", "body", "headers", "method", "url")

    def __init__(
        self, *, method: str, url: str, headers: Sequence[tuple[bytes, bytes]] = (), body: bytes | FileBody = b""
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body

    def authorized(self, value: bytes) -> HttpRequest:
        """Return this request with another value of `Authorization`, where it has one."""
        headers = [(name, value if name == b"authorization" else old) for name, old in self.headers]
        return HttpRequest(method=self.method, url=self.url, headers=headers, body=self.body)

    def __repr__(self) -> str:  # The headers hold the key.
        return f"HttpRequest({self.method} {self.url})"


class Timeouts(NamedTuple):
    """Seconds for each kind of socket operation; None means no limit."""

    connect: float | None
    read: float | None
    write: float | None
    pool: float | None


class TimeLimit(NamedTuple):
    """How long a response may be silent, in seconds, and when it must be over, by the monotonic clock."""

    read: float | None = None
    until: float | None = None
