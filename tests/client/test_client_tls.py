"""TLS as it goes wrong: whom not to trust, who speaks something else, and who hangs up without a word."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wire import Peer, Wire, answer, delta
from worlds import World

from pareta import APIConnectionError, APIResponseError, StreamError
from pareta._tls import shared_context
from pareta.sandbox import Sandbox

HERE = Path(__file__).parent.parent / "support" / "here.pem"
ELSEWHERE = HERE.with_name("elsewhere.pem")
MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
Serve = Callable[..., Wire]


def certified(certificate: Path) -> ssl.SSLContext:
    """Return the context of a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Trust a certificate by `SSL_CERT_FILE`."""

    def to(certificate: Path) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        shared_context.cache_clear()

    shared_context.cache_clear()
    yield to
    shared_context.cache_clear()


def test_a_trusted_server_is_called_over_one_connection(world: World, wire: Serve, trust: Any) -> None:
    """`SSL_CERT_FILE` names whom to trust, and TLS connections are used again."""
    trust(HERE)
    server = wire(MODELS, tls=certified(HERE))
    client = world.client(server.url)
    for _ in range(3):
        assert len(world.run(client.models.list())) == 1
    assert len(server.peers) == 1


@pytest.mark.parametrize(
    ("trusted", "shown", "why"),
    [(None, HERE, "self-signed certificate"), (ELSEWHERE, ELSEWHERE, "not valid for '127.0.0.1'")],
    ids=["unknown authority", "wrong host"],
)
def test_a_certificate_that_is_not_accepted_is_final(  # noqa: PLR0917  # A table of many columns.
    world: World, wire: Serve, trust: Any, trusted: Path | None, shown: Path, why: str
) -> None:
    """The text says what is wrong with the certificate, at once and without a retry."""
    if trusted is not None:
        trust(trusted)
    client = world.client(wire(MODELS, tls=certified(shown)).url, max_retries=2)
    with pytest.raises(APIConnectionError, match=why) as caught:
        world.run(client.models.list())
    assert "attempts" not in str(caught.value)


def test_tls_and_plain_are_told_apart(world: World, wire: Serve, sandbox: Sandbox) -> None:
    """TLS on a plain port is not retried and says so; plain HTTP on a TLS port is a connection that breaks."""
    client = world.client(sandbox.base_url.replace("http:", "https:"), max_retries=2)
    with pytest.raises(APIConnectionError, match="TLS") as caught:
        world.run(client.models.list())
    assert "attempts" not in str(caught.value)
    secure = wire(MODELS, tls=certified(HERE))
    with pytest.raises(APIConnectionError, match="GET http://"):
        world.run(world.client(secure.url.replace("https:", "http:"), max_retries=0).models.list())


def abrupt(content: bytes, kind: str) -> Callable[[Peer], None]:
    """Answer without a length, and end the connection below TLS."""

    def step(peer: Peer) -> None:
        peer.send(f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n\r\n".encode() + content)
        peer.close()

    return step


def test_an_end_without_close_notify_is_judged_by_what_came(world: World, wire: Serve, trust: Any) -> None:
    """Whole JSON is the answer, cut JSON an APIResponseError, and a cut stream a StreamError."""
    trust(HERE)
    server = wire(
        abrupt(b'{"data": [{"id": "ep_1"}]}', "application/json"),
        abrupt(b'{"data": [{"id": "ep_1"', "application/json"),
        abrupt(delta("Half").encode(), "text/event-stream"),
        tls=certified(HERE),
    )
    client = world.client(server.url, max_retries=0)
    assert len(world.run(client.models.list())) == 1
    with pytest.raises(APIResponseError, match="not JSON"):
        world.run(client.models.list())
    stream = world.run(client.chat.completions.create(model="m", messages=[{"role": "user"}], stream=True))
    with pytest.raises(StreamError) as caught:
        list(world.each(stream))
    assert caught.value.partial == "Half"
