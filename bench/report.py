"""The results as a table for people, and as JSON."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Sequence
from typing import Any

from .cases import EVERYONE
from .measure import Result


def table(results: Sequence[Result]) -> str:
    """Return a Markdown table: what a unit costs each contender, its ratio to bare httpx, and the targets."""
    rows = [["case", *EVERYONE, "target", "met"]]
    for result in results:
        cells = [f"{result.case.name} (per {result.case.unit})"]
        cells += [_cell(result, name) for name in EVERYONE]
        rows.append([*cells, *_verdict(result)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def errors(results: Sequence[Result]) -> list[str]:
    """Return who failed at what."""
    return [f"{result.case.name}: {name}: {text}" for result in results for name, text in result.errors.items()]


def document(results: Sequence[Result], versions: dict[str, str], rounds: int) -> dict[str, Any]:
    """Return everything as JSON, without the machine's name."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions,
        "rounds": rounds,
        "cases": [
            {
                "name": result.case.name,
                "unit": result.case.unit,
                "targets": result.case.targets,
                "cost": {name: result.cost(name) for name in EVERYONE},
                "ratio": {name: result.ratio(name) for name in EVERYONE},
                "met": {name: result.met(name) for name in result.case.targets},
                "errors": result.errors,
            }
            for result in results
        ],
    }


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
    }


def _cell(result: Result, name: str) -> str:
    cost, ratio = result.cost(name), result.ratio(name)
    if name in result.errors:
        return "failed"
    if cost is None:
        return "–"
    if result.case.kind == "connections":
        return f"{cost:.0f}"
    shown = _seconds(cost)
    return shown if ratio is None or name == "httpx" else f"{shown} ({ratio:.2f}x)"


def _seconds(seconds: float) -> str:
    if seconds >= 0.01:
        return f"{seconds * 1e3:.0f} ms"
    if seconds >= 0.001:
        return f"{seconds * 1e3:.1f} ms"
    return f"{seconds * 1e6:.0f} µs" if seconds >= 1e-4 else f"{seconds * 1e6:.2f} µs"


def _verdict(result: Result) -> tuple[str, str]:
    targets = result.case.targets
    if not targets:
        return "", ""
    if result.case.kind == "connections":
        shown = [f"{target:.0f}" for target in targets.values()]
    elif result.case.absolute:
        shown = [f"≤ {_seconds(target)}" for target in targets.values()]
    else:
        shown = [f"≤ {target:.2f}x" for target in targets.values()]
    return ", ".join(dict.fromkeys(shown) if len(set(shown)) == 1 else shown), ", ".join(
        "yes" if result.met(name) else "NO" for name in targets
    )
