"""Server-sent events out of bytes, exactly as the WHATWG HTML standard parses them. No I/O, no JSON."""

from __future__ import annotations

from collections.abc import Sequence

LINE_LIMIT = 8 * 1024 * 1024
EVENT_LIMIT = 16 * 1024 * 1024
_UNKNOWN_LINES, _UNKNOWN_LIMIT = 50, 1000
"""How much is kept, for an error, of lines that are no fields."""
_FIELDS = frozenset({b"", b"data", b"event", b"id", b"retry"})  # A comment has an empty name.
_BOM = b"\xef\xbb\xbf"
_LF, _CR = 10, 13  # As numbers: `in` finds them three times as fast.


class EventTooLargeError(ValueError):
    """A line or an event exceeds its limit."""

    events: Sequence[tuple[str, str]] = ()
    """The events that the same piece completed before it."""


class Decoder:
    """Decodes a stream, however its bytes are split, into events.

    An event is a pair of its name (`message` by default) and its data. Lines end in LF, CRLF or CR
    only. Comments, unknown fields and events without data are ignored; bytes that are not UTF-8 are
    replaced; an event that the end cuts off is dropped. `id` and `retry` serve reconnection, which no
    stream of this API has, so they are ignored too.
    """

    def __init__(self, *, line_limit: int = LINE_LIMIT, event_limit: int = EVENT_LIMIT) -> None:
        self._line_limit = line_limit
        self._event_limit = event_limit
        self._short = min(line_limit, event_limit)
        self._parts: list[bytes] = []  # The current line.
        self._length = 0
        self._data: list[bytes] = []  # The current event.
        self._size = 0
        self._name = b""
        self._after_cr = False
        self._begun = False  # Whether an event has begun, or an LF may follow a CR.
        self._start: bytes | None = b""  # The first bytes, while they may be a byte order mark.
        self._unknown: list[bytes] = []  # The first lines that are no fields.
        self._last_name = "message"
        self._prefix = b"data: "  # What an event begins with that is like the last one.

    def feed(self, piece: bytes) -> list[tuple[str, str]]:
        """Return the events that `piece` completes, as (name, data).

        Raises:
            EventTooLargeError: A line or an event exceeds its limit.

        """
        if self._start is not None:
            piece = self._without_mark(piece)
        if self._parts and (_LF in piece or _CR in piece):
            piece = b"".join((*self._parts, piece))
            self._parts.clear()
            self._length = 0
        events: list[tuple[str, str]] = []
        if not self._begun and piece.startswith(self._prefix):
            end = piece.rfind(b"\n\n")
            if 0 < end < self._short:
                text = piece[len(self._prefix) : end].decode("utf-8", "replace")
                events = [(self._last_name, text)] if "\n" not in text and "\r" not in text else self._alike(text)
                if events:
                    piece = piece[end + 2 :]
        if piece:
            try:
                self._read(piece, events)
            except EventTooLargeError as error:
                error.events = events
                raise
        return events

    @property
    def unknown(self) -> str:
        """The start of what is no event: a body that is no stream of events is all of this."""
        rest = b"".join(self._parts)[:_UNKNOWN_LIMIT]
        lines = [*self._unknown, b"" if rest.partition(b":")[0] in _FIELDS else rest]
        return b"\n".join(lines).decode("utf-8", "replace").strip()

    def _read(self, piece: bytes, events: list[tuple[str, str]]) -> None:
        """Decode a piece of any form."""
        if self._after_cr:
            # The CR ended the line; its LF follows in this piece.
            self._after_cr = False
            if piece[0] == _LF:
                piece = piece[1:]
        if _CR in piece:
            self._after_cr = piece[-1] == _CR
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = piece.split(b"\n")
        rest = lines.pop()
        self._take(lines, events)
        self._begun = bool(self._data or self._name or self._after_cr)
        if rest:
            self._parts.append(rest)
            self._length += len(rest)
            if self._length > self._line_limit:
                raise self._long_line()

    def _take(self, lines: list[bytes], events: list[tuple[str, str]]) -> None:
        data = self._data
        for line in lines:
            if not line:
                if data:
                    text = (data[0] if len(data) == 1 else b"\n".join(data)).decode("utf-8", "replace")
                    name = self._name.decode("utf-8", "replace") or "message"
                    events.append((name, text))
                    data.clear()
                    self._size = 0
                    if name != self._last_name:
                        self._last_name = name
                        self._prefix = b"event: %s\ndata: " % self._name if self._name else b"data: "
                self._name = b""
                continue
            if len(line) > self._line_limit:
                raise self._long_line()
            field, _, value = line.partition(b":")
            if field == b"data":
                value = value.removeprefix(b" ")
                self._size += len(value) + 1
                if self._size > self._event_limit:
                    raise EventTooLargeError(f"an event is longer than {self._event_limit:,} bytes")
                data.append(value)
            elif field == b"event":
                self._name = value.removeprefix(b" ")
            elif field not in _FIELDS and len(self._unknown) < _UNKNOWN_LINES:
                self._unknown.append(line[:_UNKNOWN_LIMIT])

    def _alike(self, text: str) -> list[tuple[str, str]]:
        r"""Return the events of a text where each is like the last one, with one `data: ` line; else nothing.

        The first one's prefix is left out. Such a text has no CR, and no LF except in prefixes and before them.
        """
        separator = "\n\n" + self._prefix.decode("utf-8", "replace")
        texts = text.split(separator)
        if "\r" in text or text.count("\n") != separator.count("\n") * (len(texts) - 1):
            return []
        return [(self._last_name, each) for each in texts]

    def _long_line(self) -> EventTooLargeError:
        return EventTooLargeError(f"a line is longer than {self._line_limit:,} bytes")

    def _without_mark(self, piece: bytes) -> bytes:
        """Remove the byte order mark, which may come a byte at a time."""
        start = (self._start or b"") + piece
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._start = start
            return b""
        self._start = None
        return start.removeprefix(_BOM)
