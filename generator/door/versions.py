"""Rewrites OpenAPI 3.0 as 3.1: null is a type, bounds are numbers, a schema's example is a list."""

from __future__ import annotations

import re
from typing import Any

from ..problems import Pointer, RefusedError
from ..spec import at, entries
from ..walk import objects, schemas
from .document import Import


def upgrade(work: Import) -> None:
    """Bring the document to 3.1."""
    version = work.root.get("openapi", work.root.get("swagger"))
    if not isinstance(version, str) or not re.fullmatch(r"3\.[01]\.\d+.*", version):
        what = "no `openapi` at the root" if version is None else f"OpenAPI {version}"
        key = next((key for key in ("openapi", "swagger") if key in work.root), "")
        text = f"{what} cannot be imported; convert the document to 3.0 or 3.1"
        raise RefusedError([work.spec.problem((key,), text)])
    old = version.startswith("3.0")
    if old:
        work.note(("openapi",), f"OpenAPI {version} is written as 3.1.0")
    work.root["openapi"] = "3.1.0"
    found = list(schemas(work.spec))
    for pointer, schema in found:
        if old and "$ref" in schema:
            _alone(work, pointer, schema)
        _bounds(work, pointer, schema)
        _examples(work, pointer, schema)
    for pointer, schema in reversed(found):  # What is inside first, since the outer schema may be replaced.
        if True in [schema.pop(key, False) for key in ("nullable", "x-nullable")]:
            _nullable(schema)
            work.note(pointer, "`nullable: true` is written as the type null")
    for pointer, node in list(objects(work.spec)):
        if "example" in node and "examples" in node and "schema" in node:
            del node["example"]
            work.note(pointer, "`example` beside `examples` is left out")


def _alone(work: Import, pointer: Pointer, schema: dict[str, Any]) -> None:
    kept = {"$ref", "description", "summary", "nullable", "title"}
    for key in [key for key in schema if key not in kept and not key.startswith("x-")]:
        del schema[key]
        work.note((*pointer, key), f"`{key}` beside `$ref` is left out: 3.0 ignores it")


def _bounds(work: Import, pointer: Pointer, schema: dict[str, Any]) -> None:
    for key, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(schema.get(key), bool):
            if schema.pop(key) and bound in schema:
                schema[key] = schema.pop(bound)
            work.note(pointer, f"`{key}` is written as a number")


def _examples(work: Import, pointer: Pointer, schema: dict[str, Any]) -> None:
    if "example" in schema:
        example = schema.pop("example")
        schema.setdefault("examples", [example])
        work.note(pointer, "a schema's `example` is written as `examples`")
    named = schema.get("examples")
    if isinstance(named, dict):  # A media type's examples, misplaced.
        schema["examples"] = [at(one).get("value", one) for one in at(named).values()]


def _nullable(schema: dict[str, Any]) -> None:
    named = schema.get("type")
    if isinstance(named, str):
        schema["type"] = [named, "null"]
    elif isinstance(named, list):
        schema["type"] = list(dict.fromkeys([*entries(named), "null"]))
    elif schema.keys() & {"$ref", "allOf", "oneOf", "anyOf"}:
        kept = {
            key: schema.pop(key) for key in list(schema) if key in ("description", "title", "deprecated", "default")
        }
        if "anyOf" in schema and len(schema) == 1:
            schema["anyOf"] = [*entries(schema["anyOf"]), {"type": "null"}]
        else:
            inner = dict(schema)
            parts = entries(inner.get("allOf"))
            if len(inner) == 1 and len(parts) == 1 and list(at(parts[0])) == ["$ref"]:
                inner = at(parts[0])
            schema.clear()
            schema["anyOf"] = [inner, {"type": "null"}]
        schema.update(kept)
    if entries(schema.get("enum")) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
