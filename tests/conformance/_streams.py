"""Checks of how the SDK parses streams: generated events, split at random, arrive complete and unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from hypothesis import strategies as st

from pareta import StreamError
from pareta._content.chat_stream import ChatStreamParser
from pareta._content.deploy_stream import DeployStreamParser
from pareta._content.event_stream import EventStreamParser
from pareta._content.response import Headers, Response
from pareta.contract._context import CheckFailed
from pareta.contract._exchange import is_object, snippet
from pareta.contract._response_validator import event_schemas
from pareta.contract._results import Results
from pareta.sandbox._document import EVENTS_TYPE, Document, Schema
from pareta_generated import api

from ._bodies import Mutation, bodies
from ._reading import for_each, read_all

WHOLE = "sdk-streams-whole"
ENDS = "sdk-streams-end"
CHECKS = {
    WHOLE: "Every event arrives, in order and unchanged, however the bytes are split.",
    ENDS: "A stream that is incomplete or ends with an error raises.",
}
_RESPONSE = Response(
    method="POST",
    url="http://localhost/",
    status_code=200,
    headers=Headers([(b"content-type", b"text/event-stream")]),
)
_PING_PROBABILITY = 0.3
Events = list[tuple[str, Any]]
Payloads = dict[str, list[Any]]
Check = Callable[[Payloads, Random], None]


def check_streams(document: Document, results: Results, *, examples: int, chosen_seed: int) -> None:
    """Check the parsing of deploy and chat streams."""
    for operation_id, check in (("deploy_endpoint", _check_deploy), ("create_chat_completion", _check_chat)):
        operation = document.operations[operation_id]
        schemas = event_schemas(document, operation.responses["200"].content[EVENTS_TYPE].schema).by_name
        strategies = bodies(document, schemas)

        some = st.fixed_dictionaries(
            {name: st.lists(each, min_size=1, max_size=4) for name, each in strategies.items()}
        )
        check_one = partial(_check_with_newer, document, schemas, check)
        try:
            for_each(st.tuples(some, st.integers(0, 2**32)), check_one, examples=examples, chosen_seed=chosen_seed)
        except CheckFailed as failure:
            results.fail(failure.check, failure.reason, operation=operation)


def _check_with_newer(
    document: Document, schemas: Mapping[str, Schema], check: Check, payloads: Payloads, seed: int
) -> None:
    mutation = Mutation(document, seed)
    newer = {name: [_newer(mutation, each, schemas[name]) for each in some] for name, some in payloads.items()}
    for each in (payloads, newer):
        check(each, Random(seed))


def _newer(mutation: Mutation, value: Any, schema: Schema) -> Any:
    changed = mutation.newer(value, schema)
    return changed if is_object(changed) else value


def _check_deploy(payloads: dict[str, list[Any]], rng: Random) -> None:
    sent: Events = [("progress", each) for each in payloads["progress"]]
    sent.insert(rng.randrange(len(sent) + 1), ("a-new-event", {"what": "ever"}))
    _must_raise(lambda: _read(DeployStreamParser(_RESPONSE), sent, rng), "neither complete nor error")
    for end in sorted(api.DEPLOY_ENDPOINT.terminal):
        whole = [*sent, (end, payloads[end][0])]
        found = _must_return(partial(_read, DeployStreamParser(_RESPONSE), [*whole, ("progress", {})], rng), whole)
        _must_equal([(each["event"], each["data"]) for each in found], whole)
        generic = EventStreamParser(api.deploy_endpoint(task="x"), _RESPONSE)
        views = _must_return(partial(_read, generic, whole, rng), whole)
        _must_equal([each.to_dict() for each in views], [payload for _, payload in whole])
        read_all(partial(list[Any], views), WHOLE, whole)


def _check_chat(payloads: dict[str, list[Any]], rng: Random) -> None:
    chunks = [*payloads["message"], {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    sent: Events = [("message", each) for each in chunks]
    reading = ChatStreamParser(_RESPONSE)
    found = _must_return(lambda: _read(reading, [*sent, ("message", "[DONE]")], rng), sent)
    _must_equal([each.to_dict() for each in found], chunks)
    read_all(lambda: [*found, reading.completion()], WHOLE, chunks)
    text = "".join(
        choice["delta"].get("content") or ""
        for chunk in chunks
        for choice in chunk.get("choices") or ()
        if (choice.get("index") or 0) == 0 and choice.get("delta")
    )
    _must_equal(reading.accumulator.text(), text)
    unfinished = [("message", {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]})]
    _must_raise(lambda: _read(ChatStreamParser(_RESPONSE), unfinished, rng), "no [DONE] and no finish_reason")
    done: Events = [*unfinished, ("message", "[DONE]")]
    _must_raise(lambda: _read(ChatStreamParser(_RESPONSE), done, rng), "[DONE] without a finish_reason", StreamError)
    failed: Events = [*unfinished, ("message", {"error": {"message": "out of luck"}})]
    _must_raise(lambda: _read(ChatStreamParser(_RESPONSE), failed, rng), "an error in a chunk", StreamError)


def _must_raise(read: Any, what: str, kind: type[Exception] = Exception) -> None:
    try:
        read()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckFailed(f"{what}: it raises {type(error).__name__}", check=ENDS) from error
    except kind:
        return
    raise CheckFailed(f"{what}: no exception", check=ENDS)


def _must_return(read: Any, sent: Any) -> Any:
    try:
        return read()
    except Exception as error:
        reason = f"{type(error).__name__}: {snippet(str(error))} for {snippet(sent, 200)}"
        raise CheckFailed(reason, check=WHOLE) from error


def _must_equal(found: Any, sent: Any) -> None:
    if found != sent:
        raise CheckFailed(f"sent {snippet(sent, 150)}, read {snippet(found, 150)}", check=WHOLE)


def _read(reading: Any, events: Events, rng: Random) -> list[Any]:
    found: list[Any] = []
    for piece in _pieces(events, rng):
        found.extend(reading.feed(piece))
        if reading.done:
            return found
    reading.end()
    return found


def _pieces(events: Events, rng: Random) -> Iterator[bytes]:
    """Yield the bytes of a stream, with random line ends, comments and splits."""
    end = rng.choice(["\n", "\r\n", "\r"])
    text = ""
    for name, payload in events:
        if rng.random() < _PING_PROBABILITY:
            text += f": ping{end}{end}"
        if name != "message":
            text += f"event: {name}{end}"
        data = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        text += f"data:{rng.choice([' ', ''])}{data}{end}{end}"
    content = text.encode("utf-8", "surrogatepass")
    while content:
        size = rng.choice([1, 2, 7, 64, 4096])
        yield content[:size]
        content = content[size:]
