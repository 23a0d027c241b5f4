"""Answers read by aiohttp's parser, which is llhttp and written in C: for wide async work. No I/O."""

from __future__ import annotations

import re
from typing import Any

from aiohttp.http import HttpResponseParser

from ._chunks import Joiner
from ._engine import Fault
from ._faults import CLOSED, garbled
from ._http11 import FIRST_ANSWER, HEAD_LIMIT, PROTOCOL, SWITCHING, Head, foreign

_HEAD_END = re.compile(rb"\n\r?\n")
_TEXT = rb"[^\0\n\r\v\f]*+"
# aiohttp's parser is lenient with heads, and takes a header before its colon or its lines for what no other reader
# would. So this comes first: what h11 takes for a head. It does not go back, however long what it looks at is.
_HEAD = re.compile(
    rb"HTTP/[0-9]\.[0-9] [0-9]{3}(?: " + _TEXT + rb")?+\r?+\n"
    rb"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:" + _TEXT + rb"(?:\r?+\n[ \t]" + _TEXT + rb")*+\r?+\n)*+\r?+\n"
)
_LAST = b"\r\n\r\n"
"""What a body in chunks ends with."""
_LIMIT = 2**30
"""aiohttp's bodies ask for a pause when they hold more. Here each piece is taken before the next is fed."""
_LONGEST = 2**63
"""The parser takes the longest length that it can count to for none at all."""


class _NoPause:
    """What the parser takes for a connection of asyncio's, and asks to wait."""

    def pause_reading(self) -> None:
        """Go on."""

    def resume_reading(self, **options: bool) -> None:
        """Go on."""


_NO_PAUSE: Any = _NoPause()


class LlhttpReader:
    """The answers of one connection, as aiohttp's parser reads them."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self.failure: Fault | None = None
        self._parser: Any = None
        self._body: Any = None
        self._joiner: Joiner | None = None
        self._left: int | None = None  # Of a body that knows its length.
        self._begun: bytearray | None = None  # The head, as far as it came.
        self._closes = False

    def begin(self) -> None:
        """Expect an answer, of its first byte on."""
        self.head = self._body = self._joiner = self._left = None
        # Its own defaults for the rest; the loop would be that of who waits for a body in aiohttp, and nobody does.
        self._parser = HttpResponseParser(
            _NO_PAUSE,
            _NO_PAUSE,
            _LIMIT,
            max_line_size=HEAD_LIMIT,
            max_field_size=HEAD_LIMIT,
            read_until_eof=True,
            auto_decompress=False,
        )

    def feed(self, data: bytes) -> None:
        """Take what has come; empty at the connection's end."""
        if not data:
            self._end()
        elif self.head is not None:
            self._feed_body(data)
        else:
            self._feed_heads(data)

    def _feed_heads(self, data: bytes | bytearray) -> None:
        """Take heads by themselves: the parser is given one that is whole, and of which it is sure where it ends."""
        known = 0
        if self._begun is not None:
            known = max(len(self._begun) - 2, 0)
            self._begun += data
            data = self._begun
        while data and self.head is None and self.failure is None:
            if not data.startswith(PROTOCOL[: len(data)]):
                self.failure = foreign(bytes(data))
                return
            found = _HEAD_END.search(data, known)
            end = len(data) if found is None else found.end()
            if end > HEAD_LIMIT:
                self._garbled("the head of its answer is too long")
            elif found is None:
                self._begun = bytearray(data) if data is not self._begun else self._begun
                return
            else:
                self._feed_head(bytes(data[:end]))
                data, known, self._begun = bytes(data[end:]), 0, None
        if data and self.failure is None:
            self._feed_body(bytes(data))

    def _feed_head(self, data: bytes) -> None:
        if _HEAD.fullmatch(data) is None:
            self._garbled(f"illegal head of an answer: {data!r}")
            return
        for head, body in self._parsed(data):
            codings = head.headers.getall("Transfer-Encoding", ())
            length = head.headers.get("Content-Length")
            if codings and [each.lower() for each in codings] != ["chunked"]:
                self._garbled(f"an unknown transfer encoding: {', '.join(codings)}")
            elif length is not None and int(length) >= _LONGEST:
                self._garbled(f"no length of an answer: {length}")
            elif head.code == SWITCHING:
                self._garbled("it switches to another protocol, which was not asked for")
            elif head.code >= FIRST_ANSWER:
                self.head, self._body = Head(head.code, head.raw_headers), body
                # As h11 does, which trusts no server of HTTP/1.0 to keep its word.
                self._closes = head.should_close or head.version < (1, 1)
                self._joiner = Joiner(b"") if head.chunked else None
                self._left = None if length is None else int(length)

    def _feed_body(self, data: bytes) -> None:
        """Feed what follows the head, and see whether something follows the answer: the parser does not tell."""
        if self._left is not None:
            body = b"" if self.ended else data[: self._left]
            self._left -= len(body)
            self._closes |= len(body) < len(data)
            self._parsed(body)
            return
        if self._joiner is None or self.ended:
            self._closes = True
            self._parsed(b"" if self.ended else data)
            return
        data = self._joiner.join(data)
        # Where the answer may end with its last byte, whether it ends before that has to be asked.
        before = len(data) - 1 if len(data) < len(_LAST) or data.endswith(_LAST) else len(data)
        self._parsed(data[:before])
        self._closes |= self.ended
        if not self.ended:
            self._parsed(data[before:])

    def _parsed(self, data: bytes) -> Any:
        """Have the parser look at it; return the heads that there are."""
        if not data or self.failure is not None:
            return ()
        try:
            heads, _, _ = self._parser.feed_data(data)
        except Exception as error:  # noqa: BLE001  # Of aiohttp's own, of many kinds.
            if not self.ended:  # Else what is wrong is not the answer, but what follows it.
                self.failure = garbled(error, data)
            return ()
        return heads

    def _end(self) -> None:
        self._closes = True
        if self.head is None:
            if self._begun is None:
                self.failure = Fault("connection", CLOSED)
            else:
                self._garbled("it closed the connection within the head of its answer")
            return
        try:
            self._parser.feed_eof()
        except Exception as error:  # noqa: BLE001  # Of aiohttp's own, of many kinds.
            self.failure = garbled(error, b"")

    def _garbled(self, what: str) -> None:
        self.failure = garbled(ValueError(what), b"")

    @property
    def ended(self) -> bool:
        """Whether the answer is whole."""
        return self._body is not None and self._body.is_eof()

    def take(self) -> bytes:
        """Return what there is of the body, once."""
        return b"" if self._body is None else self._body.read_nowait(-1)

    @property
    def reusable(self) -> bool:
        """Whether another answer can come: both sides want it, and nothing came beyond the end of this one."""
        return self.ended and not self._closes
