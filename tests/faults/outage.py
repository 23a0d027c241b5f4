# ruff: noqa: T201  # It prints its figures.
"""An outage, simulated: many clients, the real flows, a virtual clock. `python -m tests.faults.outage` writes it up."""

from __future__ import annotations

import argparse
import heapq
import json
import random
import time
from itertools import count
from pathlib import Path
from typing import Any

import attrs

from pareta import ParetaError
from pareta._content.response import Headers, Response
from pareta._credentials import BaseUrl, Key
from pareta._models import LIST_MODELS
from pareta._policy import calls, session
from pareta._policy.effects import Send, Sleep
from pareta._policy.options import Options
from pareta._policy.retry import RetryBudget

DOCS = Path(__file__).parents[2] / "docs"
LATENCY = 0.05
BEFORE, OUTAGE, AFTER = 10, 60, 40
"""Seconds."""


class Boundless(RetryBudget):
    """No budget at all, for comparison."""

    __slots__ = ()

    def take(self, max_retries: int) -> bool:
        """Allow every retry."""
        return True


@attrs.define
class Course:
    """What happened, second by second."""

    calls: list[int]
    """Calls that began."""
    attempts: list[int]
    """Requests that the server got."""
    failed: list[int]
    """Calls that raised, by when they began."""

    @classmethod
    def of(cls, seconds: int) -> Course:
        """Return one with nothing in it."""
        return cls([0] * seconds, [0] * seconds, [0] * seconds)

    def amplification(self, start: int, end: int) -> float:
        """Return how many requests a call cost, from one second to another."""
        return sum(self.attempts[start:end]) / sum(self.calls[start:end])


def answer(status: int) -> Response:
    """Return an answer without news."""
    headers = Headers([(b"content-type", b"application/json")])
    url = "https://api.pareta.ai/v1/models"
    return Response(method="GET", url=url, status_code=status, headers=headers, content=b'{"data":[]}')


@attrs.define
class Simulation:
    """Clients that make a call a second each, and a server that fails for a while, and now and then besides."""

    clients: int
    seconds: int
    outage: range
    """The seconds in which every request fails."""
    error_rate: float = 0.0
    budget: type[RetryBudget] = RetryBudget
    seed: int = 7
    now: float = 0.0

    def run(self) -> Course:
        """Run it."""
        course = Course.of(self.seconds)
        dice = random.Random(self.seed)
        base, options, key = BaseUrl.parse(None, allow_http=False), Options(), Key("pareta_sk_simulated")
        sessions = [
            session.Session(
                base=base, key=key, options=options, budget=self.budget(), clock=lambda: self.now, random=dice.random
            )
            for _ in range(self.clients)
        ]
        fine, broken = answer(200), answer(503)
        number = count()
        heap: list[tuple[float, int, int, Any, Any]] = []  # When, a number, when the call began, its flow, what came.
        heap += [(dice.random(), next(number), -1, index, None) for index in range(self.clients)]
        heapq.heapify(heap)
        while heap:
            self.now, _, begun, flow, outcome = heapq.heappop(heap)
            if begun < 0:  # A client's next call is due.
                if self.now + 1 < self.seconds:
                    heapq.heappush(heap, (self.now + 1, next(number), -1, flow, None))
                begun = int(self.now)
                course.calls[begun] += 1
                flow = calls.send(sessions[flow], LIST_MODELS())
            try:
                effect = flow.send(outcome)
            except StopIteration:
                continue
            except ParetaError:
                course.failed[begun] += 1
                continue
            if isinstance(effect, Sleep):
                heapq.heappush(heap, (self.now + effect.seconds, next(number), begun, flow, None))
                continue
            assert isinstance(effect, Send)
            second = int(self.now)
            if second < self.seconds:
                course.attempts[second] += 1
            fails = second in self.outage or dice.random() < self.error_rate
            heapq.heappush(heap, (self.now + LATENCY, next(number), begun, flow, broken if fails else fine))
        return course


def outage(clients: int, budget: type[RetryBudget] = RetryBudget) -> Course:
    """Let the server fail for a minute."""
    seconds = BEFORE + OUTAGE + AFTER
    return Simulation(clients, seconds, range(BEFORE, BEFORE + OUTAGE), budget=budget).run()


def normal(clients: int) -> Course:
    """Let one request in a hundred fail."""
    return Simulation(clients, 30, range(0), error_rate=0.01).run()


