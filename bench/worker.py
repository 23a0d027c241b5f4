"""One contender, in a process of its own: reads a case a line, and writes what a sample of it cost."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from .cases import KNOWN, Case
from .contenders import contender
from .environment import pin
from .payloads import all_payloads


class WrongContentError(Exception):
    """A contender did not read what the server sent."""


class Worker:
    """Runs samples. Its clients are kept from one sample to the next, as their users keep them."""

    def __init__(self, name: str, runner: asyncio.Runner) -> None:
        self._name = name
        self._runner = runner
        self._clients: dict[tuple[str, str], Any] = {}
        self._totals = {path: payload.total for path, payload in all_payloads().items()}

    def sample(self, case: Case, url: str) -> float | None:
        """Return what one unit of `case` cost, in seconds of CPU; None where the contender does not do it."""
        kind, opened = contender(self._name, case.mode)
        if kind is None or not (hasattr(kind, case.action)):
            return None
        gc.collect()
        target = f"{url}/{case.payload}"
        if case.kind == "construct":
            return self._runner.run(_construct(case, lambda: kind(opened(None))))
        if case.kind == "cold":
            return self._runner.run(self._cold(case, lambda: kind(opened(target))))
        key = (case.mode, target)
        if case.kind == "connections":
            self._close(key)  # Its connections are those of one sample.
        if case.mode == "async":
            return self._runner.run(self._async(case, key, lambda: kind(opened(target))))
        if key not in self._clients:
            self._clients[key] = kind(opened(target))
        return self._sync(case, getattr(self._clients[key], case.action))

    def close(self) -> None:
        """Close every client."""
        for key in list(self._clients):
            self._close(key)

    def _close(self, key: tuple[str, str]) -> None:
        client = self._clients.pop(key, None)
        closing = client.close() if client else None
        if closing is not None:
            self._runner.run(closing)

    def _sync(self, case: Case, action: Callable[[], Any]) -> float:
        if case.kind == "delay":
            return float(action())
        if case.calls > 1:
            self._check(case, action())  # Connect; its server may have hung up since the last sample.
        begun = time.process_time()
        for _ in range(case.calls):
            self._check(case, action())
        return (time.process_time() - begun) / (case.calls * case.units)

    async def _async(self, case: Case, key: tuple[str, str], opened: Callable[[], Any]) -> float:
        if key not in self._clients:
            self._clients[key] = opened()
        action = getattr(self._clients[key], case.action)
        if case.kind == "delay":
            return float(await action())
        if case.calls > 1:
            await asyncio.gather(*(self._times(case, action, 1) for _ in range(case.at_once)))
        begun = time.process_time()
        await asyncio.gather(*(self._times(case, action, case.calls // case.at_once) for _ in range(case.at_once)))
        return (time.process_time() - begun) / (case.calls * case.units)

    async def _cold(self, case: Case, opened: Callable[[], Any]) -> float:
        client = opened()
        begun = time.process_time()
        await asyncio.gather(*(self._times(case, getattr(client, case.action), 1) for _ in range(case.calls)))
        spent = time.process_time() - begun
        await client.close()
        return spent / case.calls

    async def _times(self, case: Case, action: Callable[[], Awaitable[Any]], count: int) -> None:
        for _ in range(count):
            self._check(case, await action())

    def _check(self, case: Case, total: int) -> None:
        if total != self._totals[case.payload]:
            raise WrongContentError(f"{self._name}, {case.name}: read {total}, sent {self._totals[case.payload]}")


async def _construct(case: Case, opened: Callable[[], Any]) -> float:
    async def close(client: Any) -> None:
        closing = client.close()
        if closing is not None:
            await closing

    await close(opened())  # The first, which loads what the others share.
    begun = time.process_time()
    for _ in range(case.calls):
        await close(opened())
    return (time.process_time() - begun) / case.calls


def main(name: str, url: str) -> None:
    """Take cases until standard input ends. A sample that fails is reported as its error."""
    pin("client")
    with asyncio.Runner() as runner:
        worker = Worker(name, runner)
        for line in sys.stdin:
            try:
                result: dict[str, Any] = {"cost": worker.sample(KNOWN[line.rstrip("\n")], url)}
            except Exception as error:  # Whatever a contender raises is its result.
                result = {"error": f"{type(error).__name__}: {error}", "wrong": isinstance(error, WrongContentError)}
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.flush()
        worker.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
