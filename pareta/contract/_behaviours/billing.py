"""Checks of billing and metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._context import CheckSkipped, Context
from .._exchange import Exchange, snippet
from ._behaviour import behaviour

_FREE = ("list_models", "list_endpoints", "list_tasks")


def _feed(context: Context, feed: str, name: str, **query: str) -> Exchange:
    return context.call(f"endpoint_{feed}", name, query=query)


def _billed(context: Context, **more: Any) -> None:
    endpoint = context.live_endpoint()
    name, price = endpoint["id"], context.price(endpoint)
    before = _feed(context, "cost", name).json
    completion = context.complete(name, **more)

    def is_billed() -> tuple[bool, str, Exchange]:
        cost = _feed(context, "cost", name)
        spent = cost.json["spend_micro_usd"] - before["spend_micro_usd"]
        served = cost.json["requests"] - before["requests"]
        reason = f"one completion at {price} micro-USD added {spent} micro-USD and {served} requests to the cost feed"
        return (spent, served) == (price, 1), reason, completion

    context.eventually(is_billed)


@behaviour("completion-is-billed", "A completion adds exactly its alias's price to its endpoint's cost feed.")
def completion_is_billed(context: Context) -> None:
    _billed(context)


@behaviour("stream-is-billed", "A streamed completion adds exactly its alias's price too.")
def stream_is_billed(context: Context) -> None:
    _billed(context, stream=True)


@behaviour(
    "balance-is-debited", "A completion debits exactly its alias's price; no other call debits.", sandbox_only=True
)
def balance_is_debited(context: Context) -> None:
    sandbox = context.target.sandbox
    if sandbox is None:
        raise CheckSkipped("only the suite's own sandbox shows the balance")
    begin = sandbox.balance
    endpoint = context.live_endpoint()
    price = context.price(endpoint)
    for operation_id in _FREE:
        exchange = context.call(operation_id)
        context.check(sandbox.balance == begin, f"it debited {begin - sandbox.balance} micro-USD", exchange)
    for count, stream in enumerate((False, True), start=1):
        completion = context.complete(endpoint["id"], stream=stream)
        debited = begin - sandbox.balance
        reason = f"{count} completions at {price} micro-USD debited {debited}"
        context.check(debited == count * price, reason, completion)


@behaviour("empty-balance-refuses", "With an empty balance only completions return 402.", sandbox_only=True)
def empty_balance_refuses(context: Context) -> None:
    sandbox = context.target.sandbox
    if sandbox is None:
        raise CheckSkipped("only the suite's own sandbox has a balance that can be set")
    endpoint = context.live_endpoint()
    price = context.price(endpoint)
    sandbox.balance = price
    context.complete(endpoint["id"])
    context.complete(endpoint["id"], expect=402)
    context.complete(endpoint["id"], stream=True, expect=402)
    for operation_id in _FREE:
        context.call(operation_id)
    context.deploy()


@behaviour("completion-is-measured", "A completion counts once in activity, with its tokens, and in performance.")
def completion_is_measured(context: Context) -> None:
    name = context.live_endpoint()["id"]
    before, timed = _feed(context, "activity", name).json, _feed(context, "performance", name).json["requests"]
    usage = context.complete(name).json["usage"]
    expected = {"requests": 1, "errors": 0, **{key: usage[key] for key in ("prompt_tokens", "completion_tokens")}}

    def is_counted() -> tuple[bool, str, Exchange]:
        activity = _feed(context, "activity", name)
        added = {key: activity.json[key] - before[key] for key in expected}
        return added == expected, f"activity grew by {snippet(added)}, expected {snippet(expected)}", activity

    def is_timed() -> tuple[bool, str, Exchange]:
        performance = _feed(context, "performance", name)
        ok = performance.json["requests"] == timed + 1 and performance.json["p50_ms"] is not None
        return ok, f"performance is {snippet(performance.json)}", performance

    context.eventually(is_counted)
    context.eventually(is_timed)


@behaviour("refusal-is-counted", "A request that a stopped endpoint refuses counts as an error and is not billed.")
def refusal_is_counted(context: Context) -> None:
    name = context.live_endpoint()["id"]
    context.call("stop_endpoint", name)
    errors, spend = (
        _feed(context, "activity", name).json["errors"],
        _feed(context, "cost", name).json["spend_micro_usd"],
    )
    context.complete(name, expect=503)

    def is_counted() -> tuple[bool, str, Exchange]:
        activity = _feed(context, "activity", name)
        return activity.json["errors"] == errors + 1, f"errors is {activity.json['errors']}", activity

    context.eventually(is_counted)
    cost = _feed(context, "cost", name)
    context.check(cost.json["spend_micro_usd"] == spend, "it was billed", cost)


@behaviour("percentiles-rise", "p50, p95 and p99 rise, and are present after a completion.")
def percentiles_rise(context: Context) -> None:
    name = context.live_endpoint()["id"]
    for tokens in (1, 5, 50):
        context.complete(name, max_tokens=tokens)
    performance = _feed(context, "performance", name)
    values = [performance.json[key] for key in ("p50_ms", "p95_ms", "p99_ms")]
    present = None not in values or not context.is_sandbox
    context.check(present, "there are completions but no percentiles", performance)
    known = [each for each in values if each is not None]
    context.check(known == sorted(known), f"the percentiles fall: {values}", performance)


@behaviour("group-by-obeyed", "`groups` are returned by day or hour as `group_by` says, and not without it.")
def group_by_obeyed(context: Context) -> None:
    name = context.live_endpoint()["id"]
    context.complete(name)
    plain = _feed(context, "cost", name)
    context.check("groups" not in plain.json, "groups returned without group_by", plain)
    for unit in ("day", "hour"):
        cost = _feed(context, "cost", name, group_by=unit)
        groups = cost.json.get("groups")
        ok = groups is not None and bool(groups) == bool(cost.json["requests"])
        context.check(ok, f"with group_by={unit} the groups are {snippet(groups)}", cost)
        for group in groups or ():
            begin = datetime.fromisoformat(group["started_at"])
            aligned = begin.minute == begin.second == 0 and (unit == "hour" or begin.hour == 0)
            context.check(aligned, f"a group by {unit} begins at {group['started_at']}", cost)


@behaviour("window-obeyed", "Metrics cover the requested window and nothing older.", sandbox_only=True)
def window_obeyed(context: Context) -> None:
    name = context.live_endpoint()["id"]
    default = _feed(context, "cost", name)
    context.check(default.json["window"] == "24h", f"the window is {default.json['window']!r}, expected 24h", default)
    context.complete(name)
    _advance(context, 2 * 3600)
    for feed, key in (("cost", "requests"), ("activity", "requests"), ("performance", "requests")):
        wide, narrow = _feed(context, feed, name, window="3h"), _feed(context, feed, name, window="1m")
        context.check(wide.json[key] >= 1, f"{feed}: a window of 3h lacks the completion", wide)
        left_out = narrow.json[key] < wide.json[key]
        context.check(left_out, f"{feed}: a window of 1m contains an older completion", narrow)


def _advance(context: Context, seconds: float) -> None:
    if context.target.sandbox is None:
        raise CheckSkipped("only the suite's own sandbox has a clock that can be advanced")
    context.target.sandbox.clock.advance(seconds)


BILLING = (
    completion_is_billed,
    stream_is_billed,
    balance_is_debited,
    empty_balance_refuses,
    completion_is_measured,
    refusal_is_counted,
    percentiles_rise,
    group_by_obeyed,
    window_obeyed,
)
