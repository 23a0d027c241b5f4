"""What the SDK reads of streams: events made up from the document, cut at random, none lost and none made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from hypothesis import strategies as st

from pareta import StreamError
from pareta._chat import ChatReading
from pareta._deploy import DeployReading
from pareta._events import EventReading
from pareta._response import Headers, Response
from pareta_generated import api

from .._conformance import event_schemas
from .._document import EVENTS_TYPE, Document, Schema
from .._exchange import snippet
from .._journal import Journal
from ._answers import Mutation, bodies
from ._reading import Misread, for_each, touch_all

WHOLE = "sdk-streams-whole"
ENDS = "sdk-streams-end"
CHECKS = {
    WHOLE: "Every event of a stream arrives, in its order and as it was sent, however the bytes are cut.",
    ENDS: "A stream that ends too early, or with an error, raises.",
}
_RESPONSE = Response(
    method="POST",
    url="http://localhost/",
    status_code=200,
    headers=Headers([(b"content-type", b"text/event-stream")]),
)
Events = list[tuple[str, Any]]
Payloads = dict[str, list[Any]]
Check = Callable[[Payloads, Random], None]


def hold(document: Document, journal: Journal, *, examples: int, chosen_seed: int) -> None:
    """Hold the reading of both streams."""
    for operation_id, check in (("deploy_endpoint", _hold_deploy), ("create_chat_completion", _hold_chat)):
        operation = document.operations[operation_id]
        schemas = event_schemas(document, operation.responses["200"].content[EVENTS_TYPE].schema).named
        strategies = bodies(document, schemas)

        some = st.fixed_dictionaries(
            {name: st.lists(each, min_size=1, max_size=4) for name, each in strategies.items()}
        )
        hold_one = partial(_hold_today_and_tomorrow, document, schemas, check)
        try:
            for_each(st.tuples(some, st.integers(0, 2**32)), hold_one, examples=examples, chosen_seed=chosen_seed)
        except Misread as misread:
            journal.fail(misread.check, misread.reason, operation=operation)


def _hold_today_and_tomorrow(
    document: Document, schemas: Mapping[str, Schema], check: Check, payloads: Payloads, dice: int
) -> None:
    mutation = Mutation(document, dice)
    check(payloads, Random(dice))  # noqa: S311  # It is no secret.
    newer = {name: [_newer(mutation, each, schemas[name]) for each in some] for name, some in payloads.items()}
    check(newer, Random(dice))  # noqa: S311


def _newer(mutation: Mutation, value: Any, schema: Schema) -> Any:
    changed = mutation.future(value, schema)
    return changed if isinstance(changed, dict) else value  # pyright: ignore[reportUnknownVariableType]


def _hold_deploy(payloads: dict[str, list[Any]], dice: Random) -> None:
    sent: Events = [("progress", each) for each in payloads["progress"]]
    sent.insert(dice.randrange(len(sent) + 1), ("an-event-of-the-future", {"what": "ever"}))
    _must_raise(lambda: _read(DeployReading(_RESPONSE), sent, dice), "neither complete nor error")
    for end in sorted(api.DEPLOY_ENDPOINT.terminal):
        whole = [*sent, (end, payloads[end][0])]
        found = _guarded(partial(_read, DeployReading(_RESPONSE), [*whole, ("progress", {})], dice), whole)
        _same([(each["event"], each["data"]) for each in found], whole)
        generic = EventReading(api.deploy_endpoint(task="x"), _RESPONSE)
        views = _guarded(partial(_read, generic, whole, dice), whole)
        _same([each.to_dict() for each in views], [payload for _, payload in whole])
        _touched(views, whole)


def _hold_chat(payloads: dict[str, list[Any]], dice: Random) -> None:
    chunks = payloads["message"]
    sent: Events = [("message", each) for each in chunks]
    reading = ChatReading(_RESPONSE)
    found = _guarded(lambda: _read(reading, [*sent, ("message", "[DONE]")], dice), sent)
    _same([each.to_dict() for each in found], chunks)
    touch_all(lambda: [*found, reading.completion()], WHOLE, chunks)
    text = "".join(
        choice["delta"].get("content") or ""
        for chunk in chunks
        for choice in chunk.get("choices") or ()
        if (choice.get("index") or 0) == 0 and choice.get("delta")
    )
    _same(reading.fold.text(), text)
    unfinished = [("message", {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]})]
    _must_raise(lambda: _read(ChatReading(_RESPONSE), unfinished, dice), "no [DONE] and no finish_reason")
    failed: Events = [*unfinished, ("message", {"error": {"message": "out of luck"}})]
    _must_raise(lambda: _read(ChatReading(_RESPONSE), failed, dice), "an error in a chunk", StreamError)


def _touched(views: list[Any], sent: Events) -> None:
    touch_all(lambda: views, WHOLE, sent)


def _must_raise(read: Any, what: str, kind: type[Exception] = Exception) -> None:
    try:
        read()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Misread(ENDS, f"{what}: {type(error).__name__} is raised") from error
    except kind:
        return
    raise Misread(ENDS, f"{what}: nothing is raised")


def _guarded(read: Any, sent: Any) -> Any:
    try:
        return read()
    except Exception as error:
        raise Misread(WHOLE, f"{type(error).__name__}: {snippet(str(error))} for {snippet(sent, 200)}") from error


def _same(found: Any, due: Any) -> None:
    if found != due:
        raise Misread(WHOLE, f"read was {snippet(found, 150)}, sent was {snippet(due, 150)}")


def _read(reading: Any, events: Events, dice: Random) -> list[Any]:
    found: list[Any] = []
    for piece in _pieces(events, dice):
        found.extend(reading.feed(piece))
        if reading.done:
            return found
    reading.end()
    return found


def _pieces(events: Events, dice: Random) -> Iterator[bytes]:
    """Yield the bytes of a stream, its line ends, comments and cuts at random."""
    end = dice.choice(["\n", "\r\n", "\r"])
    text = ""
    for name, payload in events:
        if dice.random() < 0.3:  # noqa: PLR2004
            text += f": ping{end}{end}"
        if name != "message":
            text += f"event: {name}{end}"
        data = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        text += f"data:{dice.choice([' ', ''])}{data}{end}{end}"
    content = text.encode("utf-8", "surrogatepass")
    while content:
        size = dice.choice([1, 2, 7, 64, 4096])
        yield content[:size]
        content = content[size:]
