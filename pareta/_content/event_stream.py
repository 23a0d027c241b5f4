"""Any stream of the API, parsed as its operation describes it; `client.call` returns one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

from pareta_generated.types import StreamCall, View

from .._models import ResponseOrigin
from . import strict_json
from .body import BODY_LIMIT
from .error_bodies import error_in, said_in
from .exchange import EVENTS
from .json_lines import JsonLinesParser
from .response import Response
from .stream_parser import StreamParser, is_keep_alive

T = TypeVar("T")


def parser_of(call: StreamCall[T], response: Response, limit: int) -> StreamParser[T]:
    """Return the parser of a call's stream."""
    if call.operation.stream_type == EVENTS:
        return EventStreamParser(call, response, limit)
    return JsonLinesParser(call, response, limit)


class EventStreamParser(StreamParser[T]):
    """Yields the payload of each event, as the class that the document gives it."""

    def __init__(self, call: StreamCall[T], response: Response, limit: int = BODY_LIMIT) -> None:
        super().__init__(response, limit)
        self._call = call

    def _items(self, events: Sequence[tuple[str, str]]) -> Iterator[T]:
        operation = self._call.operation
        for name, text in events:
            if text.strip() == operation.done:
                self.done = True
                return
            if is_keep_alive(name, text):
                continue
            raw: Any = strict_json.decode_short_object(text)
            if raw is None:
                try:
                    raw = strict_json.decode_text(text)
                except ValueError as error:
                    raise self._unreadable(f"The data of {name!r} is not JSON: {text[:200]!r}.") from error
            self.last_event = {"event": name, "data": raw}
            self.done = name in operation.terminal
            if name == "error" and not self.done:
                raise self._unreadable(
                    f"The server ended the stream: {error_in(raw, View) or said_in(raw) or text[:1000]}"
                )
            item = self._call.read(name, cast("dict[str, Any]", raw), ResponseOrigin.of(raw, self.response))
            if not self.done and (said := error_in(raw, type(item))):
                raise self._unreadable(f"The server ended the stream: {said}")
            yield item
            if self.done:
                return

    def end(self) -> Iterator[T]:
        """Accept the end of a stream that has no terminal event; else raise APIResponseError."""
        operation = self._call.operation
        if (operation.terminal or operation.done) and not operation.open_ended:
            said = self._said_instead()
            words = f" The server said: {said}" if said else ""
            raise self._unreadable(f"The stream ended before its terminal event.{words}")
        self.done = True
        return iter(())
