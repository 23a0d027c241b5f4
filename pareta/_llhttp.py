"""Answers read by aiohttp's parser, which is llhttp and written in C: for wide async work. No I/O."""

from __future__ import annotations

from typing import Any

from aiohttp.http import HttpResponseParser

from ._chunks import Joiner
from ._engine import Fault
from ._faults import CLOSED, garbled
from ._http11 import FIRST_ANSWER, HEAD_LIMIT, SWITCHING, Head

_HEAD_END = b"\r\n\r\n"
_LIMIT = 2**30
"""aiohttp's bodies ask for a pause when they hold more. Here each piece is taken before the next is fed."""


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
        self._last = b""  # Of the head that has begun, in which its end may have begun.
        self._closes = False

    def begin(self) -> None:
        """Expect an answer, of its first byte on."""
        self.head = self._body = self._joiner = None
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
            self._parse(self._joiner.join(data) if self._joiner else data)
        else:
            self._begin_with(data)

    def _begin_with(self, data: bytes) -> None:
        """Feed each head by itself: the parser forgets one when something is wrong behind it."""
        while data and self.head is None and self.failure is None:
            found = (self._last + data).find(_HEAD_END)
            if found < 0:
                self._last = (self._last + data)[1 - len(_HEAD_END) :]
                self._parse(data)
                return
            end = found + len(_HEAD_END) - len(self._last)
            self._last = b""
            self._parse(data[:end])
            data = data[end:]
        if data and self.failure is None:
            self._parse(self._joiner.join(data) if self._joiner else data)

    def _parse(self, data: bytes) -> None:
        try:
            heads, _, _ = self._parser.feed_data(data)
        except Exception as error:  # noqa: BLE001  # Of aiohttp's own, of many kinds.
            if self.ended:  # What is wrong is not the answer, but what follows it.
                self._closes = True
            else:
                self.failure = garbled(error, data)
            return
        for head, body in heads:
            if self.head is not None:
                self._closes = True
            elif head.code >= FIRST_ANSWER or head.code == SWITCHING:
                self.head, self._body = Head(head.code, head.raw_headers), body
                self._closes = head.should_close or head.code == SWITCHING
                self._joiner = Joiner(b"") if head.chunked else None

    def _end(self) -> None:
        if self.head is None:
            self.failure = Fault("connection", CLOSED)
            return
        try:
            self._parser.feed_eof()
        except Exception as error:  # noqa: BLE001  # Of aiohttp's own, of many kinds.
            self.failure = garbled(error, b"")

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
