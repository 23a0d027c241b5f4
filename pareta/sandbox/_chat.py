"""Chat completions: who may be asked, what it costs, and how fast the answer comes; text is the engine's."""

import time
from typing import Any

from pareta.sandbox._completion import Completion, complete
from pareta.sandbox._http import Answer, Problem, event, event_stream, json_answer, lasting
from pareta.sandbox._platform import Platform
from pareta.sandbox._seeding import fraction
from pareta.sandbox._store import EndpointRow
from pareta.sandbox._tape import Tape

_DONE = b"data: [DONE]\n\n"
_JUDGE_SPREAD = 0.06


async def create_chat_completion(platform: Platform, body: dict[str, Any]) -> Answer:
    """Answer a conversation. It is billed when it is accepted, also where the client then leaves."""
    began = time.perf_counter()
    epoch = platform.epoch
    row = _serving(platform, body["model"])
    now = platform.clock.now()
    price = platform.catalog[row.task].entry(row.model).price
    number = platform.store.bill(row.name, price=price, at=now)
    if number is None:
        platform.store.refuse(row.name, status=402, at=now)
        raise Problem(402, "The balance is empty. Top up in the dashboard.")
    completion = complete(platform.engine.reply(body), body, number=number, created=now // 1000)
    pace = _Pace(platform, row, completion)
    header = (("x-pareta-sandbox", platform.engine.name),)
    if not body.get("stream"):
        await platform.clock.sleep(pace.total)
        if platform.epoch != epoch:
            raise Problem(503, "The sandbox was reset meanwhile.")
        _finish(platform, row, number, completion, platform.clock.latency(began, pace.total * 1000))
        return json_answer(completion.whole(), headers=header)
    options = body.get("stream_options") or {}
    tape = platform.jobs.tape()
    run = _record(platform, row, number, completion, pace, tape, began, include_usage=bool(options.get("include_usage")))
    platform.jobs.start(run)
    return event_stream(tape, headers=header)


class _Pace:
    """How fast an alias answers, in seconds: modelled, the same in every run of a seed."""

    def __init__(self, platform: Platform, row: EndpointRow, completion: Completion) -> None:
        speed = fraction(platform.seed, "speed", row.task, row.model)
        self.to_first = 0.080 + 0.060 * speed + 0.0001 * completion.prompt_tokens
        self.per_token = 0.012 + 0.014 * speed
        self.total = self.to_first + self.per_token * len(completion.deltas)


async def _record(
    platform: Platform,
    row: EndpointRow,
    number: int,
    completion: Completion,
    pace: _Pace,
    tape: Tape,
    began: float,
    *,
    include_usage: bool,
) -> None:
    """Write the stream onto its tape, whoever still listens."""
    tokens = range(1, len(completion.deltas) + 1)
    chunks = [event(chunk) for chunk in completion.chunks(include_usage=include_usage)]
    await platform.clock.sleep(pace.to_first)
    for position, chunk in enumerate(chunks):
        if position in tokens:
            await platform.clock.sleep(pace.per_token)
        if position == len(completion.deltas) + 1:
            _finish(platform, row, number, completion, platform.clock.latency(began, pace.total * 1000))
        tape.write(chunk)
    tape.write(_DONE)
    tape.end()


def _serving(platform: Platform, model: str) -> EndpointRow:
    row = platform.store.endpoint(model)
    if row is None:
        raise Problem(404, f"No model '{model}'. GET /v1/models lists those that can be called.")
    if row.status == "live":
        return row
    platform.store.refuse(row.name, status=503, at=platform.clock.now())
    if row.status == "starting":
        raise Problem(503, f"Endpoint '{model}' is starting. Try again soon.", (("retry-after", "1"),))
    raise lasting(503, f"Endpoint '{model}' is {row.status}. Start it first.")


def _finish(platform: Platform, row: EndpointRow, number: int, completion: Completion, latency_ms: float) -> None:
    quality = platform.catalog[row.task].entry(row.model).quality
    score = quality + _JUDGE_SPREAD * (fraction(platform.seed, "judge", number) - 0.5)
    platform.store.finish(
        number,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=len(completion.deltas),
        latency_ms=latency_ms,
        score=round(min(max(score, 0.0), 1.0), 4),
    )
