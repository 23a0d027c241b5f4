"""Pydantic's schemas of views: how one is validated and written, and its JSON Schema, which is the document's.

Copied from generator/runtime/pydantic_schema.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, cast

_DATA = frozenset({"const", "default", "enum", "example", "examples"})
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_LEFT_OUT = frozenset({"discriminator"})
"""Keywords whose values are data, are schemas by name, or refer to what is resolved here."""


def core_schema_of(view: Any) -> Any:
    """Return the schema that takes a view as it is, or a JSON object, and writes a JSON object."""
    from pydantic_core import core_schema

    def read(value: Any, validate: Any) -> Any:
        if isinstance(value, view):
            return value
        raw = validate(value)
        try:
            return view.from_dict(raw)
        except Exception as error:  # The exceptions of a client need not be ValueErrors, as pydantic wants them.
            raise ValueError(str(error)) from None

    return core_schema.no_info_wrap_validator_function(
        read,
        core_schema.dict_schema(core_schema.str_schema()),
        ref=f"{view.__module__}.{view.__qualname__}:{id(view)}",
        serialization=core_schema.plain_serializer_function_ser_schema(_write),
    )


def _write(view: Any) -> Any:
    return view.to_dict()


def document_schema(pointer: str) -> dict[str, Any]:
    """Return the document's schema at a JSON pointer, with its references resolved; any object for none."""
    if not pointer:
        return {"type": "object"}
    document = _document()
    schema: dict[str, Any] = _resolved(document, _at(document, pointer), (pointer,))
    return schema


@cache
def _document() -> Any:
    return json.loads(files(str(__package__)).joinpath("openapi.json").read_text("utf-8"))


def _resolved(document: Any, node: Any, above: tuple[str, ...]) -> Any:
    """Return a schema, or a list of them, without references; any value where it contains itself."""
    if isinstance(node, list):
        return [_resolved(document, item, above) for item in cast("list[Any]", node)]  # type: ignore[redundant-cast]
    if not isinstance(node, dict):
        return node
    fields: dict[str, Any] = {}
    for key, item in cast("dict[str, Any]", node).items():
        if key in _DATA:
            fields[key] = item
        elif key in _NAMED:
            fields[key] = {name: _resolved(document, one, above) for name, one in item.items()}
        elif key not in _LEFT_OUT and not key.startswith("x-"):
            fields[key] = _resolved(document, item, above)
    pointer = fields.pop("$ref", "#").removeprefix("#")
    if not pointer:
        return fields
    return {} if pointer in above else {**_resolved(document, _at(document, pointer), (*above, pointer)), **fields}


def _at(node: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        node = node[int(step) if isinstance(node, list) else step.replace("~1", "/").replace("~0", "~")]
    return node
