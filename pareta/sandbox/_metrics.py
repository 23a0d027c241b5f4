"""The metric feeds, computed from the completions that were served and the statuses that were passed through."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from pareta.sandbox._catalog import CatalogTask
from pareta.sandbox._clock import iso
from pareta.sandbox._platform import Platform
from pareta.sandbox._store import CompletionRow, EndpointRow

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_UNITS = {"m": _MINUTE, "h": _HOUR, "d": _DAY}
_GROUPS = {"day": _DAY, "hour": _HOUR}
DEFAULT_WINDOW = "24h"


@frozen
class _Window:
    text: str
    since: int
    now: int


class Metrics:
    """The feeds of one endpoint over the window that a query names."""

    def __init__(self, platform: Platform, row: EndpointRow, query: dict[str, Any]) -> None:
        text = query.get("window", DEFAULT_WINDOW)
        now = platform.clock.now()
        self._window = _Window(text, now - int(text[:-1]) * _UNITS[text[-1]], now)
        self._store = platform.store
        self._task = platform.catalog[row.task]
        self._row = row
        self._query = query

    def performance(self) -> dict[str, Any]:
        """Return percentiles of the latency, by nearest rank, in milliseconds."""
        latencies = sorted(row.latency_ms for row in self._completions() if row.latency_ms is not None)
        return {
            **self._head(),
            "requests": len(latencies),
            "p50_ms": _percentile(latencies, 50),
            "p95_ms": _percentile(latencies, 95),
            "p99_ms": _percentile(latencies, 99),
        }

    def uptime(self) -> dict[str, Any]:
        """Return the share of the time that it was live of the time that it was meant to be, and what interrupted."""
        live = down = 0
        incidents: list[dict[str, Any]] = []
        transitions = self._store.transitions(self._row.name)
        ends: list[int | None] = [*(each.at for each in transitions[1:]), None]
        for transition, end in zip(transitions, ends, strict=True):
            last = self._window.now if end is None else end
            if last < self._window.since:
                continue
            length = last - max(transition.at, self._window.since)
            reason = _interruption(transition.status, deploying=transition.deploying)
            if transition.status == "live":
                live += length
            elif reason is not None:
                down += length
                ended = None if end is None else iso(end)
                incidents.append({"started_at": iso(transition.at), "ended_at": ended, "reason": reason})
        return {**self._head(), "availability": self._availability(live, down), "incidents": incidents}

    def cost(self) -> dict[str, Any]:
        """Return spend, baseline and savings in micro-USD, by day or hour too where `group_by` asks for it."""
        rows = self._completions()
        feed = {**self._head(), **_costs(rows, self._task)}
        if "group_by" in self._query:
            groups = _by_time(rows, _GROUPS[self._query["group_by"]])
            feed["groups"] = [{"started_at": iso(at), **_costs(each, self._task)} for at, each in groups.items()]
        return feed

    def quality(self) -> dict[str, Any]:
        """Return the judge's scores: simulated, around the alias's quality on the leaderboard."""
        judged = [row for row in self._completions() if row.score is not None]
        windows = [
            {"started_at": iso(at), "ended_at": iso(at + _HOUR), "judged": len(each), "score": _mean(each)}
            for at, each in _by_time(judged, _HOUR).items()
        ]
        score = _mean(judged) if judged else None
        return {**self._head(), "scorer": self._task.scorer, "score": score, "windows": windows}

    def activity(self) -> dict[str, Any]:
        """Return completions, failed requests and tokens, in all and by the hour."""
        rows = [row for row in self._completions() if row.completion_tokens is not None]
        refusals = self._store.refusals(self._row.name, since=self._window.since)
        served = _by_time(rows, _HOUR)
        errors: dict[int, int] = {}
        for at in refusals:
            errors[at - at % _HOUR] = errors.get(at - at % _HOUR, 0) + 1
        series = [
            {"started_at": iso(at), **_usage(served.get(at, ()), errors.get(at, 0))}
            for at in sorted({*served, *errors})
        ]
        return {**self._head(), **_usage(rows, len(refusals)), "series": series}

    def _head(self) -> dict[str, Any]:
        return {"endpoint_id": self._row.name, "window": self._window.text}

    def _completions(self) -> list[CompletionRow]:
        return self._store.completions(self._row.name, since=self._window.since)

    def _availability(self, live: int, down: int) -> float | None:
        if live + down:
            return round(live / (live + down), 6)
        if self._row.status == "live":
            return 1.0
        return None if _interruption(self._row.status, deploying=self._row.deploying) is None else 0.0


def _interruption(status: str, *, deploying: bool) -> str | None:
    """Return why an endpoint in this status is not live although it is meant to be; None where it is not meant to."""
    if status == "failed":
        return "deployment failed"
    return "cold start" if status == "starting" and not deploying else None


def _percentile(ordered: Sequence[float], percent: int) -> float | None:
    if not ordered:
        return None
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def _costs(rows: Sequence[CompletionRow], task: CatalogTask) -> dict[str, int]:
    spend = sum(row.price for row in rows)
    baseline = spend if task.frontier is None else len(rows) * task.frontier.price
    return {
        "requests": len(rows),
        "spend_micro_usd": spend,
        "frontier_baseline_micro_usd": baseline,
        "savings_micro_usd": baseline - spend,
    }


def _usage(rows: Sequence[CompletionRow], errors: int) -> dict[str, int]:
    return {
        "requests": len(rows),
        "errors": errors,
        "prompt_tokens": sum(row.prompt_tokens or 0 for row in rows),
        "completion_tokens": sum(row.completion_tokens or 0 for row in rows),
    }


def _mean(rows: Sequence[CompletionRow]) -> float:
    return round(sum(row.score or 0.0 for row in rows) / len(rows), 4)


def _by_time(rows: Iterable[CompletionRow], length: int) -> dict[int, list[CompletionRow]]:
    """Return the rows by the start of the day or hour (UTC) that they are of, oldest first."""
    groups: dict[int, list[CompletionRow]] = {}
    for row in rows:
        groups.setdefault(row.at - row.at % length, []).append(row)
    return dict(sorted(groups.items()))
