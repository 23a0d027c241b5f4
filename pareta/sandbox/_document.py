"""The OpenAPI document: its operations, parameters, bodies and responses, with their line numbers."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from attrs import frozen

from pareta.sandbox._document_lines import locate

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
class MediaType:
    """A body of one content type: its schema, and its examples by name."""

    schema: Schema
    examples: Mapping[str, Any]


@frozen(eq=False)
class DocumentedResponse:
    """A documented response; `content` is empty if it has no body."""

    status: str
    content: Mapping[str, MediaType]
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
    body: MediaType | None
    body_required: bool
    responses: Mapping[str, DocumentedResponse]
    line: int

    @property
    def label(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"


@frozen(eq=False)
class Document:
    """The document and its operations by id."""

    raw: dict[str, Any]
    file: str
    operations: Mapping[str, Operation]

    def standalone(self, schema: Schema) -> Schema:
        """Return `schema` with the document's components, so that its references resolve."""
        return {**schema, "components": self.raw["components"]}

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """Follow the references of a node."""
        return _resolve(self.raw, node)

    def find(self, method: str, target: str) -> tuple[Operation | None, dict[str, str]]:
        """Return the operation of a method and a target, with its path parameters; literal segments take precedence."""
        segments = split_path(target.partition("?")[0])
        for operation in sorted(self.operations.values(), key=lambda each: each.path.count("{")):
            values = match_path(split_path(operation.path), segments)
            if operation.method == method and values is not None:
                return operation, values
        return None, {}

    def where(self, operation: Operation | None, status: int | None = None) -> str:
        """Return the place of an operation, or of its response with a status: `file:line`."""
        if operation is None:
            return self.file
        response = operation.responses.get(str(status))
        return f"{self.file}:{response.line if response else operation.line}"


@cache
def load() -> Document:
    """Return the document of the generated package; it is read once."""
    return parse(json.loads((files("pareta_generated") / "openapi.json").read_text(encoding="utf-8")))


def parse(raw: dict[str, Any]) -> Document:
    """Return the document of its JSON form; `x-source` names the file that it was generated from."""
    file, lines = locate(raw["x-source"]["file"])
    operations = {each.id: each for each in _operations(raw, lines)}
    return Document(raw=raw, file=file, operations=operations)


def _operations(raw: dict[str, Any], lines: Mapping[tuple[str, ...], int]) -> Iterator[Operation]:
    for path, item in raw["paths"].items():
        for method in (each for each in _METHODS if each in item):
            node = item[method]
            pointer = ("paths", path, method)
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
                    status: _response(raw, status, each, lines.get((*pointer, "responses", status), 0))
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


def _response(raw: dict[str, Any], status: str, ref: dict[str, Any], line: int) -> DocumentedResponse:
    node = _resolve(raw, ref)
    headers = {name.lower(): _resolve(raw, each) for name, each in node.get("headers", {}).items()}
    return DocumentedResponse(
        status=status,
        content={kind: _media(each) for kind, each in node.get("content", {}).items()},
        headers={name: (bool(each.get("required")), each["schema"]) for name, each in headers.items()},
        line=line,
    )


def _media(node: dict[str, Any]) -> MediaType:
    return MediaType(schema=node["schema"], examples={k: each["value"] for k, each in node.get("examples", {}).items()})


def _resolve(raw: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = raw
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def split_path(raw_path: str) -> tuple[str, ...]:
    """Return the decoded segments of a raw path; an encoded slash stays inside its segment."""
    return tuple(unquote(segment) for segment in raw_path.split("/")[1:])


def match_path(template: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    """Return the path parameters if the segments of a path match a template, else None."""
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for expected, segment in zip(template, segments, strict=True):
        if expected.startswith("{"):
            if not segment:
                return None
            values[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return values
