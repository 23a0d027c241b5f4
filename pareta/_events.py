"""Any stream of the API, read as the document describes it: what `client.call` returns for one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

from pareta_generated.types import StreamCall

from . import _json
from ._body import ANSWER_LIMIT
from ._engine import Fault
from ._exceptions import APIConnectionError, APIResponseError, APITimeoutError, place_of
from ._models import Answer
from ._response import Response
from ._sse import Decoder, EventTooLargeError

E = TypeVar("E")


class EventReading(Generic[E]):
    """Yields the payload of each event, of the class that the document gives it."""

    def __init__(self, call: StreamCall[E], response: Response, limit: int = ANSWER_LIMIT) -> None:
        self._call = call
        self._response = response
        self._decoder = Decoder(line_limit=limit // 4, event_limit=limit // 2)
        self._last: dict[str, Any] | None = None
        self.done = False

    def feed(self, piece: bytes) -> Iterator[E]:
        """Yield the payloads that `piece` completes."""
        try:
            return self._payloads(self._decoder.feed(piece))
        except EventTooLargeError as error:
            return self._payloads(error.events, error)

    def _payloads(self, events: Sequence[tuple[str, str]], failure: EventTooLargeError | None = None) -> Iterator[E]:
        for name, text in events:
            if text == self._call.operation.done:
                self.done = True
                return
            raw: Any = _json.decode_short_object(text)
            if raw is None:
                try:
                    raw = _json.decode_text(text)
                except ValueError as error:
                    raise self._error(f"the data of {name!r} is not JSON: {text[:200]!r}") from error
            self._last = {"event": name, "data": raw}
            self.done = name in self._call.operation.terminal
            yield self._call.read(name, cast("dict[str, Any]", raw), Answer.of(raw, self._response))
            if self.done:
                return
        if failure is not None:
            raise self._error(f"the stream cannot be read: {failure}") from failure

    def end(self) -> None:
        """Raise where the stream has an end of its own that did not come."""
        if self._call.operation.terminal or self._call.operation.done:
            raise self._error("the stream ended before its last event")
        self.done = True

    def broken(self, fault: Fault) -> Exception:
        """Return the exception for a stream that broke."""
        kind = APITimeoutError if fault.kind == "timeout" else APIConnectionError
        return kind(f"The stream broke: {fault.text}. [{place_of(self._response)}]", last_event=self._last)

    def _error(self, message: str) -> APIResponseError:
        return APIResponseError(f"{message} [{place_of(self._response)}]", response=self._response)
