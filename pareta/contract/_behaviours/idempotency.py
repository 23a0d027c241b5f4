"""Checks of idempotency keys. A server that ignores them gets a note, not a failure."""

from __future__ import annotations

from typing import NoReturn

from .._context import TASK, CheckSkipped, Context
from .._exchange import Exchange
from ._behaviour import behaviour


def _two_effects(context: Context, second: Exchange) -> NoReturn:
    reason = "this server ignores Idempotency-Key: a repeated request had a second effect"
    if context.is_sandbox:
        context.fail(reason, second)
    raise CheckSkipped(reason)


@behaviour("repeated-completion-once", "A completion repeated with its Idempotency-Key is billed once.")
def repeated_completion_once(context: Context) -> None:
    name = context.live_endpoint()["id"]
    before = context.call("endpoint_cost", name).json["requests"]
    headers = {"idempotency-key": context.new_key()}
    first, second = context.complete(name, headers=headers), context.complete(name, headers=headers)
    served = context.call("endpoint_cost", name).json["requests"] - before
    same = first.json == second.json
    if served != 1 and not same:
        _two_effects(context, second)
    context.check(same, "the repeated request got another answer", second)
    context.check(served == 1, f"it was billed {served} times", second)


@behaviour("repeated-deployment-once", "A deployment repeated with its Idempotency-Key creates one endpoint.")
def repeated_deployment_once(context: Context) -> None:
    count = len(context.call("list_endpoints").json)
    headers = {"idempotency-key": context.new_key()}
    first, second = context.deploy(headers=headers), context.deploy(headers=headers)
    created = len(context.call("list_endpoints").json) - count
    if created != 1 and first.id != second.id:
        _two_effects(context, second.exchange)
    context.check(first.id == second.id, "the repeated request got another endpoint", second.exchange)
    if context.is_sandbox:
        context.check(created == 1, f"{created} endpoints were created", second.exchange)


@behaviour("reused-key-refused", "Reusing an Idempotency-Key for another request returns 422.")
def reused_key_refused(context: Context) -> None:
    name = context.live_endpoint()["id"]
    headers = {"idempotency-key": context.new_key()}
    first = context.complete(name, headers=headers)
    second = context.complete(name, headers=headers)
    if second.json != first.json:
        _two_effects(context, second)
    context.call("deploy_endpoint", body={"task": TASK}, headers=headers, expect=422)


IDEMPOTENCY = (repeated_completion_once, repeated_deployment_once, reused_key_refused)
