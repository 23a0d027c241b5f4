"""Checks that change nothing: catalog, matching, lists."""

from __future__ import annotations

from typing import Any

from .._context import Context
from .._exchange import snippet
from ._behaviour import behaviour

_NOWHERE = "contract-suite-no-such-thing"
_BROAD = "read fields of contracts, invoices, receipts and emails, and summarise them"
_READS = ("list_models", "list_endpoints", "list_tasks")
_FEEDS = ("performance", "uptime", "cost", "quality", "activity")


@behaviour("key-required", "Without a valid key every operation returns 401.", writes=False)
def key_required(context: Context) -> None:
    for authorization in (None, "Bearer pareta_sk_wrong"):
        for operation_id in _READS:
            context.call(operation_id, authorization=authorization, expect=401)


@behaviour(
    "catalog-agrees", "Each listed task can be retrieved, and its leaderboard uses the task's scorer.", writes=False
)
def catalog_agrees(context: Context) -> None:
    tasks = context.call("list_tasks")
    ids = [each["id"] for each in tasks.json["tasks"]]
    context.check(ids == sorted(ids), "the tasks are not sorted by id", tasks)
    for task in tasks.json["tasks"]:
        alone = context.call("retrieve_task", path={"task_id": task["id"]})
        context.check(alone.json == task, f"{task['id']} differs from its list entry: {snippet(alone.json)}", alone)
        board = context.call("task_leaderboard", path={"task_id": task["id"]})
        context.check(
            board.json["metric"] == task["default_scorer"],
            f"the metric of {task['id']} is {board.json['metric']}, its scorer is {task['default_scorer']}",
            board,
        )


@behaviour("leaderboard-ranked", "Leaderboards rank open models by quality and recommend one of them.", writes=False)
def leaderboard_ranked(context: Context) -> None:
    for task in context.call("list_tasks").json["tasks"]:
        board = context.call("task_leaderboard", path={"task_id": task["id"]})
        models, frontier = board.json["models"], board.json["frontier"]
        names, scores = [each["name"] for each in models], [each["quality"] for each in models]
        context.check(scores == sorted(scores, reverse=True), f"{task['id']} is not ranked by quality: {scores}", board)
        context.check(len(set(names)) == len(names), f"an alias is twice on the leaderboard of {task['id']}", board)
        context.check(
            board.json["recommended"] in names, f"{task['id']} recommends an alias that it does not list", board
        )
        context.check(all(each["kind"] == "open" for each in models), f"a model of {task['id']} is not open", board)
        context.check(
            frontier is None or frontier["kind"] == "frontier",
            f"the frontier of {task['id']} is of another kind",
            board,
        )


@behaviour("examples-n-obeyed", "A task has `examples_n` examples, and none without it.", writes=False)
def examples_n_obeyed(context: Context) -> None:
    tasks = context.call("list_tasks")
    available = 0
    for task in tasks.json["tasks"]:
        path = {"task_id": task["id"]}
        available = len(context.call("retrieve_task", path=path, query={"examples_n": 20}).json.get("examples") or ())
        if available:
            break
    else:
        context.fail("no task has an example, even with examples_n=20", tasks)
    plain = context.call("retrieve_task", path=path)
    context.check(not plain.json.get("examples"), "examples returned without examples_n", plain)
    for wanted in range(4):
        exchange = context.call("retrieve_task", path=path, query={"examples_n": wanted})
        found = len(exchange.json.get("examples") or ())
        context.check(found == min(wanted, available), f"examples_n={wanted} returns {found} examples", exchange)


@behaviour("top-k-obeyed", "A match returns at most `top_k` candidates.", writes=False)
def top_k_obeyed(context: Context) -> None:
    available = len(context.call("match_task", body={"query": _BROAD, "top_k": 50}).json["candidates"])
    for wanted in (1, 2, None):
        body = {"query": _BROAD} if wanted is None else {"query": _BROAD, "top_k": wanted}
        exchange = context.call("match_task", body=body)
        found, expected = len(exchange.json["candidates"]), min(5 if wanted is None else wanted, available)
        context.check(found == expected, f"top_k={wanted} returns {found} candidates, expected {expected}", exchange)


