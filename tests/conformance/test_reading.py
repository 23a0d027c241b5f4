"""How the SDK parses response bodies: it accepts those of a newer server and rejects wrong ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from pareta import APIResponseError, Pareta
from pareta._content.response import Headers, Response
from pareta._models import LIST_ENDPOINTS, LIST_MODELS, RETRIEVE_ENDPOINT
from pareta._policy import calls
from pareta.contract._exchange import is_array, is_object
from pareta.sandbox import _document
from pareta.sandbox._document import JSON_TYPE, Schema
from pareta_generated import api
from pareta_generated.types import DictView, View
from tests.conformance._bodies import Mutation, samples

MESSAGES: Any = [{"role": "user", "content": "?"}]
WRONG_BODIES: tuple[Any, ...] = ([], {}, "text", 3, None)
CALLS: dict[str, Callable[[], Any]] = {
    "list_models": LIST_MODELS,
    "list_endpoints": LIST_ENDPOINTS,
    "retrieve_endpoint": lambda: RETRIEVE_ENDPOINT("x"),
    "start_endpoint": lambda: api.start_endpoint("x"),
    "stop_endpoint": lambda: api.stop_endpoint("x"),
    "endpoint_performance": lambda: api.endpoint_performance("x"),
    "endpoint_uptime": lambda: api.endpoint_uptime("x"),
    "endpoint_cost": lambda: api.endpoint_cost("x"),
    "endpoint_quality": lambda: api.endpoint_quality("x"),
    "endpoint_activity": lambda: api.endpoint_activity("x"),
    "create_chat_completion": lambda: api.create_chat_completion(model="x", messages=MESSAGES),
    "list_tasks": api.list_tasks,
    "match_task": lambda: api.match_task(query="x"),
    "retrieve_task": lambda: api.retrieve_task("x"),
    "task_leaderboard": lambda: api.task_leaderboard("x"),
}

DOCUMENT = _document.load()
SCHEMAS: dict[str, Schema] = {
    operation.id: response.content[JSON_TYPE].schema
    for operation in DOCUMENT.operations.values()
    for status, response in operation.responses.items()
    if status.startswith("2") and JSON_TYPE in response.content
}
each_operation = pytest.mark.parametrize("operation_id", SCHEMAS)
with Pareta(api_key="pareta_sk_contract", base_url="http://localhost") as _client:
    SESSION = _client._requester.session


def decode(operation_id: str, content: bytes) -> Any:
    """Return the result of the SDK for a 200 response."""
    flow = calls.send(SESSION, CALLS[operation_id]())
    flow.send(None)
    headers = Headers([(b"content-type", b"application/json"), (b"x-request-id", b"req_1")])
    response = Response(method="GET", url="http://localhost/", status_code=200, headers=headers, content=content)
    with pytest.raises(StopIteration) as stop:
        flow.send(response)
    return stop.value.value


def may_be_an_error(body: Any) -> bool:
    """Return whether the SDK may take a body for an error: by an undeclared `error`, or as a completion of nothing."""
    return '"error":' in json.dumps(body) or (is_object(body) and body.get("choices") == [])


def encoded(body: Any) -> bytes:
    """Return a body as JSON."""
    return json.dumps(body).encode()


@each_operation
def test_every_body_of_this_or_a_newer_server_is_read(operation_id: str) -> None:
    """It is parsed, and no property raises."""
    schema = SCHEMAS[operation_id]
    for mutation_seed, body in enumerate(samples(DOCUMENT, operation_id, schema)):
        mutation = Mutation(DOCUMENT, mutation_seed)
        for newer in (body, *(mutation.newer(body, schema) for _ in range(3))):
            if is_object(newer) == is_object(body) and not may_be_an_error(newer):
                read_all(decode(operation_id, encoded(newer)))


@each_operation
def test_each_property_has_the_value_of_the_json(operation_id: str) -> None:
    """Objects, lists and scalars, at every depth."""
    for body in samples(DOCUMENT, operation_id, SCHEMAS[operation_id]):
        if not may_be_an_error(body):
            compare(decode(operation_id, encoded(body)), body, SCHEMAS[operation_id], "$")


@each_operation
def test_a_wrong_body_raises_one_exception(operation_id: str) -> None:
    """It raises APIResponseError, and no other exception, when it is decoded or read."""
    for mutation_seed, body in enumerate(samples(DOCUMENT, operation_id, SCHEMAS[operation_id])):
        others = (
            each for each in WRONG_BODIES if is_array(each) != is_array(body) or is_object(each) != is_object(body)
        )
        broken = (b"", b"<html>no</html>", encoded(body)[:-1], b"\xff\xfe", b"NaN")
        for content in (*map(encoded, others), *broken):
            with pytest.raises(APIResponseError):
                decode(operation_id, content)
        for wrong in Mutation(DOCUMENT, mutation_seed).mistyped(body):
            with suppress(APIResponseError):
                read_all(decode(operation_id, encoded(wrong)))


def compare(value: Any, raw: Any, schema: Schema, path: str) -> None:
    """Check that a value and its properties are those of the JSON."""
    schema = DOCUMENT.resolve(schema)
    if isinstance(value, View | DictView) and is_object(raw):
        for name, each in schema.get("properties", {}).items():
            attribute = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            compare(getattr(value, attribute), raw.get(name), each, f"{path}.{attribute}")
    elif is_array(value) and is_array(raw):
        assert len(value) == len(raw), path
        for index, each in enumerate(raw):
            compare(value[index], each, schema.get("items", {}), f"{path}[{index}]")
    elif isinstance(value, View | DictView | datetime) or is_object(raw) or raw == "" or (value == [] and raw is None):
        return  # A missing list reads as [], and an empty id as the name.
    else:
        assert value == raw or (value is None and schema.get("format") == "date-time"), path


def read_all(value: Any) -> None:
    """Read a value, its properties, their properties and so on."""
    repr(value)
    if isinstance(value, View | DictView):
        for kind in type(value).__mro__:
            for name, member in vars(kind).items():
                if isinstance(member, property) and not name.startswith("_"):
                    read_all(getattr(value, name))
        value.to_dict()
    elif is_array(value):
        for each in value:
            read_all(each)
