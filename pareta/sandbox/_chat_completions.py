"""Chat completions: billing, simulated speed and streaming of an engine's reply, or of the upstream's response."""

import time
from functools import lru_cache
from typing import Any

from attrs import frozen

from pareta.sandbox._billing import bill, finish, live_endpoint
from pareta.sandbox._completion import Completion, complete
from pareta.sandbox._messages import HTTPError, ServerResponse, event_stream, json_answer
from pareta.sandbox._platform import Platform
from pareta.sandbox._recording import Recording
from pareta.sandbox._rows import EndpointRow
from pareta.sandbox._seeding import fraction
from pareta.sandbox._upstream_completion import UpstreamCompletion, wants_usage

_DONE = b"data: [DONE]\n\n"


async def create_chat_completion(platform: Platform, body: dict[str, Any], *, effect: str | None) -> ServerResponse:
    """Complete a conversation. It is billed on acceptance, even if the client disconnects later.

    A repetition of the same `effect` is answered again but not billed again.
    """
    began = time.perf_counter() - platform.added_latency
    row = live_endpoint(platform, body["model"])
    number = bill(platform, row, effect)
    if platform.upstream is not None:
        return await UpstreamCompletion(
            platform, platform.upstream, row, number, body, began, lasts=effect is not None
        ).response()
    created = platform.clock.now() // 1000
    completion = complete(platform.engine.reply(body), body, number=number, created=created)
    run = EngineCompletion(platform, platform.epoch, row, number, completion, began)
    header = (("x-pareta-sandbox", platform.engine.name),)
    if not body.get("stream"):
        return json_answer(await run.whole(), headers=header)
    recording = platform.jobs.recording()
    platform.jobs.start(run.record(recording, include_usage=wants_usage(body)), recording)
    return event_stream(recording, headers=header)


@lru_cache(maxsize=1024)
def _speed(seed: int, task: str, model: str) -> float:
    """Return a model's slowness, from 0 to 1."""
    return fraction(seed, "speed", task, model)


@frozen
class EngineCompletion:
    """Sends a billed completion of the engine. The seed determines its speed."""

    platform: Platform
    epoch: int
    row: EndpointRow
    number: int
    completion: Completion
    began: float

    async def whole(self) -> dict[str, Any]:
        """Wait for as long as the model would write, and return the answer."""
        await self.platform.clock.sleep(self._seconds)
        if self.platform.epoch != self.epoch:
            raise HTTPError(503, "The sandbox was reset meanwhile.")
        self._finish()
        return self.completion.whole()

    async def record(self, recording: Recording, *, include_usage: bool) -> None:
        """Write the whole stream to its recording, even if the client disconnects."""
        written = len(self.completion.deltas)
        clock, per_token = self.platform.clock, self._per_token
        await clock.sleep(self._to_first)
        for position, piece in enumerate(self.completion.events(include_usage=include_usage)):
            if 1 <= position <= written:
                await clock.sleep(per_token)
            if position == written + 1:
                self._finish()
            recording.write(piece)
        recording.write(_DONE)
        recording.end()

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
            latency_ms=self.platform.clock.latency(self.began, (self.platform.added_latency + self._seconds) * 1000),
        )
