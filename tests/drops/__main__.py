# ruff: noqa: T201  # It prints its table.
"""`python -m tests.drops`: every byte of every exchange, and a table of what came of it. `--step 16` is quicker."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from modes import AsyncioMode, SyncMode, TrioMode

from .cases import CHATS, DEPLOYS
from .running import run_all

MODES = (SyncMode, AsyncioMode, TrioMode)


def main() -> int:
    """Run them, and return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drops", description=__doc__)
    parser.add_argument("--step", type=int, default=1, help="take every so many-th byte (default: %(default)s)")
    parser.add_argument("--mode", choices=[mode.name for mode in MODES], help="one of them alone")
    given = parser.parse_args()
    wrong = 0
    for mode in MODES:
        if given.mode not in (None, mode.name):
            continue
        begun = time.monotonic()
        results = list(run_all(mode, (*DEPLOYS, *CHATS), given.step))
        print(f"{mode.name}: {len(results):,} cuts in {time.monotonic() - begun:.0f} s")
        for case in (*DEPLOYS, *CHATS):
            for direction in ("up", "down"):
                ran = [each for each in results if each.case == case.name and each.cut.direction == direction]
                ends = ", ".join(f"{count:,} {end}" for end, count in sorted(Counter(each.end for each in ran).items()))
                bad = [each for each in ran if each.wrong]
                wrong += len(bad)
                print(f"  {case.name:24} {direction:5} {len(ran):6,} cuts   {len(bad):3} wrong   {ends}")
                for each in bad[:3]:
                    print(f"    {each.cut}: {each.wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
