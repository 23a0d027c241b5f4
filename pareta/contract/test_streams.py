"""What every event stream of the run holds, whichever test caused it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pareta.sandbox._document import EVENTS_TYPE
from pareta_generated.api import DEPLOY_ENDPOINT

from ._each_exchange import each_exchange
from ._exchange import Exchange, entries, fields, is_object, snippet
from ._journal import RunJournal

_DONE = "[DONE]"


@pytest.fixture(autouse=True)
def _needs_a_stream(journal: RunJournal) -> None:
    """Skip where there is nothing to look at."""
    if not any(each.content_type == EVENTS_TYPE for each in journal.exchanges):
        pytest.skip("no event stream was seen in this run")


def _streams(exchange: Exchange, operation_id: str) -> bool:
    return (
        exchange.operation is not None
        and exchange.operation.id == operation_id
        and exchange.ok
        and exchange.content_type == EVENTS_TYPE
        and not exchange.truncated
    )


@each_exchange
def test_a_deploy_stream_ends_once(exchange: Exchange) -> Iterator[str]:
    """A deploy stream ends with exactly one complete or error."""
    if not _streams(exchange, "deploy_endpoint"):
        return
    names = [name for name, _ in exchange.events]
    ends = [name for name in names if name in DEPLOY_ENDPOINT.terminal]
    if not ends:
        yield f"the stream ended without {' or '.join(sorted(DEPLOY_ENDPOINT.terminal))}, after {len(names)} events"
    elif len(ends) > 1:
        yield f"the stream has {len(ends)} terminal events: {', '.join(ends)}"
    elif names[-1] not in DEPLOY_ENDPOINT.terminal:
        yield f"events follow the terminal event: {snippet(names[names.index(ends[0]) + 1 :])}"


@each_exchange
def test_the_progress_of_a_deployment_rises(exchange: Exchange) -> Iterator[str]:
    """The percentage of a deployment never falls."""
    if not _streams(exchange, "deploy_endpoint"):
        return
    last = 0.0
    for name, payload in exchange.payloads:
        pct = fields(payload).get("pct") if name == "progress" else None
        if isinstance(pct, int | float):
            if pct < last:
                yield f"pct falls from {last} to {pct}"
                return
            last = pct


def _chunks(exchange: Exchange) -> list[dict[str, Any]]:
    if not _streams(exchange, "create_chat_completion"):
        return []
    return [payload for _, payload in exchange.payloads if is_object(payload)]


def _choices(exchange: Exchange) -> list[dict[str, Any]]:
    return [choice for chunk in _chunks(exchange) for choice in entries(chunk.get("choices")) if is_object(choice)]


@each_exchange
def test_a_chat_stream_ends_with_done(exchange: Exchange) -> Iterator[str]:
    """A chat stream ends with [DONE], once."""
    if not _streams(exchange, "create_chat_completion"):
        return
    data = [text for _, text in exchange.events]
    if not data or data[-1] != _DONE:
        yield f"the stream's last data is {snippet(data[-1], 80) if data else 'missing'}, not [DONE]"
    elif data.count(_DONE) > 1:
        yield f"[DONE] was sent {data.count(_DONE)} times"


@each_exchange
def test_the_first_chunk_has_its_role(exchange: Exchange) -> Iterator[str]:
    """The first chunk of an answer has its role."""
    started: set[Any] = set()
    for choice in _choices(exchange):
        index, delta = choice.get("index"), fields(choice.get("delta"))
        if index not in started and delta.get("role") != "assistant":
            yield f"the first chunk of choice {index} has no role: {snippet(delta)}"
        started.add(index)


@each_exchange
def test_the_chunks_of_a_completion_have_one_id(exchange: Exchange) -> Iterator[str]:
    """All chunks of a completion have the same id, time and model."""
    for key in ("id", "created", "model"):
        values = dict.fromkeys(str(chunk.get(key)) for chunk in _chunks(exchange))
        if len(values) > 1:
            yield f"the chunks differ in {key}: {', '.join(list(values)[:3])}"


@each_exchange
def test_a_streamed_answer_finishes_once(exchange: Exchange) -> Iterator[str]:
    """Each streamed answer has one finish_reason, at its end."""
    finished: set[Any] = set()
    choices = _choices(exchange)
    for choice in choices:
        index = choice.get("index")
        if index in finished:
            yield f"choice {index} continues after its finish_reason"
            return
        if choice.get("finish_reason") is not None:
            finished.add(index)
    unfinished = {choice.get("index") for choice in choices} - finished
    if unfinished or (not choices and _chunks(exchange)):
        yield "an answer ends without a finish_reason"


@each_exchange
def test_usage_is_streamed_on_request(exchange: Exchange) -> Iterator[str]:
    """Usage is in one last chunk if `include_usage` is set."""
    chunks = _chunks(exchange)
    if not chunks:
        return
    include_usage = bool(fields(fields(exchange.request_json).get("stream_options")).get("include_usage"))
    with_usage = [chunk for chunk in chunks if chunk.get("usage")]
    if include_usage and (len(with_usage) != 1 or with_usage[0] is not chunks[-1] or with_usage[0].get("choices")):
        yield f"{len(with_usage)} chunks have usage; with include_usage only a last chunk without choices has it"
    if not include_usage and with_usage:
        yield "a chunk has usage without include_usage"
