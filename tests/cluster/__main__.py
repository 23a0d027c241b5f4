# ruff: noqa: T201  # It prints what it measures.
"""`python -m tests.cluster --rows 50000`: by Ray's tasks, its actors and `map`, each with a process killed midway."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from .platform import PRICE, Platform
from .ways import WAYS


class Killer(threading.Thread):
    """Kills a process that is at work, once so many completions were billed."""

    def __init__(self, platform: Platform, busy: Path, goal: int) -> None:
        super().__init__(daemon=True)
        self._platform = platform
        self._busy = busy
        self._goal = goal
        self.killed = False

    def run(self) -> None:
        """Wait, and kill."""
        while self._platform.debits() < self._goal:
            time.sleep(0.05)
        while not self.killed:  # Some process is in a batch, nearly all the time.
            for each in self._busy.iterdir():
                os.kill(int(each.name), signal.SIGKILL)
                self.killed = True
                return


def main() -> int:
    """Run the command line; return 1 where a row or a debit is missing, or is there twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("ways", nargs="*", default=list(WAYS), help=f"of {', '.join(WAYS)}; all (default)")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=500)
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as root, Platform(Path(root)) as platform:
        os.environ |= platform.environment
        for way in given.ways:
            folder = Path(root) / way
            (folder / "busy").mkdir(parents=True)
            before, began = platform.debits(), time.monotonic()
            killer = Killer(platform, folder / "busy", before + given.rows // 2)
            killer.start()
            answers = WAYS[way](folder, given.rows, given.batch)
            seconds, debits = time.monotonic() - began, platform.debits() - before
            right = sum(answers.get(number) == f"It is {number}." for number in range(given.rows))
            print(
                f"{way:7} {given.rows} rows in, {len(answers)} out, {right} right; {debits * PRICE} micro-USD debited,"
                f" {given.rows * PRICE} due; {1 if killer.killed else 'nothing'} killed; {seconds:.0f} s",
                flush=True,
            )
            wrong += not (right == len(answers) == debits == given.rows and killer.killed)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
