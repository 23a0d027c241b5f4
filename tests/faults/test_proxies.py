"""Through a real proxy: which calls go through it, as whom, and what is said when it fails."""

import base64
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from authority import serving as certified, write_certificate
from modes import KEY, AsyncioMode, Mode, SyncMode
from proxy import running
from raw import Handler, RawServer, hang_up

from pareta import APIConnectionError, ParetaError
from pareta._transport import settings

from .cases import OK
from .probe import trusted
from .server import FaultServer

PASSWORD = "open sesame"
TOKEN = base64.b64encode(f"ali:{PASSWORD}".encode()).decode()
either_way = pytest.mark.parametrize("tls", [False, True], ids=["plain", "tunnel"])


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


def test_plain_calls_are_forwarded(mode: Mode, plain: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HTTP_PROXY` gets calls to a plain URL, by their whole URL, and the client names it."""
    with running() as proxy:
        monkeypatch.setenv("HTTP_PROXY" if mode.name == "sync" else "http_proxy", f"http://127.0.0.1:{proxy.port}")
        client = mode.client(plain.url)
        assert client.proxy == f"http://127.0.0.1:{proxy.port}"
        assert len(mode.run(client.models.list())) == 1
        assert proxy.requests() == [f"GET {plain.url}/v1/models"]


def test_secure_calls_go_through_a_tunnel(mode: Mode, secure: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HTTPS_PROXY` gets a CONNECT and no more: it sees neither key nor path, and the tunnel is used again."""
    with running() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        client = mode.client(secure.url)
        for _ in range(2):
            assert len(mode.run(client.models.list())) == 1
        assert proxy.requests() == [f"CONNECT 127.0.0.1:{secure.port}"]
        assert len(secure.requests) == 2


@pytest.mark.parametrize("rule", ["127.0.0.1", "127.0.0.0/8", "*"])
def test_no_proxy_leads_around_it(mode: Mode, plain: FaultServer, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    """`NO_PROXY` names hosts that are called directly."""
    with running() as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", rule)
        assert len(mode.run(mode.client(plain.url).models.list())) == 1
        assert proxy.requests() == []


def test_a_client_may_ignore_the_environment(mode: Mode, plain: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`proxy=False` uses none, whatever the environment names."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert len(mode.run(mode.client(plain.url, proxy=False).models.list())) == 1


def test_a_client_of_the_callers_own_goes_its_own_way(
    mode: Mode, plain: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`http_client=` with `trust_env=False` reads no environment."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert len(mode.run(mode.client(plain.url, http_client=mode.http_client()).models.list())) == 1


@either_way
def test_a_proxy_may_ask_who_calls(
    mode: Mode,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
) -> None:
    """Name and password in the proxy's URL are sent to it, quoted characters and all, and not to the server."""
    server: FaultServer = request.getfixturevalue("secure" if tls else "plain")
    with running(f"ali:{PASSWORD}") as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://ali:open%20sesame@127.0.0.1:{proxy.port}")
        client = mode.client(server.url)
        assert len(mode.run(client.models.list())) == 1
        assert client.proxy == f"http://127.0.0.1:{proxy.port}"
    assert b"proxy-authorization" not in server.requests[0].lower()


@either_way
def test_what_is_wrong_with_a_proxy_is_said_without_its_password(
    mode: Mode,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
) -> None:
    """A proxy that is down, or refuses the password, is an error that shows neither password nor key."""
    server: FaultServer = request.getfixturevalue("secure" if tls else "plain")
    with running("ali:another") as proxy:
        for port, why in ((1, "127.0.0.1:1|refused|cannot connect"), (proxy.port, "407|Proxy Authentication")):
            monkeypatch.setenv("ALL_PROXY", f"http://ali:open%20sesame@127.0.0.1:{port}")
            client = mode.client(server.url, max_retries=0)
            with pytest.raises(Exception, match=why) as caught:
                mode.run(client.models.list())
            assert type(caught.value) is APIConnectionError or "407" in str(caught.value)
            error: BaseException | None = caught.value
            while error is not None:
                shown = f"{error} {error!r} {vars(error)}"
                assert not any(secret in shown for secret in ("open%20sesame", PASSWORD, KEY))
                error = error.__cause__ or error.__context__
    assert server.requests == []


def shown(error: BaseException | None) -> str:
    """Return all that an error reporter shows of an error and what led to it."""
    text = ""
    while error is not None:
        report = traceback.TracebackException(type(error), error, error.__traceback__, capture_locals=True)
        text += f"{error!r} {vars(error)} {''.join(report.format())}"
        error = error.__cause__ or error.__context__
    return text


@either_way
def test_the_proxy_itself_may_be_spoken_to_in_tls(
    mode: Mode,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tls: bool,
) -> None:
    """An `https://` proxy gets its requests in TLS, and through a tunnel goes a TLS of its own."""
    server: FaultServer = request.getfixturevalue("secure" if tls else "plain")
    with trusted(tmp_path), running(f"ali:{PASSWORD}", tls=write_certificate(tmp_path)) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"https://ali:open%20sesame@127.0.0.1:{proxy.port}")
        assert len(mode.run(mode.client(server.url).models.list())) == 1
        wanted = f"CONNECT 127.0.0.1:{server.port}" if tls else f"GET {server.url}/v1/models"
        assert proxy.requests() == [wanted]
    assert b"proxy-authorization" not in server.requests[0].lower()


