"""What idempotency keys hold. A test is skipped on a server that ignores them, and says so."""

from __future__ import annotations

import pytest
import requests

from ._exchange import Endpoint
from ._server import Server

pytestmark = pytest.mark.cost(completions=1)


def _two_effects(server: Server) -> None:
    reason = "this server ignores Idempotency-Key: a repeated request had a second effect"
    (pytest.fail if server.sandbox else pytest.skip)(reason)


def test_a_repeated_completion_is_billed_once(server: Server, live_endpoint: Endpoint) -> None:
    """A completion repeated with its Idempotency-Key is billed once."""
    name = live_endpoint["id"]
    before = server.call("endpoint_cost", name).json["requests"]
    headers = {"idempotency-key": server.unused()}
    first, second = (server.complete(name, headers=headers).json for _ in range(2))
    expected = 1 if first == second else 2

    def problem() -> str:
        served = server.call("endpoint_cost", name).json["requests"] - before
        if served == expected:
            return ""
        return f"it was billed {served} times" if first == second else "the repeated request got another answer"

    server.eventually(problem)
    if first != second:
        _two_effects(server)


@pytest.mark.cost(deploys=1, completions=0)
def test_a_repeated_deployment_creates_one_endpoint(server: Server) -> None:
    """A deployment repeated with its Idempotency-Key creates one endpoint."""
    count = len(server.call("list_endpoints").json)
    name, headers = server.unused(), {"idempotency-key": server.unused()}
    first = server.deploy(name=name, headers=headers)
    assert first.endpoint_id is not None, "neither `complete` nor Location names the endpoint"
    second = server.send("deploy_endpoint", body=first.request_json, headers=headers)
    if second.status == requests.codes.conflict:  # The name is taken: the key is ignored.
        _two_effects(server)
    assert second.ok, f"the repeated request got {second.status}"
    assert second.endpoint_id == first.endpoint_id, "the repeated request got another endpoint"
    created = len(server.call("list_endpoints").json) - count
    assert not server.sandbox or created == 1, f"{created} endpoints were created"


def test_a_used_key_is_refused_for_another_request(server: Server, live_endpoint: Endpoint) -> None:
    """Reusing an Idempotency-Key for another request returns 422."""
    headers = {"idempotency-key": server.unused()}
    first, second = (server.complete(live_endpoint["id"], headers=headers).json for _ in range(2))
    if first != second:
        _two_effects(server)
    server.deploy(headers=headers, expect=422)
