"""Writes JSON values as YAML in block style, the same bytes for the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from .. import names
from ..spec import is_array, is_object

# A plain scalar that YAML 1.1 and 1.2 both read as this string.
_PLAIN = re.compile(r"[A-Za-z/$_][A-Za-z0-9_./$+() -]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def dump(value: Any) -> str:
    """Return the YAML text of a JSON value."""
    return "".join(f"{line}\n" for line in _lines(value, ""))


def _lines(value: Any, indent: str) -> Iterator[str]:
    if is_object(value) and value:
        for key, item in value.items():
            yield from _entry(f"{indent}{_scalar(key)}:", item, f"{indent}  ")
    elif is_array(value) and value:
        for item in value:
            inner = list(_lines(item, f"{indent}  ")) if isinstance(item, dict | list) and item else []
            if inner:
                yield f"{indent}- {inner[0].lstrip(' ')}"
                yield from inner[1:]
            else:
                yield from _entry(f"{indent}-", item, f"{indent}  ")
    else:
        yield f"{indent}{_scalar(value)}"


def _entry(head: str, item: Any, indent: str) -> Iterator[str]:
    if isinstance(item, dict | list) and item:
        yield head
        yield from _lines(item, indent)
    elif isinstance(item, str) and "\n" in item and _is_block(item):
        yield f"{head} |{'' if item.endswith(chr(10)) else '-'}"
        for line in item.removesuffix("\n").split("\n"):
            yield f"{indent}{line}" if line else ""
    else:
        yield f"{head} {_scalar(item)}"


def _is_block(text: str) -> bool:
    """Return whether a literal block keeps the text: printable, no odd line ends, no leading space."""
    if text[0] in " \n\t" or text.endswith("\n\n") or "\t" in text:
        return False
    return all(char == "\n" or (char.isprintable() and char != "\ufeff") for char in text) and not any(
        line.strip() == "" and line for line in text.split("\n")
    )


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not value.endswith(" ")
        if plain:
            return value
        return json.dumps(value, ensure_ascii=False) if value.isprintable() else names.literal(value)
    return "{}" if isinstance(value, dict) else "[]"
