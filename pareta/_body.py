"""A body on its way in: decoded from its content-encoding in bounded pieces, and capped."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO

ANSWER_LIMIT = 32 * 1024 * 1024
ERROR_LIMIT = 64 * 1024
_PIECE = 64 * 1024
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class BodyError(ValueError):
    """A body that cannot be decoded, or is too long."""


class Inflater:
    """Undoes a content-encoding piece by piece; what it returns at a time stays small, whatever comes in."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        self.plain = encoding in ("", "identity")
        if not self.plain and encoding not in _WINDOWS:
            raise BodyError(f"its content-encoding is {encoding!r}, which was not asked for and is not known")
        self._raw_tried = encoding != "deflate"
        self._stream = None if self.plain else zlib.decompressobj(_WINDOWS[encoding])
        self._begun = False
        self._head: bytes = b""  # The byte by which two forms of deflate are not told apart yet.

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what `piece` decodes to, 64 kB at most at a time."""
        if self._stream is None:
            yield piece
            return
        if not self._raw_tried and not self._begun:
            piece = self._head + piece
            self._head = piece if len(piece) < 2 else b""  # noqa: PLR2004
            if self._head:
                return
        while True:
            try:
                part = self._stream.decompress(piece, _PIECE)
            except zlib.error as error:
                if self._raw_tried or self._begun:
                    raise BodyError(f"its compression is damaged: {error}") from error
                # Some servers send the bare form of deflate, without zlib's header.
                self._raw_tried, self._stream = True, zlib.decompressobj(-zlib.MAX_WBITS)
                continue
            self._begun = self._begun or bool(piece)
            yield part
            if self._stream.eof and self._stream.unused_data:
                raise BodyError("something follows the end of its compressed data")
            piece = self._stream.unconsumed_tail
            if not piece and len(part) < _PIECE:  # A full part may have more behind it, all of the input taken.
                return

    def end(self) -> None:
        """Say that the body is over: a compressed one must be whole."""
        if self._stream is not None and (self._begun or self._head) and not self._stream.eof:
            raise BodyError("its compressed data is cut short")


class Body:
    """Collects a body. An answer that is too long is an error; of an error answer the rest is not wanted."""

    def __init__(self, encoding: str, *, limit: int, truncate: bool) -> None:
        self._inflater = Inflater(encoding)
        self._plain = self._inflater.plain
        self._limit = limit
        self._truncate = truncate
        self._content = BytesIO()

    def feed(self, piece: bytes) -> bool:
        """Take a piece; return whether more is wanted."""
        for part in (piece,) if self._plain else self._inflater.feed(piece):
            self._content.write(part)
            if self._content.tell() > self._limit:
                if self._truncate:
                    return False
                raise BodyError(f"it is longer than {self._limit:,} bytes (the limit is with_options(max_bytes=…))")
        return True

    def end(self) -> None:
        """Say that the body is over."""
        self._inflater.end()

    @property
    def content(self) -> bytes:
        """What came so far, decoded, up to the limit."""
        return self._content.getvalue()[: self._limit]

    @property
    def start(self) -> bytes:
        """The first 64 kB of it at most, for an error to keep."""
        return self._content.getvalue()[:ERROR_LIMIT]
