"""A chat stream, read: chunks out of pieces, folded into the completion that they make. Pure."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Sequence
from io import StringIO
from typing import Any, cast

from pareta_generated.models import ChatCompletion, ChatCompletionChunk
from pareta_generated.types import integer

from . import _json
from ._body import ANSWER_LIMIT
from ._engine import Fault
from ._exceptions import APIConnectionError, APITimeoutError, StreamError, place_of
from ._models import Answer
from ._payload import payload
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
        add, at = self.fold.add, self._origin.at
        for name, text in events:
            raw = payload(text)
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


class Fold:
    """Folds chunks into the completion that the same request would have had without `stream`.

    Text is appended; a tool call grows by its index; of every other field the last value counts, so
    that what a newer server adds is kept too.
    """

    def __init__(self) -> None:
        self._head: dict[str, Any] = {}
        self._width = 0
        self._choices: dict[int, _Choice] = {}

    def add(self, chunk: dict[str, Any]) -> None:
        """Take a chunk, as raw JSON."""
        for choice in chunk.get("choices") or ():
            index = choice.get("index") or 0
            known = self._choices.get(index)
            if known is None:
                known = self._choices[_whole(index)] = _Choice()
            known.add(choice)
        if len(chunk) != self._width or chunk.get("usage"):  # What stands in each chunk is taken once.
            self._width = len(chunk)
            self._head.update((key, value) for key, value in chunk.items() if key != "choices" and value is not None)

    @property
    def finished(self) -> bool:
        """Whether every answer said why it ended."""
        return bool(self._choices) and all(choice.fields.get("finish_reason") for choice in self._choices.values())

    def text(self) -> str:
        """Return the first answer's text so far."""
        first = self._choices.get(0)
        return first.content.getvalue() if first else ""

    def completion(self) -> dict[str, Any]:
        """Return the completion so far, as raw JSON."""
        raw = {**self._head, "object": "chat.completion"}
        raw["choices"] = [choice.folded(index) for index, choice in sorted(self._choices.items())]
        return raw


class _Choice:
    """One answer, growing."""

    def __init__(self) -> None:
        self.content = StringIO()
        self.fields: dict[str, Any] = {}
        self._message: dict[str, Any] = {}
        self._texts: dict[str, StringIO] = {}
        self._calls: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, StringIO] = {}
        self._spoke = False

    def add(self, choice: dict[str, Any]) -> None:
        """Take what a chunk says of this answer."""
        for key, value in choice.items():
            if value is None or key == "index":
                continue
            if key == "delta":
                for name, addition in value.items():
                    if addition is None:
                        continue
                    if name == "content":
                        self.content.write(addition)
                        self._spoke = True
                    else:
                        self._extend(name, addition)
            else:
                grows = isinstance(value, dict)  # Log probabilities, by token.
                self.fields[key] = _grown(self.fields.get(key), value) if grows else value

    def _extend(self, name: str, addition: Any) -> None:
        if name == "tool_calls":
            for place, call in enumerate(addition):
                index = call.get("index")
                self._call(place if index is None else _whole(index), call)
        elif name != "role" and isinstance(addition, str):  # A refusal, a reasoning: text that grows.
            self._texts.setdefault(name, StringIO()).write(addition)
        elif isinstance(addition, dict):  # A function call in its older form, a sound.
            self._message[name] = _grown(self._message.get(name), addition)
        else:
            self._message[name] = addition

    def _call(self, index: int, call: dict[str, Any]) -> None:
        known = self._calls.setdefault(index, {"function": {}})
        for key, value in call.items():
            if key == "function":
                for name, part in _items(value):
                    if name == "arguments":
                        self._arguments.setdefault(index, StringIO()).write(part or "")
                    elif part or name not in known["function"]:  # Some servers repeat them, empty.
                        known["function"][name] = part
            elif key != "index" and (value or key not in known):
                known[key] = value

    def folded(self, index: int) -> dict[str, Any]:
        """Return the answer as a completion has it."""
        message: dict[str, Any] = {"role": "assistant", **self._message}
        message["content"] = self.content.getvalue() if self._spoke or not self._calls else None
        message.update((name, text.getvalue()) for name, text in self._texts.items())
        if self._calls:
            message["tool_calls"] = [self._folded_call(place) for place in sorted(self._calls)]
        return {"finish_reason": None, **self.fields, "index": index, "message": message}

    def _folded_call(self, place: int) -> dict[str, Any]:
        call = self._calls[place]
        arguments = self._arguments.get(place)
        return {**call, "function": {**call["function"], "arguments": arguments.getvalue() if arguments else ""}}


def _whole(index: Any) -> int:
    """Return the place that a chunk names; what is no whole number raises TypeError."""
    number = integer(index)
    if number is None:
        raise TypeError("an index is no whole number")
    return number


def _grown(known: Any, addition: Any) -> Any:
    """Return a value that comes in parts, with one more: texts and lists grow, objects by their fields."""
    if known is None or addition is None:
        return addition if known is None else known
    if isinstance(known, dict) and isinstance(addition, dict):
        fields = cast("dict[str, Any]", known)
        parts = cast("dict[str, Any]", addition)
        return fields | {name: _grown(fields.get(name), part) for name, part in parts.items()}
    same = isinstance(known, str | list) and type(known) is type(addition)  # pyright: ignore[reportUnknownArgumentType]
    return known + addition if same else addition


def _items(value: Any) -> ItemsView[str, Any]:
    """Return the fields of a raw JSON object, which may be null."""
    fields: dict[str, Any] = value or {}
    return fields.items()
