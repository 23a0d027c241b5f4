# ruff: noqa: T201  # It prints what it measures.
"""`python -m tests.soak --minutes 10`: sync and async traffic over a bad line, and what it leaves."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from statistics import fmean
from typing import Any

import attrs
from httpx_aiohttp import AiohttpTransport

from pareta import AsyncPareta, Pareta

from .traffic import Book, block, go_on

CALLERS = 6
"""Of each kind: threads, tasks, tasks over aiohttp's transport."""


class Platform:
    """The other side: see `platform`."""

    def __init__(self, share: float, seed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.platform", str(share), str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.where = self._answer()

    def ask(self, refused: float = 0, *, out: bool = False) -> Any:
        """Have a share of all refused, or nothing come through; return what was spent, and what the line did."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps([refused, out])}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@attrs.define
class Gauge:
    """Samples of this process's memory and descriptors, one a second."""

    memory: list[float] = attrs.field(factory=list[float])
    descriptors: list[int] = attrs.field(factory=list[int])

    def sample(self) -> None:
        """Take one."""
        with open("/proc/self/statm") as statm:  # noqa: PTH123
            self.memory.append(int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)
        self.descriptors.append(len(os.listdir("/proc/self/fd")))  # noqa: PTH208

    def minute(self, number: int) -> tuple[float, float]:
        """Return a minute's means: megabytes, and descriptors."""
        part = slice(number * 60, (number + 1) * 60) if number >= 0 else slice(-60, None)
        return fmean(self.memory[part]), fmean(self.descriptors[part])


def main() -> int:
    """Run it, and return 1 where anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: %(default)s)")
    parser.add_argument("--faults", type=float, default=0.05, help="the share of exchanges (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=60, help="calls a second, at most (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the faults and the calls (default: %(default)s)")
    given = parser.parse_args()
    platform = Platform(given.faults, given.seed)
    where = platform.where
    surprises: list[str] = []
    sys.unraisablehook = lambda hook: surprises.append(f"unraisable: {hook.exc_value!r} in {hook.object!r}")
    threading.excepthook = lambda hook: surprises.append(f"in a thread: {hook.exc_value!r}")
    end = time.monotonic() + given.minutes * 60
    gauge = Gauge()
    with Pareta(api_key=where["key"], base_url=where["direct"]) as direct:
        book = Book(direct)
        price = platform.ask()["spent"]
        traffic(book, where, given, surprises, over=lambda: time.monotonic() > end, gauge=gauge)
        gc.collect()
        settled = platform.ask()
    platform.close()
    return report(book, gauge, settled, price, [*book.unexpected, *surprises])


def traffic(
    book: Book, where: Any, given: Any, surprises: list[str], *, over: Callable[[], bool], gauge: Gauge
) -> None:
    """Let all callers go on until it is over, and watch."""
    options: dict[str, Any] = {"api_key": where["key"], "base_url": where["line"]}
    pause = 3 * CALLERS / given.rate

    async def tasks() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: surprises.append(f"in the loop: {context}"))
        async with (
            AsyncPareta(**options) as one,
            AiohttpTransport() as transport,
            AsyncPareta(**options, transport=transport) as other,
        ):
            callers = [
                go_on(book, client, given.seed * 1000 + number, pause, over)
                for number, client in enumerate([one, other] * CALLERS)
            ]
            await asyncio.gather(*callers)

    with Pareta(**options) as client:
        threads = [
            threading.Thread(target=block, args=(book, client, given.seed * 2000 + number, pause, over))
            for number in range(CALLERS)
        ]
        threads.append(threading.Thread(target=asyncio.run, args=(tasks(),)))
        for thread in threads:
            thread.start()
        begun = time.monotonic()
        while not over():
            time.sleep(1)
            gauge.sample()
            if len(gauge.memory) % 60 == 0:
                memory, descriptors = gauge.minute(-1)
                print(
                    f"minute {len(gauge.memory) // 60:3}: {sum(book.done.values()):8,} calls, {memory:6.1f} MB,"
                    f" {descriptors:5.1f} descriptors, {len(book.unexpected) + len(surprises)} unexpected",
                    flush=True,
                )
        for thread in threads:
            thread.join()
        print(f"{time.monotonic() - begun:.0f} s")


def report(book: Book, gauge: Gauge, settled: Any, price: int, unexpected: list[str]) -> int:
    """Print what came of it, and return 1 where anything is not as it should be."""
    owed = book.completions * price
    first, last = gauge.minute(0), gauge.minute(-1)
    print("calls:", ", ".join(f"{count:,} {deed}" for deed, count in sorted(book.done.items())))
    print("line: ", ", ".join(f"{count:,} {what}" for what, count in sorted(settled["line"].items())))
    print("raised:", ", ".join(f"{count:,} {what}" for what, count in sorted(book.raised.items())) or "nothing")
    print(f"memory: {first[0]:.1f} MB in the first minute, {last[0]:.1f} MB in the last")
    print(f"descriptors: {first[1]:.1f} in the first minute, {last[1]:.1f} in the last")
    print(f"debits: {settled['spent']:,} micro-USD spent, {owed:,} owed for {book.completions:,} completions")
    print(f"unexpected: {len(unexpected)}")
    for each in unexpected[:5]:
        print(each)
    flat = last[0] < first[0] * 1.1 + 5 and last[1] < first[1] + 10
    return 0 if flat and not unexpected and settled["spent"] == owed else 1


if __name__ == "__main__":
    sys.exit(main())
