"""`python -m bench`: measure, print the tables, write chart and figures. It fails where a contender misreads."""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from . import chart, report, sandbox
from .cases import CASES, FLOORS, GROWTH
from .environment import ROOT, python, versions
from .measure import Bench


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each case is measured (%(default)s)")
    parser.add_argument("--only", default="", metavar="TEXT", help="measure the rows whose names hold TEXT")
    parser.add_argument("--floor", action="store_true", help="measure what stock parts cost, too")
    parser.add_argument("--chart", type=Path, default=ROOT / ".bench" / "bench.svg", help="where the chart goes")
    parser.add_argument("--json", type=Path, default=ROOT / ".bench" / "bench.json", help="where the figures go")
    arguments = parser.parse_args()
    begun = time.monotonic()
    results, grown = [], {}
    with ExitStack() as stack:
        bench = Bench(python(), stack)
        for case in (case for case in CASES if arguments.only in case.name):
            sys.stderr.write(f"{case.name} …\n")
            results.append(bench.run(replace(case, asked=FLOORS if arguments.floor else ()), arguments.rounds))
        for growth in (growth for growth in GROWTH if arguments.only in growth.name):
            sys.stderr.write(f"{growth.name} …\n")
            large = any(case.units >= 100_000 for case in growth.cases)
            grown[growth] = bench.grow(growth, 1 + arguments.rounds // 7 if large else arguments.rounds)
    figures = report.document(results, grown, versions(), arguments.rounds)
    print(f"{report.costs(results)}\n\n{report.targets(results, grown)}\n")
    for result in results:
        for name, error in result.errors.items():
            print(f"{result.case.name}: {name}: {error}")
    if not arguments.only:
        (served,) = sandbox.measure()
        figures["sandbox"] = served.document()
        print(sandbox.summary(served))
    caption = f"{figures['date']}, Python {figures['python']}, {figures['system']}, {arguments.rounds} rounds"
    arguments.chart.write_text(chart.render(results, caption), encoding="utf-8")
    arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{time.monotonic() - begun:.0f} s; the chart is {arguments.chart}, the figures are {arguments.json}")
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
