"""A chat stream: chunks out of bytes, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from pareta_generated.models import ChatCompletionChunk

from .._error_text import place_of
from .._exceptions import StreamError
from .._models import ChatCompletion, ResponseOrigin
from . import strict_json
from .body import BODY_LIMIT
from .chat_accumulator import ChatAccumulator
from .response import Response
from .stream_parser import StreamParser

_DONE = "[DONE]"


class ChatStreamParser(StreamParser[ChatCompletionChunk]):
    """Yields chunks up to `[DONE]`, and accumulates the completion that they make."""

    def __init__(self, response: Response, limit: int = BODY_LIMIT) -> None:
        super().__init__(response, limit)
        self._origin = ResponseOrigin(None, response)
        self.accumulator = ChatAccumulator()

    def _items(self, events: Sequence[tuple[str, str]]) -> Iterator[ChatCompletionChunk]:
        add, at = self.accumulator.add, self._origin.with_root
        for name, text in events:
            raw = strict_json.decode_short_object(text)
            if raw is None or name == "error" or raw.get("error"):
                if text == _DONE:
                    self.done = True
                    return
                raw = self._decoded(name, text)
            self.last_event = raw
            try:
                add(raw)
            except (AttributeError, TypeError, ValueError, KeyError) as error:
                raise self._unreadable(f"A chunk has another shape than a completion's: {text[:200]!r}.") from error
            yield ChatCompletionChunk(raw, at(raw))

    def end(self) -> None:
        """Accept an end without `[DONE]` where each choice has a finish_reason; else raise StreamError."""
        if not self.accumulator.finished:
            raise self._unreadable("The stream ended before the answer did: neither [DONE] nor a finish_reason came.")
        self.done = True

    def completion(self) -> ChatCompletion:
        """Return the completion that the chunks make."""
        raw = self.accumulator.completion()
        return ChatCompletion(raw, ResponseOrigin(raw, self.response))

    def _decoded(self, name: str, text: str) -> dict[str, Any]:
        try:
            raw = strict_json.decode_text(text)
        except ValueError as error:
            if name == "error":
                raise self._unreadable(f"The server ended the stream: {text[:1000]}") from error
            raise self._unreadable(f"A chunk is not JSON ({error}): {text[:200]!r}.") from error
        if not isinstance(raw, dict):
            raise self._unreadable(f"A chunk is not a JSON object: {text[:200]!r}.")
        chunk = cast("dict[str, Any]", raw)
        if name == "error" or chunk.get("error"):
            self.last_event = chunk
            raise self._unreadable(f"The server ended the stream: {_message(chunk)}")
        return chunk

    def _unreadable(self, message: str) -> StreamError:
        return StreamError(
            f"{message} [{place_of(self.response)}]",
            response=self.response,
            partial=self.accumulator.text(),
            last_event=self.last_event,
        )


def _message(raw: dict[str, Any]) -> str:
    error: Any = raw.get("error", raw)
    if isinstance(error, dict):
        known = cast("dict[str, Any]", error)
        return str(known.get("message") or known.get("detail") or known)
    return str(error)
