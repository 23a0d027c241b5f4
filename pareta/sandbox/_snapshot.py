"""The content of the live page: endpoints, last completions and last requests."""

import json
from typing import Any

from pareta.sandbox._clock import iso
from pareta.sandbox._deployments import Deployments
from pareta.sandbox._metrics import MetricFeeds
from pareta.sandbox._platform import Platform
from pareta.sandbox._rows import BilledCompletion, EndpointRow

_COMPLETIONS = 120
_REQUESTS = 12
_DATA = b"data: "


class Snapshots:
    """Takes snapshots of the platform."""

    def __init__(self, platform: Platform, deployments: Deployments) -> None:
        self._platform = platform
        self._deployments = deployments

    def take(self) -> dict[str, Any]:
        """Return the current state as JSON."""
        platform = self._platform
        rows = {row.name: row for row in platform.store.endpoints()}
        return {
            "base_url": platform.base_url,
            "api_key": platform.api_key,
            "engine": "upstream" if platform.upstream is not None else platform.engine.name,
            "clock": platform.settings.clock,
            "now": iso(platform.clock.now() // 60_000 * 60_000),
            "balance": platform.store.balance,
            "endpoints": [self._endpoint(row) for row in rows.values()],
            "completions": [
                self._completion(each, rows[each.endpoint])
                for each in platform.store.billed_completions(at_most=_COMPLETIONS)
            ],
            "requests": [
                {
                    "id": each.request_id,
                    "method": each.method,
                    "path": each.path,
                    "operation": each.operation,
                    "status": each.status,
                    "end": each.end,
                    "ms": None if each.end == "open" else each.seconds * 1000,
                }
                for each in reversed(platform.journal.requests(last=_REQUESTS))
            ],
        }

    def _endpoint(self, row: EndpointRow) -> dict[str, Any]:
        feeds = MetricFeeds(self._platform, row, {})
        performance, cost, activity = feeds.performance(), feeds.cost(), feeds.activity()
        return {
            "id": row.name,
            "model": row.model,
            "task": row.task,
            "status": row.status,
            "failure": row.failure,
            "progress": self._progress(row),
            "requests": activity["requests"],
            "errors": activity["errors"],
            "p50_ms": performance["p50_ms"],
            "p95_ms": performance["p95_ms"],
            "spend_micro_usd": cost["spend_micro_usd"],
            "savings_micro_usd": cost["savings_micro_usd"],
        }

    def _progress(self, row: EndpointRow) -> Any:
        event = self._deployments.progress(row.name) if row.deploying else None
        return None if event is None else json.loads(event.partition(_DATA)[2])

    def _completion(self, each: BilledCompletion, row: EndpointRow) -> dict[str, Any]:
        frontier = self._platform.catalog[row.task].frontier
        return {
            "number": each.number,
            "endpoint": each.endpoint,
            "latency_ms": each.latency_ms,
            "price": each.price,
            "frontier": each.price if frontier is None else frontier.price,
        }
