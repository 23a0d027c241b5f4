"""House rules of openapi/README.md: `make check` applies them; generation does not need them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from . import readers
from .arguments import parameters_of
from .media import JSON, SSE
from .problems import Pointer, RefusedError
from .shapes import shape
from .spec import Spec, at, entries
from .walk import objects, schemas

Finding = tuple[Pointer, str]


def check(spec: Spec, path: Path) -> None:
    """Raise RefusedError with every violation in `spec`, which was read from `path`."""
    found = [*_operations(spec), *_schemas(spec), *_examples(spec)]
    problems = [*readers.problems(spec, path), *(spec.problem(pointer, text) for pointer, text in found)]
    if problems:
        raise RefusedError(problems)


def _operations(spec: Spec) -> Iterator[Finding]:
    declared = {at(tag).get("name") for tag in entries(spec.root.get("tags"))}
    for pointer, operation in spec.operations():
        tags = entries(operation.get("tags"))
        if len(tags) != 1 or tags[0] not in declared:
            yield pointer, "an operation needs exactly one tag of the root's `tags`; correct it"
        for key in ("summary", "description"):
            if not operation.get(key):
                yield pointer, f"an operation needs a {key}; add one"
        yield from _statuses(spec, pointer, operation)
        yield from _idempotency(spec, pointer, operation)
        body_at, body = spec.follow((*pointer, "requestBody"), operation.get("requestBody"))
        for media, content in at(body, "content").items():
            if not _samples((), content):
                yield (*body_at, "content", media), "a request body needs an example; add one"


def _statuses(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> Iterator[Finding]:
    responses = at(operation, "responses")
    required = {"401": "a missing or wrong key"}
    if "requestBody" in operation:
        required["422"] = "an invalid body"
    if "{" in pointer[1]:
        required["404"] = "an unknown id"
    for status, reason in required.items():
        if status not in responses:
            yield (*pointer, "responses"), f"status {status}, for {reason}, is missing; add it"
    for status, node in responses.items():
        yield from _response(status, *spec.follow((*pointer, "responses", status), node))


def _response(status: str, where: Pointer, response: Any) -> Iterator[Finding]:
    headers = {name.lower() for name in at(response, "headers")}
    if "x-request-id" not in headers:
        yield where, "a response needs the header x-request-id; add it"
    if status in ("429", "503") and "retry-after" not in headers:
        yield where, f"status {status} needs the header Retry-After; add it"
    if status >= "4" and not at(response, "content", JSON, "schema"):
        yield where, "an error needs a JSON body with a schema; add it"
    for media, content in at(response, "content").items():
        if not _samples((), content):
            yield (*where, "content", media), "a response needs an example; add one"


def _idempotency(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> Iterator[Finding]:
    found = parameters_of(spec, pointer, operation).get(("header", "Idempotency-Key"))
    if pointer[2] != "post":
        return
    if found is None:
        yield pointer, "a POST needs an optional Idempotency-Key; add the parameter"
    elif found[1].get("required") is True or _samples((), found[1]) or _samples((), found[1].get("schema")):
        yield found[0], "Idempotency-Key must be optional and without an example; correct it"


def _schemas(spec: Spec) -> Iterator[Finding]:
    for pointer, schema in schemas(spec):
        if "allOf" in schema:
            yield (
                (*pointer, "allOf"),
                "a schema must declare its properties directly; write them out instead of `allOf`",
            )
        if len(pointer) == 3 and not schema.get("description"):
            yield pointer, "a named schema needs a description; add one"
        for name, node in at(schema, "properties").items():
            where = (*pointer, "properties", name)
            if not at(node).get("description") and not shape(spec, where, node).schema.get("description"):
                yield where, f"property {name!r} has no description; add one"


def _examples(spec: Spec) -> Iterator[Finding]:
    for pointer, node in objects(spec):
        if "schema" in node:
            yield from _match(spec, pointer, node["schema"], _samples(pointer, node))
    for pointer, schema in schemas(spec):
        yield from _match(spec, pointer, schema, _samples(pointer, schema))


def _samples(pointer: Pointer, node: Any) -> list[tuple[Pointer, Any]]:
    found: list[tuple[Pointer, Any]] = []
    if "example" in at(node):
        found.append(((*pointer, "example"), at(node)["example"]))
    for name, example in at(node, "examples").items():
        if "value" in at(example):
            found.append(((*pointer, "examples", name, "value"), at(example)["value"]))
    values = entries(at(node).get("examples"))  # A schema lists the values themselves.
    return [*found, *(((*pointer, "examples", str(index)), value) for index, value in enumerate(values))]


def _match(spec: Spec, pointer: Pointer, schema: Any, samples: list[tuple[Pointer, Any]]) -> Iterator[Finding]:
    if not samples:
        return
    whole = _validator(spec, schema)
    for where, value in samples:
        for error in whole.iter_errors(value):
            yield (
                (*where, *map(str, error.instance_path)),
                f"the example does not match the schema: {_shortened(error)}; correct one of them",
            )
        if pointer[-1:] == (SSE,):
            yield from _event_matches(spec, schema, where, value)


def _event_matches(spec: Spec, schema: Any, where: Pointer, value: Any) -> Iterator[Finding]:
    """Validate the JSON in an event's `data` against the `contentSchema` of its envelope."""
    branches = [spec.follow((), one)[1] for key in ("oneOf", "anyOf") for one in entries(at(schema).get(key))]
    fitting = [one for one in branches if _validator(spec, one).is_valid(value)]
    if any("const" in at(one, "properties", "data") for one in fitting):
        return
    for branch in fitting:
        try:
            payload = json.loads(at(value)["data"])
        except ValueError as error:
            yield where, f"the event's data is not JSON: {error}; correct it"
            continue
        for wrong in _validator(spec, at(branch, "properties", "data", "contentSchema")).iter_errors(payload):
            yield where, f"the event's data does not match the schema: {_shortened(wrong)}; correct one of them"


def _validator(spec: Spec, schema: Any) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"allOf": [schema], "components": at(spec.root, "components")})


def _shortened(error: jsonschema_rs.ValidationError) -> str:
    text = " ".join(error.message.split())
    return text if len(text) < 160 else f"...{text[-160:]}"
