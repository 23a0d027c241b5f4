"""How the SDK parses streams: generated events, split at random, arrive complete and unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from pareta import APIConnectionError, DeployError, StreamError
from pareta._content.chat_stream import ChatStreamParser
from pareta._content.deploy_stream import DeployStreamParser
from pareta._content.event_stream import EventStreamParser
from pareta._content.response import Headers, Response
from pareta.contract._exchange import is_object
from pareta.contract._response_validator import event_schemas
from pareta.sandbox import _document
from pareta.sandbox._document import EVENTS_TYPE, Schema
from pareta_generated import api
from tests.conformance._bodies import Mutation, samples
from tests.conformance.test_reading import read_all

DOCUMENT = _document.load()
RESPONSE = Response(
    method="POST",
    url="http://localhost/",
    status_code=200,
    headers=Headers([(b"content-type", b"text/event-stream")]),
)
PING_PROBABILITY = 0.3
Events = list[tuple[str, Any]]


def payloads(operation_id: str) -> Iterator[tuple[dict[str, list[Any]], Random]]:
    """Yield payloads of each event of a stream, of this and of a newer server, and a source of randomness."""
    media = DOCUMENT.operations[operation_id].responses["200"].content[EVENTS_TYPE]
    schemas = event_schemas(DOCUMENT, media.schema).by_name
    found = {name: samples(DOCUMENT, f"{operation_id} {name}", schema) for name, schema in schemas.items()}
    for number in range(min(map(len, found.values())) - 3):
        rng, mutation = Random(number), Mutation(DOCUMENT, number)
        some = {name: bodies[number : number + rng.randint(1, 3)] for name, bodies in found.items()}
        yield some, rng
        yield {name: [newer(mutation, each, schemas[name]) for each in bodies] for name, bodies in some.items()}, rng


def newer(mutation: Mutation, value: Any, schema: Schema) -> Any:
    """Return an object as a newer server may send it."""
    changed = mutation.newer(value, schema)
    return changed if is_object(changed) else value


def test_every_event_of_a_deployment_arrives() -> None:
    """In order and unchanged, however the bytes are split, and whatever follows the terminal event."""
    for some, rng in payloads("deploy_endpoint"):
        sent: Events = [("progress", each) for each in some["progress"]]
        sent.insert(rng.randrange(len(sent) + 1), ("a-new-event", {"what": "ever"}))
        for end in sorted(api.DEPLOY_ENDPOINT.terminal):
            whole = [*sent, (end, some[end][0])]
            found = parsed(DeployStreamParser(RESPONSE), [*whole, ("progress", {})], rng)
            assert [(each["event"], each["data"]) for each in found] == whole
            views = parsed(EventStreamParser(api.deploy_endpoint(task="x"), RESPONSE), whole, rng)
            assert [each.to_dict() for each in views] == [payload for _, payload in whole]
            read_all(views)


def test_every_chunk_of_a_completion_arrives() -> None:
    """In order and unchanged, however the bytes are split; the completion has the text of the first choice."""
    for some, rng in payloads("create_chat_completion"):
        chunks = [*some["message"], {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
        parser = ChatStreamParser(RESPONSE)
        found = parsed(parser, [*(("message", each) for each in chunks), ("message", "[DONE]")], rng)
        assert [each.to_dict() for each in found] == chunks
        read_all([*found, parser.completion()])
        assert parser.accumulator.text() == "".join(
            choice["delta"].get("content") or ""
            for chunk in chunks
            for choice in chunk.get("choices") or ()
            if (choice.get("index") or 0) == 0 and choice.get("delta")
        )


def test_a_deployment_that_does_not_end_raises() -> None:
    """A stream needs `complete` or `error`."""
    for some, rng in payloads("deploy_endpoint"):
        with pytest.raises((DeployError, APIConnectionError)):
            parsed(DeployStreamParser(RESPONSE), [("progress", each) for each in some["progress"]], rng)


ENDS: dict[str, Events] = {
    "cut": [],
    "done without a finish_reason": [("message", "[DONE]")],
    "error": [("message", {"error": {"message": "out of luck"}})],
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_completion_that_does_not_end_raises(end: Events) -> None:
    """A stream needs a finish_reason, and no error."""
    begin = [("message", {"choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]})]
    for seed in range(20):
        with pytest.raises(StreamError):
            parsed(ChatStreamParser(RESPONSE), [*begin, *end], Random(seed))


def parsed(parser: Any, events: Events, rng: Random) -> list[Any]:
    """Return what a parser makes of events, up to the stream's end."""
    found: list[Any] = []
    for piece in pieces(events, rng):
        found.extend(parser.feed(piece))
        if parser.done:
            return found
    parser.end()
    return found


def pieces(events: Events, rng: Random) -> Iterator[bytes]:
    """Yield the bytes of a stream, with random line ends, comments and splits."""
    end = rng.choice(["\n", "\r\n", "\r"])
    text = ""
    for name, payload in events:
        if rng.random() < PING_PROBABILITY:
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
