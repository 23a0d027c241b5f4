"""Fills a JSON Schema with values from a passage. It supports common keywords and does not validate."""

import re
from typing import Any

from attrs import frozen

from pareta.sandbox._extraction import Passage, best_sentences
from pareta.sandbox._json_types import is_array, is_object

_NUMBER = re.compile(r"-?\d{1,15}(?:,\d{3})*(?:\.\d{1,6})?")
_DEEPEST = 8
_LARGEST = 1e15
_MOST_ITEMS = 3
_UNIONS = ("anyOf", "oneOf", "allOf")


def fill(schema: Any, passage: Passage) -> Any:
    """Return a value for `schema`."""
    return _SchemaFiller(schema, passage).value(schema, about="", depth=0)


@frozen
class _SchemaFiller:
    root: Any
    passage: Passage

    def value(self, schema: Any, *, about: str, depth: int) -> Any:
        """Return a value for a subschema; `about` is its property name and description."""
        if not is_object(schema) or depth > _DEEPEST:
            return None
        fixed = next((key for key in ("const", "default") if key in schema), None)
        if fixed is not None:
            return schema[fixed]
        if is_array(schema.get("enum")) and schema["enum"]:
            return self._choice(schema["enum"])
        deeper = self._follow(schema)
        if deeper is not None:
            return self.value(deeper, about=about, depth=depth + 1)
        return self._typed(schema, about, depth)

    def _typed(self, schema: dict[str, Any], about: str, depth: int) -> Any:
        match _kind(schema, nested=depth > 0):
            case "object":
                properties = schema.get("properties")
                fields = properties if is_object(properties) else {}
                return {
                    name: self.value(each, about=f"{name} {_described(each)}", depth=depth + 1)
                    for name, each in fields.items()
                }
            case "array":
                wanted = min(max(1, _whole(schema.get("minItems"), 1)), _MOST_ITEMS)
                items = schema.get("items", {"type": "string"})
                return [self.value(items, about=about, depth=depth + 1) for _ in range(wanted)]
            case "null":
                return None
            case kind:
                return self._scalar(kind, schema, about)

    def _scalar(self, kind: str, schema: dict[str, Any], about: str) -> Any:
        found = best_sentences(self.passage, about.replace("_", " "))
        source = " ".join(found) or self.passage.question
        if kind == "boolean":
            return bool(found)
        if kind in {"integer", "number"}:
            number = _NUMBER.search(source)
            value = float(number.group().replace(",", "")) if number else 0.0
            value = min(max(value, _bound(schema, "minimum", value)), _bound(schema, "maximum", value))
            return int(value) if kind == "integer" else value
        return source[: _whole(schema.get("maxLength"), len(source))]

    def _choice(self, options: list[Any]) -> Any:
        text = " ".join((self.passage.question, *self.passage.sentences)).lower()
        return next((each for each in options if isinstance(each, str) and each.lower() in text), options[0])

    def _follow(self, schema: dict[str, Any]) -> Any:
        """Return the target of a `$ref`, or the first schema of a union; None for another schema."""
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            node = self.root
            for token in reference[2:].split("/"):
                node = node.get(token) if is_object(node) else None
            return node if is_object(node) else {}
        united = next((schema[key] for key in _UNIONS if is_array(schema.get(key)) and schema[key]), None)
        return None if united is None else united[0]


def _kind(schema: dict[str, Any], *, nested: bool) -> str:
    kind = schema.get("type", "object" if "properties" in schema or not nested else "string")
    if is_array(kind):
        kind = kind[0] if kind else "string"
    return kind if isinstance(kind, str) else "string"


def _described(schema: Any) -> str:
    text = schema.get("description") if is_object(schema) else None
    return text if isinstance(text, str) else ""


def _whole(value: Any, default: int) -> int:
    return int(value) if isinstance(value, int | float) and value >= 0 else default


def _bound(schema: dict[str, Any], key: str, default: float) -> float:
    value = schema.get(key)
    return float(value) if isinstance(value, int | float) and abs(value) < _LARGEST else default
