"""What a flow asks its driver to do, and what it is told came of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from ._body import ANSWER_LIMIT, ERROR_LIMIT, Body, BodyError
from ._engine import Fault, HttpRequest, Waits
from ._response import Headers, Response
from ._timeouts import Patience

T = TypeVar("T")
E_co = TypeVar("E_co", covariant=True)


class Send(NamedTuple):
    """Send a request. The outcome is a Response, an Unreadable, a Fault, or for a stream an Opened."""

    request: HttpRequest
    waits: Waits
    streams: bool = False
    limit: int = ANSWER_LIMIT
    """How many bytes of an answer are kept at most."""


class Sleep(NamedTuple):
    """Wait for so many seconds."""

    seconds: float


class Settle(NamedTuple):
    """Read a stream to its end, for what its reading makes of it. The outcome is None, or the Fault that cut it."""

    opened: Opened
    reading: Reading[Any]


class Opened(NamedTuple):
    """A stream whose head has arrived."""

    response: Response
    arrival: Any
    """The engine's Arrival or AsyncArrival: the driver that asked for it knows which."""
    read: Patience = Patience(None)
    """How long to wait for each piece."""
    limit: int = ANSWER_LIMIT
    """How long a body might have been; of a stream, an event may have half of it, and a line a quarter."""


class Unreadable(NamedTuple):
    """An answer of 2xx whose body cannot be decoded."""

    response: Response
    reason: str


Outcome: TypeAlias = Response | Unreadable | Opened | Fault
Flow: TypeAlias = Generator[Send | Sleep | Settle, Any, T]


class Reading(Protocol[E_co]):
    """Turns the pieces of a stream into what it yields, and knows when it is over. Pure."""

    done: bool

    def feed(self, piece: bytes) -> Iterator[E_co]:
        """Yield what `piece` completes, and nothing after the stream's end. Raises what is wrong with it."""
        ...

    def end(self) -> None:
        """Say that the body is over; raise where the stream is not."""
        ...

    def broken(self, fault: Fault) -> Exception:
        """Return the exception for a stream that broke."""
        ...


class Incoming:
    """An answer on its way in, as far as it is the same whoever waits for it."""

    def __init__(self, effect: Send, status: int, headers: Any) -> None:
        request = effect.request
        self._head = Response(method=request.method, url=request.url, status_code=status, headers=Headers(headers))
        self._ok = 200 <= status < 300  # noqa: PLR2004
        encoding = self._head.headers.get("content-encoding", "")
        events = effect.streams and self._ok and self._head.content_type == "text/event-stream"
        self.opens = events and encoding.strip().lower() in ("", "identity")
        self._limit = effect.limit
        whole = self._ok and not effect.streams
        self._reason = ""
        self._body: Body | None = None
        if events and not self.opens:
            self._reason = f"its events come in the content-encoding {encoding!r}, which was not asked for"
        elif not self.opens:
            try:
                self._body = Body(encoding, limit=self._limit if whole else ERROR_LIMIT, truncate=not whole)
            except BodyError as error:
                self._reason = str(error)

    def feed(self, piece: bytes) -> bool:
        """Take a piece of the body; return whether more is wanted."""
        if self._body is None:
            return False
        try:
            return self._body.feed(piece)
        except BodyError as error:
            self._reason = str(error)
            return False

    def end(self) -> None:
        """Say that the body is over."""
        try:
            if self._body is not None:
                self._body.end()
        except BodyError as error:
            self._reason = str(error)

    def opened(self, arrival: Any) -> Opened:
        """Return the stream that it is."""
        return Opened(response=self._head, arrival=arrival, limit=self._limit)

    def outcome(self, fault: Fault | None = None) -> Outcome:
        """Return what came of it. The status of an error counts, however its body ended."""
        if self._ok and fault is not None:
            return fault
        if self._ok and self._reason:
            start = self._body.start if self._body else b""
            return Unreadable(response=self._head.containing(start), reason=self._reason)
        return self._head.containing(self._body.content) if self._body else self._head
