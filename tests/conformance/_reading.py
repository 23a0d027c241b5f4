"""Checks of how the SDK parses response bodies: it accepts those of a newer server and rejects wrong ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from hypothesis.strategies import SearchStrategy

from pareta import APIResponseError, Pareta
from pareta._content.response import Headers, Response
from pareta._models import LIST_ENDPOINTS, LIST_MODELS, RETRIEVE_ENDPOINT
from pareta._policy import calls
from pareta.contract._context import CheckFailed
from pareta.contract._exchange import is_array, is_object, snippet
from pareta.contract._results import Results
from pareta.sandbox._document import JSON_TYPE, Document, Schema
from pareta_generated import api
from pareta_generated.types import Call, DictView, View

from ._bodies import Mutation, bodies

READS = "sdk-answers-read"
TRUE = "sdk-properties-true"
REFUSES = "sdk-wrong-answers-refused"
CHECKS = {
    READS: "Every valid body, of this or a newer server, is parsed, and no property raises.",
    TRUE: "Each property has the value of the JSON.",
    REFUSES: "A wrong body raises APIResponseError, and no other exception, when it is decoded or read.",
}
_MESSAGES: Any = [{"role": "user", "content": "?"}]
_WRONG_BODIES: tuple[Any, ...] = ([], {}, "text", 3, None)
_CALLS: dict[str, Callable[[], Any]] = {
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
    "create_chat_completion": lambda: api.create_chat_completion(model="x", messages=_MESSAGES),
    "list_tasks": api.list_tasks,
    "match_task": lambda: api.match_task(query="x"),
    "retrieve_task": lambda: api.retrieve_task("x"),
    "task_leaderboard": lambda: api.task_leaderboard("x"),
}


def check_bodies(document: Document, results: Results, *, examples: int, chosen_seed: int) -> None:
    """Check the parsing of every JSON body of a 2xx response."""
    schemas: dict[str, Schema] = {}
    for operation in document.operations.values():
        for status, response in operation.responses.items():
            if status.startswith("2") and JSON_TYPE in response.content:
                schemas[operation.id] = response.content[JSON_TYPE].schema
    for operation_id, strategy in bodies(document, schemas).items():
        parser = BodyParser(document, schemas[operation_id], _CALLS[operation_id]())
        try:
            for_each(
                st.tuples(strategy, st.integers(0, 2**32)), parser.check, examples=examples, chosen_seed=chosen_seed
            )
        except CheckFailed as failure:
            results.fail(failure.check, failure.reason, operation=document.operations[operation_id])


def for_each(
    values: SearchStrategy[tuple[Any, int]], check: Callable[[Any, int], None], *, examples: int, chosen_seed: int
) -> None:
    """Call `check` with generated values; raise what it raises for the smallest failing one."""

    @seed(chosen_seed)
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(values)
    def check_each(value: tuple[Any, int]) -> None:
        check(*value)

    check_each()


class BodyParser:
    """Parses the response bodies of one operation as a client does."""

    def __init__(self, document: Document, schema: Schema, call: Call[Any]) -> None:
        self._document = document
        self._schema = schema
        self._call = call
        with Pareta(api_key="pareta_sk_contract", base_url="http://localhost") as client:
            self._session = client._requester.session  # pyright: ignore[reportPrivateUsage]

    def check(self, body: Any, mutation_seed: int) -> None:
        """Check the parsing of a body, of newer versions of it, and of wrong ones."""
        self._compare(self.parse(body, READS), body, self._schema, "$")
        mutation = Mutation(self._document, mutation_seed)
        for _ in range(3):
            newer = mutation.newer(body, self._schema)
            if is_object(newer) == is_object(body):
                read_all(partial(self.parse, newer, READS), READS, newer)
        for wrong in _WRONG_BODIES:
            if is_array(wrong) != is_array(body) or is_object(wrong) != is_object(body):
                self._must_refuse(json.dumps(wrong).encode())
        for wrong in mutation.mistyped(body):
            read_all(partial(self.decode, json.dumps(wrong).encode()), REFUSES, wrong, may_refuse=True)
        for content in (b"", b"<html>no</html>", json.dumps(body).encode()[:-1], b"\xff\xfe", b"NaN"):
            self._must_refuse(content)

    def parse(self, body: Any, check: str) -> Any:
        """Return the view of a body; fail if parsing raises."""
        try:
            return self.decode(json.dumps(body).encode())
        except Exception as error:
            raise CheckFailed(f"{_named(error)} for {snippet(body, 200)}", check=check) from error

    def decode(self, content: bytes) -> Any:
        """Return the result of the SDK for a 200 response."""
        flow = calls.send(self._session, self._call)
        flow.send(None)
        headers = Headers([(b"content-type", b"application/json"), (b"x-request-id", b"req_1")])
        response = Response(method="GET", url="http://localhost/", status_code=200, headers=headers, content=content)
        try:
            flow.send(response)
        except StopIteration as stop:
            return stop.value
        raise CheckFailed("the SDK sends another request after a 200 response", check=READS)

    def _must_refuse(self, content: bytes) -> None:
        try:
            self.decode(content)
        except APIResponseError:
            return
        except Exception as error:
            raise CheckFailed(f"{_named(error)} for the body {content[:80]!r}", check=REFUSES) from error
        raise CheckFailed(f"no exception for the body {content[:80]!r}", check=REFUSES)

    def _compare(self, value: Any, raw: Any, schema: Schema, path: str) -> None:
        schema = self._document.resolve(schema)
        if isinstance(value, View | DictView) and is_object(raw):
            for name, each in schema.get("properties", {}).items():
                attribute = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
                try:
                    member = getattr(value, attribute)
                except Exception as error:
                    raise CheckFailed(f"{path}.{attribute}: {_named(error)}", check=TRUE) from error
                self._compare(member, raw.get(name), each, f"{path}.{attribute}")
        elif is_array(value) and is_array(raw):
            if len(value) != len(raw):
                raise CheckFailed(f"{path} has {len(value)} entries, the JSON has {len(raw)}", check=TRUE)
            for index, each in enumerate(raw):
                self._compare(value[index], each, schema.get("items", {}), f"{path}[{index}]")
        elif (
            isinstance(value, View | DictView | datetime)
            or is_object(raw)
            or raw == ""
            or (value == [] and raw is None)
        ):
            return  # A missing list reads as [], and an empty id as the name.
        elif value != raw and not (value is None and schema.get("format") == "date-time"):
            raise CheckFailed(f"{path} is {snippet(value, 60)}, the JSON has {snippet(raw, 60)}", check=TRUE)


def read_all(read: Callable[[], Any], check: str, body: Any, *, may_refuse: bool = False) -> None:
    """Read a value and all its properties; fail if one raises, or with `may_refuse` only if not APIResponseError."""
    try:
        for each in _properties(read()):
            repr(each)
    except CheckFailed:
        raise
    except Exception as error:
        if not (may_refuse and isinstance(error, APIResponseError)):
            raise CheckFailed(f"{_named(error)} for {snippet(body, 200)}", check=check) from error


def _properties(value: Any) -> Iterator[Any]:
    """Yield a value, its properties, their properties and so on."""
    yield value
    if isinstance(value, View | DictView):
        for kind in type(value).__mro__:
            for name, member in vars(kind).items():
                if isinstance(member, property) and not name.startswith("_"):
                    yield from _properties(getattr(value, name))
        value.to_dict()
    elif is_array(value):
        for each in value:
            yield from _properties(each)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {snippet(str(error), 160)}"
