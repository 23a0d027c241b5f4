"""The document as the suite reads it: operations, the answers they may give, and the lines they stand on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from attrs import frozen

JSON_TYPE = "application/json"
EVENTS_TYPE = "text/event-stream"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Schema = dict[str, Any]


@frozen(eq=False)
class Parameter:
    """A declared parameter."""

    name: str
    location: str
    required: bool
    schema: Schema
    examples: tuple[Any, ...]


@frozen(eq=False)
class Media:
    """A body of one content type: its schema and its examples by name."""

    schema: Schema
    examples: Mapping[str, Any]


@frozen(eq=False)
class Response:
    """A documented answer. `content` is empty where it has no body."""

    status: str
    content: Mapping[str, Media]
    headers: Mapping[str, tuple[bool, Schema]]
    """The schema of each header, by its lower-case name, and whether it is required."""
    line: int


@frozen(eq=False)
class Operation:
    """An operation of the document."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Media | None
    body_required: bool
    responses: Mapping[str, Response]
    line: int

    @property
    def label(self) -> str:
        """Its method and path, as people know it."""
        return f"{self.method} {self.path}"

    @property
    def takes_endpoint(self) -> bool:
        """Whether it is about one endpoint, that its path names."""
        return "{endpoint_id}" in self.path


@frozen(eq=False)
class Document:
    """The document."""

    raw: dict[str, Any]
    file: str
    operations: Mapping[str, Operation]

    def standalone(self, schema: Schema) -> Schema:
        """Return `schema` with the components beside it, so that its references resolve."""
        return {**schema, "components": self.raw["components"]}

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Follow the references of a node."""
        return _resolve(self.raw, node)

    def find(self, method: str, target: str) -> tuple[Operation | None, dict[str, str]]:
        """Return the operation that a request means, with the values of its path; literal segments go first."""
        segments = target.partition("?")[0].split("/")
        for operation in sorted(self.operations.values(), key=lambda each: each.path.count("{")):
            values = _match(operation.path.split("/"), segments)
            if operation.method == method and values is not None:
                return operation, values
        return None, {}

    def where(self, operation: Operation | None, status: int | None = None) -> str:
        """Return where an operation, or one of its answers, is described: `file:line`."""
        if operation is None:
            return self.file
        answer = operation.responses.get(str(status))
        return f"{self.file}:{answer.line if answer else operation.line}"


@cache
def load() -> Document:
    """Read the document that the generated package carries."""
    return parse(json.loads((files("pareta_generated") / "openapi.json").read_text(encoding="utf-8")))


def parse(raw: dict[str, Any]) -> Document:
    """Read a document from its JSON form, which carries the lines that things stand on."""
    source = raw.pop("x-source")
    operations = {each.id: each for each in _operations(raw, source["lines"])}
    return Document(raw=raw, file=source["file"], operations=operations)


def _operations(raw: dict[str, Any], lines: dict[str, int]) -> Iterator[Operation]:
    for path, item in raw["paths"].items():
        for method in (each for each in _METHODS if each in item):
            node = item[method]
            pointer = f"/paths/{re.sub('/', '~1', path.replace('~', '~0'))}/{method}"
            body = _resolve(raw, node.get("requestBody", {}))
            medium = body.get("content", {}).get(JSON_TYPE)
            declared = {
                (each["name"], each["in"]): each
                for each in (_resolve(raw, ref) for ref in (*item.get("parameters", ()), *node.get("parameters", ())))
            }
            yield Operation(
                id=node["operationId"],
                method=method.upper(),
                path=path,
                parameters=tuple(_parameter(each) for each in declared.values()),
                body=None if medium is None else _media(medium),
                body_required=bool(body.get("required")),
                responses={
                    status: _response(raw, status, each, lines.get(f"{pointer}/responses/{status}", 0))
                    for status, each in node["responses"].items()
                },
                line=lines.get(pointer, 0),
            )


def _parameter(node: dict[str, Any]) -> Parameter:
    return Parameter(
        name=node["name"],
        location=node["in"],
        required=bool(node.get("required")),
        schema=node["schema"],
        examples=tuple(each["value"] for each in node.get("examples", {}).values()),
    )


def _response(raw: dict[str, Any], status: str, ref: dict[str, Any], line: int) -> Response:
    node = _resolve(raw, ref)
    headers = {name.lower(): _resolve(raw, each) for name, each in node.get("headers", {}).items()}
    return Response(
        status=status,
        content={kind: _media(each) for kind, each in node.get("content", {}).items()},
        headers={name: (bool(each.get("required")), each["schema"]) for name, each in headers.items()},
        line=line,
    )


def _media(node: dict[str, Any]) -> Media:
    return Media(schema=node["schema"], examples={k: each["value"] for k, each in node.get("examples", {}).items()})


def _resolve(raw: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = raw
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _match(template: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for expected, segment in zip(template, segments, strict=True):
        if expected.startswith("{"):
            if not segment:
                return None
            values[expected[1:-1]] = unquote(segment)
        elif expected != unquote(segment):
            return None
    return values
