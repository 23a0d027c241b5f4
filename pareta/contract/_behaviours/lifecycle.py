"""Checks of what endpoints do after they are deployed: stop, start, delete."""

from __future__ import annotations

from .._bench import Bench
from .._exchange import snippet
from ._behaviour import behaviour


@behaviour("stopped-is-stopped", "A stopped endpoint says so wherever it is looked at; stopping again changes nothing.")
def stopped_is_stopped(bench: Bench) -> None:
    name = bench.live()["id"]
    for _ in range(2):
        state = bench.call("stop_endpoint", name)
        bench.hold(state.json["status"] == "stopped", f"stop answers {snippet(state.json)}", state)
    endpoint = bench.call("retrieve_endpoint", name)
    bench.hold(endpoint.json["status"] == "stopped", f"its status is {endpoint.json['status']!r}", endpoint)
    models = bench.call("list_models")
    bench.hold(name not in [each["id"] for each in models.json["data"]], "it is still among the models", models)


@behaviour("stopped-refuses-completions", "A stopped endpoint answers 503, and waiting is not suggested.")
def stopped_refuses_completions(bench: Bench) -> None:
    name = bench.live()["id"]
    bench.call("stop_endpoint", name)
    for stream in (False, True):
        refused = bench.ask(name, stream=stream, expect=503)
        suggests = "retry-after" in refused.headers and refused.headers.get("x-should-retry") != "false"
        bench.hold(not suggests, "a 503 that only a start can end has a Retry-After", refused)


@behaviour("start-starts", "A started endpoint becomes live and answers; starting it again changes nothing.")
def start_starts(bench: Bench) -> None:
    name = bench.live()["id"]
    bench.call("stop_endpoint", name)
    state = bench.call("start_endpoint", name)
    bench.hold(state.json["status"] in ("starting", "live"), f"start answers {snippet(state.json)}", state)
    bench.until_live(name)
    bench.ask(name)
    models = bench.call("list_models")
    bench.hold(name in [each["id"] for each in models.json["data"]], "it is not among the models again", models)
    again = bench.call("start_endpoint", name)
    bench.hold(again.json["status"] == "live", f"starting a live endpoint answers {snippet(again.json)}", again)


@behaviour("cold-says-when", "An endpoint that is starting answers 503 with Retry-After.", own=True)
def cold_says_when(bench: Bench) -> None:
    with bench.paced() as slow:
        name = slow.live()["id"]
        slow.call("stop_endpoint", name)
        state = slow.call("start_endpoint", name)
        slow.hold(state.json["status"] == "starting", f"start answers {snippet(state.json)}", state)
        refused = slow.ask(name, expect=503)
        slow.hold("retry-after" in refused.headers, "a 503 while it starts has no Retry-After", refused)
        slow.until_live(name)


@behaviour("deleted-is-gone", "A deleted endpoint is gone wherever it is looked for, and its name is free.")
def deleted_is_gone(bench: Bench) -> None:
    name = bench.a_name()
    bench.deploy(name=name)
    bench.call("delete_endpoint", name, expect=204)
    for operation_id in ("retrieve_endpoint", "endpoint_cost", "start_endpoint", "stop_endpoint", "delete_endpoint"):
        bench.call(operation_id, name, expect=404)
    bench.ask(name, expect=404)
    for operation_id in ("list_endpoints", "list_models"):
        listed = bench.call(operation_id)
        entries = listed.json if operation_id == "list_endpoints" else listed.json["data"]
        bench.hold(name not in [each["id"] for each in entries], "it is still listed", listed)
    bench.deploy(name=name)
    cost = bench.call("endpoint_cost", name)
    bench.hold(cost.json["requests"] == 0, "a new endpoint has the completions of a deleted one", cost)


@behaviour("only-that-one", "Stopping and deleting an endpoint leaves the others as they are.")
def only_that_one(bench: Bench) -> None:
    name = bench.live()["id"]
    before = {each["id"]: each for each in bench.call("list_endpoints").json if each["id"] != name}
    bench.call("stop_endpoint", name)
    bench.call("delete_endpoint", name, expect=204)
    listed = bench.call("list_endpoints")
    after = {each["id"]: each for each in listed.json}
    if bench.ours:
        bench.hold(after == before, "other endpoints changed", listed)
    bench.hold(before.keys() <= after.keys(), f"gone too: {sorted(before.keys() - after.keys())}", listed)


@behaviour("protected-stays", "A protected endpoint can be neither stopped nor deleted.", own=True)
def protected_stays(bench: Bench) -> None:
    for endpoint in bench.call("list_endpoints").json:
        if endpoint["protected"]:
            bench.call("stop_endpoint", endpoint["id"], expect=409)
            bench.call("delete_endpoint", endpoint["id"], expect=409)
            again = bench.call("retrieve_endpoint", endpoint["id"])
            bench.hold(again.json == endpoint, "it changed", again)


LIFECYCLE = (
    stopped_is_stopped,
    stopped_refuses_completions,
    start_starts,
    cold_says_when,
    deleted_is_gone,
    only_that_one,
    protected_stays,
)
