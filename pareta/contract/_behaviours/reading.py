"""Checks that only read: the catalog, matches, lists."""

from __future__ import annotations

from typing import Any

from .._bench import Bench
from .._exchange import snippet
from ._behaviour import behaviour

_NOWHERE = "contract-suite-no-such-thing"
_BROAD = "read fields of contracts, invoices, receipts and emails, and summarise them"
_READS = ("list_models", "list_endpoints", "list_tasks")
_FEEDS = ("performance", "uptime", "cost", "quality", "activity")


@behaviour("key-required", "Without a valid key every answer is 401.", writes=False)
def key_required(bench: Bench) -> None:
    for authorization in (None, "Bearer pareta_sk_wrong"):
        for operation_id in _READS:
            bench.call(operation_id, authorization=authorization, expect=401)


@behaviour(
    "catalog-agrees", "Each listed task can be retrieved, and its leaderboard measures by its scorer.", writes=False
)
def catalog_agrees(bench: Bench) -> None:
    tasks = bench.call("list_tasks")
    ids = [each["id"] for each in tasks.json["tasks"]]
    bench.hold(ids == sorted(ids), "the tasks are not in the order of their ids", tasks)
    for task in tasks.json["tasks"]:
        alone = bench.call("retrieve_task", path={"task_id": task["id"]})
        bench.hold(alone.json == task, f"{task['id']} differs from how it is listed: {snippet(alone.json)}", alone)
        board = bench.call("task_leaderboard", path={"task_id": task["id"]})
        bench.hold(
            board.json["metric"] == task["default_scorer"],
            f"the leaderboard of {task['id']} measures {board.json['metric']}, its scorer is {task['default_scorer']}",
            board,
        )


@behaviour("leaderboard-ranked", "Leaderboards rank open models by quality, and recommend one of them.", writes=False)
def leaderboard_ranked(bench: Bench) -> None:
    for task in bench.call("list_tasks").json["tasks"]:
        board = bench.call("task_leaderboard", path={"task_id": task["id"]})
        models, frontier = board.json["models"], board.json["frontier"]
        names, scores = [each["name"] for each in models], [each["quality"] for each in models]
        bench.hold(scores == sorted(scores, reverse=True), f"{task['id']} is not ranked by quality: {scores}", board)
        bench.hold(len(set(names)) == len(names), f"an alias stands twice on the leaderboard of {task['id']}", board)
        bench.hold(board.json["recommended"] in names, f"{task['id']} recommends what it does not list", board)
        bench.hold(all(each["kind"] == "open" for each in models), f"a model of {task['id']} is not open", board)
        bench.hold(frontier is None or frontier["kind"] == "frontier", f"the frontier of {task['id']} is none", board)


@behaviour("examples-n-obeyed", "A task comes with as many examples as were asked for, and none unasked.", writes=False)
def examples_n_obeyed(bench: Bench) -> None:
    tasks = bench.call("list_tasks")
    there = 0
    for task in tasks.json["tasks"]:
        path = {"task_id": task["id"]}
        there = len(bench.call("retrieve_task", path=path, query={"examples_n": 20}).json.get("examples") or ())
        if there:
            break
    else:
        bench.fail("no task comes with an example, however many are asked for", tasks)
    unasked = bench.call("retrieve_task", path=path)
    bench.hold(not unasked.json.get("examples"), "examples came unasked", unasked)
    for wanted in range(4):
        exchange = bench.call("retrieve_task", path=path, query={"examples_n": wanted})
        found = len(exchange.json.get("examples") or ())
        bench.hold(found == min(wanted, there), f"{wanted} examples were asked for, {found} came", exchange)


@behaviour("top-k-obeyed", "A match returns at most as many candidates as were asked for.", writes=False)
def top_k_obeyed(bench: Bench) -> None:
    there = len(bench.call("match_task", body={"query": _BROAD, "top_k": 50}).json["candidates"])
    for wanted in (1, 2, None):
        body = {"query": _BROAD} if wanted is None else {"query": _BROAD, "top_k": wanted}
        exchange = bench.call("match_task", body=body)
        found, due = len(exchange.json["candidates"]), min(5 if wanted is None else wanted, there)
        bench.hold(found == due, f"{due} candidates are due for top_k={wanted}, {found} came", exchange)


