"""What billing and metrics hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from ._exchange import Endpoint, snippet
from ._server import Server

pytestmark = pytest.mark.cost(completions=1)
_FREE = ("list_models", "list_endpoints", "list_tasks")


def _feed(server: Server, feed: str, name: str, **query: str) -> Any:
    return server.call(f"endpoint_{feed}", name, query=query).json


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_completion_is_billed(server: Server, live_endpoint: Endpoint, *, stream: bool) -> None:
    """A completion adds exactly its alias's price to its endpoint's cost feed, streamed or not."""
    name, price = live_endpoint["id"], server.price(live_endpoint)
    before = _feed(server, "cost", name)
    server.complete(name, stream=stream)

    def problem() -> str:
        cost = _feed(server, "cost", name)
        spent, served = cost["spend_micro_usd"] - before["spend_micro_usd"], cost["requests"] - before["requests"]
        if (spent, served) == (price, 1):
            return ""
        return f"one completion at {price} micro-USD added {spent} micro-USD and {served} requests to the cost feed"

    server.eventually(problem)


@pytest.mark.own_sandbox
def test_the_balance_is_debited(server: Server, live_endpoint: Endpoint) -> None:
    """A completion debits exactly its alias's price; no other call debits."""
    assert server.sandbox is not None
    begin, price = server.sandbox.balance, server.price(live_endpoint)
    for operation_id in _FREE:
        server.call(operation_id)
        assert server.sandbox.balance == begin, f"it debited {begin - server.sandbox.balance} micro-USD"
    for count, stream in enumerate((False, True), start=1):
        server.complete(live_endpoint["id"], stream=stream)
        debited = begin - server.sandbox.balance
        assert debited == count * price, f"{count} completions at {price} micro-USD debited {debited}"


@pytest.mark.own_sandbox
def test_an_empty_balance_refuses_completions(server: Server, live_endpoint: Endpoint) -> None:
    """With an empty balance only completions return 402."""
    assert server.sandbox is not None
    server.sandbox.balance = server.price(live_endpoint)
    server.complete(live_endpoint["id"])
    server.complete(live_endpoint["id"], expect=402)
    server.complete(live_endpoint["id"], stream=True, expect=402)
    for operation_id in _FREE:
        server.call(operation_id)
    server.deploy()


def test_a_completion_is_measured(server: Server, live_endpoint: Endpoint) -> None:
    """A completion counts once in activity, with its tokens, and in performance."""
    name = live_endpoint["id"]
    before, timed = _feed(server, "activity", name), _feed(server, "performance", name)["requests"]
    usage = server.complete(name).json["usage"]
    expected = {"requests": 1, "errors": 0, **{key: usage[key] for key in ("prompt_tokens", "completion_tokens")}}

    def not_counted() -> str:
        activity = _feed(server, "activity", name)
        added = {key: activity[key] - before[key] for key in expected}
        return "" if added == expected else f"activity grew by {snippet(added)}, expected {snippet(expected)}"

    def not_timed() -> str:
        found = _feed(server, "performance", name)
        ok = found["requests"] == timed + 1 and found["p50_ms"] is not None
        return "" if ok else f"performance is {snippet(found)}"

    server.eventually(not_counted)
    server.eventually(not_timed)


@pytest.mark.cost(completions=0)
def test_a_refusal_is_counted(server: Server, live_endpoint: Endpoint) -> None:
    """A request that a stopped endpoint refuses counts as an error and is not billed."""
    name = live_endpoint["id"]
    server.call("stop_endpoint", name)
    errors, spend = _feed(server, "activity", name)["errors"], _feed(server, "cost", name)["spend_micro_usd"]
    server.complete(name, expect=503)

    def problem() -> str:
        found = _feed(server, "activity", name)["errors"]
        return "" if found == errors + 1 else f"errors is {found}, expected {errors + 1}"

    server.eventually(problem)
    assert _feed(server, "cost", name)["spend_micro_usd"] == spend, "it was billed"


@pytest.mark.cost(completions=3)
def test_percentiles_rise(server: Server, live_endpoint: Endpoint) -> None:
    """p50, p95 and p99 rise, and are present after a completion."""
    name = live_endpoint["id"]
    for tokens in (1, 5, 50):
        server.complete(name, max_tokens=tokens)
    performance = _feed(server, "performance", name)
    values = [performance[key] for key in ("p50_ms", "p95_ms", "p99_ms")]
    assert None not in values or not server.sandbox, "there are completions but no percentiles"
    known = [each for each in values if each is not None]
    assert known == sorted(known), f"the percentiles fall: {values}"


@pytest.mark.parametrize("unit", ["day", "hour"])
def test_group_by_is_obeyed(server: Server, live_endpoint: Endpoint, unit: str) -> None:
    """`groups` are returned by day or hour as `group_by` says, and not without it."""
    name = live_endpoint["id"]
    server.complete(name)
    assert "groups" not in _feed(server, "cost", name), "groups returned without group_by"
    cost = _feed(server, "cost", name, group_by=unit)
    groups = cost.get("groups")
    assert groups is not None, f"with group_by={unit} there are no groups"
    assert bool(groups) == bool(cost["requests"]), f"with group_by={unit} the groups are {snippet(groups)}"
    for group in groups:
        begin = datetime.fromisoformat(group["started_at"])
        aligned = begin.minute == begin.second == 0 and (unit == "hour" or begin.hour == 0)
        assert aligned, f"a group by {unit} begins at {group['started_at']}"


@pytest.mark.own_sandbox
@pytest.mark.parametrize("feed", ["cost", "activity", "performance"])
def test_a_window_is_obeyed(server: Server, live_endpoint: Endpoint, feed: str) -> None:
    """Metrics cover the requested window, 24 hours by default, and nothing older."""
    assert server.sandbox is not None
    name = live_endpoint["id"]
    default = _feed(server, feed, name)["window"]
    assert default == "24h", f"the window is {default!r}, expected 24h"
    server.complete(name)
    server.sandbox.clock.advance(2 * 3600)
    wide, narrow = (_feed(server, feed, name, window=window)["requests"] for window in ("3h", "1m"))
    assert wide >= 1, "a window of 3h lacks the completion"
    assert narrow < wide, "a window of 1m contains an older completion"
