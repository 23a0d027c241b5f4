"""`python -m bench.sandbox`: how many requests the sandbox serves in a second of one core, and what they cost it.

A sandbox in a process of its own, in memory unless `--state` names a file, serves a mix of requests over connections
that are kept. What counts is the CPU time of its process, the system's share included; the load runs on another core.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from .environment import ROOT
from .measure import ask, next_line, running
from .sandbox_load import KINDS, MIX

_ROUNDS = 20
_TIMES = 5
_ALONE = 200
_BALANCE = 10**15


@dataclass
class Figures:
    """What was measured of one sandbox."""

    rates: list[float] = field(default_factory=list[float])
    """Requests of the mix per second of CPU, round by round."""
    alone: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    """Seconds of CPU for a request of each kind."""
    samples: Counter[str] = field(default_factory=Counter[str])
    """How often the process was seen at what, under the mix."""

    cost: float = 0.0
    """Seconds of CPU for a request of the mix, while it was looked at."""

    @property
    def rate(self) -> float:
        """Requests of the mix per second of CPU."""
        return median(self.rates)

    def document(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return {
            "requests_per_cpu_second": round(self.rate),
            "cpu_us": {name: round(median(costs) * 1e6, 1) for name, costs in self.alone.items()},
        }

    def shares(self) -> list[tuple[str, float]]:
        """Return the share of the time of each area, the largest first."""
        total = sum(self.samples.values())
        return [(area, seen / total) for area, seen in self.samples.most_common()]


class Subject:
    """A sandbox that is measured, and its load."""

    def __init__(self, stack: ExitStack, tree: Path, *options: str) -> None:
        python = Path(sys.executable)  # The sandbox's libraries are there, where those of the contenders are not.
        settings = ("--port", "0", "--pace", "0", "--balance", str(_BALANCE))
        self._server = stack.enter_context(running(python, "bench.sandbox_server", str(tree), *settings, *options))
        words = ""
        while "Ctrl-C" not in words:
            words += next_line(self._server)
        url = words.partition("PARETA_BASE_URL=")[2].split()[0]
        key = words.partition("PARETA_API_KEY=")[2].split()[0]
        self._load = stack.enter_context(running(python, "bench.sandbox_load", url, key))
        self.figures = Figures()
        self._run(2, "mix")

    def round(self) -> None:
        """Measure the mix once, and each kind."""
        self.figures.rates.append(_TIMES * MIX / self._run(_TIMES, "mix")[0])
        for kind in KINDS:
            times = _ALONE // _ROUNDS
            self.figures.alone.setdefault(kind.name, []).append(self._run(times, kind.name)[0] / times)

    def mix(self, times: int) -> None:
        """Look at what the process does under the mix."""
        spent, samples = self._run(times, "mix")
        self.figures.samples.update(samples)
        self.figures.cost = spent / (times * MIX)

    def _run(self, times: int, name: str) -> tuple[float, dict[str, int]]:
        before = ask(self._server, "")["cpu"]
        ask(self._load, f"{times} {name}")
        after = ask(self._server, "")
        return after["cpu"] - before, after["samples"]


def measure(trees: Sequence[Path] = (ROOT,), *, rounds: int = _ROUNDS, in_file: bool = False) -> list[Figures]:
    """Measure the sandboxes of some checkouts, taking turns in every round."""
    with ExitStack() as stack:
        subjects = [Subject(stack, tree, *_state(stack, in_file=in_file)) for tree in trees]
        for number in range(rounds):
            for subject in subjects if number % 2 else reversed(subjects):
                subject.round()
        return [subject.figures for subject in subjects]


def profile(tree: Path = ROOT, *, times: int = 300, in_file: bool = False) -> Figures:
    """Sample what the sandbox of a checkout does under the mix."""
    with ExitStack() as stack:
        subject = Subject(stack, tree, "--profile", *_state(stack, in_file=in_file))
        subject.mix(times)
        return subject.figures


def _state(stack: ExitStack, *, in_file: bool) -> tuple[str, ...]:
    return ("--state", f"{stack.enter_context(TemporaryDirectory())}/state") if in_file else ()


def summary(figures: Figures) -> str:
    """Return the figures for people."""
    costs = ", ".join(f"{name} {median(spent) * 1e6:.0f} µs" for name, spent in figures.alone.items())
    return f"the sandbox serves {figures.rate:,.0f} requests of a mixed load in a second of one core: {costs}"


def table(name: str, figures: Figures) -> str:
    """Return where the time goes, as a Markdown table: shares, and microseconds of a request of the mix."""
    lines = [f"| {name} | share | µs a request |", "|---|---|---|"]
    lines += [f"| {area} | {share:.1%} | {share * figures.cost * 1e6:.0f} |" for area, share in figures.shares()]
    return "\n".join(lines)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.sandbox", description=__doc__)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="how often the mix is measured (%(default)s)")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    parser.add_argument("--against", type=Path, metavar="TREE", help="take turns with the sandbox of another checkout")
    parser.add_argument("--state", action="store_true", help="keep the state in a file")
    arguments = parser.parse_args()
    trees = [ROOT] if arguments.against is None else [arguments.against.resolve(), ROOT]
    if arguments.profile:
        for tree in trees:
            print(table(tree.name, profile(tree, in_file=arguments.state)))
        return 0
    found = measure(trees, rounds=arguments.rounds, in_file=arguments.state)
    for tree, figures in zip(trees, found, strict=True):
        print(f"{tree.name}: {summary(figures)}")
    if len(found) > 1:
        ratios = [ours / theirs for theirs, ours in zip(found[0].rates, found[1].rates, strict=True)]
        print(f"{median(ratios):.2f} times as many, the median of {arguments.rounds} rounds side by side")
    return 0


if __name__ == "__main__":
    sys.exit(main())
