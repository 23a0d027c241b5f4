"""What the caller sees of answers and of connections; what goes wrong with either stands in tests/faults."""

import asyncio
import gzip
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from wire import DONE, LAST, PATIENCE, Peer, Wire, answer, chunk, delta, event, stream, stream_head
from worlds import AsyncWorld, World

from pareta import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    BadRequestError,
    NotFoundError,
    ParetaError,
)

Serve = Callable[..., Wire]
MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
ENGINES = ["ours", "caller's"]


@pytest.fixture(params=ENGINES)
def connect(request: pytest.FixtureRequest, world: World) -> Callable[..., Any]:
    """Make clients over connections of ours, and over a client of the caller's own."""

    def make(server: Wire, **options: Any) -> Any:
        if request.param != "ours":
            options["http_client"] = world.http_client()
        return world.client(server.url, **{"max_retries": 0, **options})

    return make


def chunked(*pieces: bytes, headers: str = "") -> bytes:
    """Return a JSON answer in chunks."""
    head = stream_head(*filter(None, [headers]), kind="application/json")
    return head + b"".join(map(chunk, pieces)) + LAST


def test_compressed_answers_are_read(world: World, wire: Serve, connect: Any) -> None:
    """Encodings are asked for, gzip and deflate, and undone."""
    content = gzip.compress(json.dumps({"object": "list", "data": [{"id": "é"}]}).encode())
    server = wire(
        answer(content, headers=["Content-Encoding: gzip"]), chunked(content, headers="content-encoding: gzip")
    )
    client = connect(server)
    for _ in range(2):
        assert [model.id for model in world.run(client.models.list())] == ["é"]
    assert server.received[0].headers["accept-encoding"] == "gzip, deflate"


def test_the_limit_of_an_answer_can_be_set(world: World, wire: Serve, connect: Any) -> None:
    """`max_bytes` is how long a body may be; an event may have half of it and a line a quarter."""
    padded = answer({"object": "list", "data": [], "pad": "x" * 9_000})
    client = connect(wire(padded, padded, stream(delta("x" * 3_000), DONE), stream(event("x" * 3_000, "progress"))))
    assert len(world.run(client.with_options(max_bytes=10_000).models.list())) == 0
    small = client.with_options(max_bytes=8_000)
    with pytest.raises(APIResponseError, match=r"longer than 8,000 bytes \(the limit is with_options\(max_bytes="):
        world.run(small.models.list())
    for open_one in (
        lambda: small.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True),
        lambda: small.endpoints.deploy(task="t"),
    ):
        with pytest.raises(APIResponseError, match="a line is longer than 2,000 bytes"):
            list(world.each(world.run(open_one())))


@pytest.mark.parametrize("size", [30, 3_000, 100_000])
def test_an_error_page_is_kept_by_its_start(world: World, wire: Serve, connect: Any, size: int) -> None:
    """Of an error's body 64 kB are read at most, and 1,000 characters are its detail."""
    page = b"<html>Bad gateway " + b"x" * size
    with pytest.raises(APIStatusError, match="502 Bad Gateway: <html>Bad gateway x") as caught:
        world.run(connect(wire(answer(page, "502 Bad Gateway", kind="text/html"))).models.list())
    assert type(caught.value) is APIStatusError
    assert len(caught.value.detail) == min(len(page), 1_000)
    assert len(caught.value.response.content) == min(len(page), 65_536)


@pytest.mark.parametrize(
    ("body", "detail", "said"),
    [
        ({"detail": "No endpoint."}, "No endpoint.", "404 Not Found: No endpoint. ["),
        ({"detail": {"code": 7}}, {"code": 7}, "{'code': 7}"),
        ({"detail": None, "error": "gone"}, "gone", "gone"),
        ({"error": {"message": "No model."}}, "No model.", "No model."),
        ({"error": "gone"}, "gone", "gone"),
        ({"other": 1}, '{"other": 1}', '{"other": 1}'),
        ([1], "[1]", "[1]"),
        (b"", "", "404 Not Found [GET"),
        (b"\xff\xfe", "\ufffd\ufffd", "\ufffd"),
    ],
)
def test_the_servers_words_are_in_the_error(world: World, wire: Serve, body: Any, detail: Any, said: str) -> None:
    """`detail` is the body's, or OpenAI's message, or the text; the error's text contains it."""
    with pytest.raises(NotFoundError) as caught:
        world.run(world.client(wire(answer(body, "404 Not Found")).url).models.list())
    assert caught.value.detail == detail
    assert said in str(caught.value)


def test_the_problems_of_a_422_are_listed(world: World, wire: Serve) -> None:
    """Each problem is said with its place."""
    problems = [{"loc": ["body", "top_k"], "msg": "too small", "type": "x"}, {"msg": "odd"}, "plain"]
    with pytest.raises(BadRequestError, match=r"body\.top_k: too small; odd; plain") as caught:
        world.run(world.client(wire(answer({"detail": problems}, "422 Unprocessable Entity")).url).models.list())
    assert caught.value.detail == problems


def test_no_server_is_a_connection_error(world: World) -> None:
    """A refused connection and an unknown name are said."""
    for url, why in (("http://127.0.0.1:1", "127.0.0.1:1"), ("https://no.such.host.invalid", "cannot connect")):
        with pytest.raises(APIConnectionError, match=why):
            world.run(world.client(url, max_retries=0).models.list())


def test_calls_in_flight_are_bounded(world: World, wire: Serve) -> None:
    """More calls than `max_connections` wait for one to end, and say what they wait for when none does."""
    release = threading.Event()

    def slow(peer: Peer) -> None:
        assert release.wait(PATIENCE)
        peer.send(MODELS)

    server = wire(slow)
    client = world.client(server.url, max_connections=1, max_retries=0)
    hurried = client.with_options(deadline=0.1)
    if isinstance(world, AsyncWorld):

        async def main() -> int:
            first = asyncio.create_task(client.models.list())
            await asyncio.to_thread(server.await_requests, 1)
            with pytest.raises(APITimeoutError, match=r"1 calls are in flight \(max_connections\)"):
                await hurried.models.list()
            release.set()
            return len(await first)

        assert world.run(main()) == 1
    else:
        found: list[int] = []
        first = threading.Thread(target=lambda: found.append(len(client.models.list())))
        first.start()
        server.await_requests(1)
        with pytest.raises(APITimeoutError, match=r"1 calls are in flight \(max_connections\)"):
            hurried.models.list()
        release.set()
        first.join(PATIENCE)
        assert found == [1]
    assert len(world.run(client.models.list())) == 1
    assert len(server.peers) == 1


def test_nothing_but_our_errors_escapes(world: World, wire: Serve, connect: Any) -> None:
    """Whatever a server sends, the caller sees ParetaError."""
    for content in (
        b"\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"\x16\x03\x01",
    ):
        with pytest.raises(ParetaError):
            world.run(connect(wire(content, hang_up=True), timeout=1).models.list())
