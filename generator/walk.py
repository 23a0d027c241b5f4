"""Walks the objects and schemas of a document; examples and extensions contain neither."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .problems import Pointer
from .spec import Spec, at, is_array, is_object

_VALUES = frozenset({"example", "examples", "default", "const", "enum", "mapping"})
_MAPS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SINGLE = frozenset({
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "contentSchema",
    "unevaluatedItems", "unevaluatedProperties",
})  # fmt: skip


def objects(spec: Spec) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield every object outside schemas."""
    stack: list[tuple[Pointer, Any]] = [((), spec.root)]
    while stack:
        pointer, node = stack.pop()
        if is_array(node):
            stack.extend([((*pointer, str(index)), item) for index, item in enumerate(node)])
        if not is_object(node):
            continue
        yield pointer, node
        if pointer[-2:-1] == ("links",):
            continue  # A link contains values.
        # Its keys are names of components or statuses, such as `default`.
        named = (pointer[:1] == ("components",) and len(pointer) == 2) or pointer[-1:] == ("responses",)
        for key, value in node.items():
            visit = (is_object(value) or is_array(value)) and (named or not (key in _VALUES or key.startswith("x-")))
            if visit and key != "schema" and not (key == "schemas" and pointer == ("components",)):
                stack.append(((*pointer, key), value))


def schemas(spec: Spec) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Yield every schema and its subschemas."""
    stack: list[tuple[Pointer, Any]] = [
        (("components", "schemas", name), node) for name, node in at(spec.root, "components", "schemas").items()
    ]
    stack += [((*pointer, "schema"), node["schema"]) for pointer, node in objects(spec) if "schema" in node]
    while stack:
        pointer, node = stack.pop()
        if not is_object(node):
            continue
        yield pointer, node
        for key, value in node.items():
            if key in _MAPS and is_object(value):
                stack.extend([((*pointer, key, name), inner) for name, inner in value.items()])
            elif key in _LISTS and is_array(value):
                stack.extend([((*pointer, key, str(index)), inner) for index, inner in enumerate(value)])
            elif key in _SINGLE:
                stack.append(((*pointer, key), value))
