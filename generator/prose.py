"""Formats the document's texts for docstrings; the templates escape them."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

_WIDTH = 112
# Invisible direction marks can disguise code.
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029\ufeff]")
_KEPT = re.compile(r"^( {4}|\t|[-*+|>] |\||\d+[.)] |```)", re.MULTILINE)


def description(schema: dict[str, Any]) -> str:
    """Return the description of a schema, or its title."""
    for key in ("description", "title"):
        if isinstance(schema.get(key), str):
            return str(schema[key])
    return ""


def documented(described: dict[str, Any], schema: dict[str, Any], node: dict[str, Any] | None = None) -> str:
    """Return what is said of an argument: its description, else that of its schema, and its limits."""
    text = sentence(description(described) or description(schema))
    parts = [text, limits({**schema, **(node or {})}, text)]
    if described.get("deprecated") is True:
        parts.insert(0, "Deprecated.")
    return " ".join(part for part in parts if part)


def paragraphs(text: object, width: int = _WIDTH) -> str:
    """Return `text` with its paragraphs wrapped. Lists, tables and code stay as they are."""
    if not isinstance(text, str):
        return ""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(_filled(part, width) for part in re.split(r"\n[ \t]*\n", text) if part.strip())


def sentence(text: str) -> str:
    """Return `text` with a full stop at the end."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?:" else f"{text}."


def limits(schema: dict[str, Any], text: str) -> str:
    """Return a schema's default and limits as text, without a range that `text` already contains."""
    parts: list[str] = []
    low, high = schema.get("minimum"), schema.get("maximum")
    if {str(low), str(high)} <= set(re.findall(r"-?[0-9.]*[0-9]", text)):
        low = high = None
    if low is not None and high is not None:
        parts.append(f"From {low} to {high}.")
    elif low is not None or high is not None:
        parts.append(f"At least {low}." if high is None else f"At most {high}.")
    for key, unit in (("Length", "characters"), ("Items", "items")):
        if isinstance(schema.get(f"max{key}"), int):
            parts.append(f"At most {schema[f'max{key}']} {unit}.")
    if "default" in schema:
        parts.append(f"Default: `{json.dumps(schema['default'], ensure_ascii=False)}`.")
    return " ".join(parts)


def item(name: str, text: str, width: int = _WIDTH) -> str:
    """Return one item of a docstring section, with a hanging indent."""
    words = _INVISIBLE.sub("", " ".join(f"{name}: {text}".split()))
    return "\n        ".join(textwrap.wrap(words, width - 8, break_long_words=False, break_on_hyphens=False))


def _filled(part: str, width: int) -> str:
    lines = [line.rstrip() for line in part.strip("\n").split("\n")]
    if _KEPT.search(part):
        return "\n".join(lines)
    words = " ".join(line.strip() for line in lines)
    return "\n".join(textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False))
