"""The completion that the chunks of a chat stream make, in raw JSON. Pure."""

from __future__ import annotations

from collections.abc import ItemsView
from io import StringIO
from typing import Any, cast

from pareta_generated.types import parse_integer


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
            content = _only_content(choice)
            if content is None:
                known.add(choice)
            else:
                known.content.write(content)
                known.spoke = True
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
        self.spoke = False

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
                        self.spoke = True
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
        message["content"] = self.content.getvalue() if self.spoke or not self._calls else None
        message.update((name, text.getvalue()) for name, text in self._texts.items())
        if self._calls:
            message["tool_calls"] = [self._folded_call(place) for place in sorted(self._calls)]
        return {"finish_reason": None, **self.fields, "index": index, "message": message}

    def _folded_call(self, place: int) -> dict[str, Any]:
        call = self._calls[place]
        arguments = self._arguments.get(place)
        return {**call, "function": {**call["function"], "arguments": arguments.getvalue() if arguments else ""}}


def _only_content(choice: dict[str, Any]) -> Any:
    """Return the text of a choice that brings nothing but text, as nearly all do; else None."""
    delta = choice.get("delta")
    if not delta or len(delta) != 1 or choice.get("finish_reason", "") is not None or "index" not in choice:
        return None
    if len(choice) == 3 or (len(choice) == 4 and choice.get("logprobs", "") is None):  # noqa: PLR2004
        return delta.get("content")
    return None


def _whole(index: Any) -> int:
    """Return the place that a chunk names; what is no whole number raises TypeError."""
    number = parse_integer(index)
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
