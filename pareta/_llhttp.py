"""Answers whose heads aiohttp's parser reads, which is llhttp and written in C: for wide async work. No I/O.

The parser is lenient where h11 is not: it takes heads that are none, and chunks that do not end where they say, and it
does not tell what follows an answer. So heads are looked at before it gets them, and bodies are followed here.
"""

from __future__ import annotations

import re
from typing import Any

from aiohttp.http import HttpResponseParser

from ._chunks import Chunks
from ._engine import Fault
from ._faults import CLOSED, garbled
from ._http11 import FIRST_ANSWER, HEAD_LIMIT, PROTOCOL, SWITCHING, Head, foreign

_HEAD_END = re.compile(rb"\n\r?\n")
_TEXT = rb"[^\0\n\r\v\f]*+"
_FIELD = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++:" + _TEXT
# What h11 takes for a head. It does not go back, however long what it looks at is.
_HEAD = re.compile(
    rb"HTTP/[0-9]\.[0-9] [0-9]{3}(?: " + _TEXT + rb")?+\r?+\n"
    rb"(?:" + _FIELD + rb"(?:\r?+\n[ \t]" + _TEXT + rb")*+\r?+\n)*+\r?+\n"
)
_NO_BODY = (204, 304)


class _NoPause:
    """What the parser takes for a connection of asyncio's, and asks to wait."""

    def pause_reading(self) -> None:
        """Go on."""

    def resume_reading(self, **options: bool) -> None:
        """Go on."""


_NO_PAUSE: Any = _NoPause()


class LlhttpReader:
    """The answers of one connection."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self.failure: Fault | None = None
        self.ended = False
        self._parser: Any = None
        self._parts: list[bytes] = []
        self._chunks: Chunks | None = None
        self._left: int | None = None  # Of a body that knows its length.
        self._begun: bytearray | None = None  # The head, as far as it came.
        self._closes = False

    def begin(self) -> None:
        """Expect an answer, of its first byte on."""
        self.head = self._chunks = self._left = None
        self.ended = False
        # Its own defaults for the rest; nobody waits for a body in aiohttp, whose loop this would be.
        self._parser = HttpResponseParser(
            _NO_PAUSE,
            _NO_PAUSE,
            HEAD_LIMIT,
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
        try:
            ((head, _),), _, _ = self._parser.feed_data(data)
        except Exception as error:  # noqa: BLE001  # Of aiohttp's own, of many kinds.
            self.failure = garbled(error, data)
            return
        codings = head.headers.getall("Transfer-Encoding", ())
        if codings and (not head.chunked or [each.lower() for each in codings] != ["chunked"]):
            self._garbled(f"an unknown transfer encoding: {', '.join(codings)}")
        elif head.code == SWITCHING:
            self._garbled("it switches to another protocol, which was not asked for")
        elif head.code >= FIRST_ANSWER:
            self._answer(head)

    def _answer(self, head: Any) -> None:
        self.head = Head(head.code, head.raw_headers)
        # As h11 does, which trusts no server of HTTP/1.0 to keep its word.
        said = any("close" in each.lower() for each in head.headers.getall("Connection", ()))
        self._closes = said or head.should_close or head.version < (1, 1)
        length = head.headers.get("Content-Length")
        if head.code in _NO_BODY:
            self._left = 0
        elif head.chunked:
            self._chunks = Chunks()
        elif length is not None:
            self._left = int(length)
        self.ended = self._left == 0

    def _feed_body(self, data: bytes) -> None:
        if self.ended:
            self._closes = True
        elif self._chunks is not None:
            try:
                self._closes |= self._chunks.feed(data, self._parts)
            except ValueError as error:
                self.failure = garbled(error, b"")
            self.ended = self._chunks.ended
        elif self._left is not None:
            self._parts.append(data[: self._left])
            self._closes |= len(data) > self._left
            self._left = max(self._left - len(data), 0)
            self.ended = not self._left
        else:
            self._parts.append(data)

    def _end(self) -> None:
        self._closes = True
        if self.head is not None and self._chunks is None and self._left is None:
            self.ended = True
        elif self.head is None and self._begun is None:
            self.failure = Fault("connection", CLOSED)
        elif not self.ended:
            self._garbled("it closed the connection before its answer was whole")

    def _garbled(self, what: str) -> None:
        self.failure = garbled(ValueError(what), b"")

    def take(self) -> bytes:
        """Return what there is of the body, once."""
        parts = self._parts
        if not parts:
            return b""
        self._parts = []
        return parts[0] if len(parts) == 1 else b"".join(parts)

    @property
    def reusable(self) -> bool:
        """Whether another answer can come: both sides want it, and nothing came beyond the end of this one."""
        return self.ended and not self._closes
