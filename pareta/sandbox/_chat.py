"""Chat completions: how fast the answer comes and what it says of itself; text is the engine's or the upstream's."""

import time
from functools import lru_cache
from typing import Any

from attrs import frozen

from pareta.sandbox._billing import bill, finish, serving
from pareta.sandbox._completion import Completion, complete
from pareta.sandbox._http import Answer, Problem, event_stream, json_answer
from pareta.sandbox._platform import Platform
from pareta.sandbox._relay import Relay, wants_usage
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._seeding import fraction
from pareta.sandbox._tape import Tape

_DONE = b"data: [DONE]\n\n"


async def create_chat_completion(platform: Platform, body: dict[str, Any], *, effect: str | None) -> Answer:
    """Answer a conversation. It is billed when it is accepted, also where the client then leaves.

    What was billed for the same effect is answered again, and not billed again.
    """
    began = time.perf_counter() - platform.lag
    row = serving(platform, body["model"])
    number = bill(platform, row, effect)
    if platform.upstream is not None:
        return await Relay(platform, platform.upstream, row, number, body, began, lasts=effect is not None).answer()
    created = platform.clock.now() // 1000
    completion = complete(platform.engine.reply(body), body, number=number, created=created)
    run = _Run(platform, platform.epoch, row, number, completion, began)
    header = (("x-pareta-sandbox", platform.engine.name),)
    if not body.get("stream"):
        return json_answer(await run.whole(), headers=header)
    tape = platform.jobs.tape()
    platform.jobs.start(run.record(tape, include_usage=wants_usage(body)), tape)
    return event_stream(tape, headers=header)


@lru_cache(maxsize=1024)
def _speed(seed: int, task: str, model: str) -> float:
    """Return where a model lies between the fastest, 0, and the slowest, 1."""
    return fraction(seed, "speed", task, model)


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
        clock, per_token = self.platform.clock, self._per_token
        await clock.sleep(self._to_first)
        for position, piece in enumerate(self.completion.events(include_usage=include_usage)):
            if 1 <= position <= written:
                await clock.sleep(per_token)
            if position == written + 1:
                self._finish()
            tape.write(piece)
        tape.write(_DONE)
        tape.end()

    @property
    def _speed(self) -> float:
        return _speed(self.platform.seed, self.row.task, self.row.model)

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
        finish(
            self.platform,
            self.row,
            self.number,
            prompt_tokens=self.completion.prompt_tokens,
            completion_tokens=len(self.completion.deltas),
            latency_ms=self.platform.clock.latency(self.began, (self.platform.lag + self._seconds) * 1000),
        )
