r"""Scripted answers: a TOML file of patterns and their replies.

```toml
[[answer]]
when = 'governing law'              # a regular expression to search in the last user message, ignoring case
text = "The laws of Delaware."

[[answer]]
when = 'my name is (?P<name>\w+)'
text = 'Hello \g<name>.'            # groups of the pattern, as in re.sub

[[answer]]
when = "weather in (.+?)[?]"
call = {name = "get_weather", arguments = {city = '\1'}}

[[answer]]
when = "compare the weather"
call = [{name = "get_weather", arguments = {city = "Bern"}}, {name = "get_weather", arguments = {city = "Rome"}}]

[[answer]]                          # without `when` it matches every message
text = "I have nothing to say to this."
```

The first entry that matches answers. If none matches, the text says so. When the result of a call comes back, entries
with `call` are passed over, so that a loop over calls ends.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from pareta.sandbox._extraction import last_user_text
from pareta.sandbox._json_types import is_array, is_object
from pareta.sandbox._text_engine import Call, Reply

_KEYS = frozenset({"when", "text", "call"})
_NO_ENTRY = "The script of this sandbox has no answer to that."


@frozen
class _Entry:
    when: re.Pattern[str]
    text: str | None
    calls: list[dict[str, Any]]

    def reply(self, found: re.Match[str]) -> Reply:
        """Return the reply, with the groups of the pattern filled in."""
        if not self.calls:
            return Reply(found.expand(self.text or ""))
        expanded = [(call["name"], _expanded(call.get("arguments", {}), found)) for call in self.calls]
        return Reply(None, tuple(Call(name, json.dumps(given, ensure_ascii=False)) for name, given in expanded))


class ScriptEngine:
    """Answers by a script. The constructor reads it, and raises ValueError if it is invalid."""

    name = "script"

    def __init__(self, path: Path) -> None:
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"The script {path} cannot be read: {error}") from error
        answers = raw.get("answer")
        if not is_array(answers) or set(raw) != {"answer"}:
            raise ValueError(f"The script {path} must consist of [[answer]] entries.")
        self._entries = [_entry(each, f"{path}, answer {number}") for number, each in enumerate(answers, 1)]

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return the reply of the first entry that matches."""
        prompt = last_user_text(body["messages"])
        answered = body["messages"][-1]["role"] == "tool"
        for each in self._entries:
            found = each.when.search(prompt)
            if found is not None and not (answered and each.calls):
                return each.reply(found)
        return Reply(_NO_ENTRY)


def _entry(node: Any, place: str) -> _Entry:
    if not is_object(node) or set(node) - _KEYS or ("text" in node) == ("call" in node):
        raise ValueError(f"{place}: it takes `when`, and either `text` or `call`.")
    text, call = node.get("text"), node.get("call", [])
    calls = call if is_array(call) else [call]
    if "text" in node and not isinstance(text, str):
        raise ValueError(f"{place}: `text` must be a string.")
    if "call" in node and not (calls and all(map(_is_call, calls))):
        raise ValueError(f"{place}: `call` must have a `name` and a table of `arguments`, or be a list of such.")
    try:
        when = re.compile(node.get("when", ""), re.IGNORECASE)
        for template in _strings([text or "", *(each.get("arguments", {}) for each in calls)]):
            when.sub(template, "")  # It raises for an unknown group, even without a match.
    except (re.error, TypeError, IndexError) as error:
        raise ValueError(f"{place}: `when` is invalid, or refers to an unknown group: {error}") from error
    return _Entry(when, text, calls)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_object(value) or is_array(value):
        for each in value.values() if is_object(value) else value:
            yield from _strings(each)


def _is_call(node: Any) -> bool:
    return is_object(node) and isinstance(node.get("name"), str) and is_object(node.get("arguments", {}))


def _expanded(value: Any, found: re.Match[str]) -> Any:
    if isinstance(value, str):
        return found.expand(value)
    if is_object(value):
        return {name: _expanded(each, found) for name, each in value.items()}
    if is_array(value):
        return [_expanded(each, found) for each in value]
    return value