@behaviour("match-agrees", "The chosen task is the best candidate, and every candidate is a task.", writes=False)
def match_agrees(context: Context) -> None:
    known = {each["id"] for each in context.call("list_tasks").json["tasks"]}
    for query in (_BROAD, "pull key fields out of contracts", "qwertyuiop asdfghjkl"):
        exchange = context.call("match_task", body={"query": query, "top_k": 50})
        found: dict[str, Any] = exchange.json
        scores = [each["score"] for each in found["candidates"]]
        context.check(scores == sorted(scores, reverse=True), f"the candidates are not ranked: {scores}", exchange)
        context.check({each["task_id"] for each in found["candidates"]} <= known, "a candidate is no task", exchange)
        context.check(found["matched"] == (found["chosen"] is not None), "`matched` and `chosen` disagree", exchange)
        if found["chosen"] is not None:
            context.check(
                found["chosen"] == found["candidates"][0], "the chosen task is not the best candidate", exchange
            )


@behaviour("models-are-live-endpoints", "The models are exactly the live endpoints that have a url.", writes=False)
def models_are_live_endpoints(context: Context) -> None:
    endpoints = context.call("list_endpoints").json
    live = [each["id"] for each in endpoints if each["status"] == "live" and each["url"]]
    models = context.call("list_models")
    listed = [each["id"] for each in models.json["data"]]
    context.check(
        sorted(listed) == sorted(live), f"the live endpoints are {snippet(live)}, the models {snippet(listed)}", models
    )


@behaviour("oldest-first", "Endpoints and models are listed oldest first.", writes=False)
def oldest_first(context: Context) -> None:
    endpoints, models = context.call("list_endpoints"), context.call("list_models")
    ages = [each["created_at"] for each in endpoints.json]
    context.check(ages == sorted(ages), "the endpoints are not listed oldest first", endpoints)
    ages = [each["created"] for each in models.json["data"]]
    context.check(ages == sorted(ages), "the models are not listed oldest first", models)


@behaviour("listed-as-retrieved", "A retrieved endpoint equals the listed one.", writes=False)
def listed_as_retrieved(context: Context) -> None:
    for endpoint in context.call("list_endpoints").json:
        exchange = context.call("retrieve_endpoint", endpoint["id"])
        context.check(exchange.json == endpoint, f"it differs from its list entry: {snippet(exchange.json)}", exchange)
        context.check(endpoint["id"] == endpoint["name"], "its id is not its name", exchange)


@behaviour("unknown-is-404", "Reading an unknown endpoint or task returns 404.", writes=False)
def unknown_is_404(context: Context) -> None:
    for operation_id in ("retrieve_endpoint", *(f"endpoint_{feed}" for feed in _FEEDS)):
        context.call(operation_id, _NOWHERE, expect=404)
    for operation_id in ("retrieve_task", "task_leaderboard"):
        context.call(operation_id, path={"task_id": _NOWHERE}, expect=404)


@behaviour("unknown-is-404-to-changes", "Changing or calling an unknown endpoint returns 404.")
def unknown_is_404_to_changes(context: Context) -> None:
    for operation_id in ("start_endpoint", "stop_endpoint", "delete_endpoint"):
        context.call(operation_id, _NOWHERE, expect=404)
    context.complete(_NOWHERE, expect=404)


@behaviour("malformed-is-422", "A request that violates its schema returns 422.", writes=False)
def malformed_is_422(context: Context) -> None:
    context.call("match_task", body={}, expect=422)
    context.call("match_task", body={"query": _BROAD, "top_k": 0}, expect=422)
    task = context.call("list_tasks").json["tasks"][0]["id"]
    context.call("retrieve_task", path={"task_id": task}, query={"examples_n": -1}, expect=422)
    for endpoint in context.call("list_endpoints").json[:1]:
        context.call("endpoint_cost", endpoint["id"], query={"window": "yesterday"}, expect=422)
        context.call("endpoint_cost", endpoint["id"], query={"group_by": "fortnight"}, expect=422)


@behaviour("windows-accepted", "Every feed accepts windows in minutes, hours and days.", writes=False)
def windows_accepted(context: Context) -> None:
    for endpoint in context.call("list_endpoints").json[:1]:
        for feed in _FEEDS:
            for window in ("1m", "36h", "9999d"):
                context.call(f"endpoint_{feed}", endpoint["id"], query={"window": window})


READ_ONLY = (
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
