"""A deployment whose connection is lost, against the sandbox: one endpoint comes of it, and the caller gets it."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from modes import Mode
from wire import PATIENCE, Peer, Wire, answer, chunk, event, stream_head

from pareta import DeployError
from pareta._policy import deployments
from pareta.sandbox import Sandbox

Serve = Callable[..., Wire]


@pytest.fixture(scope="module")
def slow_sandbox() -> Iterator[Sandbox]:
    """Start a sandbox whose deployments take a second, longer than it takes to ask again."""
    with Sandbox(seed=7, pace=0.5) as sandbox:
        yield sandbox


class Line:
    """What stands between client and sandbox: each step forwards a request, and loses something of the answer."""

    def __init__(self, wire: Serve, sandbox: Sandbox, *steps: str) -> None:
        self._sandbox = urlsplit(sandbox.base_url)
        self.server = wire(*(getattr(self, step) for step in steps))

    def _forwarded(self) -> socket.socket:
        request = self.server.received[-1]
        upstream = socket.create_connection((self._sandbox.hostname, self._sandbox.port), PATIENCE)
        lines = [f"{request.method} {request.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in request.headers.items() if name != "host"]
        lines += [f"host: {self._sandbox.netloc}", "connection: close", "", ""]
        upstream.sendall("\r\n".join(lines).encode() + request.body)
        return upstream

    def lost_head(self, peer: Peer) -> None:
        """Lose all of the answer once the deployment has begun."""
        with closing(self._forwarded()) as upstream:
            upstream.recv(65536)
            peer.reset()

    def lost_stream(self, peer: Peer) -> None:
        """Lose the answer after its head, the deployment being over when that is seen."""
        peer.send(self._head() + b"\r\n\r\n")
        peer.close()

    def lost_location(self, peer: Peer) -> None:
        """Lose the answer after its head, and `Location` from that."""
        lines = self._head().split(b"\r\n")
        peer.send(b"\r\n".join(line for line in lines if not line.startswith(b"location:")) + b"\r\n\r\n")
        peer.close()

    def _head(self) -> bytes:
        with closing(self._forwarded()) as upstream:
            content = b"".join(iter(lambda: upstream.recv(65536), b""))
        return content.partition(b"\r\n\r\n")[0]

    def whole(self, peer: Peer) -> None:
        """Lose nothing."""
        with closing(self._forwarded()) as upstream:
            while piece := upstream.recv(65536):
                peer.send(piece)
        peer.close()


def endpoints_of(mode: Mode, sandbox: Sandbox) -> list[str]:
    """Return the ids of all endpoints."""
    return [
        endpoint.id for endpoint in mode.run(mode.client(sandbox.base_url, api_key=sandbox.api_key).endpoints.list())
    ]


def test_a_lost_head_joins_the_deployment_that_still_runs(mode: Mode, wire: Serve, slow_sandbox: Sandbox) -> None:
    """The POST goes out again under its key while the first still runs, and gets that one's endpoint."""
    slow_sandbox.reset()
    before = endpoints_of(mode, slow_sandbox)
    line = Line(wire, slow_sandbox, "lost_head", "whole")
    client = mode.client(line.server.url, api_key=slow_sandbox.api_key)
    endpoint = mode.run(client.endpoints.deploy(task="contract-key-fields", wait=True))
    assert endpoint.is_live
    assert endpoints_of(mode, slow_sandbox) == [*before, endpoint.id]
    assert [request.method for request in line.server.received] == ["POST", "POST"]


@pytest.mark.parametrize(("lost", "name"), [("lost_stream", None), ("lost_location", "mine")])
def test_a_lost_stream_is_asked_for(mode: Mode, wire: Serve, sandbox: Sandbox, lost: str, name: str | None) -> None:
    """By `Location`, else by the name that was given, the endpoint is asked for until it is live."""
    before = endpoints_of(mode, sandbox)
    line = Line(wire, sandbox, lost, "whole")
    client = mode.client(line.server.url, api_key=sandbox.api_key)
    endpoint = mode.run(client.endpoints.deploy(task="contract-key-fields", name=name, wait=True))
    assert endpoint.is_live
    assert endpoints_of(mode, sandbox) == [*before, endpoint.id]
    assert [request.method for request in line.server.received] == ["POST", "GET"]


def test_a_lost_stream_that_cannot_be_asked_for_is_told(mode: Mode, wire: Serve, sandbox: Sandbox) -> None:
    """Without either, DeployError says where to look, and nothing further is sent."""
    line = Line(wire, sandbox, "lost_location")
    client = mode.client(line.server.url, api_key=sandbox.api_key)
    with pytest.raises(DeployError, match=r"endpoints\.list\(\)"):
        mode.run(client.endpoints.deploy(task="contract-key-fields", wait=True))
    assert len(line.server.received) == 1


def dying(peer: Peer) -> None:
    """Send what keeps a stream open, for longer than it may be silent, and then nothing, without hanging up."""
    peer.send(stream_head("location: /v1/endpoints/ep_1"), chunk(event({"pct": 5}, "progress")))
    for _ in range(8):
        peer.gone.wait(0.05)
        peer.send(chunk(": ping\n\n"))
    peer.hold()


LIVE = answer({"id": "ep_1", "status": "live"})


def test_a_stream_that_dies_silently_is_left_for_its_endpoint(
    mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a 200th of the times, after a minute without a byte, pings included, the endpoint itself is asked for."""
    monkeypatch.setattr(deployments, "SILENCE", 0.3)
    server = wire(dying, LIVE)
    begun = time.monotonic()
    endpoint = mode.run(mode.client(server.url).endpoints.deploy(task="t", wait=True))
    assert endpoint.is_live
    assert 0.7 <= time.monotonic() - begun < PATIENCE
    assert [f"{each.method} {each.target}" for each in server.received] == [
        "POST /v1/endpoints",
        "GET /v1/endpoints/ep_1",
    ]
    assert mode.wait(server.peers[0].gone, PATIENCE)


def test_a_stream_that_dies_silently_and_named_nothing_is_told(
    mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is nothing to ask for, the error comes after a minute, and says where to look."""
    monkeypatch.setattr(deployments, "SILENCE", 0.2)
    server = wire(lambda peer: (peer.send(stream_head()), peer.hold()))
    with pytest.raises(DeployError, match=r"nothing came for 0\.2 s.*endpoints\.list\(\)"):
        mode.run(mode.client(server.url).endpoints.deploy(task="t", wait=True))
    assert len(server.received) == 1
