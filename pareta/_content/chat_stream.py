"""A chat stream: chunks out of bytes, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pareta_generated.json_values import is_object
from pareta_generated.models import ChatCompletionChunk

from .._error_text import place_of
from .._exceptions import StreamError
from .._models import ChatCompletion, ResponseOrigin
from . import strict_json
from .body import BODY_LIMIT
from .chat_accumulator import ChatAccumulator
from .error_bodies import error_in, said_in
from .response import Response
from .stream_parser import StreamParser, is_keep_alive

_DONE = "[DONE]"


class ChatStreamParser(StreamParser[ChatCompletionChunk]):
    """Yields chunks up to `[DONE]`, and accumulates the completion that they make."""

    def __init__(self, response: Response, limit: int = BODY_LIMIT) -> None:
        super().__init__(response, limit)
        self._origin = ResponseOrigin(None, response)
        self.accumulator = ChatAccumulator()

    @property
    def progress(self) -> str:
        """How much text came, for the repr of the stream."""
        return f"{len(self.accumulator.text()):,} characters"

    def _items(self, events: Sequence[tuple[str, str]]) -> Iterator[ChatCompletionChunk]:
        repeated, at = self.accumulator.add_repeated, self._origin.with_root
        for name, text in events:
            raw = repeated(text) if name == "message" else None
            if raw is None:
                if is_keep_alive(name, text):
                    continue
                if text.strip() == _DONE:
                    self._end("[DONE] came, but no finish_reason", finished=self.accumulator.finished_any)
                    return
                raw = self._decoded(name, text)
                self.accumulator.add(raw, text)
            self.last_event = raw
            yield ChatCompletionChunk(raw, at(raw))

    def end(self) -> Iterator[ChatCompletionChunk]:
        """Accept an end without `[DONE]` where each choice has a finish_reason; else raise StreamError."""
        self._end("neither [DONE] nor a finish_reason came", finished=self.accumulator.finished)
        return iter(())

    def _end(self, what: str, *, finished: bool) -> None:
        if not finished:
            said = said_in(self.last_event) or self._said_instead()
            reason = f"{what}. The server said: {said}" if said else f"{what}."
            raise self._unreadable(f"The stream ended before the answer did: {reason}")
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
        said = error_in(raw, ChatCompletionChunk)
        if name == "error" or said:
            self.last_event = raw if is_object(raw) else self.last_event
            raise self._unreadable(f"The server ended the stream: {said or said_in(raw) or text[:1000]}")
        if not is_object(raw):
            raise self._unreadable(f"A chunk is not a JSON object: {text[:200]!r}.")
        return raw

    def _unreadable(self, message: str) -> StreamError:
        return StreamError(
            f"{message} [{place_of(self.response)}]",
            response=self.response,
            partial=self.accumulator.text(),
            last_event=self.last_event,
        )
