"""Rules for operations and schemas; each finding has the pointer of the node that breaks it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any

from . import names
from .keywords import EXTENSIONS, SCHEMA, refusal
from .media import SSE
from .problems import Pointer
from .responses import envelopes, successes
from .shapes import Shape, properties
from .spec import Spec, at, entries
from .walk import objects, schemas

Finding = tuple[Pointer, str]

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_PARAMETER = re.compile(r"\{([^{}]*)\}")


def operation_rules(spec: Spec) -> Iterator[Finding]:
    """Yield the errors of operations, their parameters and their contents."""
    seen: dict[str, Pointer] = {}
    for path, item in at(spec.root, "paths").items():
        yield from _path(path)
        if "$ref" in at(item):
            text = "a path item by reference cannot be generated; `python -m generator import` writes it out"
            yield ("paths", path, "$ref"), f"`$ref`: {text}"
    for pointer, operation in spec.operations():
        yield from _identity(pointer, operation, seen)
        yield from _responses(spec, pointer, operation)
        yield from _path_parameters(spec, pointer, operation)
    yield from _parameters(spec)
    yield from _terminal(spec)
    yield from _misplaced(spec)


def _path(path: str) -> Iterator[Finding]:
    pointer = ("paths", path)
    if path.startswith("x-"):
        return
    path = _sent(path)
    if not path.startswith("/") or re.search(r"[^!-~]|[?#%\\\"]", path):
        yield (
            pointer,
            f"path {path!r} must start with `/` and contain only characters of a URL path; correct it",
        )
    if re.search(r"[{}]", _PARAMETER.sub("", path)) or "{}" in path:
        yield pointer, f"path {path!r} has an unbalanced brace; write parameters as `{{name}}`"


def _sent(path: str) -> str:
    """Return a path without a fixed query, which is sent, and a fragment, which only tells operations apart."""
    path, query = path.partition("#")[0], path.partition("?")[2]
    return path.partition("?")[0] if "{" not in query else path


def _identity(pointer: Pointer, operation: dict[str, Any], seen: dict[str, Pointer]) -> Iterator[Finding]:
    id_ = operation.get("operationId")
    where = (*pointer, "operationId")
    if id_ is None:
        yield pointer, "no operationId, which names the function; add one in snake_case"
    elif not isinstance(id_, str) or not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", id_):
        yield where, f"operationId {id_!r} is not in snake_case; rename it, as it names the function"
    elif keyword.iskeyword(id_) or id_ in names.RESERVED_FUNCTIONS:
        yield where, f"operationId {id_!r} is reserved by the generated code; rename it"
    elif id_ in seen:
        _, path, method = seen[id_]
        yield where, f"operationId {id_!r} is also used by {method.upper()} {path}; rename one of them"
    else:
        seen[id_] = pointer


def _responses(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> Iterator[Finding]:
    if not at(operation, "responses"):
        where = (*pointer, "responses") if "responses" in operation else pointer
        yield where, "no responses; describe them"
    elif not successes(spec, pointer, operation):
        yield (*pointer, "responses"), "no 2xx response; describe the successful response"


def _path_parameters(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> Iterator[Finding]:
    declared: dict[str, Pointer] = {}
    for above, node in ((pointer[:2], at(spec.root, *pointer[:2])), (pointer, operation)):
        for index, one in enumerate(entries(node.get("parameters"))):
            where = (*above, "parameters", str(index))
            _, parameter = spec.follow(where, one)
            if "$ref" in at(parameter):
                return  # An unresolved reference, which is reported, can be any of them.
            if at(parameter).get("in") == "path":
                declared[str(parameter.get("name"))] = where
    used = _PARAMETER.findall(pointer[1])
    for name in dict.fromkeys(used):
        if name not in declared:
            yield pointer, f"path parameter {name!r} is not declared; add it to `parameters`, `in: path`"
        elif used.count(name) > 1:
            yield pointer[:2], f"path parameter {name!r} appears twice in the path; rename one of them"
    for name, where in declared.items():
        if name not in used:
            yield where, f"path parameter {name!r} is not in the path; add `{{{name}}}` to it, or remove the parameter"


def _parameters(spec: Spec) -> Iterator[Finding]:
    for pointer, node in objects(spec):
        seen: set[tuple[str, str]] = set()
        for index, one in enumerate(entries(node.get("parameters"))):
            _, parameter = spec.follow((), one)
            key = (str(at(parameter).get("in")), str(at(parameter).get("name")))
            if key in seen and "name" in at(parameter):
                yield (*pointer, "parameters", str(index)), f"parameter {key[1]!r} is declared twice; remove one"
            seen.add(key)


def _terminal(spec: Spec) -> Iterator[Finding]:
    events = {
        found_at
        for pointer, operation in spec.operations()
        for response_at, response in successes(spec, pointer, operation).values()
        if SSE in at(response, "content")
        for _, found_at, _ in envelopes(spec, (*response_at, "content", SSE), at(response, "content", SSE))
    }
    for pointer, node in (*objects(spec), *schemas(spec)):
        where = (*pointer, "x-terminal")
        if "x-terminal" not in node:
            continue
        if pointer not in events:
            yield (
                where,
                "`x-terminal` belongs in the schema of a stream's event, beside its `properties`; move it there",
            )
        elif not isinstance(node["x-terminal"], bool):
            yield where, "`x-terminal` is a boolean; write `true`, or remove it"


def _misplaced(spec: Spec) -> Iterator[Finding]:
    """Yield the extensions of operations that stand elsewhere, where nothing would read them."""
    places = {pointer for pointer, _ in spec.operations()}
    for pointer, node in (*objects(spec), *schemas(spec)):
        named = pointer[-1:] == ("headers",) or (pointer[:1] == ("components",) and len(pointer) == 2)
        for key in () if named or pointer in places else node:
            if EXTENSIONS.get(key) == "operation":
                yield (*pointer, key), f"`{key}` belongs on an operation; move it there"


def schema_rules(spec: Spec) -> Iterator[Finding]:
    """Yield the errors of schemas."""
    for pointer, schema in schemas(spec):
        named = schema.get("type")
        for index, one in enumerate(entries(named) if isinstance(named, list) else [named]):
            if one is not None and one not in _TYPES:
                where = (*pointer, "type", str(index)) if isinstance(named, list) else (*pointer, "type")
                yield where, f"type {one!r} does not exist; use one of {', '.join(_TYPES)}"
        for key in schema:
            if key in SCHEMA:
                if why := refusal(key):
                    yield (*pointer, key), why if key in why else f"`{key}`: {why}"
            elif not key.startswith("x-"):
                yield (*pointer, key), f"{key!r} is no keyword of a schema; correct or remove it, or name it `x-{key}`"
        if "properties" in schema or named == "object":
            yield from _required(spec, pointer, schema)
        yield from _hidden(spec, pointer, schema)


def known_properties(spec: Spec, pointer: Pointer, schema: dict[str, Any]) -> set[str]:
    """Return the properties of a schema, and of the schemas whose `allOf` or alternative it is."""
    known = {member.wire for member in properties(spec, Shape("object", pointer, schema))}
    while pointer[-2:-1] and pointer[-2] in ("allOf", "anyOf", "oneOf"):
        pointer = pointer[:-2]
        above = spec.find("#/" + "/".join(key.replace("~", "~0").replace("/", "~1") for key in pointer))
        known |= {member.wire for member in properties(spec, Shape("object", pointer, at(above and above[1])))}
    return known


def _required(spec: Spec, pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
    known = known_properties(spec, pointer, schema)
    for index, name in enumerate(entries(schema.get("required"))):
        if isinstance(name, str) and name not in known:
            text = f"required {name!r} is not among the properties; add it there, or remove it here"
            yield (*pointer, "required", str(index)), text


def _hidden(spec: Spec, pointer: Pointer, schema: dict[str, Any]) -> Iterator[Finding]:
    """Yield the properties that only a condition declares: no argument would send them."""
    parts = [((*pointer, key), schema.get(key)) for key in ("then", "else")]
    parts += [((*pointer, "dependentSchemas", key), node) for key, node in at(schema, "dependentSchemas").items()]
    for where, part in parts:
        for name in at(part, "properties"):
            if name not in known_properties(spec, pointer, schema):
                text = f"property {name!r} is declared by a condition only; declare it in `properties`, too"
                yield (*where, "properties", name), text
