"""Endpoints over their lives: deployed, started, stopped, deleted; by the document's own words."""

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from sandbox_kit import ask, chat, client_of, events, read_events, until

from pareta.sandbox import Sandbox


def deploy(api: httpx.Client, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    """Deploy for contracts, unless the body says otherwise, and read the stream to its end."""
    return api.post("/v1/endpoints", json={"task": "contract-key-fields", **body}, headers=headers)


def status(api: httpx.Client, endpoint_id: str) -> Any:
    """Return an endpoint's status."""
    return api.get(f"/v1/endpoints/{endpoint_id}").json()["status"]


def test_the_seeded_endpoints_are_four(api: httpx.Client) -> None:
    """A fresh sandbox has a protected endpoint, an ordinary one, a stopped one and a vendor's, oldest first."""
    seeded = api.get("/v1/endpoints").json()
    assert [(each["id"], each["status"], each["protected"], each["owned_by"]) for each in seeded] == [
        ("ep_seed01", "live", True, "pareta"),
        ("ep_a1b2c3", "live", False, "pareta"),
        ("ep_d4e5f6", "stopped", False, "pareta"),
        ("ep_v7w8x9", "live", False, "northwind"),
    ]


def test_a_deployment_reports_itself_and_ends_live(sandbox: Sandbox, api: httpx.Client) -> None:
    """Progress rises through named stages, pings come between, and `complete` carries the live endpoint."""
    answer = deploy(api)
    assert answer.headers["content-type"] == "text/event-stream"
    seen = events(answer)
    *progress, (name, data) = seen
    assert {event for event, _ in progress} == {"progress"}
    percents = [each["pct"] for _, each in progress]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert {"stage": "pulling weights", "pct": 45} in [each for _, each in progress]
    assert ": ping\n\n" in answer.text
    endpoint = data["endpoint"]
    assert name == "complete"
    assert endpoint["id"] == endpoint["name"]
    assert (endpoint["status"], endpoint["model"], endpoint["url"]) == ("live", "qwen-2", f"{sandbox.base_url}/v1")
    assert answer.headers["location"] == f"/v1/endpoints/{endpoint['id']}"
    assert api.get(answer.headers["location"]).json() == endpoint


def test_a_deployed_endpoint_can_be_called_at_once(api: httpx.Client) -> None:
    """It is listed among the models and completes chats."""
    endpoint_id = events(deploy(api))[-1][1]["endpoint"]["id"]
    assert endpoint_id in [model["id"] for model in api.get("/v1/models").json()["data"]]
    assert ask(api, chat(model=endpoint_id)).json()["model"] == endpoint_id


@pytest.mark.parametrize("name", ["a/b", "what?", "50%", "#1", "über ☃", "a%2Fb", "match", "...", " "])
def test_a_name_of_ones_own_is_the_id_whatever_is_in_it(api: httpx.Client, name: str) -> None:
    """Names may hold slashes and all the rest: the path quotes them, and each operation finds them."""
    answer = deploy(api, name=name)
    assert events(answer)[-1][1]["endpoint"]["id"] == name
    path = f"/v1/endpoints/{quote(name, safe='')}"
    assert answer.headers["location"] == path
    assert api.get(path).json()["name"] == name
    assert api.get(f"{path}/uptime").json()["endpoint_id"] == name
    assert api.post(f"{path}/stop").json() == {"id": name, "status": "stopped"}
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_undeclared_fields_are_accepted(api: httpx.Client) -> None:
    """A deployment takes fields that the document does not declare."""
    assert deploy(api, notes={"team": ["legal"]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"task": "contract-fields"}, "Unknown task 'contract-fields'. GET /v1/tasks lists the catalog."),
        ({"model": "gemma-9"}, "Unknown model 'gemma-9'"),
        ({"model": "frontier-1"}, "Unknown model 'frontier-1'"),
    ],
)
def test_what_the_catalog_does_not_have_is_400(api: httpx.Client, body: Any, detail: str) -> None:
    """An unknown task or alias answers 400; a frontier model is there to compare with, not to deploy."""
    answer = deploy(api, **body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["detail"].startswith(detail)


def test_a_taken_name_is_a_lasting_409(api: httpx.Client) -> None:
    """A name that an endpoint has cannot be deployed again, and trying again does not help."""
    answer = deploy(api, name="ep_a1b2c3")
    assert (answer.status_code, answer.headers["x-should-retry"]) == (409, "false")


def test_a_deleted_name_is_free_again(api: httpx.Client) -> None:
    """After a delete the endpoint is gone with its metrics, and its name can be deployed."""
    ask(api)
    assert api.delete("/v1/endpoints/ep_a1b2c3").status_code == 204
    assert api.get("/v1/endpoints/ep_a1b2c3").status_code == 404
    assert api.delete("/v1/endpoints/ep_a1b2c3").status_code == 404
    assert ask(api).status_code == 404
    assert events(deploy(api, name="ep_a1b2c3"))[-1][0] == "complete"
    assert api.get("/v1/endpoints/ep_a1b2c3/cost").json()["requests"] == 0


def test_a_deployment_fails_on_demand(api: httpx.Client) -> None:
    """The scenario `deploy-fails` ends the stream with an error; the endpoint says why, and can be started."""
    seen = events(deploy(api, {"x-sandbox-scenario": "deploy-fails; message=out of luck"}, name="unlucky"))
    assert seen[-1] == ("error", {"message": "out of luck"})
    endpoint = api.get("/v1/endpoints/unlucky").json()
    assert (endpoint["status"], endpoint["failure"], endpoint["url"]) == ("failed", "out of luck", None)
    refused = ask(api, chat(model="unlucky"))
    assert (refused.status_code, refused.headers["x-should-retry"]) == (503, "false")
    api.post("/v1/endpoints/unlucky/start")
    assert (status(api, "unlucky"), api.get("/v1/endpoints/unlucky").json()["failure"]) == ("live", None)


def test_a_protected_endpoint_can_be_neither_stopped_nor_deleted(api: httpx.Client) -> None:
    """Both answer 409 for good, with the document's words."""
    for answer in (api.post("/v1/endpoints/ep_seed01/stop"), api.delete("/v1/endpoints/ep_seed01")):
        assert (answer.status_code, answer.headers["x-should-retry"]) == (409, "false")
        assert answer.json() == {"detail": "Endpoint 'ep_seed01' is protected: it can be neither stopped nor deleted."}
    assert api.post("/v1/endpoints/ep_seed01/start").json() == {"id": "ep_seed01", "status": "live"}


def test_stopping_and_starting(api: httpx.Client) -> None:
    """A stopped endpoint leaves the models and refuses; it is cold for a moment, then live; both may be repeated."""
    path = "/v1/endpoints/ep_a1b2c3"
    for _ in range(2):
        assert api.post(f"{path}/stop").json() == {"id": "ep_a1b2c3", "status": "stopped"}
    assert "ep_a1b2c3" not in api.get("/v1/models").text
    assert api.get(path).json()["url"] is not None
    refused = ask(api)
    assert (refused.status_code, refused.headers["x-should-retry"]) == (503, "false")
    assert refused.json() == {"detail": "Endpoint 'ep_a1b2c3' is stopped. Start it first."}
    assert api.post(f"{path}/start").json() == {"id": "ep_a1b2c3", "status": "starting"}
    assert status(api, "ep_a1b2c3") == "live"
    assert api.post(f"{path}/start").json() == {"id": "ep_a1b2c3", "status": "live"}
    assert ask(api).status_code == 200


def test_unknown_endpoints_are_404(api: httpx.Client) -> None:
    """Every operation on an endpoint that is not there says so by its name."""
    path = "/v1/endpoints/ep_unknown"
    answers = [api.get(path), api.delete(path), api.post(f"{path}/start"), api.post(f"{path}/stop")]
    answers += [api.get(f"{path}/{feed}") for feed in ("performance", "uptime", "cost", "quality", "activity")]
    assert {(each.status_code, each.json()["detail"]) for each in answers} == {(404, "No endpoint 'ep_unknown'.")}


@pytest.fixture
def slow() -> Iterator[httpx.Client]:
    """Give a client of a sandbox in which everything takes long."""
    with Sandbox(pace=40) as sandbox, client_of(sandbox) as api:
        yield api


def test_a_cold_endpoint_says_when_to_come_back(slow: httpx.Client) -> None:
    """While it starts, a completion answers 503 with `Retry-After`, and a start changes nothing."""
    slow.post("/v1/endpoints/ep_d4e5f6/start")
    answer = ask(slow, chat(model="ep_d4e5f6"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "x-should-retry" not in answer.headers
    assert slow.post("/v1/endpoints/ep_d4e5f6/start").json()["status"] == "starting"
    assert slow.post("/v1/endpoints/ep_d4e5f6/stop").json()["status"] == "stopped"


def test_what_is_being_deployed_cannot_be_started(slow: httpx.Client) -> None:
    """A start during the deployment answers 409, which passes; the endpoint has no URL yet and does not serve."""
    with slow.stream("POST", "/v1/endpoints", json={"task": "translation", "name": "new"}) as stream:
        assert next(stream.iter_lines()) == "event: progress"
        answer = slow.post("/v1/endpoints/new/start")
        assert answer.status_code == 409
        assert "x-should-retry" not in answer.headers
        endpoint = slow.get("/v1/endpoints/new").json()
        assert (endpoint["status"], endpoint["url"]) == ("starting", None)
        assert "new" not in slow.get("/v1/models").text
        assert ask(slow, chat(model="new")).headers["retry-after"] == "1"


@pytest.mark.parametrize(("method", "path", "after"), [("POST", "/stop", "stopped"), ("DELETE", "", None)])
def test_ending_a_deployment_ends_its_stream_with_an_error(
    slow: httpx.Client, method: str, path: str, after: str | None
) -> None:
    """Stopping or deleting what is being deployed calls it off, and whoever watches is told."""
    with slow.stream("POST", "/v1/endpoints", json={"task": "translation", "name": "new"}) as stream:
        lines = stream.iter_lines()
        next(lines)
        assert slow.request(method, f"/v1/endpoints/new{path}").status_code in {200, 204}
        last = list(read_events(lines))[-1]
    assert last[0] == "error"
    assert "while it was being deployed" in last[1]["message"]
    assert slow.get("/v1/endpoints/new").json().get("status") == after


def test_a_deployment_goes_on_when_its_client_leaves() -> None:
    """A client that hangs up in the middle finds its endpoint live later on."""
    with Sandbox(pace=0.1) as sandbox, client_of(sandbox) as api:
        with api.stream("POST", "/v1/endpoints", json={"task": "translation"}) as stream:
            path = stream.headers["location"]
            next(stream.iter_lines())
        assert api.get(path).json()["status"] == "starting"
        until(lambda: api.get(path).json()["status"] == "live")


def test_a_stream_ends_at_once_when_its_client_leaves() -> None:
    """The server lets go of a stream that nobody reads, long before its deployment ends."""
    with Sandbox(pace=50) as sandbox:
        with client_of(sandbox) as api, api.stream("POST", "/v1/endpoints", json={"task": "translation"}) as stream:
            next(stream.iter_lines())
        # Nothing that is public says what the server still holds.
        assert sandbox._running is not None
        held = sandbox._running._server.server_state
        until(lambda: not held.connections and not held.tasks, seconds=1)


def test_the_first_event_comes_long_before_the_last() -> None:
    """Events are sent as they happen, not at the end."""
    with (
        Sandbox(pace=0.2) as sandbox,
        client_of(sandbox) as api,
        api.stream("POST", "/v1/endpoints", json={"task": "translation"}) as stream,
    ):
        came = [time.monotonic() for line in stream.iter_lines() if line.startswith("data:")]
    assert came[-1] - came[0] > 0.3
    assert max(later - sooner for sooner, later in pairwise(came)) < 0.25


def test_made_up_ids_are_never_taken(api: httpx.Client) -> None:
    """A made-up id steps over a name that is in use already."""
    first = events(deploy(api))[-1][1]["endpoint"]["id"]
    api.delete(f"/v1/endpoints/{first}")
    ids = {events(deploy(api))[-1][1]["endpoint"]["id"] for _ in range(20)}
    assert len(ids) == 20
    assert first not in ids
