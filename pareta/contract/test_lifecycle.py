"""What an endpoint's life after its deployment holds: stop, start, delete."""

from __future__ import annotations

import pytest

from ._exchange import Endpoint, snippet
from ._server import Server

pytestmark = pytest.mark.cost(writes=True)


def _models(server: Server) -> list[str]:
    return [each["id"] for each in server.call("list_models").json["data"]]


def test_a_stopped_endpoint_is_stopped_everywhere(server: Server, live_endpoint: Endpoint) -> None:
    """A stopped endpoint is `stopped` everywhere; stopping again changes nothing."""
    name = live_endpoint["id"]
    for _ in range(2):
        state = server.call("stop_endpoint", name).json
        assert state["status"] == "stopped", f"stop returns {snippet(state)}"
    status = server.call("retrieve_endpoint", name).json["status"]
    assert status == "stopped", f"its status is {status!r}"
    assert name not in _models(server), "it is still among the models"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_stopped_endpoint_refuses_completions(server: Server, live_endpoint: Endpoint, *, stream: bool) -> None:
    """A stopped endpoint returns 503 and does not suggest a retry."""
    name = live_endpoint["id"]
    server.call("stop_endpoint", name)
    refused = server.complete(name, stream=stream, expect=503).headers
    suggests = "retry-after" in refused and refused.get("x-should-retry") != "false"
    assert not suggests, "a 503 of a stopped endpoint has a Retry-After"


@pytest.mark.cost(completions=1)
def test_a_started_endpoint_becomes_live(server: Server, live_endpoint: Endpoint) -> None:
    """A started endpoint becomes live; starting it again changes nothing."""
    name = live_endpoint["id"]
    server.call("stop_endpoint", name)
    state = server.call("start_endpoint", name).json
    assert state["status"] in ("starting", "live"), f"start returns {snippet(state)}"
    server.wait_until_live(name)
    server.complete(name)
    assert name in _models(server), "it is not among the models"
    again = server.call("start_endpoint", name).json
    assert again["status"] == "live", f"starting a live endpoint returns {snippet(again)}"


@pytest.mark.own_sandbox
def test_a_starting_endpoint_says_when_to_retry(server: Server) -> None:
    """A starting endpoint returns 503 with Retry-After."""
    with server.slow() as slow:
        name = slow.live_endpoint()["id"]
        slow.call("stop_endpoint", name)
        state = slow.call("start_endpoint", name).json
        assert state["status"] == "starting", f"start returns {snippet(state)}"
        refused = slow.complete(name, expect=503)
        assert "retry-after" in refused.headers, "a 503 during the start has no Retry-After"
        slow.wait_until_live(name)


@pytest.mark.cost(deploys=2)
def test_a_deleted_endpoint_is_gone(server: Server) -> None:
    """A deleted endpoint returns 404 everywhere, and its name is free."""
    name = server.unused()
    server.deploy(name=name)
    server.call("delete_endpoint", name, expect=204)
    for operation_id in ("retrieve_endpoint", "endpoint_cost", "start_endpoint", "stop_endpoint", "delete_endpoint"):
        server.call(operation_id, name, expect=404)
    server.complete(name, expect=404)
    assert name not in [each["id"] for each in server.call("list_endpoints").json], "it is still listed"
    assert name not in _models(server), "it is still among the models"
    server.deploy(name=name)
    served = server.call("endpoint_cost", name).json["requests"]
    assert served == 0, "a new endpoint has the completions of the deleted one"


@pytest.mark.cost(deploys=1)
def test_a_change_leaves_the_other_endpoints(server: Server) -> None:
    """Stopping and deleting an endpoint does not change the others."""
    name = server.deploy().endpoint_id or ""
    before = {each["id"]: each for each in server.call("list_endpoints").json if each["id"] != name}
    server.call("stop_endpoint", name)
    server.call("delete_endpoint", name, expect=204)
    after = {each["id"]: each for each in server.call("list_endpoints").json}
    assert before.keys() <= after.keys(), f"also gone: {sorted(before.keys() - after.keys())}"
    assert not server.sandbox or after == before, "other endpoints changed"


@pytest.mark.own_sandbox
def test_a_protected_endpoint_stays(server: Server) -> None:
    """A protected endpoint cannot be stopped or deleted."""
    for endpoint in server.call("list_endpoints").json:
        if endpoint["protected"]:
            server.call("stop_endpoint", endpoint["id"], expect=409)
            server.call("delete_endpoint", endpoint["id"], expect=409)
            assert server.call("retrieve_endpoint", endpoint["id"]).json == endpoint, "it changed"
