"""YAML 1.2 as JSON values, made from the events of libyaml's parser; positions are recorded only on demand."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from .problems import Pointer, Problem, RefusedError
from .spec import entries, is_array, is_object

MAX_NODES = 2_000_000
"""Nested aliases can expand a small file to more values than fit in memory."""
MAX_DEPTH = 150
"""Every later step can walk this depth without a RecursionError."""

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC = frozenset("0123456789.+-")
_TAG = "tag:yaml.org,2002:"


def events(text: str, file: str) -> Iterator[Any]:
    """Yield the events of one YAML document. Raise RefusedError where the text is not YAML."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(error.problem or error.context or "").split())
        text = f"not YAML: {what}; correct the syntax here"
        if "nesting" in what:
            text = "the document nests too deeply to be read; flatten it"
        raise RefusedError([Problem(file, line, column, text)]) from None
    except (yaml.YAMLError, ValueError) as error:
        what, place = " ".join(str(error).split()), getattr(error, "position", 0)
        line, column = text.count("\n", 0, place) + 1, place - (text.rfind("\n", 0, place) + 1) + 1
        raise RefusedError([Problem(file, line, column, f"not YAML: {what}; correct the syntax here")]) from None


class Reader:
    """Converts the events of one document to a JSON value."""

    def __init__(self, file: str, *, merge: bool = False, with_positions: bool = False) -> None:
        self.file = file
        self._merge = merge
        self.positions: dict[Pointer, tuple[int, int]] = {(): (1, 1)}
        self._with_positions = with_positions
        self._problems: list[Problem] = []
        self._anchors: dict[str, tuple[Any, int, Pointer]] = {}
        self._open: set[str] = set()
        self._count = 0
        self._events: Iterator[Any] = iter(())

    def read(self, found: Iterator[Any]) -> Any:
        """Return the value of the document; None if it is empty.

        Raises:
            RefusedError: Something in it is not JSON.

        """
        self._events = found
        value: Any = None
        documents = 0
        for event in found:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report(event, "not YAML: a second document; keep one document in a file")
                    break
            elif isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.AliasEvent):
                value = self._value(event, (), 0)
        if self._problems:
            raise RefusedError(self._problems)
        return value

    def _value(self, event: Any, pointer: Pointer, depth: int) -> Any:
        self._count += 1
        if self._count > MAX_NODES or depth > MAX_DEPTH:
            self._report(event, "the document is too large or too deep; write it with `$ref`")
            raise RefusedError(self._problems)
        if type(event) is yaml.AliasEvent:
            return self._alias(event, pointer, depth)
        anchor = event.anchor
        if anchor:
            self._open.add(anchor)
        before = self._count
        value: Any
        if type(event) is yaml.ScalarEvent:
            value = self._scalar(event)
        elif type(event) is yaml.MappingStartEvent:
            value = self._mapping(pointer, depth)
        else:
            items: list[Any] = []
            while type(item := next(self._events)) is not yaml.SequenceEndEvent:
                inner = (*pointer, str(len(items))) if self._with_positions else pointer
                if self._with_positions:
                    self.positions[inner] = _position(item)
                items.append(self._value(item, inner, depth + 1))
            value = items
        if anchor:
            self._open.discard(anchor)
            self._anchors[anchor] = value, self._count - before + 1, pointer
        return value

    def _alias(self, event: Any, pointer: Pointer, depth: int) -> Any:
        if event.anchor in self._open:
            self._report(event, "an alias is inside its own anchor; write it with `$ref`")
            return None
        if event.anchor not in self._anchors:
            self._report(event, f"alias {event.anchor!r} has no anchor; define it above")
            return None
        value, size, origin = self._anchors[event.anchor]
        self._count += size
        if self._count > MAX_NODES or depth > MAX_DEPTH:
            self._report(event, "the document is too large or too deep; write it with `$ref`")
            raise RefusedError(self._problems)
        if self._with_positions:
            for known in [one for one in self.positions if one[: len(origin)] == origin and one != origin]:
                self.positions[(*pointer, *known[len(origin) :])] = _position(event)
        return copy.deepcopy(value)

    def _mapping(self, pointer: Pointer, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[Any] = []
        inner = pointer
        while type(key := next(self._events)) is not yaml.MappingEndEvent:
            if type(key) is not yaml.ScalarEvent:
                self._report(key, "a key must be a string; quote it")
                self._value(key, pointer, depth + 1)
                self._value(next(self._events), pointer, depth + 1)
                continue
            name = self._string(key)  # An unquoted status code is a string, too.
            if self._merge and key.implicit[0] and name == "<<":
                merged += self._merged(key, pointer, depth)
                continue
            wrong = self._wrong(key, name, pointer, found)
            if wrong:
                self._report(key, wrong)
            if self._with_positions:
                inner = (*pointer, name)
                self.positions.setdefault(inner, _position(key))
            value = self._value(next(self._events), inner, depth + 1)
            if not wrong:
                found[name] = value
        for one in merged:  # An own key wins, then the first mapping that has it.
            found = {**one, **found}
        return found

    def _merged(self, key: Any, pointer: Pointer, depth: int) -> list[dict[str, Any]]:
        """Return the mappings that a merge key names, each with its own keys only."""
        value = self._value(next(self._events), (*pointer, "<<"), depth + 1)
        parts = entries(value) if is_array(value) else [value]
        if not all(is_object(one) for one in parts):
            self._report(key, "a merge key (`<<`) takes a mapping, or a list of mappings; write one")
            return []
        for name in {name for one in parts for name in one} if self._with_positions else ():
            self.positions.setdefault((*pointer, name), _position(key))
        return parts

    def _wrong(self, key: Any, name: str, pointer: Pointer, found: dict[str, Any]) -> str:
        """Return what is wrong with a key; empty if nothing is."""
        if key.implicit[0] and name == "<<":
            return "merge keys (`<<`) belong to YAML 1.1; write the keys out, use `$ref`, or `import` the document"
        if key.implicit[0] and _WORDS.get(name, 0) is None:
            return "a key must be a string; quote it"
        if name not in found:
            return ""
        line = self.positions.get((*pointer, name))
        return f"key {name!r} is a duplicate of {f'the one in line {line[0]}' if line else 'another'}; remove one"

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        tag = event.tag
        if tag is not None and tag.removeprefix(_TAG) != "str":
            return self._tagged(event, tag.removeprefix(_TAG))
        if event.implicit[0] and not event.style and tag is None:
            if text in _WORDS:
                return _WORDS[text]
            if text[0] in _NUMERIC:
                return self._number(event)
        return self._string(event)

    def _tagged(self, event: Any, tag: str) -> Any:
        if tag in ("int", "float", "bool", "null"):
            found = _WORDS[event.value] if event.value in _WORDS else self._number(event)
            if not isinstance(found, str):
                return found
        self._report(event, f"a value tagged {tag!r} is not JSON; write a string, number, boolean or null")
        return None

    def _number(self, event: Any) -> Any:
        text: str = event.value
        if _INTEGER.fullmatch(text):
            base = {"0x": 16, "0o": 8}.get(text[:2], 10)
            return int(text, base)
        if not _FLOAT.fullmatch(text):
            return self._string(event)
        found = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        if math.isfinite(found):
            return found
        self._report(event, f"{text} is not a JSON number; write a finite number, or quote it")
        return None

    def _string(self, event: Any) -> str:
        text: str = event.value
        if any("\ud800" <= char <= "\udfff" for char in text) if not text.isascii() else False:
            self._report(event, "a lone surrogate is not a character; write the character itself")
            return ""
        return text

    def _report(self, event: Any, text: str) -> None:
        self._problems.append(Problem(self.file, *_position(event), text))


def _position(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