def test_a_proxy_whose_certificate_is_not_accepted_gets_nothing(
    mode: Mode, secure: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An `https://` proxy shows who it is before it learns where a call goes, and as whom."""
    with running(tls=write_certificate(tmp_path, by="theirs")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
        with pytest.raises(APIConnectionError, match="certificate is not accepted"):
            mode.run(mode.client(secure.url).models.list())
        assert proxy.requests() == []


@either_way
@pytest.mark.parametrize("known", [False, True], ids=["anyone", "a user"])
def test_calls_go_through_socks(
    mode: Mode,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
    known: bool,
) -> None:
    """A `socks5://` proxy tunnels plain calls and secure ones, whoever calls."""
    server: FaultServer = request.getfixturevalue("secure" if tls else "plain")
    with running(f"ali:{PASSWORD}" if known else None, socks=True) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://{'ali:open%20sesame@' if known else ''}127.0.0.1:{proxy.port}")
        client = mode.client(server.url)
        for _ in range(2):
            assert len(mode.run(client.models.list())) == 1
        assert proxy.requests() == [f"SOCKS 127.0.0.1 {server.port}"]
    assert b"\r\nhost: 127.0.0.1:" in server.requests[0]


def test_socks_asks_for_names_and_numbers_as_they_are(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy looks names up, and gets those of IPv6 as numbers."""
    with running(socks=True) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://127.0.0.1:{proxy.port}")
        for host in ("localhost", "[::1]"):
            with pytest.raises(
                APIConnectionError, match=r"the proxy refused.*onnection refused.*through the proxy socks5h:"
            ):
                mode.run(mode.client(f"https://{host}:1", max_retries=0).models.list())
        assert proxy.requests() == ["SOCKS localhost 1", "SOCKS ::1 1"]


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("ali:another", True, "Invalid username/password"),
        ("ali:another", False, "Requested NO AUTHENTICATION REQUIRED from proxy"),
        (None, True, "Requested USERNAME/PASSWORD from proxy"),
    ],
    ids=["another password", "a password", "no password"],
)
def test_a_socks_proxy_that_refuses_is_told_of(
    mode: Mode,
    monkeypatch: pytest.MonkeyPatch,
    wanted: str | None,
    known: bool,
    why: str,
) -> None:
    """A proxy that wants another password, one at all, or none, is an error without it."""
    with running(wanted, socks=True) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5://{'ali:open%20sesame@' if known else ''}127.0.0.1:{proxy.port}")
        client = mode.client("https://127.0.0.1:1", max_retries=0)
        with pytest.raises(APIConnectionError, match=why) as caught:
            mode.run(client.models.list())
    assert not any(secret in shown(caught.value) for secret in (PASSWORD, "open%20sesame", KEY))


def saying(data: bytes) -> Handler:
    """Return what sends `data` and hangs up."""
    return lambda sock: sock.sendall(data)


