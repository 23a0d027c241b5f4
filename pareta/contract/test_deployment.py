"""What a deployment holds: the endpoint that results, where it is listed, and what is refused."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from ._exchange import fields, snippet
from ._server import TASK, Server

pytestmark = pytest.mark.cost(deploys=1)


def test_the_recommended_model_is_deployed(server: Server) -> None:
    """`recommended` deploys the alias that the task's leaderboard recommends."""
    wanted = server.call("task_leaderboard", path={"task_id": TASK}).json["recommended"]
    endpoint = server.deploy(model="recommended").endpoint or {}
    found, task = endpoint.get("model"), endpoint.get("taskName")
    assert found == wanted, f"{wanted!r} is recommended, but {found!r} was deployed"
    assert task == TASK, f"taskName is {task!r}, expected {TASK!r}"


def test_the_requested_model_is_deployed(server: Server) -> None:
    """A deployment has the requested alias and name."""
    board = server.call("task_leaderboard", path={"task_id": TASK}).json
    other = next((each["name"] for each in board["models"] if each["name"] != board["recommended"]), None)
    if other is None:
        pytest.skip(f"the leaderboard of {TASK} has one model")
    name = server.unused()
    endpoint = server.deploy(model=other, name=name).endpoint or {}
    for key, wanted in (("model", other), ("name", name)):
        assert endpoint.get(key) == wanted, f"its {key} is {endpoint.get(key)!r}, expected {wanted!r}"


@pytest.mark.cost(completions=1)
def test_a_deployed_endpoint_is_live(server: Server) -> None:
    """A completed deployment is live, has a url, and answers."""
    endpoint = server.deploy().endpoint
    assert endpoint is not None, "a deployment of the recommended model did not complete"
    assert endpoint["status"] == "live", f"its status is {endpoint['status']!r}"
    assert endpoint["url"], "it has no url"
    server.complete(endpoint["id"])


def test_a_deployed_endpoint_is_listed(server: Server) -> None:
    """A deployed endpoint is listed, can be retrieved, and is among the models."""
    name = server.deploy().endpoint_id
    assert name is not None, "neither `complete` nor Location names the endpoint"
    assert name in [each["id"] for each in server.call("list_endpoints").json], f"{name!r} is not listed"
    server.call("retrieve_endpoint", name)
    models = server.call("list_models").json["data"]
    assert name in [each["id"] for each in models], f"{name!r} is not among the models"


def test_location_names_the_endpoint(server: Server) -> None:
    """`Location`, if present, is the path of the endpoint being deployed."""
    deployed = server.deploy()
    location = deployed.headers.get("location")
    if location is None:
        pytest.skip("this server sends no Location")
    found, wanted = unquote(location.rpartition("/v1/endpoints/")[2]), (deployed.endpoint or {}).get("id")
    assert found == wanted, f"Location names {found!r}, `complete` names {wanted!r}"


def test_a_taken_name_is_refused(server: Server) -> None:
    """Deploying under a taken name returns 409 and changes nothing."""
    name = server.unused()
    server.deploy(name=name)
    before = server.call("retrieve_endpoint", name).json
    server.deploy(name=name, expect=409)
    after = server.call("retrieve_endpoint", name).json
    assert after == before, f"the endpoint changed: {snippet(after)}"


@pytest.mark.cost(deploys=0)
def test_what_is_unknown_is_not_deployed(server: Server) -> None:
    """An unknown task or model returns 400, and no endpoint is created."""
    before = [each["id"] for each in server.call("list_endpoints").json]
    server.deploy(task="contract-suite-no-such-thing", expect=400)
    server.deploy(model="contract-suite-no-such-thing", expect=400)
    frontier = server.call("task_leaderboard", path={"task_id": TASK}).json["frontier"]
    if frontier is not None:
        server.deploy(model=frontier["name"], expect=400)
    assert [each["id"] for each in server.call("list_endpoints").json] == before, "an endpoint was created"


@pytest.mark.own_sandbox
def test_a_failed_deployment_says_why(server: Server) -> None:
    """A failed deployment gives a reason; its endpoint is `failed` and returns 503."""
    name = server.unused()
    deployed = server.deploy(name=name, headers={"x-sandbox-scenario": "deploy-fails; message=out of luck"})
    ends = [fields(payload).get("message") for event, payload in deployed.payloads if event == "error"]
    assert ends == ["out of luck"], f"the stream's errors are {snippet(ends)}"
    endpoint = server.call("retrieve_endpoint", name).json
    assert endpoint["status"] == "failed", f"its status is {endpoint['status']!r}"
    assert endpoint["failure"] == "out of luck", f"its failure is {endpoint['failure']!r}"
    server.complete(name, expect=503)


def test_a_deployment_outlives_its_client(server: Server) -> None:
    """A deployment continues after its client disconnects."""
    with server.slow() as slow:
        name = slow.unused()
        slow.created[name] = None
        slow.call("deploy_endpoint", body={"task": TASK, "name": name}, disconnect=True)
        slow.wait_until_live(name)


@pytest.mark.own_sandbox
def test_an_endpoint_is_not_started_while_it_is_deployed(server: Server) -> None:
    """Starting an endpoint that is being deployed returns 409, and its 503 has a Retry-After."""
    with server.slow() as slow:
        name = slow.unused()
        slow.call("deploy_endpoint", body={"task": TASK, "name": name}, disconnect=True)
        slow.call("start_endpoint", name, expect=409)
        refused = slow.complete(name, expect=503)
        assert "retry-after" in refused.headers, "a 503 during the start has no Retry-After"
