"""A chat stream, read: chunks out of pieces, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from pareta_generated.models import ChatCompletion, ChatCompletionChunk

from . import _json
from ._body import ANSWER_LIMIT
from ._engine import Fault
from ._exceptions import APIConnectionError, APITimeoutError, StreamError, place_of
from ._fold import Fold
from ._models import Answer
from ._response import Response
from ._sse import Decoder, EventTooLargeError

_DONE = "[DONE]"


class ChatReading:
    """Yields chunks; `[DONE]` ends it. What has come is folded on the way."""

    def __init__(self, response: Response, limit: int = ANSWER_LIMIT) -> None:
        self._decoder = Decoder(line_limit=limit // 4, event_limit=limit // 2)
        self._response = response
        self._origin = Answer(None, response)
        self.done = False
        self.last_event: dict[str, Any] | None = None
        self.fold = Fold()

    def feed(self, piece: bytes) -> Iterator[ChatCompletionChunk]:
        """Yield the chunks that `piece` completes."""
        try:
            return self._chunks(self._decoder.feed(piece))
        except EventTooLargeError as error:
            return self._chunks(error.events, error)

    def _chunks(
        self, events: Sequence[tuple[str, str]], failure: EventTooLargeError | None = None
    ) -> Iterator[ChatCompletionChunk]:
        add, at = self.fold.add, self._origin.with_root
        for name, text in events:
            raw = _json.decode_short_object(text)
            if raw is None or name == "error" or raw.get("error"):
                if text == _DONE:
                    self.done = True
                    return
                raw = self._decoded(name, text)
            self.last_event = raw
            try:
                add(raw)
            except (AttributeError, TypeError, ValueError, KeyError) as error:
                raise self._error(f"A chunk has another shape than a completion's: {text[:200]!r}.") from error
            yield ChatCompletionChunk(raw, at(raw))
        if failure is not None:
            raise self._error(f"The stream cannot be read: {failure}.") from failure

    def end(self) -> None:
        """Accept an end without `[DONE]` where the answer said that it is finished; else raise StreamError."""
        if not self.fold.finished:
            raise self._error("The stream ended before the answer did: neither [DONE] nor a finish_reason came.")
        self.done = True

    def broken(self, fault: Fault) -> Exception:
        """Return the exception for a stream that broke. It is not retried: what came would come again."""
        kind = APITimeoutError if fault.kind == "timeout" else APIConnectionError
        return kind(f"The stream broke: {fault.text}. [{place_of(self._response)}]", last_event=self.last_event)

    def completion(self) -> ChatCompletion:
        """Return the completion that the chunks make."""
        raw = self.fold.completion()
        return ChatCompletion(raw, Answer(raw, self._response))

    def _decoded(self, name: str, text: str) -> dict[str, Any]:
        try:
            raw = _json.decode_text(text)
        except ValueError as error:
            if name == "error":
                raise self._error(f"The server ended the stream: {text[:1000]}") from error
            raise self._error(f"A chunk is not JSON ({error}): {text[:200]!r}.") from error
        if not isinstance(raw, dict):
            raise self._error(f"A chunk is no JSON object: {text[:200]!r}.")
        chunk = cast("dict[str, Any]", raw)
        if name == "error" or chunk.get("error"):
            self.last_event = chunk
            raise self._error(f"The server ended the stream: {_message(chunk)}")
        return chunk

    def _error(self, message: str) -> StreamError:
        return StreamError(
            f"{message} [{place_of(self._response)}]",
            response=self._response,
            partial=self.fold.text(),
            last_event=self.last_event,
        )


def _message(raw: dict[str, Any]) -> str:
    error: Any = raw.get("error", raw)
    if isinstance(error, dict):
        known = cast("dict[str, Any]", error)
        return str(known.get("message") or known.get("detail") or known)
    return str(error)
