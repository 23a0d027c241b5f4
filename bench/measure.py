"""Runs the cases: every contender in each round, so that what disturbs the machine disturbs all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from .cases import BASELINE, EVERYONE, Case
from .environment import ROOT, variables
from .fresh import Fresh


@dataclass
class Result:
    """What a case cost each contender, sample by sample, and who failed."""

    case: Case
    samples: dict[str, list[float | None]] = field(default_factory=dict)
    """By contender, one for each round; None in a round that it took no part in."""
    errors: dict[str, str] = field(default_factory=dict)

    def cost(self, name: str) -> float | None:
        """Return the median cost of a unit, in seconds (connections: how many)."""
        taken = [each for each in self.samples.get(name, ()) if each is not None]
        return median(taken) if taken else None

    def ratio(self, name: str) -> float | None:
        """Return the median of the ratios to bare httpx, each of one round."""
        pairs = zip(self.samples.get(name, ()), self.samples.get(BASELINE, ()), strict=False)
        ratios = [ours / theirs for ours, theirs in pairs if ours is not None and theirs]
        return median(ratios) if ratios else None

    def met(self, name: str) -> bool | None:
        """Return whether a contender reaches its target; None where it has none."""
        target = self.case.targets.get(name)
        if target is None:
            return None
        found = self.cost(name) if self.case.absolute else self.ratio(name)
        return found is not None and found <= target


class Bench:
    """The server and a process for each contender."""

    def __init__(self, python: Path, stack: ExitStack) -> None:
        self._python = python
        server = stack.enter_context(running(python, "bench.server"))
        self.url = f"http://127.0.0.1:{int(told(server))}"
        self._workers = {
            name: stack.enter_context(running(python, "bench.worker", name, self.url)) for name in EVERYONE
        }
        self._fresh = Fresh(python, self.url)
        self.wrong: list[str] = []

    def run(self, case: Case, rounds: int) -> Result:
        """Measure a case."""
        result = Result(case)
        for number in range(rounds):
            order = EVERYONE if number % 2 else EVERYONE[::-1]  # Nobody always follows the same one.
            bare = self._fresh.bare() if case.kind in ("import", "first call") else 0.0
            for name in order:
                taken = None
                if name not in (*result.errors, *case.without) and not (name in case.slow and number % 3):
                    taken = self._sample(case, name, bare, result)
                result.samples.setdefault(name, []).append(taken)
        return result

    def _sample(self, case: Case, name: str, bare: float, result: Result) -> float | None:
        if case.kind in ("import", "first call"):
            return self._fresh.sample(case.kind, name, bare)
        before = self._opened() if case.kind == "connections" else 0
        worker = self._workers[name]
        assert worker.stdin
        worker.stdin.write(case.name + "\n")
        worker.stdin.flush()
        answer = json.loads(told(worker))
        if "error" in answer:
            result.errors[name] = answer["error"]
            if answer["wrong"]:
                self.wrong.append(answer["error"])
            return None
        cost: float | None = answer["cost"]
        if case.kind == "connections" and cost is not None:
            return float(self._opened() - before - 1)  # One was opened to ask.
        return cost

    def _opened(self) -> int:
        with urlopen(f"{self.url}/opened") as response:
            opened: int = json.load(response)["opened"]
        return opened


@contextmanager
def running(python: Path, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a module of the bench; it ends with its standard input."""
    command: Sequence[str | Path] = (python, "-m", module, *arguments)
    with subprocess.Popen(
        command, cwd=ROOT, env=variables(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.stdin:
                process.stdin.close()  # Which ends it.


def told(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process writes."""
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        sys.exit(f"a process of the bench ended: {process.args}")
    return line
