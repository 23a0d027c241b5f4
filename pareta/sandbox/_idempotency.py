"""One effect for one `Idempotency-Key`: repetitions join what is running, and get again what was answered."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from pareta.sandbox._http import Answer, encode, invalid
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import KEPT, StoredAnswer
from pareta.sandbox._tape import Tape

HEADER = "Idempotency-Key"

_KEPT_AT_MOST = 10_000
_REPLAYED = ("idempotent-replayed", "true")


def fingerprint(operation_id: str, path_values: dict[str, str], body: Any) -> str:
    """Return what two requests share that mean the same."""
    return sha256(encode([operation_id, path_values, body])).hexdigest()


class _Flight:
    """A request that is being answered; its outcome is None where a repetition has to run itself."""

    def __init__(self, print_: str) -> None:
        self.fingerprint = print_
        self.outcome: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()


class Idempotency:
    """Answers by key: those of the last day, at most 10,000 of them. Answers of 4xx and 5xx are not kept."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._flights: dict[str, _Flight] = {}

    async def run(self, key: str, print_: str, effect: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer of `effect`, or of the request that had the same key before."""
        while True:
            kept = self._kept(key, print_)
            if kept is not None:
                return kept
            flight = self._flights.get(key)
            if flight is None:
                return await self._fly(key, _Flight(print_), effect)
            _hold_same(flight.fingerprint, print_)
            joined = await asyncio.shield(flight.outcome)
            if joined is not None:
                return joined.with_headers(_REPLAYED)

    async def _fly(self, key: str, flight: _Flight, effect: Callable[[], Awaitable[Answer]]) -> Answer:
        self._flights[key] = flight
        epoch = self._platform.epoch
        try:
            answer = await effect()
        except BaseException:
            self._land(key, flight, None)
            raise
        self._settle(key, flight, answer, epoch)
        return answer

    def _settle(self, key: str, flight: _Flight, answer: Answer, epoch: int) -> None:
        """Keep an answer once it is whole, and let repetitions have it from now on."""
        if isinstance(answer.body, bytes):
            self._keep(key, flight.fingerprint, answer, answer.body, epoch)
            self._land(key, flight, answer)
            return

        def whole(tape: Tape) -> None:
            if not tape.was_cut:
                self._keep(key, flight.fingerprint, answer, b"".join(tape.pieces), epoch)
            self._flights.pop(key, None)

        flight.outcome.set_result(answer)
        answer.body.when_over(whole)

    def _land(self, key: str, flight: _Flight, outcome: Answer | None) -> None:
        self._flights.pop(key, None)
        flight.outcome.set_result(outcome)

    def _keep(self, key: str, print_: str, answer: Answer, body: bytes, epoch: int) -> None:
        if epoch != self._platform.epoch:
            return
        kept = StoredAnswer(print_, answer.status, json.dumps(answer.headers), body)
        self._platform.store.keep_answer(key, kept, at=self._platform.clock.now(), at_most=_KEPT_AT_MOST)

    def _kept(self, key: str, print_: str) -> Answer | None:
        kept = self._platform.store.answer(key, since=self._platform.clock.now() - KEPT)
        if kept is None:
            return None
        _hold_same(kept.fingerprint, print_)
        headers = tuple((name, value) for name, value in json.loads(kept.headers))
        return Answer(kept.status, kept.body, (*headers, _REPLAYED))


def _hold_same(first: str, second: str) -> None:
    if first != second:
        raise invalid(("header", HEADER), "This key was used for another request.", "idempotency_key_reused")
