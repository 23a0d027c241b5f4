"""Checks of what completions cost and how they are measured."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .._bench import Bench, NotHere
from .._exchange import Exchange, snippet
from ._behaviour import behaviour

_FREE = ("list_models", "list_endpoints", "list_tasks")


def _feed(bench: Bench, feed: str, name: str, **query: str) -> Exchange:
    return bench.call(f"endpoint_{feed}", name, query=query)


def _billed(bench: Bench, **more: Any) -> None:
    endpoint = bench.live()
    name, price = endpoint["id"], bench.price(endpoint)
    before = _feed(bench, "cost", name).json
    asked = bench.ask(name, **more)

    def look() -> tuple[bool, str, Exchange]:
        cost = _feed(bench, "cost", name)
        spent = cost.json["spend_micro_usd"] - before["spend_micro_usd"]
        served = cost.json["requests"] - before["requests"]
        reason = f"one completion at {price} micro-USD moved the cost feed by {spent} and {served} requests"
        return (spent, served) == (price, 1), reason, asked

    bench.eventually(look)


@behaviour("completion-is-billed", "A completion adds exactly its alias's price to its endpoint's cost feed.")
def completion_is_billed(bench: Bench) -> None:
    _billed(bench)


@behaviour("stream-is-billed", "A streamed completion adds exactly its alias's price too.")
def stream_is_billed(bench: Bench) -> None:
    _billed(bench, stream=True)


@behaviour(
    "balance-is-debited", "A completion takes exactly its alias's price off the balance; nothing else does.", own=True
)
def balance_is_debited(bench: Bench) -> None:
    sandbox = bench.target.sandbox
    if sandbox is None:
        raise NotHere("the balance is seen on a sandbox of its own alone")
    begin = sandbox.balance
    endpoint = bench.live()
    price = bench.price(endpoint)
    for operation_id in _FREE:
        exchange = bench.call(operation_id)
        bench.hold(sandbox.balance == begin, f"it took {begin - sandbox.balance} micro-USD", exchange)
    for count, stream in enumerate((False, True), start=1):
        asked = bench.ask(endpoint["id"], stream=stream)
        taken = begin - sandbox.balance
        reason = f"{count} completions at {price} micro-USD took {taken} off the balance"
        bench.hold(taken == count * price, reason, asked)


@behaviour("empty-balance-refuses", "An empty balance answers 402 to completions, and to nothing else.", own=True)
def empty_balance_refuses(bench: Bench) -> None:
    sandbox = bench.target.sandbox
    if sandbox is None:
        raise NotHere("the balance is set on a sandbox of its own alone")
    endpoint = bench.live()
    price = bench.price(endpoint)
    sandbox.balance = price
    bench.ask(endpoint["id"])
    bench.ask(endpoint["id"], expect=402)
    bench.ask(endpoint["id"], stream=True, expect=402)
    for operation_id in _FREE:
        bench.call(operation_id)
    bench.deploy()


@behaviour("completion-is-measured", "A completion counts once in activity, with its tokens, and in performance.")
def completion_is_measured(bench: Bench) -> None:
    name = bench.live()["id"]
    before, timed = _feed(bench, "activity", name).json, _feed(bench, "performance", name).json["requests"]
    asked = bench.ask(name)
    usage = asked.json["usage"]
    due = {"requests": 1, "errors": 0, **{key: usage[key] for key in ("prompt_tokens", "completion_tokens")}}

    def look() -> tuple[bool, str, Exchange]:
        activity = _feed(bench, "activity", name)
        moved = {key: activity.json[key] - before[key] for key in due}
        return moved == due, f"activity moved by {snippet(moved)}, {snippet(due)} is due", activity

    def timing() -> tuple[bool, str, Exchange]:
        performance = _feed(bench, "performance", name)
        there = performance.json["requests"] == timed + 1 and performance.json["p50_ms"] is not None
        return there, f"performance says {snippet(performance.json)}", performance

    bench.eventually(look)
    bench.eventually(timing)


@behaviour("refusal-is-counted", "A request that a stopped endpoint refused counts as an error, and costs nothing.")
def refusal_is_counted(bench: Bench) -> None:
    name = bench.live()["id"]
    bench.call("stop_endpoint", name)
    errors, spend = _feed(bench, "activity", name).json["errors"], _feed(bench, "cost", name).json["spend_micro_usd"]
    bench.ask(name, expect=503)

    def look() -> tuple[bool, str, Exchange]:
        activity = _feed(bench, "activity", name)
        return activity.json["errors"] == errors + 1, f"errors stay {activity.json['errors']}", activity

    bench.eventually(look)
    cost = _feed(bench, "cost", name)
    bench.hold(cost.json["spend_micro_usd"] == spend, "it was billed", cost)


@behaviour("percentiles-rise", "p50, p95 and p99 rise, and are there once something was served.")
def percentiles_rise(bench: Bench) -> None:
    name = bench.live()["id"]
    for tokens in (1, 5, 50):
        bench.ask(name, max_tokens=tokens)
    performance = _feed(bench, "performance", name)
    values = [performance.json[key] for key in ("p50_ms", "p95_ms", "p99_ms")]
    there = None not in values or not bench.ours
    bench.hold(there, "there are completions and no percentiles", performance)
    known = [each for each in values if each is not None]
    bench.hold(known == sorted(known), f"the percentiles fall: {values}", performance)


@behaviour("group-by-obeyed", "`groups` come where they were asked for, by day or by hour, and not else.")
def group_by_obeyed(bench: Bench) -> None:
    name = bench.live()["id"]
    bench.ask(name)
    plain = _feed(bench, "cost", name)
    bench.hold("groups" not in plain.json, "groups came unasked", plain)
    for unit in ("day", "hour"):
        cost = _feed(bench, "cost", name, group_by=unit)
        groups = cost.json.get("groups")
        there = groups is not None and bool(groups) == bool(cost.json["requests"])
        bench.hold(there, f"group_by={unit} was asked for, groups are {snippet(groups)}", cost)
        for group in groups or ():
            begin = datetime.fromisoformat(group["started_at"])
            round_ = begin.minute == begin.second == 0 and (unit == "hour" or begin.hour == 0)
            bench.hold(round_, f"a group by {unit} begins at {group['started_at']}", cost)


@behaviour("window-obeyed", "Figures cover the window that was asked for: what is older is left out.", own=True)
def window_obeyed(bench: Bench) -> None:
    name = bench.live()["id"]
    default = _feed(bench, "cost", name)
    bench.hold(default.json["window"] == "24h", f"the window is {default.json['window']!r}, 24h is due", default)
    bench.ask(name)
    _advance(bench, 2 * 3600)
    for feed, key in (("cost", "requests"), ("activity", "requests"), ("performance", "requests")):
        wide, narrow = _feed(bench, feed, name, window="3h"), _feed(bench, feed, name, window="1m")
        bench.hold(wide.json[key] >= 1, f"{feed}: what was served is not in a window of 3h", wide)
        left_out = narrow.json[key] < wide.json[key]
        bench.hold(left_out, f"{feed}: what is older than a minute is in a window of 1m", narrow)


def _advance(bench: Bench, seconds: float) -> None:
    clock = getattr(bench.target.sandbox, "clock", None)
    if clock is None:
        raise NotHere("this sandbox's clock cannot be moved")
    clock.advance(seconds)


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
