"""Checks of the document's examples: each fits its schema and is what a fresh sandbox returns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from pareta.sandbox._document import EVENTS_TYPE, Document, DocumentedResponse, MediaType, Operation

from ._context import Context
from ._exchange import Exchange, is_array, is_object, snippet
from ._response_validator import ResponseValidator, event_schemas

PART = "examples"
CHECKS = {
    "examples-valid": "Every example in the document fits its schema.",
    "examples-true": "A fresh sandbox returns every example of a response.",
}
_HOSTED = "https://api.pareta.ai"
_DEPLOY_FAILS = {"x-sandbox-scenario": "deploy-fails"}

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


def check_schemas(context: Context) -> None:
    """Validate every example against its schema, without a request."""
    document, results = context.client.document, context.client.results
    validator = ResponseValidator(document)
    for operation in document.operations.values():
        for location, schema, value in _examples_of(document, operation):
            for error in validator.schema_validator((operation.id, location), schema).iter_errors(value):
                reason = f"the example {snippet(value, 60)} of {location}: {snippet(error.message)}"
                results.fail("examples-valid", reason, operation=operation)


def check_responses(context: Context) -> None:
    """Send every example request to a fresh sandbox, and compare the responses with the documented examples."""
    document = context.client.document
    for operation in document.operations.values():
        exchanges = [_send(context, operation.id, options) for options in example_requests(operation)]
        first = next(example_requests(operation))
        if operation.id == "deploy_endpoint":
            body = {"task": "invoice-fields"}
            exchanges.append(_send(context, operation.id, {"body": body, "headers": _DEPLOY_FAILS}))
        if operation.id == "create_chat_completion":
            exchanges.append(_send(context, operation.id, {**first, "body": {**first["body"], "stream": True}}))
        if operation.id == "start_endpoint":
            exchanges.append(_send(context, operation.id, {"path": {"endpoint_id": "ep_d4e5f6"}}))
        for status, response in operation.responses.items():
            if status in _ERRORS and _ERRORS[status][0] == operation.id:
                exchanges.append(_send(context, operation.id, {**first, **_ERRORS[status][1]}))
            elif not status.startswith("2"):
                continue
            _compare(context, operation, response, [each for each in exchanges if str(each.status) == status])


def example_requests(operation: Operation) -> Iterator[dict[str, Any]]:
    """Yield the requests that an operation's examples combine to: each path and query with each body."""
    names = [each.name for each in operation.parameters if each.location == "path"]
    values = [each.examples for each in operation.parameters if each.location == "path"]
    queries: list[dict[str, Any]] = [{}]
    queries += [
        {each.name: value} for each in operation.parameters if each.location == "query" for value in each.examples
    ]
    bodies = [None] if operation.body is None else list(operation.body.examples.values())
    for path, query, body in product(product(*values), queries, bodies):
        yield {"path": dict(zip(names, path, strict=True)), "query": query, "body": body}


def _send(context: Context, operation_id: str, options: dict[str, Any]) -> Exchange:
    context.reset()
    return context.client.send(operation_id, **options)


def _compare(context: Context, operation: Operation, response: DocumentedResponse, exchanges: list[Exchange]) -> None:
    for content_type, media in response.content.items():
        found: list[Any] = []
        for exchange in exchanges:
            if exchange.content_type == content_type:
                found += _events(exchange) if content_type == EVENTS_TYPE else [exchange.json]
        for name, example in media.examples.items():
            base_url = context.target.base_url
            expected = _event(example) if content_type == EVENTS_TYPE else _with_base_url(example, base_url)
            if not any(_contains(each, expected) for each in found):
                reason = (
                    f"a fresh sandbox does not return the example {name!r} of {response.status}: {snippet(example)}"
                )
                context.client.results.fail("examples-true", reason, operation=operation, kind=name)


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
