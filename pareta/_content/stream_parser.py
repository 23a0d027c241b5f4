"""What the parsers of all streams share: bytes in, items out, and how a stream ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar

from pareta_generated.interchange import short_repr

from .._error_text import place_of
from .._exceptions import APIConnectionError, APIResponseError, APITimeoutError
from . import strict_json
from .body import BODY_LIMIT
from .error_bodies import said_in
from .exchange import TransportError
from .response import Response
from .sse import Decoder, EventTooLargeError

T = TypeVar("T")
_KEEP_ALIVE = frozenset({"ping", "heartbeat", "keepalive", "keep-alive"})
_ENDS = frozenset({"complete", "error"})


def is_keep_alive(name: str, text: str) -> bool:
    """Return whether an event only keeps its stream open: a ping, or one without data that ends nothing."""
    return name in _KEEP_ALIVE or not (text.strip() or name in _ENDS)


class StreamParser(Generic[T]):
    """Turns the pieces of a stream into items. `done` is set at the terminal event."""

    def __init__(self, response: Response, limit: int = BODY_LIMIT) -> None:
        """Begin a stream. An event may have half of `limit` bytes, a line a quarter."""
        self._decoder = Decoder(line_limit=limit // 4, event_limit=limit // 2)
        self.response = response
        self.done = False
        self.last_event: dict[str, Any] | None = None
        """The last event, for the errors of a broken stream."""

    @property
    def progress(self) -> str:
        """How far the stream is, for its repr."""
        event = self.last_event
        return "no event" if event is None else f"last event {event['event']!r}: {short_repr(event['data'])}"

    def feed(self, piece: bytes) -> Iterator[T]:
        """Yield the items that `piece` completes, and none after the terminal event."""
        try:
            return self._items(self._decoder.feed(piece))
        except EventTooLargeError as error:
            return self._items_before(error)

    def _items(self, events: Sequence[tuple[str, str]]) -> Iterator[T]:
        """Yield the items of decoded events, as (name, data)."""
        raise NotImplementedError

    def _items_before(self, error: EventTooLargeError) -> Iterator[T]:
        yield from self._items(error.events)
        if not self.done:
            raise self._unreadable(f"The stream cannot be read: {error}.") from error

    def end(self) -> Iterator[T]:
        """Accept the end of the body, and return the items that it completes; raise where the stream is incomplete."""
        raise NotImplementedError

    def _said_instead(self) -> str:
        """Return what a body says that has no event, and so is no stream of events."""
        text = "" if self.last_event else self._decoder.unknown
        try:
            said = said_in(strict_json.decode_text(text)) if text else ""
        except ValueError:
            said = ""
        return said or text[:200]

    def broken(self, error: TransportError) -> Exception:
        """Return the exception for a connection that broke. Nobody retries: the items would come twice."""
        return self._broken(error, f"The stream broke: {error.text}.")

    def _broken(self, error: TransportError, message: str) -> Exception:
        kind = APITimeoutError if error.kind == "timeout" else APIConnectionError
        return kind(f"{message} [{place_of(self.response)}]", last_event=self.last_event)

    def _unreadable(self, message: str) -> APIResponseError:
        return APIResponseError(f"{message} [{place_of(self.response)}]", response=self.response)
