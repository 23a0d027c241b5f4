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

[[answer]]                          # without `when` it matches every message
text = "I have nothing to say to this."
```

The first entry that matches answers. If none matches, the text says so.
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
    call: tuple[str, dict[str, Any]] | None

    def reply(self, found: re.Match[str]) -> Reply:
        """Return the reply, with the groups of the pattern filled in."""
        if self.call is None:
            return Reply(found.expand(self.text or ""))
        name, arguments = self.call
        return Reply(None, (Call(name, json.dumps(_expanded(arguments, found), ensure_ascii=False)),))


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
        for each in self._entries:
            found = each.when.search(prompt)
            if found is not None:
                return each.reply(found)
        return Reply(_NO_ENTRY)


def _entry(node: Any, place: str) -> _Entry:
    if not is_object(node) or set(node) - _KEYS or ("text" in node) == ("call" in node):
        raise ValueError(f"{place}: it takes `when`, and either `text` or `call`.")
    text, call = node.get("text"), node.get("call", {})
    if "text" in node and not isinstance(text, str):
        raise ValueError(f"{place}: `text` must be a string.")
    if "call" in node and not _is_call(call):
        raise ValueError(f"{place}: `call` must have a `name` and a table of `arguments`.")
    try:
        when = re.compile(node.get("when", ""), re.IGNORECASE)
        for template in _strings([text or "", call.get("arguments", {})]):
            when.sub(template, "")  # It raises for an unknown group, even without a match.
    except (re.error, TypeError, IndexError) as error:
        raise ValueError(f"{place}: `when` is invalid, or refers to an unknown group: {error}") from error
    return _Entry(when, text, (call["name"], call.get("arguments", {})) if call else None)


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
