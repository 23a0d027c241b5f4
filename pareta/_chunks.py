"""The chunks of a body: joined for h11, which takes long for each, and followed for who reads heads alone. No I/O."""

from __future__ import annotations

import re

_HEX = re.compile(rb"[0-9A-Fa-f]{1,15}")
_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,20})(?:;[^\r\n]*+|[ \t]*+)\r\n")
_TRAILER = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[^\0\n\r\v\f]*+\r?\n")
_LINE_LIMIT = 16 * 1024
_TRAILERS_LIMIT = 100 * 1024
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


class Chunks:
    """A body in chunks, each of which must end where it says."""

    def __init__(self) -> None:
        self.ended = False
        self._held = b""  # A line that has begun.
        self._left = 0  # Of a chunk.
        self._footed = True  # Whether the line end behind the latest chunk was there.
        self._trailing: int | None = None  # How long the trailers are.
        self._known: dict[bytes, int] = {}  # Many chunks are of few sizes.

    def feed(self, data: bytes, parts: list[bytes]) -> bool:
        """Add to the body what there is of it; return whether anything follows its end.

        Raises:
            ValueError: It is malformed. What came before that was added.

        """
        if self._held:
            data, self._held = self._held + data, b""
        at = 0
        while at < len(data) and not self.ended:
            if self._left:
                parts.append(data[at : at + self._left])
                at += len(parts[-1])
                self._left -= len(parts[-1])
            elif self._footed:
                if self._trailing is None:
                    at = self._whole(data, at, parts)
                end = data.find(b"\n", at) + 1
                if not end:
                    self._hold(data[at:])
                    break
                self._line(data[at:end])
                at = end
            else:
                footer = data[at : at + 2]
                if not b"\r\n".startswith(footer):
                    raise ValueError(f"a chunk does not end where it says, but goes on with {footer!r}")
                if len(footer) == 1:
                    self._hold(footer)
                    break
                self._footed = True
                at += 2
        return at < len(data) and self.ended

    def _whole(self, data: bytes, at: int, parts: list[bytes]) -> int:
        """Take the chunks of sizes that were seen before, as far as they are there whole; return where they end."""
        known = self._known
        while size := known.get(line := data[at : data.find(b"\n", at) + 1]):
            begin = at + len(line)
            end = begin + size
            if not data.startswith(b"\r\n", end):
                break
            parts.append(data[begin:end])
            at = end + 2
        return at

    def _hold(self, begun: bytes) -> None:
        self._held = begun
        if len(begun) > _LINE_LIMIT:
            raise ValueError("a line between chunks is too long")

    def _line(self, line: bytes) -> None:
        if self._trailing is not None:
            self.ended = line in (b"\r\n", b"\n")
            self._trailing += len(line)
            if self._trailing > _TRAILERS_LIMIT or not (self.ended or _TRAILER.fullmatch(line)):
                raise ValueError(f"illegal trailer: {line!r}")
            return
        found = _SIZE_LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"illegal chunk header: {line!r}")
        self._left = int(found[1], 16)
        if len(self._known) < _KNOWN and len(line) < _LONGEST:
            self._known[line] = self._left
        self._footed = not self._left
        self._trailing = None if self._left else 0
