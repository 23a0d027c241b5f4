"""Chunks of a chat stream to the completion that they make, in raw JSON. Pure."""

from __future__ import annotations

from io import StringIO
from typing import Any, cast

from pareta_generated.types import parse_integer


class ChatAccumulator:
    """Accumulates chunks into the completion that the request would have had without `stream`.

    Text grows, tool calls grow by their index, and of any other field the last value counts, so that
    fields of newer servers are kept.
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
                known = self._choices[_index(index)] = _Choice()
            content = _only_content(choice)
            if content is None:
                known.add(choice)
            else:
                known.content.write(content)
                known.spoke = True
        if len(chunk) != self._width or chunk.get("usage"):  # Fields that repeat in each chunk are read once.
            self._width = len(chunk)
            self._head.update((key, value) for key, value in chunk.items() if key != "choices" and value is not None)

    @property
    def finished(self) -> bool:
        """Whether each choice has a finish_reason."""
        return bool(self._choices) and all(choice.fields.get("finish_reason") for choice in self._choices.values())

    def text(self) -> str:
        """Return the text of the first choice so far."""
        first = self._choices.get(0)
        return first.content.getvalue() if first else ""

    def completion(self) -> dict[str, Any]:
        """Return the completion so far, as raw JSON."""
        raw = {**self._head, "object": "chat.completion"}
        raw["choices"] = [choice.to_json(index) for index, choice in sorted(self._choices.items())]
        return raw


class _Choice:
    """One choice, growing."""

    def __init__(self) -> None:
        self.content = StringIO()
        self.fields: dict[str, Any] = {}
        self._message: dict[str, Any] = {}
        self._texts: dict[str, StringIO] = {}
        self._calls: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, StringIO] = {}
        self.spoke = False

    def add(self, choice: dict[str, Any]) -> None:
        """Add what a chunk holds of this choice."""
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
                grows = isinstance(value, dict)  # Log probabilities, one list item per token.
                self.fields[key] = _joined(self.fields.get(key), value) if grows else value

    def _extend(self, name: str, addition: Any) -> None:
        if name == "tool_calls":
            for place, call in enumerate(addition):
                index = call.get("index")
                self._call(place if index is None else _index(index), call)
        elif name != "role" and isinstance(addition, str):  # A refusal or reasoning text.
            self._texts.setdefault(name, StringIO()).write(addition)
        elif isinstance(addition, dict):  # A function call in its older form, or audio.
            self._message[name] = _joined(self._message.get(name), addition)
        else:
            self._message[name] = addition

    def _call(self, index: int, call: dict[str, Any]) -> None:
        known = self._calls.setdefault(index, {"function": {}})
        for key, value in call.items():
            if key == "function":
                for name, part in cast("dict[str, Any]", value or {}).items():
                    if name == "arguments":
                        self._arguments.setdefault(index, StringIO()).write(part or "")
                    elif part or name not in known["function"]:  # Some servers repeat them, empty.
                        known["function"][name] = part
            elif key != "index" and (value or key not in known):
                known[key] = value

    def to_json(self, index: int) -> dict[str, Any]:
        """Return the choice as it stands in a completion."""
        message: dict[str, Any] = {"role": "assistant", **self._message}
        message["content"] = self.content.getvalue() if self.spoke or not self._calls else None
        message.update((name, text.getvalue()) for name, text in self._texts.items())
        if self._calls:
            message["tool_calls"] = [self._call_to_json(place) for place in sorted(self._calls)]
        return {"finish_reason": None, **self.fields, "index": index, "message": message}

    def _call_to_json(self, place: int) -> dict[str, Any]:
        call = self._calls[place]
        arguments = self._arguments.get(place)
        return {**call, "function": {**call["function"], "arguments": arguments.getvalue() if arguments else ""}}


def _only_content(choice: dict[str, Any]) -> Any:
    """Return the text of a choice that holds nothing else, as nearly all do; else None."""
    delta = choice.get("delta")
    if not delta or len(delta) != 1 or choice.get("finish_reason", "") is not None or "index" not in choice:
        return None
    if len(choice) == 3 or (len(choice) == 4 and choice.get("logprobs", "") is None):
        return delta.get("content")
    return None


def _index(index: Any) -> int:
    """Return an index; raise TypeError where it is not a whole number."""
    number = parse_integer(index)
    if number is None:
        raise TypeError("an index is no whole number")
    return number


def _joined(known: Any, addition: Any) -> Any:
    """Join a part to what is known: texts and lists grow, objects field by field."""
    if known is None or addition is None:
        return addition if known is None else known
    if isinstance(known, dict) and isinstance(addition, dict):
        fields = cast("dict[str, Any]", known)
        parts = cast("dict[str, Any]", addition)
        return fields | {name: _joined(fields.get(name), part) for name, part in parts.items()}
    same = isinstance(known, str | list) and type(known) is type(addition)  # pyright: ignore[reportUnknownArgumentType]
    return known + addition if same else addition
