"""The results as tables for people, and as JSON."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from .cases import BASELINE, EVERYONE, FLAT, Case, Growth, Target
from .measure import Grown, Result


def costs(results: Sequence[Result]) -> str:
    """Return what a unit costs each contender, and its ratio to bare httpx, as a Markdown table."""
    names = [name for name in EVERYONE if any(result.case.includes(name) for result in results)]
    rows = [["case", *names]]
    rows += [
        [f"{result.case.name} (per {result.case.unit})", *(_cell(result, name) for name in names)] for result in results
    ]
    return _table(rows)


def targets(results: Sequence[Result], grown: Mapping[Growth, Grown]) -> str:
    """Return each target, what was reached, and whether it is met, as a Markdown table."""
    rows = [["target", "contender", "limit", "reached", "met"]]
    for result in results:
        for target in result.case.targets:
            found = result.reached(target)
            shown = result.errors.get(target.contender, "–") if found is None else _amount(found, target, result.case)
            limit = f"≤ {_amount(target.limit, target, result.case)}" + (f" of {target.of}" if target.of else "")
            rows.append([result.case.name, target.contender, limit, shown, _verdict(met=result.met(target))])
    for growth, by_name in grown.items():
        for name, sizes in by_name.items():
            shown = ", ".join(map(_seconds, sizes))
            rows.append([growth.name, name, f"flat, ±{FLAT:.0%}", shown, _verdict(met=by_name.met(name))])
    return _table(rows)


def document(
    results: Sequence[Result], grown: Mapping[Growth, Grown], versions: dict[str, str], rounds: int
) -> dict[str, Any]:
    """Return everything as JSON, without the machine's name."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "versions": versions,
        "rounds": rounds,
        "cases": [
            {
                "name": result.case.name,
                "unit": result.case.unit,
                "cost": {name: result.cost(name) for name in EVERYONE},
                "ratio": {name: result.ratio(name) for name in EVERYONE},
                "targets": [
                    {**target._asdict(), "reached": result.reached(target), "met": result.met(target)}
                    for target in result.case.targets
                ],
                "errors": result.errors,
            }
            for result in results
        ],
        "growth": {growth.name: found for growth, found in grown.items()},
    }


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _cell(result: Result, name: str) -> str:
    cost, ratio = result.cost(name), result.ratio(name)
    if name in result.errors:
        return "failed"
    if cost is None:
        return "–"
    if result.case.kind == "connections":
        return f"{cost:.0f}"
    return _seconds(cost) if ratio is None or name == BASELINE else f"{_seconds(cost)} ({ratio:.2f}x)"


def _amount(value: float, target: Target, case: Case) -> str:
    if target.of:
        return f"{value:.2f}x"
    return f"{value:.0f}" if case.kind == "connections" else _seconds(value)


def _seconds(seconds: float) -> str:
    if seconds >= 0.001:
        return f"{seconds * 1e3:.{0 if seconds >= 0.01 else 1}f} ms"
    return f"{seconds * 1e6:.{0 if seconds >= 1e-4 else 2}f} µs"


def _verdict(*, met: bool) -> str:
    return "met" if met else "NOT MET"
