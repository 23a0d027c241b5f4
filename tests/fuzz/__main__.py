# ruff: noqa: T201  # It prints what it does.
"""`python -m tests.fuzz --cases 50000`: other cases each time, shared out among the properties."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from .properties import PROPERTIES, Property
from .running import peak, run
from .sockets import Sockets
from .strategies import raw_answers


def main() -> int:
    """Try them, and return 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000, help="how many in all (default: %(default)s)")
    parser.add_argument("--only", help="the name of one property")
    arguments = parser.parse_args()
    sockets = Sockets()
    properties = (*PROPERTIES, Property("sockets", raw_answers(), sockets.check))
    chosen = [each for each in properties if arguments.only in (None, each.name)]
    findings = 0
    for each in chosen:
        count = -(-arguments.cases // len(chosen))
        begun = time.monotonic()
        try:
            run(each.cases, each.check, count, repeatable=False)
            found = "nothing"
        except Exception:  # Whatever it is, it is a finding.
            findings += 1
            found = traceback.format_exc(limit=-4)
        took = time.monotonic() - begun
        print(f"{each.name:14} {count:6,} cases {took:6.1f} s  {peak() / 1e6:5.0f} MB   found: {found}", flush=True)
    sockets.close()
    print(f"{findings} findings; at most {peak() / 1e6:.0f} MB")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
