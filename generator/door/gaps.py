"""Fills what a document leaves open: no success, objects in a query, properties of conditions, recursive references."""

from __future__ import annotations

import copy
from typing import Any

from .. import lint
from ..arguments import nested
from ..responses import successes
from ..shapes import shape
from ..spec import at
from ..walk import objects, schemas
from .document import Import, ref_of


def fill(work: Import) -> None:
    """Fill the gaps in place."""
    for pointer, operation in list(work.spec.operations()):
        if not successes(work.spec, pointer, operation):
            responses = operation.setdefault("responses", {})
            responses["2XX"] = {"description": "Not documented."}
            text = "no 2xx response is described, so the result is None; describe it in fixes.yaml"
            work.note(pointer, text)
    for pointer, schema in list(schemas(work.spec)):
        _conditions(work, pointer, schema)
        if schema.get("$recursiveRef") == "#" and pointer[:2] == ("components", "schemas"):
            schema["$ref"] = ref_of(pointer[:3])
            del schema["$recursiveRef"]
            work.note(pointer, "`$recursiveRef` is written as `$ref`")
        schema.pop("$recursiveAnchor", None)
        for key in [key for key in ("definitions", "dependencies", "additionalItems") if key in schema]:
            _old(work, pointer, schema, key)
    for pointer, node in list(objects(work.spec)):
        if node.get("in") == "query" and "schema" in node:
            _as_json(work, pointer, node)


def _conditions(work: Import, pointer: tuple[str, ...], schema: dict[str, Any]) -> None:
    parts = [schema.get("then"), schema.get("else"), *at(schema, "dependentSchemas").values()]
    for part in parts:
        for name, node in at(part, "properties").items():
            if name not in lint.known_properties(work.spec, pointer, schema):
                schema.setdefault("properties", {})[name] = copy.deepcopy(node)
                work.note(pointer, f"property {name!r} of a condition is one of the schema's now")


def _old(work: Import, pointer: tuple[str, ...], schema: dict[str, Any], key: str) -> None:
    value = schema.pop(key)
    if key == "definitions":
        schema.setdefault("$defs", value)
    elif key == "additionalItems" and isinstance(schema.get("items"), list):
        schema["prefixItems"], schema["items"] = schema.pop("items"), value
    work.note(pointer, f"`{key}` is left out or renamed: JSON Schema replaced it")


def _as_json(work: Import, pointer: tuple[str, ...], node: dict[str, Any]) -> None:
    found = shape(work.spec, (*pointer, "schema"), node["schema"])
    if node.get("style", "form") != "deepObject" and nested(work.spec, found):
        node["content"] = {"application/json": {"schema": node.pop("schema")}}
        for key in ("style", "explode", "allowReserved", "example", "examples"):
            node.pop(key, None)
        text = f"parameter {node['name']!r} holds objects, which its style cannot write, so it is sent as JSON"
        work.note(pointer, f"{text}; say otherwise in fixes.yaml")
