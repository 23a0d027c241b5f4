"""Runs the cases: every contender in each round, so that what disturbs the machine disturbs all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from .cases import BASELINE, EVERYONE, FLAT, Case, Growth, Target
from .environment import ROOT, variables
from .payloads import models

_IMPORTS = {name: f"import {name}" for name in ("pareta", "httpx", "httpx2", "aiohttp", "openai")}
_IMPORTS["pareta+aiohttp"] = _IMPORTS["pareta"]
_FIRST_CALLS = {
    "pareta": """
from pareta import Pareta
client = Pareta(api_key='k', base_url='{url}')
total = sum(len(model.id) for model in client.models.list())
""",
    "openai": """
import openai
client = openai.OpenAI(api_key='k', base_url='{url}/v1')
total = sum(len(model.id) for model in client.models.list().data)
""",
    "httpx": """
import httpx
client = httpx.Client(headers={{'authorization': 'Bearer k'}})
total = sum(len(model['id']) for model in client.get('{url}/v1/models').raise_for_status().json()['data'])
""",
}
_FIRST_CALLS["httpx2"] = _FIRST_CALLS["httpx"].replace("httpx", "httpx2")


@dataclass
class Result:
    """What a case cost each contender, sample by sample, and who failed."""

    case: Case
    samples: dict[str, list[float | None]] = field(default_factory=dict[str, list[float | None]])
    """By contender, one for each round; None in a round that it took no part in."""
    errors: dict[str, str] = field(default_factory=dict[str, str])

    def cost(self, name: str) -> float | None:
        """Return the median cost of a unit, in seconds (connections: how many)."""
        taken = [each for each in self.samples.get(name, ()) if each is not None]
        return median(taken) if taken else None

    def ratio(self, name: str, of: str = BASELINE) -> float | None:
        """Return the median of the ratios to another contender, each of one round."""
        pairs = zip(self.samples.get(name, ()), self.samples.get(of, ()), strict=False)
        ratios = [cost / base for cost, base in pairs if cost is not None and base]
        return median(ratios) if ratios else None

    def reached(self, target: Target) -> float | None:
        """Return what a target is about: a ratio, else seconds or connections; None where it failed."""
        if target.contender in self.errors:
            return None
        return self.ratio(target.contender, target.of) if target.of else self.cost(target.contender)

    def met(self, target: Target) -> bool:
        """Return whether a target is reached."""
        found = self.reached(target)
        return found is not None and found <= target.limit


class Grown(dict[str, list[float]]):
    """What a unit costs each contender, at each size."""

    def met(self, name: str) -> bool:
        """Return whether it is flat."""
        first, *others = self[name]
        return all(abs(each / first - 1) <= FLAT for each in others)


class Bench:
    """The server and a process for each contender."""

    def __init__(self, python: Path, stack: ExitStack) -> None:
        self._python = python
        server = stack.enter_context(running(python, "bench.server"))
        self._url = f"http://127.0.0.1:{int(next_line(server))}"
        self._workers = {
            name: stack.enter_context(running(python, "bench.worker", name, self._url)) for name in EVERYONE
        }
        self.wrong: list[str] = []

    def run(self, case: Case, rounds: int) -> Result:
        """Measure a case."""
        result = Result(case)
        for number in range(rounds):
            self._round(result, number)
        return result

    def grow(self, growth: Growth, rounds: int) -> Grown:
        """Measure the cost of a unit at each size; the sizes take turns too."""
        fixed, *results = [Result(case) for case in (growth.fixed or growth.cases[0], *growth.cases)]
        for number in range(rounds):
            for result in (fixed, *results) if growth.fixed else results:
                self._round(result, number)
        found = Grown()
        for name in results[0].samples:
            less = fixed.samples.get(name) or [0.0] * rounds
            costs = [_extra(result.samples[name], less, result.case.units) for result in results]
            if None not in costs:
                found[name] = [cost for cost in costs if cost is not None]
        return found

    def _round(self, result: Result, number: int) -> None:
        case = result.case
        bare = self._process("pass") if case.kind in ("import", "first call") else 0.0
        for name in EVERYONE if number % 2 else EVERYONE[::-1]:  # Nobody always follows the same one.
            taken = None
            if case.includes(name) and name not in result.errors and not (name in case.slow and number % 3):
                taken = self._sample(case, name, bare, result)
            result.samples.setdefault(name, []).append(taken)

    def _sample(self, case: Case, name: str, bare: float, result: Result) -> float | None:
        if case.kind in ("import", "first call"):
            code = (_IMPORTS if case.kind == "import" else _FIRST_CALLS).get(name)
            return None if code is None else self._process(code, checked=case.kind == "first call") - bare
        before = self._opened() if case.kind == "connections" else 0
        response = ask(self._workers[name], case.name)
        if "error" in response:
            result.errors[name] = response["error"]
            if response["wrong"]:
                self.wrong.append(response["error"])
            return None
        cost: float | None = response["cost"]
        if case.kind == "connections" and cost is not None:
            return float(self._opened() - before - 1)  # One was opened to ask.
        return cost

    def _opened(self) -> int:
        with urlopen(f"{self._url}/opened") as response:
            opened: int = json.load(response)["opened"]
        return opened

    def _process(self, code: str, *, checked: bool = False) -> float:
        """Return the CPU seconds of a process that runs `code`."""
        if checked:
            code = code.format(url=f"{self._url}/models-3") + f"assert total == {models(3).total}"
        process = subprocess.Popen([self._python, "-c", code], cwd=ROOT, env=variables())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"a process failed: {code}")
        return usage.ru_utime + usage.ru_stime


def _extra(samples: Sequence[float | None], fixed: Sequence[float | None], units: int) -> float | None:
    """Return the median of what a unit costs beyond the fixed cost of the same round."""
    pairs = zip(samples, fixed, strict=True)
    taken = [cost - less / units for cost, less in pairs if cost is not None and less is not None]
    return median(taken) if taken else None


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


def ask(process: subprocess.Popen[str], line: str) -> dict[str, Any]:
    """Write a line to a process and return the JSON that it writes."""
    assert process.stdin
    process.stdin.write(line + "\n")
    process.stdin.flush()
    response: dict[str, Any] = json.loads(next_line(process))
    return response


def next_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process writes."""
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        sys.exit(f"a process of the bench ended: {process.args}")
    return line
