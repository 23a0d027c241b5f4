"""The OpenAPI document that is served, read into operations; it knows nothing of requests."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from attrs import frozen

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@frozen
class Parameter:
    """A declared parameter of an operation."""

    name: str
    location: str
    required: bool
    schema: dict[str, Any]


@frozen
class Operation:
    """An operation of the document: where it is routed, what it takes, and with which statuses it answers."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body_schema: dict[str, Any] | None
    body_required: bool
    statuses: frozenset[str] = frozenset()


@frozen
class Document:
    """The document and its operations."""

    raw: dict[str, Any]
    operations: tuple[Operation, ...]

    def standalone(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return `schema` with the document's components beside it, so that its references resolve."""
        return {**schema, "components": self.raw["components"]}


def load() -> Document:
    """Read the document that the generated package carries."""
    text = (files("pareta_generated") / "openapi.json").read_text(encoding="utf-8")
    return parse(json.loads(text))


def parse(raw: dict[str, Any]) -> Document:
    """Read a document from its JSON form."""
    return Document(raw=raw, operations=tuple(_operations(raw)))


def _operations(raw: dict[str, Any]) -> Iterator[Operation]:
    for path, item in raw["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            declared = item[method]
            body = _resolve(raw, declared.get("requestBody", {}))
            media = body.get("content", {}).get("application/json", {})
            shared = [_parameter(raw, each) for each in item.get("parameters", [])]
            own = [_parameter(raw, each) for each in declared.get("parameters", [])]
            overridden = {(each.name, each.location) for each in own}
            yield Operation(
                id=declared["operationId"],
                method=method.upper(),
                path=path,
                parameters=(*(each for each in shared if (each.name, each.location) not in overridden), *own),
                body_schema=media.get("schema"),
                body_required=bool(body.get("required", False)),
                statuses=frozenset(declared["responses"]),
            )


def _parameter(raw: dict[str, Any], node: dict[str, Any]) -> Parameter:
    node = _resolve(raw, node)
    return Parameter(
        name=node["name"],
        location=node["in"],
        required=bool(node.get("required", False)),
        schema=node["schema"],
    )


def _resolve(raw: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = raw
        for token in node["$ref"].removeprefix("#/").split("/"):
            target = target[token.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
