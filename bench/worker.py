"""One contender, in a process of its own: is told a case a line, and answers with what a sample of it cost."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from .cases import CASES, Case
from .contenders import contender
from .payloads import all_payloads
from .pinning import pin


class WrongAnswerError(Exception):
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
        made: Any = contender(self._name, case.world)
        kind = getattr(made, "func", made)
        if made is None or not hasattr(kind, case.action if case.kind != "construct" else "construct"):
            return None
        gc.collect()
        if case.kind == "construct":
            kind.construct()  # The first, which loads what the others share.
            return _cpu(lambda: [kind.construct() for _ in range(case.calls)]) / case.calls
        target = f"{url}/{case.payload}"
        if case.kind == "cold":
            return self._runner.run(self._cold(case, made, target))
        key = (case.world, target)
        if case.kind == "connections":
            self._close(key)  # Its connections are those of one sample.
        if case.world == "sync":
            if key not in self._clients:
                self._clients[key] = made(target)
            return self._sync(case, getattr(self._clients[key], case.action))
        return self._runner.run(self._async(case, made, key))

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
        if case.kind == "delays":
            return _median(action())
        if case.calls > 1:
            self._check(case, action())  # Connect; its server may have hung up since the last sample.

        def run() -> None:
            for _ in range(case.calls):
                self._check(case, action())

        return _cpu(run) / (case.calls * case.per_call)

    async def _async(self, case: Case, made: Any, key: tuple[str, str]) -> float:
        if key not in self._clients:
            self._clients[key] = made(key[1])
        action = getattr(self._clients[key], case.action)
        if case.kind == "delays":
            return _median(await action())
        if case.calls > 1:
            await asyncio.gather(*(self._times(case, action, 1) for _ in range(case.at_once)))
        begun = time.process_time()
        await asyncio.gather(*(self._times(case, action, case.calls // case.at_once) for _ in range(case.at_once)))
        return (time.process_time() - begun) / (case.calls * case.per_call)

    async def _cold(self, case: Case, made: Any, target: str) -> float:
        client = made(target)
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
            raise WrongAnswerError(f"{self._name}, {case.name}: read {total}, sent {self._totals[case.payload]}")


def _cpu(run: Callable[[], Any]) -> float:
    begun = time.process_time()
    run()
    return time.process_time() - begun


def _median(delays: list[float]) -> float:
    return sorted(delays)[len(delays) // 2]


def main(name: str, url: str) -> None:
    """Answer until standard input ends. A sample that fails is told as its error."""
    pin("client")
    cases = {case.name: case for case in CASES}
    with asyncio.Runner() as runner:
        worker = Worker(name, runner)
        for line in sys.stdin:
            try:
                answer: dict[str, Any] = {"cost": worker.sample(cases[line.rstrip("\n")], url)}
            except Exception as error:  # noqa: BLE001  # Whatever a contender raises is its result.
                answer = {"error": f"{type(error).__name__}: {error}", "wrong": isinstance(error, WrongAnswerError)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        worker.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
