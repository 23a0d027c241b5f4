"""What reading holds: the catalog, matching, lists, and what is refused. Nothing here changes the server."""

from __future__ import annotations

import pytest

from ._exchange import snippet
from ._server import Server

_NOWHERE = "contract-suite-no-such-thing"
_BROAD = "read fields of contracts, invoices, receipts and emails, and summarise them"
_FEEDS = ("performance", "uptime", "cost", "quality", "activity")


@pytest.mark.parametrize("authorization", [None, "Bearer pareta_sk_wrong"], ids=["no key", "a wrong key"])
def test_a_valid_key_is_required(server: Server, authorization: str | None) -> None:
    """Without a valid key every list returns 401."""
    for operation_id in ("list_models", "list_endpoints", "list_tasks"):
        server.call(operation_id, authorization=authorization, expect=401)


@pytest.mark.cost(requests=20)
def test_tasks_agree_with_the_catalog(server: Server) -> None:
    """Each listed task can be retrieved, and its leaderboard uses the task's scorer."""
    tasks = server.call("list_tasks").json["tasks"]
    ids = [each["id"] for each in tasks]
    assert ids == sorted(ids), "the tasks are not sorted by id"
    for task in tasks:
        alone = server.call("retrieve_task", path={"task_id": task["id"]}).json
        assert alone == task, f"{task['id']} differs from its list entry: {snippet(alone)}"
        metric = server.call("task_leaderboard", path={"task_id": task["id"]}).json["metric"]
        scorer = task["default_scorer"]
        assert metric == scorer, f"the metric of {task['id']} is {metric}, its scorer is {scorer}"


@pytest.mark.cost(requests=10)
def test_leaderboards_are_ranked(server: Server) -> None:
    """Leaderboards rank open models by quality and recommend one of them."""
    for task in server.call("list_tasks").json["tasks"]:
        board = server.call("task_leaderboard", path={"task_id": task["id"]}).json
        models, frontier = board["models"], board["frontier"]
        names, scores = [each["name"] for each in models], [each["quality"] for each in models]
        assert scores == sorted(scores, reverse=True), f"{task['id']} is not ranked by quality: {scores}"
        assert len(set(names)) == len(names), f"an alias is twice on the leaderboard of {task['id']}"
        assert board["recommended"] in names, f"{task['id']} recommends an alias that it does not list"
        assert all(each["kind"] == "open" for each in models), f"a model of {task['id']} is not open"
        assert frontier is None or frontier["kind"] == "frontier", f"the frontier of {task['id']} is of another kind"


def test_examples_n_is_obeyed(server: Server) -> None:
    """A task has `examples_n` examples, and none without it."""
    for task in server.call("list_tasks").json["tasks"]:
        path = {"task_id": task["id"]}
        available = len(server.call("retrieve_task", path=path, query={"examples_n": 20}).json.get("examples") or ())
        if available:
            break
    else:
        pytest.fail("no task has an example, even with examples_n=20")
    assert not server.call("retrieve_task", path=path).json.get("examples"), "examples returned without examples_n"
    for wanted in range(4):
        found = server.call("retrieve_task", path=path, query={"examples_n": wanted}).json.get("examples") or ()
        assert len(found) == min(wanted, available), f"examples_n={wanted} returns {len(found)} examples"


@pytest.mark.parametrize("top_k", [1, 2, None])
def test_top_k_is_obeyed(server: Server, top_k: int | None) -> None:
    """A match returns at most `top_k` candidates, and five without it."""
    available = len(server.call("match_task", body={"query": _BROAD, "top_k": 50}).json["candidates"])
    body = {"query": _BROAD} if top_k is None else {"query": _BROAD, "top_k": top_k}
    found, expected = len(server.call("match_task", body=body).json["candidates"]), min(top_k or 5, available)
    assert found == expected, f"top_k={top_k} returns {found} candidates, expected {expected}"


