"""The body of a response: decompressed in bounded pieces, limited in size, and made into a response."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO

from .exchange import HttpRequest, TransportError
from .response import Headers, Response, Unreadable

BODY_LIMIT = 32 * 1024 * 1024
"""How many decoded bytes of a body are accepted, unless `max_bytes` says otherwise."""
ERROR_LIMIT = 64 * 1024
"""How many bytes of an error body are kept."""
_PIECE = 64 * 1024
_BLOCK = 4 * 1024 * 1024
"""A longer body is kept in blocks: one that grew would be moved, and so be there twice, in a process of some age."""
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class BodyError(ValueError):
    """A body cannot be decoded, or is too long."""


class Inflater:
    """Decompresses a body piece by piece. No output piece exceeds 64 kB, however much the input expands."""

    def __init__(self, encoding: str) -> None:
        encoding = encoding.strip().lower()
        self.plain = encoding in ("", "identity")
        if not self.plain and encoding not in _WINDOWS:
            raise BodyError(f"its content-encoding is {encoding!r}, which was not requested and is not supported")
        self._raw_tried = encoding != "deflate"
        self._stream = None if self.plain else zlib.decompressobj(_WINDOWS[encoding])
        self._begun = False
        self._head: bytes = b""  # Telling the two forms of deflate apart takes two bytes.

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield the decoded form of `piece`, at most 64 kB at a time."""
        if self._stream is None:
            yield piece
            return
        if not self._raw_tried and not self._begun:
            piece = self._head + piece
            self._head = piece if len(piece) < 2 else b""
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
                raise BodyError("bytes follow the end of its compressed data")
            piece = self._stream.unconsumed_tail
            if not piece and len(part) < _PIECE:  # After a full part, more may wait inside the decompressor.
                return

    def end(self) -> None:
        """Accept the end of the body; raise BodyError where compressed data is incomplete."""
        if self._stream is not None and (self._begun or self._head) and not self._stream.eof:
            raise BodyError("its compressed data is cut short")


class Body:
    """Collects a body up to a limit. Beyond it, an error body is cut and any other raises BodyError."""

    def __init__(self, encoding: str, *, limit: int, truncate: bool) -> None:
        self._inflater = Inflater(encoding)
        self._plain = self._inflater.plain
        self._limit = limit
        self._truncate = truncate
        self._blocks: list[bytes] = []
        self._size = 0
        """What the blocks hold."""
        self._content = BytesIO()

    def feed(self, piece: bytes) -> bool:
        """Take a piece; return whether more is wanted."""
        for part in (piece,) if self._plain else self._inflater.feed(piece):
            self._content.write(part)
            length = self._content.tell()
            if self._size + length > self._limit:
                if self._truncate:
                    return False
                raise BodyError(f"it is longer than {self._limit:,} bytes (the limit is with_options(max_bytes=…))")
            if length >= _BLOCK:
                self._blocks.append(self._content.getvalue())
                self._size += length
                self._content = BytesIO()
        return True

    def end(self) -> None:
        """Accept the end of the body."""
        self._inflater.end()

    @property
    def content(self) -> bytes:
        """The decoded bytes so far, up to the limit."""
        return b"".join((*self._blocks, self._content.getvalue()))[: self._limit]

    @property
    def start(self) -> bytes:
        """The first 64 kB at most, for an error to keep."""
        return bytes((self._blocks[0] if self._blocks else self._content.getbuffer())[:ERROR_LIMIT])


class ResponseBuilder:
    """Builds a response from its head and the pieces of its body; shared by both drivers."""

    def __init__(
        self,
        request: HttpRequest,
        status: int,
        headers: Sequence[tuple[bytes, bytes]],
        *,
        streams: str,
        limit: int,
        proxy: str | None = None,
    ) -> None:
        self.head = Response(method=request.method, url=request.url, status_code=status, headers=Headers(headers))
        self.head.proxy = proxy
        self._ok = 200 <= status < 300
        encoding = self.head.headers.get("content-encoding", "")
        wanted = bool(streams) and self._ok and self.head.content_type == streams
        self.opens = wanted and encoding.strip().lower() in ("", "identity")
        """Whether it is the stream that the caller asked for; then nothing is fed."""
        self._reason = ""
        self._body: Body | None = None
        if wanted and not self.opens:
            self._reason = f"the stream has the content-encoding {encoding!r}, which was not requested"
        elif not self.opens:
            whole = self._ok and not streams
            try:
                self._body = Body(encoding, limit=limit if whole else ERROR_LIMIT, truncate=not whole)
            except BodyError as error:
                self._reason = str(error)

    def feed(self, piece: bytes) -> bool:
        """Take a piece of the body; return whether more is wanted."""
        if self._body is None:
            return False
        try:
            return self._body.feed(piece)
        except BodyError as error:
            self._reason = str(error)
            return False

    def end(self) -> None:
        """Accept the end of the body."""
        try:
            if self._body is not None:
                self._body.end()
        except BodyError as error:
            self._reason = str(error)

    def outcome(self, error: TransportError | None = None) -> Response | Unreadable | TransportError:
        """Return the result. `error` ended the body early: an error status counts all the same."""
        if self._ok and error is not None:
            return error
        if self._ok and self._reason:
            start = self._body.start if self._body else b""
            return Unreadable(self.head.containing(start), self._reason)
        return self.head.containing(self._body.content) if self._body else self.head
