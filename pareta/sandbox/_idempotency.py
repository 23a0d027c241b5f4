"""Idempotency keys: a repeated request joins the running one, or gets the stored response."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from pareta.sandbox._messages import ServerResponse, encode, validation_error
from pareta.sandbox._platform import Platform
from pareta.sandbox._recording import Recording
from pareta.sandbox._rows import IDEMPOTENCY_WINDOW_MS, StoredResponse

HEADER = "Idempotency-Key"

_KEPT_AT_MOST = 10_000
_REPLAYED = ("idempotent-replayed", "true")


def fingerprint_of(operation_id: str, path_values: dict[str, str], body: Any) -> str:
    """Return a hash of an operation and its arguments."""
    return sha256(encode([operation_id, path_values, body])).hexdigest()


class _InFlight:
    """A running request. `outcome` is its response, or None if it failed and a repetition must run again."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.outcome: asyncio.Future[ServerResponse | None] = asyncio.get_running_loop().create_future()


class IdempotencyCache:
    """Answers by key: those of the last day, at most 10,000 of them. Answers of 4xx and 5xx are not kept."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._in_flight: dict[str, _InFlight] = {}

    async def run(self, key: str, fingerprint: str, handler: Callable[[], Awaitable[ServerResponse]]) -> ServerResponse:
        """Return the response of `handler`, or of the earlier request with the same key."""
        while True:
            kept = self._kept(key, fingerprint)
            if kept is not None:
                return kept
            flight = self._in_flight.get(key)
            if flight is None:
                return await self._run_first(key, _InFlight(fingerprint), handler)
            _check_same(flight.fingerprint, fingerprint)
            joined = await asyncio.shield(flight.outcome)
            if joined is not None:
                return joined.with_headers(_REPLAYED)

    async def _run_first(
        self, key: str, flight: _InFlight, handler: Callable[[], Awaitable[ServerResponse]]
    ) -> ServerResponse:
        self._in_flight[key] = flight
        epoch = self._platform.epoch
        try:
            response = await handler()
        except BaseException:
            self._resolve(key, flight, None)
            raise
        self._finish(key, flight, response, epoch)
        return response

    def _finish(self, key: str, flight: _InFlight, response: ServerResponse, epoch: int) -> None:
        """Let repetitions have the response, and store it when it is complete."""
        if isinstance(response.body, bytes):
            self._keep(key, flight.fingerprint, response, response.body, epoch)
            self._resolve(key, flight, response)
            return

        def whole(recording: Recording) -> None:
            if not recording.aborted:
                self._keep(key, flight.fingerprint, response, b"".join(recording.pieces), epoch)
            self._in_flight.pop(key, None)

        flight.outcome.set_result(response)
        response.body.on_finish(whole)

    def _resolve(self, key: str, flight: _InFlight, outcome: ServerResponse | None) -> None:
        self._in_flight.pop(key, None)
        flight.outcome.set_result(outcome)

    def _keep(self, key: str, fingerprint: str, response: ServerResponse, body: bytes, epoch: int) -> None:
        if epoch != self._platform.epoch:
            return
        kept = StoredResponse(fingerprint, response.status, json.dumps(response.headers), body)
        self._platform.store.save_response(key, kept, at=self._platform.clock.now(), at_most=_KEPT_AT_MOST)

    def _kept(self, key: str, fingerprint: str) -> ServerResponse | None:
        kept = self._platform.store.response(key, since=self._platform.clock.now() - IDEMPOTENCY_WINDOW_MS)
        if kept is None:
            return None
        _check_same(kept.fingerprint, fingerprint)
        headers = tuple((name, value) for name, value in json.loads(kept.headers))
        return ServerResponse(kept.status, kept.body, (*headers, _REPLAYED))


def _check_same(first: str, second: str) -> None:
    if first != second:
        raise validation_error(("header", HEADER), "This key was used for another request.", "idempotency_key_reused")
