"""Checks of a request that the SDK sends: path, query, headers and body fit the document; nothing is undeclared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from pareta.contract._exchange import fields, snippet
from pareta.contract._response_validator import ResponseValidator
from pareta.sandbox._document import EVENTS_TYPE, JSON_TYPE, Document, Operation, Parameter, Schema, load

_INTEGER = re.compile(r"-?\d+")


class RequestChecker:
    """Checks requests against the document. It compiles each schema once; a check takes microseconds."""

    def __init__(self, document: Document | None = None) -> None:
        self._document = document or load()
        self._validator = ResponseValidator(self._document)

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of the document's operations."""
        return tuple(self._document.operations)

    def operation(self, method: str, target: str) -> Operation | None:
        """Return the operation of a method and a target."""
        return self._document.find(method, _below_prefix(target))[0]

    def problems(self, method: str, target: str, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Iterator[str]:
        """Yield the violations of a request."""
        target = _below_prefix(target)
        operation, path = self._document.find(method, target)
        if operation is None:
            yield f"{method} {target} is not an operation of the document"
            return
        given = {name.decode().lower(): value.decode("latin-1") for name, value in headers}
        pairs = parse_qsl(target.partition("?")[2], keep_blank_values=True)
        for problem in (
            *self._path_problems(operation, path),
            *self._query_problems(operation, pairs),
            *self._header_problems(operation, given, body),
            *self._body_problems(operation, given, body),
        ):
            yield f"{operation.id}: {problem}"

    def _path_problems(self, operation: Operation, path: dict[str, str]) -> Iterator[str]:
        for name, value in path.items():
            if value in (".", ".."):
                yield f"the path's {name} is {value!r}, which addresses another resource"
        for parameter in operation.parameters:
            if parameter.location == "path":
                yield from self._value_errors(operation, parameter, path[parameter.name])

    def _query_problems(self, operation: Operation, pairs: list[tuple[str, str]]) -> Iterator[str]:
        declared = {each.name: each for each in operation.parameters if each.location == "query"}
        free = [name for name, each in declared.items() if each.schema.get("type") == "object"]
        for name, value in pairs:
            if name in declared and name not in free:
                yield from self._value_errors(operation, declared[name], value)
            elif not free:
                yield f"the query's {name} is not declared"
        for name, parameter in declared.items():
            if parameter.required and name not in dict(pairs):
                yield f"the query's {name} is required"

    def _header_problems(self, operation: Operation, headers: dict[str, str], body: bytes) -> Iterator[str]:
        for parameter in operation.parameters:
            if parameter.location == "header":
                value = headers.get(parameter.name.lower())
                if value is not None:
                    yield from self._value_errors(operation, parameter, value)
                elif operation.method == "POST" or parameter.required:
                    yield f"the header {parameter.name} is missing"
        accept = headers.get("accept")
        expected = self._expected_accept(operation, body)
        if expected and accept != expected:
            yield f"Accept is {accept!r}, expected {expected}"
        if not headers.get("authorization", "").startswith("Bearer "):
            yield "it has no API key"
        if not headers.get("user-agent", "").startswith("pareta-python/"):
            yield f"User-Agent is {headers.get('user-agent')!r}"
        if "content-length" in headers and int(headers["content-length"]) != len(body):
            yield f"Content-Length is {headers['content-length']}, but the body has {len(body)} bytes"

    def _body_problems(self, operation: Operation, headers: dict[str, str], body: bytes) -> Iterator[str]:
        if operation.body is None:
            if body:
                yield f"no body is declared, but it has one: {snippet(body.decode('utf-8', 'replace'), 60)}"
            return
        if not body:
            if operation.body_required:
                yield "its body is missing"
            return
        if headers.get("content-type") != JSON_TYPE:
            yield f"Content-Type is {headers.get('content-type')!r}, expected {JSON_TYPE}"
        try:
            value = json.loads(body)
        except ValueError as failure:
            yield f"its body is not JSON: {failure}"
            return
        yield from self._value_problems(operation, operation.body.schema, value)

    def _value_problems(self, operation: Operation, schema: Schema, value: Any) -> Iterator[str]:
        for error in self._validator.schema_validator((operation.id, "body"), schema).iter_errors(value):
            path = "".join(f"[{each!r}]" for each in error.instance_path)
            yield f"its body{path}: {snippet(error.message)}"
        resolved = self._document.resolve(schema)
        if "additionalProperties" not in resolved:
            for name in fields(value):
                if name not in resolved.get("properties", {}):
                    yield f"its body's {name} is not declared"

    def _expected_accept(self, operation: Operation, body: bytes) -> str | None:
        """Return the expected Accept header; None if the response has no body."""
        types: set[str] = set()
        for status, response in operation.responses.items():
            if status.startswith("2"):
                types |= response.content.keys()
        if types != {JSON_TYPE, EVENTS_TYPE}:
            return types.pop() if types else None
        try:
            streams = fields(json.loads(body)).get("stream") is True
        except ValueError:
            streams = False
        return EVENTS_TYPE if streams else JSON_TYPE

    def _value_errors(self, operation: Operation, parameter: Parameter, value: str) -> Iterator[str]:
        validator = self._validator.schema_validator((operation.id, parameter.name), parameter.schema)
        for error in validator.iter_errors(_typed(value, parameter.schema)):
            yield f"the {parameter.location}'s {parameter.name}: {snippet(error.message)}"


def _typed(value: str, schema: Schema) -> Any:
    return int(value) if schema.get("type") == "integer" and _INTEGER.fullmatch(value) else value


def _below_prefix(target: str) -> str:
    """Return a target without the path that the base URL adds before `/v1/`."""
    path, mark, query = target.partition("?")
    start = path.find("/v1/")
    return path[max(start, 0) :] + mark + query
