"""The feeds: computed from what was really served, over the window that is asked for."""

import math
from datetime import datetime
from typing import Any

import httpx
import pytest
from sandbox_kit import ask, chat, client_of, until

from pareta.sandbox import Sandbox
from pareta.sandbox._clock import FIXED_START, FixedClock
from pareta.sandbox._metrics import MetricFeeds
from pareta.sandbox._platform import Platform
from pareta.sandbox._settings import SandboxSettings

HOUR = 3_600


def feed(api: httpx.Client, name: str, endpoint: str = "ep_a1b2c3", **query: str) -> Any:
    """Return a feed of an endpoint."""
    answer = api.get(f"/v1/endpoints/{endpoint}/{name}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_cost_is_what_was_billed_against_the_frontier(sandbox: Sandbox, api: httpx.Client) -> None:
    """Spend is the alias's price times the completions, and the baseline the frontier's."""
    for _ in range(3):
        ask(api)
    cost = feed(api, "cost")
    assert (cost["requests"], cost["spend_micro_usd"]) == (3, 3 * 210)
    assert cost["frontier_baseline_micro_usd"] == 3 * 5_200
    assert cost["savings_micro_usd"] == 3 * (5_200 - 210)
    assert cost["spend_micro_usd"] == 25_000_000 - sandbox.balance
    assert "groups" not in cost


@pytest.mark.parametrize(("group_by", "began"), [("day", "2026-01-10T00:00:00Z"), ("hour", "2026-01-10T09:00:00Z")])
def test_cost_is_grouped_where_it_is_asked_for(api: httpx.Client, group_by: str, began: str) -> None:
    """The groups carry the same figures by day or hour."""
    ask(api)
    cost = feed(api, "cost", group_by=group_by)
    (group,) = cost["groups"]
    assert group.pop("started_at") == began
    assert group == {key: value for key, value in cost.items() if key in group}


def test_an_endpoint_without_a_frontier_saves_nothing(api: httpx.Client) -> None:
    """Where no frontier model was measured the baseline is the endpoint's own price."""
    api.post("/v1/endpoints", json={"task": "email-reply-drafts", "name": "mail"})
    ask(api, chat(model="mail"))
    cost = feed(api, "cost", "mail")
    assert (cost["spend_micro_usd"], cost["savings_micro_usd"]) == (520, 0)


def test_activity_counts_completions_tokens_and_refusals(api: httpx.Client) -> None:
    """Served and failed requests are told apart, in all and by the hour; those of no endpoint are nobody's."""
    usage = ask(api).json()["usage"]
    ask(api, chat(stream=True))
    ask(api, chat(model="nobody"))
    api.post("/v1/endpoints/ep_a1b2c3/stop")
    ask(api)
    activity = feed(api, "activity")
    (hour,) = activity["series"]
    assert hour.pop("started_at") == "2026-01-10T09:00:00Z"
    assert hour == {
        "requests": 2,
        "errors": 1,
        "prompt_tokens": 2 * usage["prompt_tokens"],
        "completion_tokens": 2 * usage["completion_tokens"],
    }
    assert hour.items() <= activity.items()


def test_quality_is_judged_around_the_aliass_own(api: httpx.Client) -> None:
    """An hour with completions is a judge window; its mean is near the leaderboard's figure."""
    for _ in range(10):
        ask(api)
    quality = feed(api, "quality")
    (window,) = quality["windows"]
    assert (quality["scorer"], window["judged"]) == ("field_f1", 10)
    assert (window["started_at"], window["ended_at"]) == ("2026-01-10T09:00:00Z", "2026-01-10T10:00:00Z")
    assert window["score"] == quality["score"] == pytest.approx(0.929, abs=0.03)


def test_latency_grows_with_the_answer(api: httpx.Client) -> None:
    """The percentiles are by nearest rank, and longer answers take longer."""
    for limit in (1, 2, 3, 4, 5):
        ask(api, chat(max_tokens=limit))
    performance = feed(api, "performance")
    assert performance["requests"] == 5
    assert performance["p50_ms"] < performance["p95_ms"] == performance["p99_ms"]


def test_uptime_counts_cold_starts_and_not_what_was_meant() -> None:
    """A cold start is an incident, over once the endpoint is live; stopping on purpose costs no availability."""
    with Sandbox(pace=0.05) as sandbox, client_of(sandbox) as api:
        api.post("/v1/endpoints/ep_a1b2c3/stop")
        assert feed(api, "uptime") == {
            "endpoint_id": "ep_a1b2c3",
            "window": "24h",
            "availability": 1.0,
            "incidents": [],
        }
        api.post("/v1/endpoints/ep_a1b2c3/start")
        uptime = until(lambda: _ended(feed(api, "uptime")))
        (incident,) = uptime["incidents"]
        assert incident["reason"] == "cold start"
        assert datetime.fromisoformat(incident["started_at"]) < datetime.fromisoformat(incident["ended_at"])
        assert 0.99 < uptime["availability"] < 1
        assert feed(api, "uptime", "ep_d4e5f6")["availability"] is None


def _ended(uptime: Any) -> Any:
    return uptime if uptime["incidents"] and uptime["incidents"][0]["ended_at"] else None


def test_a_failed_deployment_is_no_time_up(api: httpx.Client) -> None:
    """What failed to deploy was meant to be live: an incident that lasts."""
    headers = {"x-sandbox-scenario": "deploy-fails"}
    api.post("/v1/endpoints", json={"task": "translation", "name": "bad"}, headers=headers)
    uptime = feed(api, "uptime", "bad")
    assert uptime["availability"] == 0.0
    assert uptime["incidents"] == [
        {"started_at": "2026-01-10T09:00:00Z", "ended_at": None, "reason": "deployment failed"}
    ]


def test_the_window_leaves_out_what_is_older() -> None:
    """Figures cover the time from the window's start up to now, whatever its unit."""
    platform = Platform(SandboxSettings(pace=0), base_url="http://sandbox")
    try:
        row = platform.store.endpoint("ep_a1b2c3")
        assert row is not None
        assert isinstance(platform.clock, FixedClock)
        for hours in range(5):
            platform.store.bill("ep_a1b2c3", price=210, at=FIXED_START + hours * HOUR * 1000)
        platform.clock.advance(4.5 * HOUR)
        counts = {
            window: MetricFeeds(platform, row, {"window": window}).cost()["requests"]
            for window in ("29m", "30m", "1h", "2h", "1d", "9999d")
        }
        assert counts == {"29m": 0, "30m": 1, "1h": 1, "2h": 2, "1d": 5, "9999d": 5}
        groups = MetricFeeds(platform, row, {"window": "1d", "group_by": "hour"}).cost()["groups"]
        assert [group["started_at"][11:13] for group in groups] == ["09", "10", "11", "12", "13"]
        assert math.isclose(sum(group["spend_micro_usd"] for group in groups), 5 * 210)
    finally:
        platform.close()