@pytest.mark.parametrize("query", [_BROAD, "pull key fields out of contracts", "qwertyuiop asdfghjkl"])
def test_the_best_candidate_is_chosen(server: Server, query: str) -> None:
    """The chosen task is the best candidate, and every candidate is a task."""
    known = {each["id"] for each in server.call("list_tasks").json["tasks"]}
    found = server.call("match_task", body={"query": query, "top_k": 50}).json
    scores = [each["score"] for each in found["candidates"]]
    assert scores == sorted(scores, reverse=True), f"the candidates are not ranked: {scores}"
    assert {each["task_id"] for each in found["candidates"]} <= known, "a candidate is no task"
    assert found["matched"] == (found["chosen"] is not None), "`matched` and `chosen` disagree"
    if found["chosen"] is not None:
        assert found["chosen"] == found["candidates"][0], "the chosen task is not the best candidate"


def test_the_models_are_the_live_endpoints(server: Server) -> None:
    """The models are exactly the live endpoints that have a url."""
    endpoints = server.call("list_endpoints").json
    live = sorted(each["id"] for each in endpoints if each["status"] == "live" and each["url"])
    listed = sorted(each["id"] for each in server.call("list_models").json["data"])
    assert listed == live, f"the live endpoints are {snippet(live)}, the models {snippet(listed)}"


def test_lists_begin_with_the_oldest(server: Server) -> None:
    """Endpoints and models are listed oldest first."""
    ages = [each["created"] for each in server.call("list_models").json["data"]]
    assert ages == sorted(ages), "the models are not listed oldest first"
    ages = [each["created_at"] for each in server.call("list_endpoints").json]
    assert ages == sorted(ages), "the endpoints are not listed oldest first"


def test_an_endpoint_is_listed_as_it_is_retrieved(server: Server) -> None:
    """A retrieved endpoint equals the listed one."""
    for endpoint in server.call("list_endpoints").json:
        alone = server.call("retrieve_endpoint", endpoint["id"]).json
        assert alone == endpoint, f"it differs from its list entry: {snippet(alone)}"
        assert endpoint["id"] == endpoint["name"], "its id is not its name"


def test_reading_what_is_unknown_returns_404(server: Server) -> None:
    """Reading an unknown endpoint or task returns 404."""
    for operation_id in ("retrieve_endpoint", *(f"endpoint_{feed}" for feed in _FEEDS)):
        server.call(operation_id, _NOWHERE, expect=404)
    for operation_id in ("retrieve_task", "task_leaderboard"):
        server.call(operation_id, path={"task_id": _NOWHERE}, expect=404)


@pytest.mark.cost(writes=True)
def test_changing_what_is_unknown_returns_404(server: Server) -> None:
    """Changing or calling an unknown endpoint returns 404."""
    for operation_id in ("start_endpoint", "stop_endpoint", "delete_endpoint"):
        server.call(operation_id, _NOWHERE, expect=404)
    server.complete(_NOWHERE, expect=404)


def test_a_malformed_request_returns_422(server: Server) -> None:
    """A request that violates its schema returns 422."""
    server.call("match_task", body={}, expect=422)
    server.call("match_task", body={"query": _BROAD, "top_k": 0}, expect=422)
    task = server.call("list_tasks").json["tasks"][0]["id"]
    server.call("retrieve_task", path={"task_id": task}, query={"examples_n": -1}, expect=422)
    for endpoint in server.call("list_endpoints").json[:1]:
        server.call("endpoint_cost", endpoint["id"], query={"window": "yesterday"}, expect=422)
        server.call("endpoint_cost", endpoint["id"], query={"group_by": "fortnight"}, expect=422)


@pytest.mark.parametrize("feed", _FEEDS)
def test_windows_are_accepted(server: Server, feed: str) -> None:
    """Every feed accepts windows in minutes, hours and days."""
    for endpoint in server.call("list_endpoints").json[:1]:
        for window in ("1m", "36h", "9999d"):
            server.call(f"endpoint_{feed}", endpoint["id"], query={"window": window})
