"""Checks of an endpoint's life after its deployment: stop, start, delete."""

from __future__ import annotations

from .._context import Context
from .._exchange import snippet
from ._behaviour import behaviour


@behaviour("stopped-is-stopped", "A stopped endpoint is `stopped` everywhere; stopping again changes nothing.")
def stopped_is_stopped(context: Context) -> None:
    name = context.live_endpoint()["id"]
    for _ in range(2):
        state = context.call("stop_endpoint", name)
        context.check(state.json["status"] == "stopped", f"stop returns {snippet(state.json)}", state)
    endpoint = context.call("retrieve_endpoint", name)
    context.check(endpoint.json["status"] == "stopped", f"its status is {endpoint.json['status']!r}", endpoint)
    models = context.call("list_models")
    context.check(name not in [each["id"] for each in models.json["data"]], "it is still among the models", models)


@behaviour("stopped-refuses-completions", "A stopped endpoint returns 503 and does not suggest a retry.")
def stopped_refuses_completions(context: Context) -> None:
    name = context.live_endpoint()["id"]
    context.call("stop_endpoint", name)
    for stream in (False, True):
        refused = context.complete(name, stream=stream, expect=503)
        suggests = "retry-after" in refused.headers and refused.headers.get("x-should-retry") != "false"
        context.check(not suggests, "a 503 of a stopped endpoint has a Retry-After", refused)


@behaviour("start-starts", "A started endpoint becomes live; starting it again changes nothing.")
def start_starts(context: Context) -> None:
    name = context.live_endpoint()["id"]
    context.call("stop_endpoint", name)
    state = context.call("start_endpoint", name)
    context.check(state.json["status"] in ("starting", "live"), f"start returns {snippet(state.json)}", state)
    context.wait_until_live(name)
    context.complete(name)
    models = context.call("list_models")
    context.check(name in [each["id"] for each in models.json["data"]], "it is not among the models", models)
    again = context.call("start_endpoint", name)
    context.check(again.json["status"] == "live", f"starting a live endpoint returns {snippet(again.json)}", again)


@behaviour("cold-says-when", "A starting endpoint returns 503 with Retry-After.", sandbox_only=True)
def cold_says_when(context: Context) -> None:
    with context.slow() as slow:
        name = slow.live_endpoint()["id"]
        slow.call("stop_endpoint", name)
        state = slow.call("start_endpoint", name)
        slow.check(state.json["status"] == "starting", f"start returns {snippet(state.json)}", state)
        refused = slow.complete(name, expect=503)
        slow.check("retry-after" in refused.headers, "a 503 during the start has no Retry-After", refused)
        slow.wait_until_live(name)


@behaviour("deleted-is-gone", "A deleted endpoint returns 404 everywhere, and its name is free.")
def deleted_is_gone(context: Context) -> None:
    name = context.new_name()
    context.deploy(name=name)
    context.call("delete_endpoint", name, expect=204)
    for operation_id in ("retrieve_endpoint", "endpoint_cost", "start_endpoint", "stop_endpoint", "delete_endpoint"):
        context.call(operation_id, name, expect=404)
    context.complete(name, expect=404)
    for operation_id in ("list_endpoints", "list_models"):
        listed = context.call(operation_id)
        entries = listed.json if operation_id == "list_endpoints" else listed.json["data"]
        context.check(name not in [each["id"] for each in entries], "it is still listed", listed)
    context.deploy(name=name)
    cost = context.call("endpoint_cost", name)
    context.check(cost.json["requests"] == 0, "a new endpoint has the completions of the deleted one", cost)


@behaviour("only-that-one", "Stopping and deleting an endpoint does not change the others.")
def only_that_one(context: Context) -> None:
    name = context.live_endpoint()["id"]
    before = {each["id"]: each for each in context.call("list_endpoints").json if each["id"] != name}
    context.call("stop_endpoint", name)
    context.call("delete_endpoint", name, expect=204)
    listed = context.call("list_endpoints")
    after = {each["id"]: each for each in listed.json}
    if context.is_sandbox:
        context.check(after == before, "other endpoints changed", listed)
    context.check(before.keys() <= after.keys(), f"also gone: {sorted(before.keys() - after.keys())}", listed)


@behaviour("protected-stays", "A protected endpoint cannot be stopped or deleted.", sandbox_only=True)
def protected_stays(context: Context) -> None:
    for endpoint in context.call("list_endpoints").json:
        if endpoint["protected"]:
            context.call("stop_endpoint", endpoint["id"], expect=409)
            context.call("delete_endpoint", endpoint["id"], expect=409)
            again = context.call("retrieve_endpoint", endpoint["id"])
            context.check(again.json == endpoint, "it changed", again)


LIFECYCLE = (
    stopped_is_stopped,
    stopped_refuses_completions,
    start_starts,
    cold_says_when,
    deleted_is_gone,
    only_that_one,
    protected_stays,
)