@behaviour("match-agrees", "The chosen task is the best candidate, and every candidate is a task.", writes=False)
def match_agrees(bench: Bench) -> None:
    known = {each["id"] for each in bench.call("list_tasks").json["tasks"]}
    for query in (_BROAD, "pull key fields out of contracts", "qwertyuiop asdfghjkl"):
        exchange = bench.call("match_task", body={"query": query, "top_k": 50})
        found: dict[str, Any] = exchange.json
        scores = [each["score"] for each in found["candidates"]]
        bench.hold(scores == sorted(scores, reverse=True), f"the candidates are not ranked: {scores}", exchange)
        bench.hold({each["task_id"] for each in found["candidates"]} <= known, "a candidate is no task", exchange)
        bench.hold(found["matched"] == (found["chosen"] is not None), "`matched` and `chosen` disagree", exchange)
        if found["chosen"] is not None:
            bench.hold(found["chosen"] == found["candidates"][0], "the chosen task is not the best candidate", exchange)


@behaviour(
    "models-are-live-endpoints", "The models are the live endpoints that have a url, no more, no less.", writes=False
)
def models_are_live_endpoints(bench: Bench) -> None:
    endpoints = bench.call("list_endpoints").json
    live = [each["id"] for each in endpoints if each["status"] == "live" and each["url"]]
    models = bench.call("list_models")
    listed = [each["id"] for each in models.json["data"]]
    bench.hold(sorted(listed) == sorted(live), f"live are {snippet(live)}, listed are {snippet(listed)}", models)


@behaviour("oldest-first", "Endpoints and models are listed oldest first.", writes=False)
def oldest_first(bench: Bench) -> None:
    endpoints, models = bench.call("list_endpoints"), bench.call("list_models")
    ages = [each["created_at"] for each in endpoints.json]
    bench.hold(ages == sorted(ages), "the endpoints are not listed oldest first", endpoints)
    ages = [each["created"] for each in models.json["data"]]
    bench.hold(ages == sorted(ages), "the models are not listed oldest first", models)


@behaviour("listed-as-retrieved", "An endpoint is the same listed as retrieved.", writes=False)
def listed_as_retrieved(bench: Bench) -> None:
    for endpoint in bench.call("list_endpoints").json:
        exchange = bench.call("retrieve_endpoint", endpoint["id"])
        bench.hold(exchange.json == endpoint, f"it differs from how it is listed: {snippet(exchange.json)}", exchange)
        bench.hold(endpoint["id"] == endpoint["name"], "its id is not its name", exchange)


@behaviour("unknown-is-404", "What does not exist answers 404.", writes=False)
def unknown_is_404(bench: Bench) -> None:
    for operation_id in ("retrieve_endpoint", *(f"endpoint_{feed}" for feed in _FEEDS)):
        bench.call(operation_id, _NOWHERE, expect=404)
    for operation_id in ("retrieve_task", "task_leaderboard"):
        bench.call(operation_id, path={"task_id": _NOWHERE}, expect=404)


@behaviour("unknown-is-404-to-changes", "Changing or asking what does not exist answers 404.")
def unknown_is_404_to_changes(bench: Bench) -> None:
    for operation_id in ("start_endpoint", "stop_endpoint", "delete_endpoint"):
        bench.call(operation_id, _NOWHERE, expect=404)
    bench.ask(_NOWHERE, expect=404)


@behaviour("malformed-is-422", "What does not have the documented form answers 422.", writes=False)
def malformed_is_422(bench: Bench) -> None:
    bench.call("match_task", body={}, expect=422)
    bench.call("match_task", body={"query": _BROAD, "top_k": 0}, expect=422)
    task = bench.call("list_tasks").json["tasks"][0]["id"]
    bench.call("retrieve_task", path={"task_id": task}, query={"examples_n": -1}, expect=422)
    for endpoint in bench.call("list_endpoints").json[:1]:
        bench.call("endpoint_cost", endpoint["id"], query={"window": "yesterday"}, expect=422)
        bench.call("endpoint_cost", endpoint["id"], query={"group_by": "fortnight"}, expect=422)


@behaviour("windows-accepted", "Every feed takes windows of minutes, hours and days.", writes=False)
def windows_accepted(bench: Bench) -> None:
    for endpoint in bench.call("list_endpoints").json[:1]:
        for feed in _FEEDS:
            for window in ("1m", "36h", "9999d"):
                bench.call(f"endpoint_{feed}", endpoint["id"], query={"window": window})


READING = (
    key_required,
    catalog_agrees,
    leaderboard_ranked,
    examples_n_obeyed,
    top_k_obeyed,
    match_agrees,
    models_are_live_endpoints,
    oldest_first,
    listed_as_retrieved,
    unknown_is_404,
    unknown_is_404_to_changes,
    malformed_is_422,
    windows_accepted,
)
