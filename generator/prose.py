"""The document's texts as paragraphs of docstrings; escaping is the templates' business."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

_WIDTH = 112
# Directions of text are invisible, and could make code read as what it is not.
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029\ufeff]")
_KEPT = re.compile(r"^( {4}|\t|[-*+|>] |\||\d+[.)] |```)", re.MULTILINE)


def about(schema: dict[str, Any]) -> str:
    """Return what a schema says about itself."""
    for key in ("description", "title"):
        if isinstance(schema.get(key), str):
            return str(schema[key])
    return ""


def paragraphs(text: object, width: int = _WIDTH) -> str:
    """Return `text` with its paragraphs filled to the width of a docstring; lists, tables and code as they are."""
    if not isinstance(text, str):
        return ""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(_filled(part, width) for part in re.split(r"\n[ \t]*\n", text) if part.strip())


def sentence(text: str) -> str:
    """Return `text` with a full stop at its end."""
    text = text.rstrip()
    return text if not text or text[-1] in ".!?:" else f"{text}."


def limits(schema: dict[str, Any], text: str) -> str:
    """Return a schema's default and limits in words, but for a range that `text` gives already."""
    said: list[str] = []
    low, high = schema.get("minimum"), schema.get("maximum")
    if {str(low), str(high)} <= set(re.findall(r"-?[0-9.]*[0-9]", text)):
        low = high = None
    if low is not None and high is not None:
        said.append(f"From {low} to {high}.")
    elif low is not None or high is not None:
        said.append(f"At least {low}." if high is None else f"At most {high}.")
    for key, unit in (("Length", "characters"), ("Items", "entries")):
        if isinstance(schema.get(f"max{key}"), int):
            said.append(f"At most {schema[f'max{key}']} {unit}.")
    if "default" in schema:
        said.append(f"Default: `{json.dumps(schema['default'], ensure_ascii=False)}`.")
    return " ".join(said)


def item(name: str, text: str) -> str:
    """Return one entry of a docstring's list of arguments, its further lines indented."""
    words = _INVISIBLE.sub("", " ".join(f"{name}: {text}".split()))
    return "\n        ".join(textwrap.wrap(words, _WIDTH - 8, break_long_words=False, break_on_hyphens=False))


def _filled(part: str, width: int) -> str:
    lines = [line.rstrip() for line in part.strip("\n").split("\n")]
    if _KEPT.search(part):
        return "\n".join(lines)
    words = " ".join(line.strip() for line in lines)
    return "\n".join(textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False))
