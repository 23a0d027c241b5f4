"""Chat completions: who may be asked, what it costs, and how fast the answer comes; text is the engine's."""

import time
from typing import Any

from attrs import frozen

from pareta.sandbox._completion import Completion, complete
from pareta.sandbox._http import Answer, Problem, event, event_stream, json_answer, lasting
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._seeding import fraction
from pareta.sandbox._tape import Tape

_DONE = b"data: [DONE]\n\n"
_JUDGE_SPREAD = 0.06


async def create_chat_completion(platform: Platform, body: dict[str, Any]) -> Answer:
    """Answer a conversation. It is billed when it is accepted, also where the client then leaves."""
    began = time.perf_counter()
    row = _serving(platform, body["model"])
    number = _bill(platform, row)
    created = platform.clock.now() // 1000
    completion = complete(platform.engine.reply(body), body, number=number, created=created)
    run = _Run(platform, platform.epoch, row, number, completion, began)
    header = (("x-pareta-sandbox", platform.engine.name),)
    if not body.get("stream"):
        return json_answer(await run.whole(), headers=header)
    options: dict[str, Any] = body.get("stream_options") or {}
    tape = platform.jobs.tape()
    platform.jobs.start(run.record(tape, include_usage=bool(options.get("include_usage"))), tape)
    return event_stream(tape, headers=header)


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


def _bill(platform: Platform, row: EndpointRow) -> int:
    now = platform.clock.now()
    price = platform.catalog[row.task].entry(row.model).price
    number = platform.store.bill(row.name, price=price, at=now)
    if number is None:
        platform.store.refuse(row.name, status=402, at=now)
        raise Problem(402, "The balance is empty. Top up in the dashboard.")
    return number


@frozen
class _Run:
    """A completion that was billed, on its way to the client. How fast it goes follows from the seed."""

    platform: Platform
    epoch: int
    row: EndpointRow
    number: int
    completion: Completion
    began: float

    async def whole(self) -> dict[str, Any]:
        """Return the answer once it would be written."""
        await self.platform.clock.sleep(self._seconds)
        if self.platform.epoch != self.epoch:
            raise Problem(503, "The sandbox was reset meanwhile.")
        self._finish()
        return self.completion.whole()

    async def record(self, tape: Tape, *, include_usage: bool) -> None:
        """Write the stream onto its tape, whoever still listens."""
        written = len(self.completion.deltas)
        await self.platform.clock.sleep(self._to_first)
        for position, chunk in enumerate(self.completion.chunks(include_usage=include_usage)):
            if 1 <= position <= written:
                await self.platform.clock.sleep(self._per_token)
            if position == written + 1:
                self._finish()
            tape.write(event(chunk))
        tape.write(_DONE)
        tape.end()

    @property
    def _speed(self) -> float:
        return fraction(self.platform.seed, "speed", self.row.task, self.row.model)

    @property
    def _to_first(self) -> float:
        return 0.080 + 0.060 * self._speed + 0.0001 * self.completion.prompt_tokens

    @property
    def _per_token(self) -> float:
        return 0.012 + 0.014 * self._speed

    @property
    def _seconds(self) -> float:
        return self._to_first + self._per_token * len(self.completion.deltas)

    def _finish(self) -> None:
        quality = self.platform.catalog[self.row.task].entry(self.row.model).quality
        score = quality + _JUDGE_SPREAD * (fraction(self.platform.seed, "judge", self.number) - 0.5)
        self.platform.store.finish(
            self.number,
            prompt_tokens=self.completion.prompt_tokens,
            completion_tokens=len(self.completion.deltas),
            latency_ms=self.platform.clock.latency(self.began, self._seconds * 1000),
            score=round(min(max(score, 0.0), 1.0), 4),
        )
