"""What the document's examples hold: each fits its schema and is what a fresh sandbox returns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pareta.sandbox._document import EVENTS_TYPE, Document, DocumentedResponse, MediaType, Operation

from ._example_requests import example_requests
from ._exchange import Exchange, is_array, is_object, snippet
from ._response_validator import ResponseValidator, event_schemas
from ._server import Server

_HOSTED = "https://api.pareta.ai"

# The request that returns the example of each error response, which operations share.
_ERRORS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": ("deploy_endpoint", {"body": {"task": "contract-fields"}}),
    "401": ("list_models", {"authorization": "Bearer pareta_sk_wrong"}),
    "402": ("create_chat_completion", {"headers": {"x-sandbox-scenario": "402"}}),
    "404": ("retrieve_endpoint", {"path": {"endpoint_id": "ep_unknown"}}),
    "409": ("delete_endpoint", {"path": {"endpoint_id": "ep_seed01"}}),
    "422": ("deploy_endpoint", {"body": {}}),
    "429": ("list_models", {"headers": {"x-sandbox-scenario": "429; retry-after=2"}}),
    "503": (
        "create_chat_completion",
        {"body": {"model": "ep_d4e5f6", "messages": [{"role": "user", "content": "Hello?"}]}},
    ),
}


@pytest.mark.cost(requests=0)
def test_every_example_fits_its_schema(server: Server) -> None:
    """Every example in the document fits its schema."""
    document = server.document
    validator = ResponseValidator(document)
    for operation in document.operations.values():
        for location, schema, value in _examples_of(document, operation):
            errors = list(validator.schema_validator((operation.id, location), schema).iter_errors(value))
            if errors:
                where = document.where(operation)
                pytest.fail(f"{operation.label} ({where}): {snippet(value, 60)} of {location}: {errors[0].message}")


@pytest.mark.own_sandbox
@pytest.mark.cost(requests=50)
def test_a_fresh_sandbox_returns_every_example(server: Server) -> None:
    """A fresh sandbox returns every example of a response."""
    for operation in server.document.operations.values():
        exchanges = [_send(server, operation.id, options) for options in example_requests(operation)]
        first = next(example_requests(operation))
        for status, response in operation.responses.items():
            if status in _ERRORS and _ERRORS[status][0] == operation.id:
                exchanges.append(_send(server, operation.id, {**first, **_ERRORS[status][1]}))
            elif not status.startswith("2"):
                continue
            _compare(server, operation, response, [each for each in exchanges if str(each.status) == status])


def _send(server: Server, operation_id: str, options: dict[str, Any]) -> Exchange:
    server.begin_test()
    return server.send(operation_id, **options)


def _compare(server: Server, operation: Operation, response: DocumentedResponse, exchanges: list[Exchange]) -> None:
    for content_type, media in response.content.items():
        found: list[Any] = []
        for exchange in exchanges:
            if exchange.content_type == content_type:
                found += _events(exchange) if content_type == EVENTS_TYPE else [exchange.json]
        for name, example in media.examples.items():
            base_url = server.base_url
            expected = _event(example) if content_type == EVENTS_TYPE else _with_base_url(example, base_url)
            if not any(_contains(each, expected) for each in found):
                label = f"{operation.label} ({server.document.where(operation, int(response.status))})"
                pytest.fail(f"{label}: a fresh sandbox does not return the example {name!r}: {snippet(example)}")


def _examples_of(document: Document, operation: Operation) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield the location, schema and value of each of an operation's examples."""
    for parameter in operation.parameters:
        for value in parameter.examples:
            yield parameter.name, parameter.schema, value
    bodies: list[tuple[str, MediaType]] = [] if operation.body is None else [("the request", operation.body)]
    for status, response in operation.responses.items():
        bodies += [(f"{status} {content_type}", media) for content_type, media in response.content.items()]
    for location, media in bodies:
        for value in media.examples.values():
            yield location, media.schema, value
            if EVENTS_TYPE in location:
                schemas = event_schemas(document, media.schema)
                if value["data"] not in schemas.terminators:
                    name = value.get("event", "message")
                    yield f"{location} data of {name}", schemas.by_name[name], _event(value)["data"]


def _events(exchange: Exchange) -> list[Any]:
    pairs = zip(exchange.events, exchange.payloads, strict=True)
    return [
        {**({} if name == "message" else {"event": name}), "data": payload if is_object(payload) else text}
        for (name, text), (_, payload) in pairs
    ]


def _event(example: dict[str, Any]) -> dict[str, Any]:
    data = example["data"]
    return {**example, "data": json.loads(data) if data.startswith("{") else data}


def _with_base_url(value: Any, base_url: str) -> Any:
    """Replace the platform's URL in an example by the sandbox's."""
    return json.loads(json.dumps(value).replace(_HOSTED, base_url))


def _contains(found: Any, expected: Any) -> bool:
    """Return whether `found` equals `expected`; a list may have more items, in the same order."""
    if is_object(expected) and is_object(found):
        return expected.keys() == found.keys() and all(_contains(found[key], value) for key, value in expected.items())
    if is_array(expected) and is_array(found):
        rest = iter(found)
        return all(any(_contains(other, each) for other in rest) for each in expected)
    return bool(expected == found)
