"""Networks between a default client and its server: proxies, private CAs, client certificates, silent addresses."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from authority import authority, serving, trusting, write_certificate, write_trust
from modes import AsyncioMode, Mode
from proxy import running
from raw import RawServer, silent
from stopwatch import Stopwatch
from wire import PATIENCE, Wire, answer

from pareta import APIConnectionError, APITimeoutError

MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
AT_ONCE = 0.5
"""Seconds within which a server sees the hang-up."""
Serve = Callable[..., Wire]
secure = pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])


def served(wire: Serve, *, tls: bool) -> Wire:
    """Serve a list of models, over TLS or not."""
    return wire(MODELS, tls=serving()) if tls else wire(MODELS)


def call(mode: Mode, client: Any, times: int = 1) -> None:
    """Call, once or one after another."""
    for _ in range(times):
        assert [each.id for each in mode.run(client.models.list())] == ["ep_1"]


# Proxies


@pytest.fixture(params=["argument", "environment"])
def through(
    request: pytest.FixtureRequest, mode: Mode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str, str], Any]:
    """Make clients that use a proxy and trust the authority: by arguments, and by the environment."""

    def make(url: str, proxy: str) -> Any:
        if request.param == "argument":
            return mode.client(url, proxy=proxy, verify=trusting())
        monkeypatch.setenv("HTTPS_PROXY" if url.startswith("https") else "HTTP_PROXY", proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(write_trust(tmp_path)))
        return mode.client(url)

    return make


@secure
def test_calls_go_through_an_http_proxy(mode: Mode, wire: Serve, through: Any, tls: bool) -> None:
    """An `http://` proxy forwards plain calls, and tunnels TLS, whose tunnel is used again."""
    server = served(wire, tls=tls)
    with running() as proxy:
        call(mode, through(server.url, f"http://127.0.0.1:{proxy.port}"), 1 + tls)
        assert proxy.requests() == wanted(server, tls=tls)


@secure
def test_calls_go_through_an_https_proxy(
    mode: Mode,
    wire: Serve,
    through: Any,
    tmp_path: Path,
    tls: bool,
) -> None:
    """An `https://` proxy does the same, and is spoken to in TLS."""
    server = served(wire, tls=tls)
    with running(tls=write_certificate(tmp_path)) as proxy:
        call(mode, through(server.url, f"https://127.0.0.1:{proxy.port}"), 1 + tls)
        assert proxy.requests() == wanted(server, tls=tls)


@secure
def test_calls_go_through_a_socks_proxy(mode: Mode, wire: Serve, through: Any, tls: bool) -> None:
    """A `socks5://` proxy tunnels plain calls and TLS."""
    server = served(wire, tls=tls)
    with running(socks=True) as proxy:
        call(mode, through(server.url, f"socks5://127.0.0.1:{proxy.port}"), 2)
        assert proxy.requests() == [f"SOCKS 127.0.0.1 {server.port}"]


def wanted(server: Wire, *, tls: bool) -> list[str]:
    """Return what a proxy is asked for: a tunnel, or the request itself."""
    return [f"CONNECT 127.0.0.1:{server.port}" if tls else f"GET {server.url}/v1/models"]


# Certificates


def test_a_private_authority_is_trusted_by_a_context(mode: Mode, wire: Serve) -> None:
    """`verify=` takes an `ssl.SSLContext` that trusts an authority."""
    call(mode, mode.client(wire(MODELS, tls=serving()).url, verify=trusting()))


def test_a_private_authority_is_trusted_by_the_environment(
    mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`SSL_CERT_FILE` names the certificate of an authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(write_trust(tmp_path)))
    call(mode, mode.client(wire(MODELS, tls=serving()).url))


def test_a_private_authority_is_not_trusted_otherwise(mode: Mode, wire: Serve) -> None:
    """Without either, the call fails and says why, and nothing is sent."""
    server = wire(MODELS, tls=serving())
    with pytest.raises(APIConnectionError, match="certificate is not accepted"):
        mode.run(mode.client(server.url).models.list())
    assert server.received == []


@pytest.mark.parametrize(
    "case",
    [
        ("SSL_CERT_FILE", None, "No such file or directory"),
        ("SSL_CERT_FILE", b"", "no certificate in PEM form"),
        ("SSL_CERT_FILE", b"\x30\x82", "no certificate in PEM form"),
        ("SSL_CERT_FILE", {}, "Is a directory"),
        ("SSL_CERT_DIR", None, "missing"),
        ("SSL_CERT_DIR", {}, "no certificate"),
        ("SSL_CERT_DIR", {"ca.pem": b""}, "openssl rehash"),
        ("SSLKEYLOGFILE", {}, "Is a directory"),
    ],
)
def test_a_variable_that_names_nothing_of_use_is_refused(
    mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: tuple[str, Any, str]
) -> None:
    """A client that would trust nobody is not made, and the error names the path; plain http asks for no such file."""
    variable, content, why = case
    path = tmp_path / "named"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        path.mkdir()
        for name, data in content.items():
            (path / name).write_bytes(data)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, str(path))
    for url, options in (("https://127.0.0.1:1", {}), ("http://127.0.0.1:1", {"proxy": "https://127.0.0.1:1"})):
        with pytest.raises(ValueError, match=rf"{variable} names '{path}', which .*{why}"):
            mode.client(url, **options)
    call(mode, mode.client(wire(MODELS).url))
    call(mode, mode.client(wire(MODELS, tls=serving()).url, verify=trusting() if "CERT" in variable else False))


def test_a_folder_of_authorities_is_trusted_by_the_environment(
    mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`SSL_CERT_DIR` names folders of certificates, each under the name of its hash."""
    subprocess.run(["openssl", "rehash", write_trust(tmp_path).parent], check=True)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'missing'}:{tmp_path}")
    call(mode, mode.client(wire(MODELS, tls=serving()).url))


