"""The document's examples: each has the form of its schema, and is true of a fresh sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from ._bench import Bench
from ._conformance import Conformance, event_schemas
from ._document import EVENTS_TYPE, Document, Media, Operation, Response
from ._exchange import Exchange, is_object, snippet

PART = "examples"
CHECKS = {
    "examples-valid": "Every example of the document has the form of its schema.",
    "examples-true": "Every example of an answer is what a fresh sandbox answers.",
}
_HOSTED = "https://api.pareta.ai"
_FAILS = {"x-sandbox-scenario": "deploy-fails"}

# What to send for the examples of errors, which stand at answers that many operations share.
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


def hold_valid(bench: Bench) -> None:
    """Hold every example against its schema. No request is needed."""
    document, journal = bench.wire.document, bench.wire.journal
    conformance = Conformance(document)
    for operation in document.operations.values():
        for place, schema, value in _placed(document, operation):
            for error in conformance.validator((operation.id, place), schema).iter_errors(value):
                reason = f"the example {snippet(value, 60)} of {place}: {snippet(error.message)}"
                journal.fail("examples-valid", reason, operation=operation)


def hold_true(bench: Bench) -> None:
    """Send what the document gives as examples to a fresh sandbox, and look for the examples of the answers."""
    document = bench.wire.document
    for operation in document.operations.values():
        answers = [_sent(bench, operation.id, options) for options in requests_of(operation)]
        if operation.id == "deploy_endpoint":
            answers.append(_sent(bench, operation.id, {"body": {"task": "invoice-fields"}, "headers": _FAILS}))
        if operation.id == "create_chat_completion":
            first = next(requests_of(operation))
            answers.append(_sent(bench, operation.id, {**first, "body": {**first["body"], "stream": True}}))
        if operation.id == "start_endpoint":
            answers.append(_sent(bench, operation.id, {"path": {"endpoint_id": "ep_d4e5f6"}}))
        for status, response in operation.responses.items():
            if status in _ERRORS and _ERRORS[status][0] == operation.id:
                answers.append(_sent(bench, operation.id, {**next(requests_of(operation)), **_ERRORS[status][1]}))
            elif not status.startswith("2"):
                continue
            _compare(bench, operation, response, [each for each in answers if str(each.status) == status])


def requests_of(operation: Operation) -> Iterator[dict[str, Any]]:
    """Yield the requests that an operation's examples make: each value of a path with each body."""
    names = [each.name for each in operation.parameters if each.location == "path"]
    values = [each.examples for each in operation.parameters if each.location == "path"]
    queries: list[dict[str, Any]] = [{}]
    queries += [
        {each.name: value} for each in operation.parameters if each.location == "query" for value in each.examples
    ]
    bodies = [None] if operation.body is None else list(operation.body.examples.values())
    for path, query, body in product(product(*values), queries, bodies):
        yield {"path": dict(zip(names, path, strict=True)), "query": query, "body": body}


def _sent(bench: Bench, operation_id: str, options: dict[str, Any]) -> Exchange:
    bench.fresh()
    return bench.wire.send(operation_id, **options)


def _compare(bench: Bench, operation: Operation, response: Response, answers: list[Exchange]) -> None:
    for kind, media in response.content.items():
        found: list[Any] = []
        for answer in answers:
            if answer.content_type == kind:
                found += _events(answer) if kind == EVENTS_TYPE else [answer.json]
        for name, example in media.examples.items():
            due = _event(example) if kind == EVENTS_TYPE else _local(example, bench.target.base_url)
            if not any(_within(due, each) for each in found):
                reason = (
                    f"the example {name!r} of {response.status} is not what a fresh sandbox answers: {snippet(example)}"
                )
                bench.wire.journal.fail("examples-true", reason, operation=operation, kind=name)


def _placed(document: Document, operation: Operation) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield each example of an operation with its place and the schema that it must fit."""
    for parameter in operation.parameters:
        for value in parameter.examples:
            yield parameter.name, parameter.schema, value
    bodies: list[tuple[str, Media]] = [] if operation.body is None else [("the request", operation.body)]
    for status, response in operation.responses.items():
        bodies += [(f"{status} {kind}", media) for kind, media in response.content.items()]
    for place, media in bodies:
        for value in media.examples.values():
            yield place, media.schema, value
            if EVENTS_TYPE in place:
                schemas = event_schemas(document, media.schema)
                if value["data"] not in schemas.ends:
                    name = value.get("event", "message")
                    yield f"{place} data of {name}", schemas.named[name], _event(value)["data"]


def _events(exchange: Exchange) -> list[Any]:
    pairs = zip(exchange.events, exchange.payloads, strict=True)
    return [
        {**({} if name == "message" else {"event": name}), "data": payload if is_object(payload) else text}
        for (name, text), (_, payload) in pairs
    ]


def _event(example: dict[str, Any]) -> dict[str, Any]:
    data = example["data"]
    return {**example, "data": json.loads(data) if data.startswith("{") else data}


def _local(value: Any, base_url: str) -> Any:
    """Return an example as this sandbox would say it: with its own URL."""
    if is_object(value):
        return {key: _local(each, base_url) for key, each in value.items()}
    if isinstance(value, list):
        return [_local(each, base_url) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value.replace(_HOSTED, base_url) if isinstance(value, str) else value


def _within(due: Any, found: Any) -> bool:
    """Whether an example is what was found, or, of a list of objects, an excerpt in its order."""
    if is_object(due) and is_object(found):
        return due.keys() == found.keys() and all(_within(value, found[key]) for key, value in due.items())
    if isinstance(due, list) and isinstance(found, list):
        rest = iter(found)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return all(any(_within(each, other) for other in rest) for each in due)  # pyright: ignore[reportUnknownVariableType]
    return bool(due == found)
