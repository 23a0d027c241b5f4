"""A request of the SDK's, held against the document: path, query, headers, body, and nothing undeclared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from .._conformance import Conformance
from .._document import EVENTS_TYPE, JSON_TYPE, Document, Operation, Parameter, Schema, load
from .._exchange import fields, snippet

_INTEGER = re.compile(r"-?\d+")


class RequestForm:
    """Holds requests against the document; its schemas are compiled once, and a request takes microseconds."""

    def __init__(self, document: Document | None = None) -> None:
        self._document = document or load()
        self._conformance = Conformance(self._document)

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of every operation of the document."""
        return tuple(self._document.operations)

    def operation(self, method: str, target: str) -> Operation | None:
        """Return the operation that a request line means."""
        return self._document.find(method, _below_prefix(target))[0]

    def problems(self, method: str, target: str, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> Iterator[str]:
        """Yield what is wrong with a request."""
        target = _below_prefix(target)
        operation, path = self._document.find(method, target)
        if operation is None:
            yield f"{method} {target} is no operation of the document"
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
                yield f"the path's {name} is {value!r}, which addresses something else"
        for parameter in operation.parameters:
            if parameter.location == "path":
                yield from self._unfit(operation, parameter, path[parameter.name])

    def _query_problems(self, operation: Operation, pairs: list[tuple[str, str]]) -> Iterator[str]:
        declared = {each.name: each for each in operation.parameters if each.location == "query"}
        free = [name for name, each in declared.items() if each.schema.get("type") == "object"]
        for name, value in pairs:
            if name in declared and name not in free:
                yield from self._unfit(operation, declared[name], value)
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
                    yield from self._unfit(operation, parameter, value)
                elif operation.method == "POST" or parameter.required:
                    yield f"the header {parameter.name} is missing"
        accept = headers.get("accept")
        wanted = self._answers(operation, body)
        if wanted and accept != wanted:
            yield f"Accept is {accept!r}, the answer is {wanted}"
        if not headers.get("authorization", "").startswith("Bearer "):
            yield "it carries no key"
        if not headers.get("user-agent", "").startswith("pareta-python/"):
            yield f"User-Agent is {headers.get('user-agent')!r}"
        if "content-length" in headers and int(headers["content-length"]) != len(body):
            yield f"Content-Length is {headers['content-length']}, its body has {len(body)} bytes"

    def _body_problems(self, operation: Operation, headers: dict[str, str], body: bytes) -> Iterator[str]:
        if operation.body is None:
            if body:
                yield f"it has a body where none is declared: {snippet(body.decode('utf-8', 'replace'), 60)}"
            return
        if not body:
            if operation.body_required:
                yield "its body is missing"
            return
        if headers.get("content-type") != JSON_TYPE:
            yield f"Content-Type is {headers.get('content-type')!r}, not {JSON_TYPE}"
        try:
            value = json.loads(body)
        except ValueError as failure:
            yield f"its body is not JSON: {failure}"
            return
        yield from self._value_problems(operation, operation.body.schema, value)

    def _value_problems(self, operation: Operation, schema: Schema, value: Any) -> Iterator[str]:
        for error in self._conformance.validator((operation.id, "body"), schema).iter_errors(value):
            place = "".join(f"[{each!r}]" for each in error.instance_path)
            yield f"its body{place}: {snippet(error.message)}"
        resolved = self._document.resolve(schema)
        if "additionalProperties" not in resolved:
            for name in fields(value):
                if name not in resolved.get("properties", {}):
                    yield f"its body's {name} is not declared"

    def _answers(self, operation: Operation, body: bytes) -> str | None:
        """Return the content type to accept; None where the answer has no body."""
        kinds: set[str] = set()
        for status, response in operation.responses.items():
            if status.startswith("2"):
                kinds |= response.content.keys()
        if len(kinds) < 2:  # noqa: PLR2004
            return kinds.pop() if kinds else None
        try:
            streams = fields(json.loads(body)).get("stream") is True
        except ValueError:
            streams = False
        return EVENTS_TYPE if streams else JSON_TYPE

    def _unfit(self, operation: Operation, parameter: Parameter, value: str) -> Iterator[str]:
        validator = self._conformance.validator((operation.id, parameter.name), parameter.schema)
        for error in validator.iter_errors(_typed(value, parameter.schema)):
            yield f"the {parameter.location}'s {parameter.name}: {snippet(error.message)}"


def _typed(value: str, schema: Schema) -> Any:
    return int(value) if schema.get("type") == "integer" and _INTEGER.fullmatch(value) else value


def _below_prefix(target: str) -> str:
    """Return a target without the path that a base URL may put before `/v1/`."""
    path, mark, query = target.partition("?")
    start = path.find("/v1/")
    return path[max(start, 0) :] + mark + query