@pytest.fixture
def strict(wire: Serve) -> Wire:
    """Serve those who show a certificate of the authority."""
    context = serving()
    context.verify_mode = ssl.CERT_REQUIRED
    authority().configure_trust(context)
    return wire(MODELS, tls=context)


def test_a_client_certificate_is_shown(mode: Mode, strict: Wire) -> None:
    """`verify=` takes a context with a client certificate, which a server requires."""
    context = trusting()
    authority().issue_cert("client.example").configure_cert(context)
    call(mode, mode.client(strict.url, verify=context))


def test_without_its_certificate_a_client_is_refused(mode: Mode, strict: Wire) -> None:
    """The same server refuses a client that shows none, and gets no request."""
    with pytest.raises(APIConnectionError):
        mode.run(mode.client(strict.url, verify=trusting(), max_retries=0).models.list())
    assert strict.received == []


# Addresses


@pytest.fixture
def half_silent(wire: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Serve on the second address of `localhost`; the first takes no connections and does not say so."""
    server = wire(MODELS)
    waiting: list[socket.socket] = []
    with socket.socket(socket.AF_INET6) as listening:
        listening.bind(("::1", server.port))
        listening.listen(0)
        for _ in range(4):
            sock = socket.socket(socket.AF_INET6)
            sock.settimeout(0)
            with suppress(BlockingIOError):
                sock.connect(listening.getsockname())
            waiting.append(sock)
        found = [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", server.port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port)),
        ]
        look_up = socket.getaddrinfo

        def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
            return found if host in ("localhost", b"localhost") else look_up(host, *rest, **options)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield server
        for sock in waiting:
            sock.close()


def test_a_silent_first_address_costs_less_than_a_second(mode: Mode, half_silent: Wire) -> None:
    """A call to a name reaches its second address within a second, where the first does not respond."""
    with Stopwatch() as watch:
        client = mode.client(f"http://localhost:{half_silent.port}", max_retries=0)
        assert len(mode.run(client.models.list())) == 1
    assert watch.clock > 0.2
    assert watch.own < 1
    assert len(half_silent.received) == 1


# Handshakes that do not end


class Mute:
    """A server that says nothing, and notices when the client has hung up."""

    def __init__(self) -> None:
        self.came, self.gone = threading.Event(), threading.Event()
        self._server = RawServer(self._hold)
        self.port = self._server.port

    def _hold(self, sock: socket.socket) -> None:
        self.came.set()
        with suppress(OSError):
            silent(sock)
        self.gone.set()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()


@pytest.fixture
def mute() -> Iterator[Mute]:
    """Start a server that says nothing."""
    server = Mute()
    yield server
    server.close()


def options(mute: Mute, handshake: str) -> dict[str, Any]:
    """Return the arguments of a client whose handshake the server does not answer."""
    if handshake == "TLS":
        return {"base_url": f"https://127.0.0.1:{mute.port}", "max_retries": 0}
    return {"base_url": "https://127.0.0.1:1", "proxy": f"{handshake}://127.0.0.1:{mute.port}", "max_retries": 0}


handshakes = pytest.mark.parametrize("handshake", ["TLS", "http", "https", "socks5"])


@handshakes
def test_a_handshake_has_the_time_to_connect(mode: Mode, mute: Mute, handshake: str) -> None:
    """A server or proxy that is silent in its handshake is a timeout, and hung up on."""
    # The reply of an HTTP proxy is a response, so it is read in the time for that.
    timeout = httpx.Timeout(60, connect=0.3, read=0.3 if handshake == "http" else 60)
    with Stopwatch() as watch, pytest.raises(APITimeoutError):
        mode.run(mode.client(**options(mute, handshake), timeout=timeout).models.list())
    assert watch.own < 1
    assert mode.wait(mute.gone, AT_ONCE)


@handshakes
def test_a_call_cancelled_in_a_handshake_hangs_up(async_mode: AsyncioMode, mute: Mute, handshake: str) -> None:
    """The server or proxy sees at once that the call was cancelled."""
    client = async_mode.client(**options(mute, handshake))

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.models.list)
            assert await anyio.to_thread.run_sync(mute.came.wait, PATIENCE)
            group.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(mute.gone.wait, AT_ONCE)

    async_mode.run(main())


@pytest.mark.parametrize("reply", [b"\x05", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["half", "HTTP"])
def test_a_socks_proxy_that_breaks_the_protocol_is_an_error(mode: Mode, reply: bytes) -> None:
    """What is no SOCKS5 is a connection error, which says so, and the proxy is hung up on."""
    gone = threading.Event()

    def say(sock: socket.socket) -> None:
        sock.sendall(reply)
        silent(sock)
        gone.set()

    server = RawServer(say)
    client = mode.client("https://127.0.0.1:1", proxy=f"socks5://127.0.0.1:{server.port}", max_retries=0)
    with pytest.raises(APIConnectionError, match="the proxy broke the protocol"):
        mode.run(client.models.list())
    assert mode.wait(gone, AT_ONCE)
    server.close()
