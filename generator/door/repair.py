"""Corrects what the meta-schemas refuse and nobody means: unknown fields, missing texts, misplaced `required`."""

from __future__ import annotations

import copy
import re
from typing import Any

from .. import lint
from ..keywords import SCHEMA
from ..problems import Pointer
from ..spec import at, entries, is_array, is_object
from ..walk import objects, schemas
from .document import Import

_TYPES = {"file": "string", "int": "integer", "float": "number", "double": "number", "bool": "boolean",
          "text": "string", "datetime": "string", "dict": "object", "list": "array", "date": "string"}  # fmt: skip
_TEXTS = frozenset({"pattern", "format", "email", "url", "termsOfService", "summary", "description", "externalDocs"})


def repair(work: Import) -> None:
    """Correct the document in place."""
    info = work.root.setdefault("info", {})
    for key, value in (("title", "An API"), ("version", "0")):
        if not isinstance(info.get(key), str):
            info[key] = str(info.get(key, value))
            work.note(("info", key), f"`info` needs a {key}; it is {info[key]!r} now")
    for pointer, schema in list(schemas(work.spec)):
        _schema(work, pointer, schema)
    for pointer, schema in list(schemas(work.spec)):
        _required(work, pointer, schema)
    for pointer, node in list(objects(work.spec)):
        _object(work, pointer, node)
    _structure(work)


def _schema(work: Import, pointer: Pointer, schema: dict[str, Any]) -> None:
    for key in ("required", "enum", "type"):
        value = schema.get(key)
        different = {repr(one): one for one in entries(value)}
        if is_array(value) and len(different) < len(value):
            schema[key] = list(different.values())
            work.note((*pointer, key), f"`{key}` listed a value twice")
    if isinstance(schema.get("required"), bool):
        del schema["required"]
        work.note((*pointer, "required"), "`required` of a property is left out: it is a list of the object's")
    named = schema.get("type")
    if isinstance(named, str) and named in _TYPES:
        schema["type"] = _TYPES[named]
        work.note((*pointer, "type"), f"type {named!r} is written as {_TYPES[named]!r}")
    elif named in ("any", "mixed", "") or named == []:
        del schema["type"]
        work.note((*pointer, "type"), f"type {named!r} is left out: it says nothing")
    for key in [key for key in schema if key not in SCHEMA and not key.startswith("x-")]:
        del schema[key]
        work.note((*pointer, key), f"`{key}` is left out: it is no keyword of a schema")
    if "discriminator" in schema and "propertyName" not in at(schema, "discriminator"):
        del schema["discriminator"]
        work.note(pointer, "a discriminator without `propertyName` is left out")


def _required(work: Import, pointer: Pointer, schema: dict[str, Any]) -> None:
    if "properties" not in schema and schema.get("type") != "object":
        return
    known = lint.known_properties(work.spec, pointer, schema)
    for name in entries(schema.get("required")):
        if isinstance(name, str) and name not in known:
            schema.setdefault("properties", {})[name] = {}
            work.note((*pointer, "required"), f"required {name!r} is a property of any type now")


def _object(work: Import, pointer: Pointer, node: dict[str, Any]) -> None:
    if "in" in node and "name" in node:
        if node["in"] == "path" and node.get("required") is not True:
            node["required"] = True
            work.note(pointer, "a path parameter is required")
        if "schema" not in node and not at(node, "content"):
            node["schema"] = {"type": "string"}
            work.note(pointer, "a parameter without a schema is a string now")
        if "schema" in node and "content" in node:
            del node["content"]
            work.note(pointer, "`content` beside `schema` is left out")
        content = at(node, "content")
        if len(content) > 1:
            node["content"] = dict([next(iter(content.items()))])
            work.note(pointer, "of several contents of a parameter the first is taken")


def _structure(work: Import) -> None:
    """Leave out what the OpenAPI schema does not know, as it tells it."""
    for _ in range(4):
        changed = False
        for pointer, text in lint.structure(work.spec):
            changed |= _mend(work, pointer, text)
        if not changed:
            return


def _mend(work: Import, pointer: Pointer, text: str) -> bool:  # noqa: PLR0911  # One for each kind.
    parent = _find(work, pointer[:-1])
    if "is not an OpenAPI field here" in text and is_object(parent):
        if parent.pop(pointer[-1], work) is work:
            return False
        work.note(pointer, f"`{pointer[-1]}` is left out: it is no field here")
        return True
    if found := re.search(r'"(description|summary|name|title|version|url)" is a required property', text):
        node = _find(work, pointer)
        if isinstance(node, dict) and found[1] not in node:
            node[found[1]] = "/" if found[1] == "url" else ""
            work.note(pointer, f"`{found[1]}` is missing; it is empty now")
            return True
    if not is_object(parent) or pointer[-1] not in parent:
        return False
    if parent[pointer[-1]] is None or pointer[-1] in _TEXTS:
        del parent[pointer[-1]]
        work.note(pointer, f"`{pointer[-1]}` is left out: its value is not allowed here")
        return True
    if pointer == ("info", "license"):
        at(parent, "license").pop("url", None)
        work.note(pointer, "`url` beside `identifier` of a licence is left out")
        return True
    return False


def _find(work: Import, pointer: Pointer) -> Any:
    node: Any = work.root
    for key in pointer:
        node = entries(node)[int(key)] if isinstance(node, list) and key.isdecimal() else at(node).get(key)
    return node


def drop(work: Import, ids: list[str], *, strict: bool = True) -> None:
    """Leave out the operations of these operationIds, and list them in `x-skipped`; `strict`: each must be there."""
    skipped = list(work.root.get("x-skipped", []))
    for pointer, operation in list(work.spec.operations()):
        if operation.get("operationId") in ids:
            del work.root["paths"][pointer[1]][pointer[2]]
            skipped.append(operation["operationId"])
            work.note(pointer, f"operation {operation['operationId']} is skipped, as asked")
    for id_ in ids:
        if strict and id_ not in skipped:
            work.refuse(("paths",), f"--skip {id_}: no operation has this operationId; correct it")
    if skipped:
        work.root["x-skipped"] = sorted(set(skipped))
        prune(work)


def prune(work: Import) -> None:
    """Leave out the components that nothing refers to any more."""
    before = copy.copy(at(work.root, "components"))
    reached: set[tuple[str, str]] = set()
    stack: list[Any] = [value for key, value in work.root.items() if key != "components"]
    while stack:
        node = stack.pop()
        stack.extend(entries(node) if isinstance(node, list) else at(node).values())
        refs = [at(node).get("$ref"), *at(node, "discriminator", "mapping").values()]
        for ref in refs:
            if isinstance(ref, str) and ref.startswith("#/components/"):
                kind, _, rest = ref.removeprefix("#/components/").partition("/")
                name = rest.partition("/")[0].replace("~1", "/").replace("~0", "~")
                if (kind, name) not in reached:
                    reached.add((kind, name))
                    stack.append(at(before, kind).get(name))
    for kind, section in before.items():
        if kind != "securitySchemes" and not kind.startswith("x-"):
            for name in [name for name in section if (kind, name) not in reached]:
                del section[name]
