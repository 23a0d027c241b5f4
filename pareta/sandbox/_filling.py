"""A value of a JSON Schema, its texts drawn from a passage; it fills what is common, and is no validator."""

import re
from typing import Any

from pareta.sandbox._extraction import Passage, best_sentences

_NUMBER = re.compile(r"-?\d+(?:[.,]\d{3})*(?:\.\d+)?")
_DEEPEST = 8
_MOST_ITEMS = 3


def fill(schema: Any, passage: Passage, *, about: str = "", root: Any = None, depth: int = 0) -> Any:
    """Return a value of `schema`; `about` is the words that its place is called by."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return _choose(schema["enum"], passage)
    if "$ref" in schema:
        return fill(_follow(root, schema["$ref"]), passage, about=about, root=root, depth=depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return fill(schema[key][0], passage, about=about, root=root, depth=depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string" if about else "object")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        return {
            name: fill(each, passage, about=f"{name} {_describe(each)}", root=root, depth=depth + 1)
            for name, each in (schema.get("properties") or {}).items()
        }
    if kind == "array":
        wanted = min(max(1, _whole(schema.get("minItems"), 1)), _MOST_ITEMS)
        items = schema.get("items", {"type": "string"})
        return [fill(items, passage, about=about, root=root, depth=depth + 1) for _ in range(wanted)]
    return _scalar(kind, schema, passage, about)


def _scalar(kind: Any, schema: dict[str, Any], passage: Passage, about: str) -> Any:
    found = best_sentences(passage, about.replace("_", " "))
    source = " ".join(found) or passage.question
    if kind in {"integer", "number"}:
        number = _NUMBER.search(source)
        value = float(number.group().replace(",", "")) if number else 0.0
        value = min(max(value, _bound(schema, "minimum", value)), _bound(schema, "maximum", value))
        return int(value) if kind == "integer" else value
    if kind == "boolean":
        return bool(found)
    if kind == "null":
        return None
    return source[: _whole(schema.get("maxLength"), len(source))]


def _choose(options: list[Any], passage: Passage) -> Any:
    text = " ".join((passage.question, *passage.sentences)).lower()
    return next((each for each in options if isinstance(each, str) and each.lower() in text), options[0])


def _follow(root: Any, reference: Any) -> Any:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    node = root
    for token in reference[2:].split("/"):
        node = node.get(token) if isinstance(node, dict) else None
    return node


def _describe(schema: Any) -> str:
    text = schema.get("description", "") if isinstance(schema, dict) else ""
    return text if isinstance(text, str) else ""


def _whole(value: Any, default: int) -> int:
    return int(value) if isinstance(value, int | float) and value >= 0 else default


def _bound(schema: dict[str, Any], key: str, default: float) -> float:
    value = schema.get(key)
    return float(value) if isinstance(value, int | float) else default
