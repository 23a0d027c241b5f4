"""`python -m bench`: measure, print a table, write chart and figures. It fails only where an answer is wrong."""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from . import chart, report, sandbox
from .cases import CASES
from .environment import ROOT, python, versions
from .growth import growth, memory
from .measure import Bench, Result


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="three times the rounds, and the streams of a million events"
    )
    parser.add_argument("--rounds", type=int, help="how often each case is measured (7, full 21)")
    parser.add_argument("--only", default="", metavar="TEXT", help="measure the cases whose names hold TEXT")
    parser.add_argument("--chart", type=Path, default=ROOT / ".bench" / "bench.svg", help="where the chart goes")
    parser.add_argument("--json", type=Path, default=ROOT / ".bench" / "bench.json", help="where the figures go")
    arguments = parser.parse_args()
    rounds = arguments.rounds or (21 if arguments.full else 7)
    cases = [case for case in CASES if arguments.only in case.name and (arguments.full or not case.full)]
    if not cases:
        parser.error(f"no case is named like {arguments.only!r}")
    results: list[Result] = []
    begun = time.monotonic()
    with ExitStack() as stack:
        bench = Bench(python(), stack)
        for case in cases:
            sys.stderr.write(f"{case.name} …\n")
            results.append(bench.run(case, rounds))
        grown = growth(results)
        if arguments.full or arguments.only in "memory":
            grown.append(memory(python(), bench.url, (1_000, 20_000, *([1_000_000] if arguments.full else []))))
    served = None if arguments.only else sandbox.measure()[0]
    figures = report.document(results, versions(), rounds)
    figures["growth"] = [row._asdict() for row in grown]
    print(report.table(results))
    for row in grown:
        print(row)
    for error in report.errors(results):
        print(error)
    if served is not None:
        figures["sandbox"] = served.document()
        print(sandbox.summary(served))
    told = figures["machine"]
    caption = f"{figures['date']}, Python {told['python']}, {told['system']}, {rounds} rounds"
    arguments.chart.write_text(chart.render(results, caption), encoding="utf-8")
    arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{time.monotonic() - begun:.0f} s; the chart is {arguments.chart}, the figures are {arguments.json}")
    print(json.dumps(figures, ensure_ascii=False))
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
