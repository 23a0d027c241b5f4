# ruff: noqa: T201  # It prints what it measures.
"""`python -m tests.soak.many --rows 40000`: a `map` over a bad line, through storms of 429 and an outage."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from typing import Any

from pareta import AsyncPareta

from .__main__ import Platform

MODEL = "ep_a1b2c3"
EVENTS: dict[str, tuple[float, dict[str, Any]]] = {
    "429 to all for 20 s": (20, {"refused": 1.0}),
    "429 to a third for 20 s": (20, {"refused": 1 / 3}),
    "no connection for 30 s": (30, {"out": True}),
}
"""What happens beside the faults, and for how many seconds."""


class Watch:
    """Lets things happen while rows are answered, and notes what they cost."""

    def __init__(self, platform: Platform, results: Any, count: int) -> None:
        self._platform = platform
        self._results = results
        self._count = count
        self.extra = dict.fromkeys(("faults", *EVENTS), 0)
        """How many requests more than rows came of each."""
        self._before = 0
        self._goal = 0
        self._there = asyncio.Event()

    def see(self) -> None:
        """Look at how many rows are there."""
        if self._results.delivered >= self._goal:
            self._there.set()

    async def _wait_for(self, rows: int) -> None:
        self._goal = rows
        self._there.clear()
        await self._there.wait()

    def note(self, name: str) -> None:
        """Set down the requests since the last note."""
        results = self._results
        now = results.requests - results.in_flight - results.delivered
        self.extra[name] += now - self._before
        self._before = now

    async def run(self) -> None:
        """Begin each event when so many rows are there."""
        for number, (name, (seconds, order)) in enumerate(EVENTS.items(), 1):
            await self._wait_for(self._count * number // (len(EVENTS) + 1))
            self.note("faults")
            self._platform.ask(**order)
            await asyncio.sleep(seconds)
            self._platform.ask()
            begun = time.monotonic()
            await self._wait_for(self._results.delivered + 1000)
            self.note(name)
            print(f"{name}: the next 1,000 rows took {time.monotonic() - begun:.1f} s", flush=True)


async def run(platform: Platform, count: int) -> int:
    """Answer the rows; return 1 where one is missing, wrong or billed twice."""
    where = platform.where
    inputs = (f"Which number is it? It is {number}." for number in range(count))
    begun, right = time.monotonic(), 0
    async with AsyncPareta(api_key=where["key"], base_url=where["line"]) as pa:
        results = pa.chat.completions.map(inputs, model=MODEL, ordered=False)
        watch = Watch(platform, results, count)
        watching = asyncio.create_task(watch.run())
        async for result in results:
            watch.see()
            if result.completion is None:
                print(result.index, result.attempts, result.error)
            else:
                right += result.completion.choices[0].message.content == f"It is {result.index}."
        await watching
    watch.note("faults")
    spent = platform.ask()["spent"]
    extra = sum(watch.extra.values())
    print(
        f"{count:,} rows in {time.monotonic() - begun:.0f} s, {right:,} right; {spent:,} micro-USD, {count * 210:,} due"
    )
    print(f"{results.requests:,} requests, {extra:,} more than rows:", watch.extra)
    return 0 if right == results.delivered == count and spent == count * 210 else 1


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.many", description=__doc__)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--faults", type=float, default=0.05, help="the share of exchanges (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults (default: %(default)s)")
    given = parser.parse_args()
    platform = Platform(given.faults, given.seed)
    try:
        return asyncio.run(run(platform, given.rows))
    finally:
        platform.close()


if __name__ == "__main__":
    sys.exit(main())
