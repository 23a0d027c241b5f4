"""The metric feeds, computed from the stored completions and status changes."""

import math
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from pareta.sandbox._catalog import CatalogTask
from pareta.sandbox._clock import iso
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import EndpointRow, UsageBucket

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_UNITS = {"m": _MINUTE, "h": _HOUR, "d": _DAY}
_GROUPS: dict[str | None, int] = {"day": _DAY, "hour": _HOUR}
DEFAULT_WINDOW = "24h"


@frozen
class _Window:
    text: str
    since: int
    now: int


class MetricFeeds:
    """The metric feeds of one endpoint, for the window of a query."""

    def __init__(self, platform: Platform, row: EndpointRow, query: dict[str, Any]) -> None:
        text = query.get("window", DEFAULT_WINDOW)
        now = platform.clock.now()
        self._window = _Window(text, now - int(text[:-1]) * _UNITS[text[-1]], now)
        self._store = platform.store
        self._task = platform.catalog[row.task]
        self._row = row
        self._query = query

    def performance(self) -> dict[str, Any]:
        """Return latency percentiles in milliseconds, by the nearest-rank method."""
        latencies = self._store.latencies(self._row.name, since=self._window.since)
        return {
            **self._head(),
            "requests": len(latencies),
            "p50_ms": _percentile(latencies, 50),
            "p95_ms": _percentile(latencies, 95),
            "p99_ms": _percentile(latencies, 99),
        }

    def uptime(self) -> dict[str, Any]:
        """Return the availability (time live / time not stopped or deploying), and the incidents."""
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
        """Return spend, baseline and savings in micro-USD, in groups too if `group_by` is set."""
        group_by = self._query.get("group_by")
        served = self._served(_GROUPS.get(group_by, _DAY))
        feed = {**self._head(), **_costs(served, self._task)}
        if group_by is not None:
            feed["groups"] = [
                {"started_at": iso(each.at), **_costs([each], self._task)} for each in served if each.billed
            ]
        return feed

    def quality(self) -> dict[str, Any]:
        """Return the simulated quality scores, which vary around the alias's quality on the leaderboard."""
        judged = [each for each in self._served(_HOUR) if each.finished]
        windows = [
            {
                "started_at": iso(each.at),
                "ended_at": iso(each.at + _HOUR),
                "judged": each.finished,
                "score": round(each.score / each.finished, 4),
            }
            for each in judged
        ]
        count = sum(each.finished for each in judged)
        score = round(sum(each.score for each in judged) / count, 4) if count else None
        return {**self._head(), "scorer": self._task.scorer, "score": score, "windows": windows}

    def activity(self) -> dict[str, Any]:
        """Return completions, errors and tokens, in total and by hour."""
        served = self._served(_HOUR)
        series = [{"started_at": iso(each.at), **_usage([each])} for each in served if each.finished or each.refused]
        return {**self._head(), **_usage(served), "series": series}

    def _served(self, bucket_ms: int) -> list[UsageBucket]:
        return self._store.served(self._row.name, since=self._window.since, bucket_ms=bucket_ms)

    def _head(self) -> dict[str, Any]:
        return {"endpoint_id": self._row.name, "window": self._window.text}

    def _availability(self, live: int, down: int) -> float | None:
        if live + down:
            return round(live / (live + down), 6)
        if self._row.status == "live":
            return 1.0
        return None if _interruption(self._row.status, deploying=self._row.deploying) is None else 0.0


def _interruption(status: str, *, deploying: bool) -> str | None:
    """Return the reason of an incident; None if the status is not an incident."""
    if status == "failed":
        return "deployment failed"
    return "cold start" if status == "starting" and not deploying else None


def _percentile(ordered: Sequence[float], percent: int) -> float | None:
    if not ordered:
        return None
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def _costs(served: Sequence[UsageBucket], task: CatalogTask) -> dict[str, int]:
    requests = sum(each.billed for each in served)
    spend = sum(each.spend for each in served)
    baseline = spend if task.frontier is None else requests * task.frontier.price
    return {
        "requests": requests,
        "spend_micro_usd": spend,
        "frontier_baseline_micro_usd": baseline,
        "savings_micro_usd": baseline - spend,
    }


def _usage(served: Sequence[UsageBucket]) -> dict[str, int]:
    return {
        "requests": sum(each.finished for each in served),
        "errors": sum(each.refused for each in served),
        "prompt_tokens": sum(each.prompt_tokens for each in served),
        "completion_tokens": sum(each.completion_tokens for each in served),
    }
