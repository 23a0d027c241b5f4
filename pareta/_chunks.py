"""HTTP chunks that arrive together, made one, so that the parser above is asked once and not for each. No I/O."""

from __future__ import annotations

import re

_HEX = re.compile(rb"[0-9A-Fa-f]{1,15}")
_LONGEST = 32
"""A longer line is no plain size: the parser may say what it is."""


_KNOWN = 256
"""How many sizes are kept in mind."""


class Joiner:
    """Follows a chunked body, and joins chunks that are there whole; bytes that came come out at once.

    What it does not know, such as extensions, trailers and whatever is wrong, goes on as it came, and so does
    all that follows: what is right is the parser's to judge.
    """

    def __init__(self, begun: bytes) -> None:
        """Take what has come of the body, which the parser has already."""
        self._left = 0  # Of a chunk that has begun, its line end included.
        self._line = b""  # The beginning of a chunk's first line.
        self._off = False
        self._known: dict[bytes, int] = {}  # Many chunks are of few sizes.
        self.join(begun)

    def join(self, data: bytes) -> bytes:
        """Return bytes that mean what `data` means."""
        if self._off:
            return data
        begin = at = self._begun(data)
        parts: list[bytes] = []
        known, length = self._known, len(data)
        while not self._off and at < length:
            end = data.find(b"\r\n", at)
            if end < 0:
                self._hold(data[at:])
                break
            line = data[at:end]
            size = known.get(line) or self._size(line)
            stop = end + 2 + size
            if size and data.startswith(b"\r\n", stop):
                parts.append(data[end + 2 : stop])
                at = stop + 2
            elif size and stop + 2 > length:
                self._left = stop + 2 - length
                break
            else:
                self._off = True
        if len(parts) < 2:  # noqa: PLR2004
            return data
        joined = b"".join(parts)
        return b"%b%x\r\n%b\r\n%b" % (data[:begin], len(joined), joined, data[at:])

    def _begun(self, data: bytes) -> int:
        """Return how much of `data` belongs to a chunk that has begun."""
        at = 0
        if self._line:
            line = self._line + data
            end = line.find(b"\r\n")
            if end < 0:
                self._hold(line)
                return len(data)
            size = self._size(line[:end])
            if not size:
                self._off = True
                return len(data)
            at, self._left, self._line = end + 2 - len(self._line), size + 2, b""
        taken = min(self._left, len(data) - at)
        self._left -= taken
        return at + taken

    def _hold(self, line: bytes) -> None:
        self._line = line
        self._off = len(line) > _LONGEST

    def _size(self, line: bytes) -> int:
        """Return a chunk's size; 0 for the last one, and for what is no plain size."""
        size = int(line, 16) if _HEX.fullmatch(line) else 0
        if len(self._known) < _KNOWN:
            self._known[line] = size
        return size
