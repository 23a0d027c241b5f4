"""Walks the objects and schemas of a document; examples and extensions contain neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .problems import Pointer
from .spec import Spec, at, entries

_VALUES = frozenset({"example", "examples", "default", "const", "enum", "mapping"})
_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "contentSchema",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip


def objects(spec: Spec) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield every object outside schemas."""
    stack: list[tuple[Pointer, Any]] = [((), spec.root)]
    while stack:
        pointer, node = stack.pop()
        for index, item in enumerate(entries(node)):
            stack.append(((*pointer, str(index)), item))
        if not isinstance(node, dict):
            continue
        yield pointer, at(node)
        if pointer[-2:-1] == ("links",):
            continue  # A link contains values.
        named = pointer[:1] == ("components",) and len(pointer) == 2  # Its keys are component names.
        for key, value in at(node).items():
            below = (*pointer, key)
            visit = named or not (key in _VALUES or key.startswith("x-"))
            if visit and key != "schema" and below[:2] != ("components", "schemas"):
                stack.append((below, value))


def schemas(spec: Spec) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield every schema and its subschemas."""
    stack: list[tuple[Pointer, Any]] = [
        (("components", "schemas", name), node) for name, node in at(spec.root, "components", "schemas").items()
    ]
    stack += [((*pointer, "schema"), node["schema"]) for pointer, node in objects(spec) if "schema" in node]
    while stack:
        pointer, node = stack.pop()
        if not isinstance(node, dict):
            continue
        schema = at(node)
        yield pointer, schema
        for key in _MAPS:
            stack += [((*pointer, key, name), inner) for name, inner in at(schema, key).items()]
        for key in _LISTS:
            stack += [((*pointer, key, str(index)), inner) for index, inner in enumerate(entries(schema.get(key)))]
        stack += [((*pointer, key), schema[key]) for key in _SINGLE if key in schema]
