"""What the SDK reads: whatever a newer server sends it must read, and of what is wrong it must say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from pareta import APIResponseError, Pareta
from pareta import _flows as flows
from pareta._calls import LIST_ENDPOINTS, LIST_MODELS, RETRIEVE_ENDPOINT
from pareta._response import Headers, Response
from pareta_generated import api
from pareta_generated.types import Call, DictView, View

from .._document import JSON_TYPE, Document, Schema
from .._exchange import is_array, is_object, snippet
from .._journal import Journal
from ._answers import Mutation, bodies

READS = "sdk-answers-read"
TRUE = "sdk-properties-true"
REFUSES = "sdk-wrong-answers-refused"
CHECKS = {
    READS: "What a server of today or tomorrow answers is read whole, and nothing raises.",
    TRUE: "Each property says what the JSON says.",
    REFUSES: "A wrong answer raises APIResponseError when it is decoded or read, and nothing else.",
}
_MESSAGES: Any = [{"role": "user", "content": "?"}]
_STRANGE: tuple[Any, ...] = ([], {}, "text", 3, None)
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


class Misread(Exception):  # noqa: N818  # What a check says of the SDK.
    """The SDK read something otherwise than it must."""

    def __init__(self, check: str, reason: str) -> None:
        super().__init__(reason)
        self.check = check
        self.reason = reason


def hold(document: Document, journal: Journal, *, examples: int, chosen_seed: int) -> None:
    """Hold the reading of every JSON answer of 2xx."""
    schemas: dict[str, Schema] = {}
    for operation in document.operations.values():
        for status, response in operation.responses.items():
            if status.startswith("2") and JSON_TYPE in response.content:
                schemas[operation.id] = response.content[JSON_TYPE].schema
    for operation_id, strategy in bodies(document, schemas).items():
        reader = Reader(document, schemas[operation_id], _CALLS[operation_id]())
        try:
            for_each(
                st.tuples(strategy, st.integers(0, 2**32)), reader.hold, examples=examples, chosen_seed=chosen_seed
            )
        except Misread as misread:
            journal.fail(misread.check, misread.reason, operation=document.operations[operation_id])


def for_each(
    values: SearchStrategy[tuple[Any, int]], hold: Callable[[Any, int], None], *, examples: int, chosen_seed: int
) -> None:
    """Call `hold` with values that follow from the seed; the smallest that it raises for is the one it raises for."""

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
    def check(value: tuple[Any, int]) -> None:
        hold(*value)

    check()


class Reader:
    """Reads the answers of one operation as a client would."""

    def __init__(self, document: Document, schema: Schema, call: Call[Any]) -> None:
        self._document = document
        self._schema = schema
        self._call = call
        with Pareta(api_key="pareta_sk_contract", base_url="http://localhost") as client:
            self._session = client._caller.session  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def hold(self, body: Any, dice: int) -> None:
        """Hold the reading of a body, of what a newer server would make of it, and of what is wrong."""
        self._agree(self.read(body, READS), body, self._schema, "$")
        mutation = Mutation(self._document, dice)
        for _ in range(3):
            newer = mutation.future(body, self._schema)
            if is_object(newer) == is_object(body):
                touch_all(partial(self.read, newer, READS), READS, newer)
        for strange in _STRANGE:
            if is_array(strange) != is_array(body) or is_object(strange) != is_object(body):
                self._refused(strange)
        for wrong in mutation.wrong(body):
            touch_all(partial(self.decode, json.dumps(wrong).encode()), REFUSES, wrong, may_refuse=True)
        for content in (b"", b"<html>no</html>", json.dumps(body).encode()[:-1], b"\xff\xfe", b"NaN"):
            self._refused_bytes(content)

    def read(self, body: Any, check: str) -> Any:
        """Return what a body reads as; anything raised is a finding."""
        try:
            return self.decode(json.dumps(body).encode())
        except Exception as error:
            raise Misread(check, f"{_named(error)} for {snippet(body, 200)}") from error

    def decode(self, content: bytes) -> Any:
        """Return what the SDK makes of an answer of 200."""
        flow = flows.send(self._session, self._call)
        flow.send(None)
        headers = Headers([(b"content-type", b"application/json"), (b"x-request-id", b"req_1")])
        response = Response(method="GET", url="http://localhost/", status_code=200, headers=headers, content=content)
        try:
            flow.send(response)
        except StopIteration as stop:
            return stop.value
        raise Misread(READS, "the SDK asks for more after an answer of 200")

    def _refused(self, body: Any) -> None:
        self._refused_bytes(json.dumps(body).encode())

    def _refused_bytes(self, content: bytes) -> None:
        try:
            self.decode(content)
        except APIResponseError:
            return
        except Exception as error:
            raise Misread(REFUSES, f"{_named(error)} for the body {content[:80]!r}") from error
        raise Misread(REFUSES, f"nothing is raised for the body {content[:80]!r}")

    def _agree(self, seen: Any, raw: Any, schema: Schema, path: str) -> None:
        schema = self._document.resolve(schema)
        if isinstance(seen, View | DictView) and is_object(raw):
            for name, each in schema.get("properties", {}).items():
                attribute = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
                try:
                    value = getattr(seen, attribute)
                except Exception as error:
                    raise Misread(TRUE, f"{path}.{attribute}: {_named(error)}") from error
                self._agree(value, raw.get(name), each, f"{path}.{attribute}")
        elif isinstance(seen, list) and is_array(raw):
            if len(seen) != len(raw):  # pyright: ignore[reportUnknownArgumentType]
                raise Misread(TRUE, f"{path} has {len(seen)} entries of {len(raw)}")  # pyright: ignore[reportUnknownArgumentType]
            for index, each in enumerate(raw):
                self._agree(seen[index], each, schema.get("items", {}), f"{path}[{index}]")
        elif (
            isinstance(seen, View | DictView | datetime) or is_object(raw) or raw == "" or (seen == [] and raw is None)
        ):
            return  # Absent lists read as empty; an empty id as the name.
        elif seen != raw and not (seen is None and schema.get("format") == "date-time"):
            raise Misread(TRUE, f"{path} reads as {snippet(seen, 60)}, the JSON says {snippet(raw, 60)}")


def touch_all(read: Callable[[], Any], check: str, body: Any, *, may_refuse: bool = False) -> None:
    """Read a value and every property below it; with `may_refuse` an APIResponseError is right too."""
    try:
        for seen in _everything(read()):
            repr(seen)
    except APIResponseError as error:
        if not may_refuse:
            raise Misread(check, f"{_named(error)} for {snippet(body, 200)}") from error
    except Misread:
        raise
    except Exception as error:
        raise Misread(check, f"{_named(error)} for {snippet(body, 200)}") from error


def _everything(value: Any) -> Iterator[Any]:
    """Yield a value and whatever its properties lead to."""
    yield value
    if isinstance(value, View | DictView):
        for kind in type(value).__mro__:
            for name, member in vars(kind).items():
                if isinstance(member, property) and not name.startswith("_"):
                    yield from _everything(getattr(value, name))
        value.to_dict()
    elif isinstance(value, list | tuple):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _everything(each)


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {snippet(str(error), 160)}"
