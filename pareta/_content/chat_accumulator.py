"""Chunks of a chat stream to the completion that they make, in raw JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

from pareta_generated.json_values import JSON, is_array, is_object, parse_integer
from pareta_generated.models import ChatCompletionChunk

from .growing_json import GrowingList, GrowingObject, text_at
from .strict_json import around_object, decode_short_object
from .tool_calls import ToolCalls


class _Template(NamedTuple):
    """A chunk, but for its delta: if it comes again, all else in it changes nothing."""

    before: str
    """The text before the delta."""
    after: str
    start: int
    """The length of the text before the delta."""
    rest: int
    chunk: JSON
    choice: JSON
    """Its only choice."""


_NO_TEMPLATE = _Template("[", "", 0, 0, {}, {})  # No object begins so.


class ChatAccumulator:
    """Accumulates chunks into the completion that the request would have had without `stream`.

    It takes a chunk of any shape: what cannot be accumulated is left out.
    """

    def __init__(self) -> None:
        self._head = GrowingObject("completion")
        self._last_head: JSON = {}
        self._choices: dict[int, _Choice] = {}

    def add_repeated(self, text: str) -> JSON | None:
        """Take the text of a chunk that repeats another but for its delta, as nearly every one does; else return None.

        Only its delta is decoded.
        """
        for known in self._choices.values():
            before, after, start, rest, chunk, choice = known.template
            if text.startswith(before) and text.endswith(after):
                delta = decode_short_object(text, start, rest)
                if delta is None:
                    break
                if len(delta) == 1 and type(content := delta.get("content")) is str and known.parts is None:
                    known.spoke = True  # As `extend` does, for nearly every delta.
                    known.content.write(content)
                else:
                    known.extend(delta)
                chunk, choice = chunk.copy(), choice.copy()
                chunk["choices"], choice["delta"] = [choice], delta
                return chunk
        return None

    def add(self, chunk: JSON, text: str = "") -> None:
        """Take a chunk, as raw JSON, and the text that it was decoded from."""
        head = {name: value for name, value in chunk.items() if name != "choices" and value is not None}
        if head != self._last_head:
            self._last_head = head
            self._head.add(head)
            for known in self._choices.values():
                known.template = _NO_TEMPLATE
        for index, choice in _choices_of(chunk):
            if index not in self._choices:
                self._choices[index] = _Choice()
            self._choices[index].add(choice)
            self._choices[index].learn(choice, chunk, text)

    @property
    def finished(self) -> bool:
        """Whether each choice has a finish_reason."""
        return bool(self._choices) and all(choice.finish_reason for choice in self._choices.values())

    @property
    def finished_any(self) -> bool:
        """Whether a choice has a finish_reason."""
        return any(choice.finish_reason for choice in self._choices.values())

    def text(self) -> str:
        """Return the text of the first choice so far."""
        first = self._choices.get(0)
        return first.content.getvalue() if first else ""

    def completion(self) -> JSON:
        """Return the completion so far, as raw JSON."""
        raw = {**self._head.to_json(), "object": "chat.completion"}
        raw["choices"] = [choice.to_json(index) for index, choice in sorted(self._choices.items())]
        return raw


class _Choice:
    """One choice, growing."""

    __slots__ = ("_around", "_calls", "_fields", "_message", "content", "parts", "spoke", "template")

    def __init__(self) -> None:
        self.content = StringIO()
        self.template = _NO_TEMPLATE
        self._around = ("", "")
        self._fields = GrowingObject("choice")
        self._message = GrowingObject("message")
        self._calls = ToolCalls()
        self.parts: GrowingList | None = None
        self.spoke = False

    @property
    def finish_reason(self) -> str | None:
        """Why it ended; None before."""
        return text_at(self._fields.fields, "finish_reason")

    def add(self, choice: JSON) -> None:
        """Add what a chunk holds of this choice."""
        for name, value in choice.items():
            if name not in ("index", "delta", "message") and value is not None:
                self._fields.grow(name, value)
        self.extend(_delta_of(choice))

    def learn(self, choice: JSON, chunk: JSON, text: str) -> None:
        """Make a template of the last chunk, where what stands around its delta came twice and has only scalars."""
        known, self._around = self._around, around_object(text, "delta")
        self.template = _NO_TEMPLATE
        before, after = known
        if self._around == known and before and not (_nested(chunk, "choices") or _nested(choice, "delta")):
            empty = {**chunk, "choices": [{**choice, "delta": 0}]}
            if decode_short_object(f"{before}0{after}") == empty:  # So it is this object that stands between, no other.
                self.template = _Template(before, after, len(before), len(after), chunk.copy(), choice.copy())

    def extend(self, delta: JSON) -> None:
        """Add to the message."""
        for name, value in delta.items():
            if name == "content":
                self._speak(value)
            elif name == "tool_calls":
                if is_array(value):
                    self._calls.add(value)
            elif value is not None:
                self._message.grow(name, value)

    def _speak(self, content: Any) -> None:
        """Add text, or parts: they are kept beside the text if any of them is something else."""
        if content is None:
            return
        self.spoke = True
        if self.parts is None and is_array(content):
            self.parts = GrowingList()
            self.parts.add(_parts_of(self.content.getvalue() or None))
        if self.parts is not None:
            self.parts.add(_parts_of(content))
        self.content.write(content if isinstance(content, str) else text_of(content))

    def to_json(self, index: int) -> JSON:
        """Return the choice as it is in a completion."""
        message = {"role": "assistant", **self._message.to_json()}
        calls = self._calls.to_json()
        parts = self.parts.to_json() if self.parts else []
        if not all(map(_is_text, parts)):
            message["content"] = parts
        else:
            text = self.content.getvalue()
            message["content"] = text if text or self.spoke or not calls else None
        if calls:
            message["tool_calls"] = calls
        return {"finish_reason": None, **self._fields.to_json(), "index": index, "message": message}


def text_of(content: Any) -> str:
    """Return the text of a message's `content`: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    return "".join(str(part["text"]) for part in _parts_of(content) if _is_text(part))


def first_text(chunk: ChatCompletionChunk) -> str:
    """Return the text that a chunk of any shape adds to the first choice."""
    return "".join(text_of(_delta_of(choice).get("content")) for index, choice in _choices_of(chunk) if index == 0)


def _choices_of(chunk: JSON | ChatCompletionChunk) -> Iterator[tuple[int, JSON]]:
    """Yield the choices of a chunk with their indexes; where the server sends none, these are their places."""
    choices = chunk.get("choices")
    for place, choice in enumerate(choices if is_array(choices) else ()):
        if is_object(choice):
            index = parse_integer(choice.get("index"))
            yield place if index is None else index, choice


def _delta_of(choice: JSON) -> JSON:
    delta = choice.get("delta", choice.get("message"))  # Some servers send a whole message.
    return delta if is_object(delta) else {}


def _nested(raw: JSON, but: str) -> bool:
    """Return whether anything nested stands beside `but`."""
    return any(isinstance(value, dict | list) for name, value in raw.items() if name != but)


def _parts_of(content: Any) -> list[JSON]:
    parts = content if is_array(content) else [content]
    return [
        {"type": "text", "text": part} if isinstance(part, str) else part
        for part in parts
        if isinstance(part, str | dict)
    ]


def _is_text(part: JSON) -> bool:
    return part.get("type", "text") in ("text", "output_text") and isinstance(part.get("text"), str)
