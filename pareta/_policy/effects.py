"""What a flow asks its driver to do, and the outcomes that it receives."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from .._content.body import BODY_LIMIT
from .._content.exchange import HttpRequest, TimeLimit, Timeouts, TransportError
from .._content.response import Response, Unreadable

if TYPE_CHECKING:
    from .._content.stream_parser import StreamParser
    from .hooks import Span

T = TypeVar("T")


class Send(NamedTuple):
    """Send a request. The outcome is a Response, Unreadable or TransportError, or for a stream an OpenStream."""

    request: HttpRequest
    timeouts: Timeouts
    until: float | None
    """When the attempt must be over, by the monotonic clock."""
    streams: str = ""
    """The media type of the stream that was asked for; empty for a whole response."""
    silent: bool = False
    """Whether the stream may be silent for longer than the read timeout."""
    limit: int = BODY_LIMIT
    """How many decoded bytes of a body are accepted."""


class CallBack(NamedTuple):
    """Call a function of the user's, `async` or not. The outcome is its result."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Sleep(NamedTuple):
    """Wait for so many seconds."""

    seconds: float


class ReadToEnd(NamedTuple):
    """Read the open stream to its end. The outcome is None, or the TransportError that cut it."""

    stream: OpenStream
    parser: StreamParser[Any]
    on_item: Callable[[Any], object] | None = None
    """A function of the user's that is called with each item."""


class OpenStream(NamedTuple):
    """A stream whose head has arrived. The driver holds what its bytes come from."""

    response: Response
    time: TimeLimit = TimeLimit()
    limit: int = BODY_LIMIT
    span: Span | None = None
    """The span of its call, if it is traced."""
    name: str | None = None
    """The name that the user gave an endpoint that is being deployed."""


Outcome: TypeAlias = Response | Unreadable | TransportError | OpenStream
Flow: TypeAlias = Generator[Send | Sleep | ReadToEnd | CallBack, Any, T]
