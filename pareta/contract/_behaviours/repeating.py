"""Checks of idempotency keys: a repeated one has one effect. A server that knows none is told of, not failed."""

from __future__ import annotations

from typing import NoReturn

from .._bench import TASK, Bench, NotHere
from .._exchange import Exchange
from ._behaviour import behaviour


def _two_effects(bench: Bench, second: Exchange) -> NoReturn:
    reason = "this server does not honour Idempotency-Key: a repeated request had a second effect"
    if bench.ours:
        bench.fail(reason, second)
    raise NotHere(reason)


@behaviour("repeated-completion-once", "A completion repeated under its Idempotency-Key is billed once.")
def repeated_completion_once(bench: Bench) -> None:
    name = bench.live()["id"]
    before = bench.call("endpoint_cost", name).json["requests"]
    headers = {"idempotency-key": bench.a_key()}
    first, second = bench.ask(name, headers=headers), bench.ask(name, headers=headers)
    served = bench.call("endpoint_cost", name).json["requests"] - before
    same = first.json == second.json
    if served != 1 and not same:
        _two_effects(bench, second)
    bench.hold(same, "the repetition has another answer", second)
    bench.hold(served == 1, f"it was billed {served} times", second)


@behaviour("repeated-deployment-once", "A deployment repeated under its Idempotency-Key makes one endpoint.")
def repeated_deployment_once(bench: Bench) -> None:
    count = len(bench.call("list_endpoints").json)
    headers = {"idempotency-key": bench.a_key()}
    first, second = bench.deploy(headers=headers), bench.deploy(headers=headers)
    made = len(bench.call("list_endpoints").json) - count
    if made != 1 and first.id != second.id:
        _two_effects(bench, second.exchange)
    bench.hold(first.id == second.id, "the repetition has another endpoint", second.exchange)
    if bench.ours:
        bench.hold(made == 1, f"{made} endpoints were made", second.exchange)


@behaviour("reused-key-refused", "An Idempotency-Key that named another request answers 422.")
def reused_key_refused(bench: Bench) -> None:
    name = bench.live()["id"]
    headers = {"idempotency-key": bench.a_key()}
    first = bench.ask(name, headers=headers)
    second = bench.ask(name, headers=headers)
    if second.json != first.json:
        _two_effects(bench, second)
    bench.call("deploy_endpoint", body={"task": TASK}, headers=headers, expect=422)


REPEATING = (repeated_completion_once, repeated_deployment_once, reused_key_refused)