def figures(clients: int) -> tuple[dict[str, Any], dict[str, Course]]:
    """Run all three, and return what they show."""
    courses = {"with": outage(clients), "without": outage(clients, Boundless), "normal": normal(clients)}
    end = BEFORE + OUTAGE

    def shown(course: Course) -> dict[str, Any]:
        late = [second for second in range(end, BEFORE + OUTAGE + AFTER) if course.failed[second]]
        return {
            "amplification_in_the_outage": round(course.amplification(BEFORE, end), 3),
            "peak_requests_per_call": round(max(course.attempts) / clients, 3),
            "requests_per_call_in_the_5_s_after": round(course.amplification(end, end + 5), 3),
            "calls_begun_after_the_outage_that_failed": sum(course.failed[end:]),
            "last_failure_seconds_after": late[-1] - end + 1 if late else 0,
        }

    return {
        "clients": clients,
        "with_budget": shown(courses["with"]),
        "without_budget": shown(courses["without"]),
        "amplification_in_normal_times": round(courses["normal"].amplification(0, 30), 4),
        "failed_in_normal_times": sum(courses["normal"].failed),
        "calls_in_normal_times": sum(courses["normal"].calls),
    }, courses


_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.axis { stroke: #8c959f; stroke-width: 1; fill: none; }
.grid { stroke: #d0d7de; stroke-width: 1; }
.band { fill: #cf222e; opacity: .10; }
.with { stroke: #0969da; fill: none; stroke-width: 2.5; }
.without { stroke: #bc4c00; fill: none; stroke-width: 2.5; stroke-dasharray: 6 4; }
.on-with { fill: #0969da; font-weight: 600; } .on-without { fill: #bc4c00; font-weight: 600; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .grid { stroke: #30363d; } .band { fill: #f85149; opacity: .18; }
.with { stroke: #4493f8; } .without { stroke: #f0883e; } .on-with { fill: #4493f8; } .on-without { fill: #f0883e; }
}
"""


def picture(courses: dict[str, Course], clients: int) -> str:
    """Draw the requests that a second brings, for each call that begins in it."""
    left, top, width, height, most = 56, 46, 660, 240, 4.0
    seconds = BEFORE + OUTAGE + AFTER

    def x(second: float) -> float:
        return round(left + width * second / seconds, 1)

    def y(value: float) -> float:
        return round(top + height * (1 - value / most), 1)

    def line(name: str) -> str:
        points = " ".join(f"{x(at + 0.5)},{y(value / clients)}" for at, value in enumerate(courses[name].attempts))
        return f'<polyline class="{name}" points="{points}"/>'

    rows = [f'<line class="grid" x1="{left}" x2="{left + width}" y1="{y(n)}" y2="{y(n)}"/>' for n in range(1, 5)]
    rows += [f'<text x="{left - 10}" y="{y(n) + 4}" text-anchor="end">{n}</text>' for n in range(5)]
    rows += [
        f'<text x="{x(at)}" y="{top + height + 20}" text-anchor="middle">{at - BEFORE} s</text>'
        for at in range(BEFORE, seconds, 20)
    ]
    band = f'<rect class="band" x="{x(BEFORE)}" y="{top}" width="{x(BEFORE + OUTAGE) - x(BEFORE)}" height="{height}"/>'
    middle = x(BEFORE + OUTAGE / 2)
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 330" role="img">',
            f"<title>Requests per call while a server fails for a minute: {clients:,} clients</title>",
            f"<style>{_STYLE}</style>",
            f'<text x="{left}" y="22">Requests for each call: {clients:,} clients, a call a second each</text>',
            band,
            *rows,
            f'<path class="axis" d="M{left},{top}V{top + height}H{left + width}"/>',
            line("without"),
            line("with"),
            f'<text x="{middle}" y="{top + 16}" text-anchor="middle">the server fails</text>',
            f'<text class="on-without" x="{middle}" y="{y(3) - 10}" text-anchor="middle">without a budget</text>',
            f'<text class="on-with" x="{middle}" y="{y(1) - 10}" text-anchor="middle">with the retry budget</text>',
            "</svg>",
            "",
        ]
    )


def main() -> None:
    """Simulate, print the figures, and write them and the picture into docs/."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.outage", description=__doc__)
    parser.add_argument("--clients", type=int, default=10_000, help="how many (default: %(default)s)")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write (default: docs/)")
    options = parser.parse_args()
    begun = time.monotonic()
    shown, courses = figures(options.clients)
    options.docs.mkdir(exist_ok=True)
    text = json.dumps(shown, indent=2)
    (options.docs / "outage.json").write_text(text + "\n", encoding="utf-8")
    (options.docs / "outage.svg").write_text(picture(courses, options.clients), encoding="utf-8")
    print(text)
    print(f"{time.monotonic() - begun:.0f} s; written to {options.docs.name}/outage.json and outage.svg")


if __name__ == "__main__":
    main()
