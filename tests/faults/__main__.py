# ruff: noqa: T201  # It prints its table; and the path comes before what is on it.
"""`python -m tests.faults`: every fault with every kind of client. `--others` shows httpx and openai beside it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from .cases import CASES, Case
from .probe import CLIENTS, Seen, complaints, probe, trusted

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- measured: python -m tests.faults --others --docs -->", "<!-- end -->"


def show(case: Case, kind: str, seen: Seen, wrong: list[str]) -> None:
    """Print a line."""
    dagger = "†" if case.expect(kind) is not case.expected else " "
    mark = "WRONG" if wrong else "ok"
    print(
        f"{case.row:>3}{dagger} {case.name[:42]:42} {kind:25} {case.expect(kind)!s:22} {seen!s:22}"
        f" {seen.requests:>4} {seen.seconds * 1000:>7.0f}  {mark}"
    )
    for each in wrong:
        print(f"      {each}")


def table(results: list[tuple[Case, dict[str, Seen], dict[str, str]]]) -> str:
    """Return the table of the documentation."""
    versions = f"httpx {version('httpx')} | openai {version('openai')}"
    lines = [f"| row | fault | pareta | requests | {versions} |", "|---:|---|---|---:|---|---|"]
    for case, seen, others in results:
        first = seen["sync"]
        dagger = " †" if case.has_limits else ""
        name = f"{case.name}{dagger}"
        theirs = f"{others['httpx']} | {others['openai']}"
        lines.append(f"| {case.row} | {name} | {first} | {first.requests} | {theirs} |")
    return "\n".join(lines)


def main() -> int:
    """Run the matrix; return 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--row", type=int, help="this row alone")
    parser.add_argument("--others", action="store_true", help="run httpx and openai against the same server")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/reliability.md")
    options = parser.parse_args()
    from .others import OTHERS  # It is slow to import.

    cases = [case for case in CASES if options.row in {None, case.row}]
    counts = dict.fromkeys(CLIENTS, 0)
    results: list[tuple[Case, dict[str, Seen], dict[str, str]]] = []
    print(f"row  {'fault':42} {'client':25} {'expected':22} {'seen':22} sent      ms")
    with tempfile.TemporaryDirectory() as folder, trusted(Path(folder)):
        for case in cases:
            seen: dict[str, Seen] = {}
            for kind in CLIENTS:
                seen[kind] = probe(case, kind)
                wrong = complaints(case, kind, seen[kind])
                counts[kind] += not wrong
                show(case, kind, seen[kind], wrong)
            verdicts = {other.name: other.verdict(case, other.probe(case)) for other in OTHERS if options.others}
            for name, verdict in verdicts.items():
                print(f"     {'':42} {name:25} {verdict}")
            results.append((case, seen, verdicts))
    for kind, count in counts.items():
        print(f"{kind:25} {count} of {len(cases)} ({count / len(cases):.0%})")
    if options.docs and options.others:
        page = DOCS / "reliability.md"
        before, _, rest = page.read_text("utf-8").partition(BEGIN)
        page.write_text(f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")
        print(f"written to docs/{page.name}")
    return any(count != len(cases) for count in counts.values())


if __name__ == "__main__":
    sys.exit(main())
