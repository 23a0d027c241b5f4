"""Runs cases over many cuts at once: each worker has a sandbox, a proxy and a mode of its own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import attrs

from pareta.sandbox import Sandbox

from .cases import Case, Change, Outcome, Whole
from .cutting import Cut, Cutting, Direction

WORKERS = 12
"""So many, since a call that is tried again mostly waits; more threads would hinder one another."""


@attrs.frozen
class Ran:
    """A call over a line that was cut, and how it ended."""

    case: str
    cut: Cut
    end: str
    """The class of what was returned or raised."""
    wrong: str = ""
    """What is wrong with that."""


class Station:
    """One worker's sandbox, and the line to it."""

    def __init__(self, mode: Any) -> None:
        self._mode = mode
        self._sandbox = Sandbox(seed=7, pace=0).start()
        parts = urlsplit(self._sandbox.base_url)
        self._line = Cutting((parts.hostname or "", parts.port or 0))
        self._before = self._endpoints()
        self._wholes: dict[str, Whole] = {}

    def whole(self, case: Case) -> Whole:
        """Return the exchange of a call that nothing cuts."""
        if case.name not in self._wholes:
            outcome, change = self._run(case, None)
            record = self._line.record
            assert record.up, f"{case.name}: the used connection was not used again"
            whole = self._wholes[case.name] = Whole(record.up, record.down, change.debit)
            case.judge(outcome, change, Cut("down", len(whole.down), "FIN"), whole)
        return self._wholes[case.name]

    def run(self, case: Case, cut: Cut) -> Ran:
        """Make a call over a line that is cut, and judge what came of it."""
        whole = self.whole(case)
        outcome, change = self._run(case, cut)
        end = type(outcome.error or outcome.value).__name__
        try:
            assert len(set(change.keys)) <= 1, "another attempt had another key"
            assert self._line.record.up or cut.at == 0 or not case.used, "the used connection was not used again"
            case.judge(outcome, change, cut, whole)
        except AssertionError as error:
            return Ran(case.name, cut, end, f"{error}; {outcome}; {change}")
        return Ran(case.name, cut, end)

    def close(self) -> None:
        """Close what is open."""
        self._mode.end()
        self._line.close()
        self._sandbox.close()

    def _run(self, case: Case, cut: Cut | None) -> tuple[Outcome, Change]:
        """Make the call on a platform in its first state, with a client that has no connection but a used one."""
        self._sandbox.reset()
        self._line.arm(None if case.used else cut, dead=case.dead, mute=case.mute)
        retries = {"max_retries": 0} if case.dead else {}
        client = self._mode.client(self._line.url, api_key=self._sandbox.api_key, **retries)
        try:
            if case.used:
                case.use(self._mode, client)
                self._line.rearm(cut)
            balance, earlier = self._sandbox.balance, len(self._sandbox.requests)
            outcome = case.call(self._mode, client)
        finally:
            self._mode.close(client)
        self._line.settle()
        added = [each for each in self._endpoints() if each not in self._before]
        asked = self._sandbox.requests[earlier:]
        keys = [each.idempotency_key for each in asked if each.method == "POST" and each.idempotency_key]
        return outcome, Change(added, balance - self._sandbox.balance, keys)

    def _endpoints(self) -> list[str]:
        """Ask over a new connection: the platform takes it after those before, and so what they brought comes first."""
        with self._sandbox.client() as client:
            return [endpoint.id or "" for endpoint in client.endpoints.list()]


def cuts_of(case: Case, whole: Whole, step: int, offset: int = 0) -> Iterator[Cut]:
    """Yield every cut of a case's exchange; with a step so many fewer, from `offset` on, in turns by FIN and by RST."""
    sizes: dict[Direction, int] = {"up": len(whole.up), "down": len(whole.down)}
    for direction, size in sizes.items():
        for number, at in enumerate(sorted({0, *range(offset, size, step), size})):
            if case.late and (direction == "up" or at < whole.head):
                continue
            both = step == 1 or at in (0, size)
            for way in ("FIN", "RST") if both else ("FIN",) if number % 2 else ("RST",):
                yield Cut(direction, at, way)


def run_all(mode: Any, cases: Sequence[Case], step: int, offset: int = 0) -> list[Ran]:
    """Run every cut of some cases, or those that step and offset take."""
    first = Station(mode())
    jobs = deque((case, cut) for case in cases for cut in cuts_of(case, first.whole(case), step, offset))
    results: list[Ran] = []
    failures: list[BaseException] = []

    def work(station: Station | None) -> None:
        try:
            station = station or Station(mode())
            try:
                while not failures:
                    results.append(station.run(*jobs.popleft()))
            except IndexError:  # There are no more.
                pass
            finally:
                station.close()
        except BaseException as error:  # It is raised where the workers are awaited.
            failures.append(error)

    threads = [threading.Thread(target=work, args=(station,)) for station in (first, *[None] * (WORKERS - 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results
