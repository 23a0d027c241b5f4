"""aiohttp's parser, told apart: an answer, and what a server sends behind its end, which is no reason to lose it."""

from __future__ import annotations

from typing import Any

from aiohttp.client_proto import ResponseHandler

_HEAD_END = b"\r\n\r\n"
_FIRST_ANSWER = 200


class Handler(ResponseHandler):
    """One connection, whose parser keeps an answer that is whole though what follows it is no HTTP."""

    def set_response_params(self, **options: Any) -> None:
        """Begin an answer."""
        super().set_response_params(**options)
        self._parser: Any = _Parser(self, self._parser)

    def leave(self) -> None:
        """Let no other answer come over this connection."""
        self._should_close = True


class _Parser:
    """Feeds the head of an answer by itself: aiohttp's parser loses it when it fails on something behind it."""

    def __init__(self, handler: Handler, parser: Any) -> None:
        self._handler = handler
        self._parser = parser
        self._body: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> tuple[Any, bool, bytes]:
        """Take what has come; return the heads that are complete, whether the protocol changes, and the rest."""
        if self._body is None:
            end = data.find(_HEAD_END) + len(_HEAD_END)
            if len(_HEAD_END) <= end < len(data):
                heads, upgraded, _ = self._fed(data[:end])
                if upgraded:
                    return heads, True, data[end:]
                further, upgraded, rest = self.feed_data(data[end:]) if self._body is None else self._fed(data[end:])
                return [*heads, *further], upgraded, rest
        return self._fed(data)

    def _fed(self, data: bytes) -> tuple[Any, bool, bytes]:
        try:
            heads, upgraded, rest = self._parser.feed_data(data)
        except Exception:
            if self._body is None or not self._body.is_eof():
                raise
            self._handler.leave()
            return [], False, b""
        for head, body in heads:
            if head.code >= _FIRST_ANSWER and self._body is None:
                self._body = body
        return heads, upgraded, rest