@pytest.mark.parametrize("kind", [SyncMode, AsyncioMode])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize(
    "broken",
    [
        (hang_up, "closed it without a response|the proxy broke the protocol"),
        (saying(b"\x00\x01garbage\r\n\r\n"), "does not speak plain HTTP|the (proxy|server) broke the protocol"),
        (saying(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"), "502 Bad Gateway|broke the protocol"),
        (saying(b"\x05"), "closed it without|does not speak plain HTTP|the (proxy|server) broke the protocol"),
    ],
    ids=["hangs up", "garbage", "502", "half an answer"],
)
def test_a_broken_proxy_is_told_of(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Mode],
    scheme: str,
    broken: tuple[Handler, str],
) -> None:
    """Whatever a proxy does instead of a tunnel, the error says so, and no frame of it shows the password."""
    does, why = broken
    mode, proxy = kind(), RawServer(does)
    request.addfinalizer(proxy.close)
    request.addfinalizer(mode.end)
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://ali:open%20sesame@127.0.0.1:{proxy.port}")
    client = mode.client("https://127.0.0.1:1", max_retries=0)
    with pytest.raises(APIConnectionError, match=why) as caught:
        mode.run(client.models.list())
    assert not any(secret in shown(caught.value) for secret in (PASSWORD, "open%20sesame", TOKEN, KEY))


def ask(mode: Mode, client: Any) -> None:
    """Read a chat stream to its end."""
    messages = [{"role": "user", "content": "?"}]
    list(mode.each(mode.run(client.chat.completions.create(model="m", messages=messages, stream=True))))


OK_HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\ncontent-type: "


@pytest.mark.parametrize("streams", [False, True], ids=["call", "stream"])
@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\ncontent-type: text/html\r\n\r\n<html/>",
        OK_HEAD + b'application/json\r\n\r\n{"data":',
        OK_HEAD + b'text/event-stream\r\n\r\ndata: {"choices":[]}\n\n',
        OK_HEAD + b"text/event-stream\r\n\r\ndata: {\n\n",
    ],
    ids=["502", "a page", "half a body", "half a stream", "a broken event"],
)
def test_what_comes_through_a_proxy_names_it(
    mode: Mode, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, said: bytes, streams: bool
) -> None:
    """An error may be the proxy's own, so it says which one that is, without the password."""
    proxy = RawServer(saying(said))
    request.addfinalizer(proxy.close)
    monkeypatch.setenv("HTTP_PROXY", f"http://ali:open%20sesame@127.0.0.1:{proxy.port}")
    client = mode.client("http://127.0.0.1:1", max_retries=0)
    with pytest.raises(ParetaError, match=rf"\(through the proxy http://127.0.0.1:{proxy.port}\)") as caught:
        ask(mode, client) if streams else mode.run(client.models.list())
    assert not any(secret in shown(caught.value) for secret in (PASSWORD, "open%20sesame", TOKEN, KEY))


def test_without_socksio_a_socks_proxy_is_refused_at_once(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that could send nothing is not made, and the text names what to install."""
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    monkeypatch.setenv("ALL_PROXY", "socks5://ali:secret@127.0.0.1:1080")
    with pytest.raises(ValueError, match=r"pip install 'httpx\[socks\]'") as caught:
        mode.client("https://127.0.0.1:1")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://ali:sec/ret@127.0.0.1:1",
        "http://ali:sec#ret@127.0.0.1:1",
        "http://ali:1234/sec@127.0.0.1:1",
        "http://ali:secret@127.0.0.1:port",
        "http://ali:secret@127.0.0.1:99999",
        "http://ali:secret@127.0.0.1:0",
        "http://ali:secret@:1",
        "http://ali:secret@a..b:1",
        f"socks5://ali:{'secret' * 50}@127.0.0.1:1",
        "ftp://ali:secret@127.0.0.1:1",
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_without_its_password(
    mode: Mode, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """A URL that cannot be read, or means another host than was meant, makes no client."""
    monkeypatch.setenv("ALL_PROXY", url)
    with pytest.raises(ValueError, match="the environment names a proxy that cannot be used") as caught:
        mode.client("https://127.0.0.1:1")
    assert "sec" not in str(caught.value)
