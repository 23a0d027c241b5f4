"""Through a real proxy: which calls go through it, as whom, and what is said when it fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from authority import serving as certified
from proxy import running
from worlds import KEY, World

from pareta import APIConnectionError

from .cases import OK
from .probe import trusted
from .server import FaultServer

PASSWORD = "open sesame"


@pytest.fixture
def plain() -> Iterator[FaultServer]:
    """Serve without TLS."""
    server = FaultServer(OK)
    yield server
    server.close()


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[FaultServer]:
    """Serve with TLS, by a certificate that is trusted."""
    server = FaultServer(OK, tls=certified())
    with trusted(tmp_path):
        yield server
    server.close()


def test_plain_calls_are_forwarded(world: World, plain: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HTTP_PROXY` gets calls to a plain URL, by their whole URL."""
    with running() as proxy:
        monkeypatch.setenv("HTTP_PROXY" if world.name == "sync" else "http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert len(world.run(world.client(plain.url).models.list())) == 1
        assert proxy.requests() == [f"GET {plain.url}/v1/models"]


def test_secure_calls_go_through_a_tunnel(world: World, secure: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HTTPS_PROXY` gets a CONNECT and no more: it sees neither key nor path, and the tunnel is used again."""
    with running() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        client = world.client(secure.url)
        for _ in range(2):
            assert len(world.run(client.models.list())) == 1
        assert proxy.requests() == [f"CONNECT 127.0.0.1:{secure.port}"]
        assert len(secure.requests) == 2


@pytest.mark.parametrize("rule", ["127.0.0.1", "*"])
def test_no_proxy_leads_around_it(world: World, plain: FaultServer, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """`NO_PROXY` names hosts that are called directly."""
    with running() as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", rule)
        assert len(world.run(world.client(plain.url).models.list())) == 1
        assert proxy.requests() == []


def test_a_client_of_the_callers_own_goes_its_own_way(
    world: World, plain: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`http_client=` with `trust_env=False` reads no environment."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert len(world.run(world.client(plain.url, http_client=world.http_client()).models.list())) == 1


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tunnel"])
def test_a_proxy_may_ask_who_calls(
    world: World,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,  # noqa: FBT001
) -> None:
    """Name and password in the proxy's URL are sent to it, quoted characters and all, and not to the server."""
    server: FaultServer = request.getfixturevalue("secure" if tls else "plain")
    with running(f"ali:{PASSWORD}") as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://ali:open%20sesame@127.0.0.1:{proxy.port}")
        assert len(world.run(world.client(server.url).models.list())) == 1
    assert b"proxy-authorization" not in server.requests[0].lower()


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tunnel"])
def test_what_is_wrong_with_a_proxy_is_said_without_its_password(
    world: World,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,  # noqa: FBT001
) -> None:
    """A proxy that is down, or refuses the password, is an error that shows neither password nor key."""
    server: FaultServer = request.getfixturevalue("secure" if tls else "plain")
    with running("ali:another") as proxy:
        for port, why in ((1, "127.0.0.1:1|refused|cannot connect"), (proxy.port, "407|Proxy Authentication")):
            monkeypatch.setenv("ALL_PROXY", f"http://ali:open%20sesame@127.0.0.1:{port}")
            client = world.client(server.url, max_retries=0)
            with pytest.raises(Exception, match=why) as caught:
                world.run(client.models.list())
            assert type(caught.value) is APIConnectionError or "407" in str(caught.value)
            error: BaseException | None = caught.value
            while error is not None:
                shown = f"{error} {error!r} {vars(error)}"
                assert not any(secret in shown for secret in ("open%20sesame", PASSWORD, KEY))
                error = error.__cause__ or error.__context__
    assert server.requests == []
