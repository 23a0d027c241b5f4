"""A stream of JSON values, one a line, parsed as its operation describes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pareta_generated.types import StreamCall

from .._models import ResponseOrigin
from . import strict_json
from .body import BODY_LIMIT
from .error_bodies import error_in
from .response import Response
from .stream_parser import StreamParser

T = TypeVar("T")


class JsonLinesParser(StreamParser[T]):
    """Yields the value of each line, as what the document says it is. A line may have a quarter of `limit` bytes.

    Lines end in LF; blank ones are skipped. The last one may lack its end, if its value is whole without a doubt:
    of a number, digits may be missing.
    """

    def __init__(self, call: StreamCall[T], response: Response, limit: int = BODY_LIMIT) -> None:
        super().__init__(response, limit)
        self._call = call
        self._limit = limit // 4
        self._parts: list[bytes] = []  # The current line.
        self._length = 0

    def feed(self, piece: bytes) -> Iterator[T]:
        """Yield the values of the lines that `piece` completes."""
        lines = piece.split(b"\n")
        rest = lines.pop()
        if lines and self._parts:
            lines[0] = b"".join((*self._parts, lines[0]))
            self._parts.clear()
            self._length = 0
        if rest:
            self._parts.append(rest)
            self._length += len(rest)
        return self._values(lines)

    def end(self) -> Iterator[T]:
        """Accept the end of the body, and yield the value of a last line without an end."""
        rest = b"".join(self._parts)
        try:
            cut = bool(rest.strip()) and type(strict_json.decode(rest)) in (int, float)
        except ValueError:
            cut = True
        if cut:
            raise self._unreadable(f"The stream ended within a line: {_shown(rest)}.")
        yield from self._values([rest])
        self.done = True

    def _values(self, lines: Sequence[bytes]) -> Iterator[T]:
        for line in lines:
            if len(line) > self._limit:
                break
            if not line or line.isspace():
                continue
            try:
                raw: Any = strict_json.decode(line)
            except ValueError as error:
                raise self._unreadable(f"A line is not JSON: {_shown(line)}.") from error
            self.last_event = {"event": "line", "data": raw}
            value = self._call.read("line", raw, ResponseOrigin.of(raw, self.response))
            if said := error_in(raw, type(value)):
                raise self._unreadable(f"The server ended the stream: {said}")
            yield value
        else:
            if self._length <= self._limit:
                return
        raise self._unreadable(f"The stream cannot be read: a line is longer than {self._limit:,} bytes.")


def _shown(line: bytes) -> str:
    return repr(line[:200].decode("utf-8", "replace"))
