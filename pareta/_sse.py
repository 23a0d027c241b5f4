"""Server-sent events out of bytes, exactly as the WHATWG HTML standard reads them. No I/O, no JSON."""

from __future__ import annotations

LINE_LIMIT = 8 * 1024 * 1024
EVENT_LIMIT = 16 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class EventTooLargeError(ValueError):
    """A line or an event is longer than what is kept of one."""


class Decoder:
    r"""Turns the pieces of a stream, however they are cut, into events.

    An event is its name (`message` where it has none) and its data. Lines end in LF, CRLF or CR and
    nothing else; a comment, an unknown field and an event without data are nothing; what is no UTF-8
    is replaced; an event that the end cuts off is dropped. `id` and `retry` serve reconnection, which
    no stream of this API has, so they are read over.
    """

    def __init__(self, *, line_limit: int = LINE_LIMIT, event_limit: int = EVENT_LIMIT) -> None:
        self._line_limit = line_limit
        self._event_limit = event_limit
        self._short = min(line_limit, event_limit)
        self._parts: list[bytes] = []  # The line that has no end yet.
        self._length = 0
        self._data: list[bytes] = []  # The event that has no end yet.
        self._size = 0
        self._name = b""
        self._after_cr = False
        self._start: bytes | None = b""  # What may be a byte order mark, until that is known.

    def feed(self, piece: bytes) -> list[tuple[str, str]]:
        """Return the events that `piece` completes, as (name, data).

        Raises:
            EventTooLargeError: A line or an event exceeds its limit.

        """
        if self._start is not None:
            piece = self._without_mark(piece)
        elif (text := self._alone(piece)) is not None:
            return [("message", text)]
        if self._after_cr and piece:
            # CR ended the line at once, so that nothing waits for more; its LF comes late.
            self._after_cr = False
            if piece[0] == 10:  # noqa: PLR2004
                piece = piece[1:]
        if b"\r" in piece:
            self._after_cr = piece[-1] == 13  # noqa: PLR2004
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = piece.rfind(b"\n")
        if end < 0:
            self._hold(piece)
            return []
        lines = piece[:end].split(b"\n")
        if self._parts:
            self._hold(lines[0])
            lines[0] = b"".join(self._parts)
            self._parts.clear()
        self._length = 0
        events = self._events(lines)
        if end + 1 < len(piece):
            self._hold(piece[end + 1 :])
        return events

    def _alone(self, piece: bytes) -> str | None:
        """Return the data of a piece that is one event of one line: what comes when events are sent as they happen."""
        if piece[:6] != b"data: " or piece[-2:] != b"\n\n" or piece.count(b"\n") != 2 or b"\r" in piece:  # noqa: PLR2004
            return None
        if self._parts or self._data or self._name or self._after_cr or len(piece) > self._short:
            return None
        return piece[6:-2].decode("utf-8", "replace")

    def _events(self, lines: list[bytes]) -> list[tuple[str, str]]:
        events: list[tuple[str, str]] = []
        data = self._data
        for line in lines:
            if not line:
                if data:
                    text = (data[0] if len(data) == 1 else b"\n".join(data)).decode("utf-8", "replace")
                    events.append((self._name.decode("utf-8", "replace") or "message", text))
                    data.clear()
                    self._size = 0
                self._name = b""
                continue
            if len(line) > self._line_limit:
                raise EventTooLargeError(f"a line is longer than {self._line_limit:,} bytes")
            field, _, value = line.partition(b":")
            if field == b"data":
                value = value.removeprefix(b" ")
                self._size += len(value) + 1
                if self._size > self._event_limit:
                    raise EventTooLargeError(f"an event is longer than {self._event_limit:,} bytes")
                data.append(value)
            elif field == b"event":
                self._name = value.removeprefix(b" ")
        return events

    def _hold(self, part: bytes) -> None:
        if part:
            self._parts.append(part)
            self._length += len(part)
            if self._length > self._line_limit:
                raise EventTooLargeError(f"a line is longer than {self._line_limit:,} bytes")

    def _without_mark(self, piece: bytes) -> bytes:
        """Take the byte order mark from the stream's start, which may come a byte at a time."""
        start = (self._start or b"") + piece
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._start = start
            return b""
        self._start = None
        return start.removeprefix(_BOM)
