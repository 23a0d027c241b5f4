"""What servers and networks do wrong, and what the caller sees of it: its answer, or an error that says what was."""

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import httpx
import pytest
from wire import LAST, PATIENCE, Peer, Wire, answer, chunk, stream_head
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
from pareta.sandbox import Sandbox

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


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda peer: peer.reset(), id="reset before the answer"),
        pytest.param(lambda peer: peer.close(), id="end before the answer"),
        pytest.param(lambda peer: (peer.send(b"HTTP/1.1 200 OK\r\nx-a"), peer.close()), id="end in the headers"),
        pytest.param(lambda peer: (peer.send(answer([1], length=99)), peer.close()), id="end in the body"),
        pytest.param(
            lambda peer: (peer.send(stream_head(kind="application/json"), b"ff\r\n{"), peer.close()),
            id="end in a chunk",
        ),
    ],
)
def test_a_connection_that_breaks_names_the_call(
    world: World, wire: Serve, connect: Any, fault: Callable[[Peer], None]
) -> None:
    """A break before the answer is whole is retried; in the end it is an APIConnectionError that names the call."""
    busy = answer({}, "429 Too Many Requests", ["Retry-After: 0"])
    server = wire(busy, fault)
    with pytest.raises(APIConnectionError) as caught:
        world.run(connect(server, max_retries=1).models.list())
    assert f"GET {server.url}/v1/models: " in str(caught.value)
    assert "(2 attempts)" in str(caught.value)
    assert caught.value.__cause__ is not None
    assert not isinstance(caught.value, APITimeoutError)


def test_a_connection_that_breaks_is_tried_again(world: World, wire: Serve, connect: Any) -> None:
    """After a reset the same request goes out again."""
    server = wire(Peer.reset, MODELS)
    assert len(world.run(connect(server, max_retries=1).models.list())) == 1


def refusing_surplus(client: Any) -> AbstractContextManager[Any]:
    """Allow for aiohttp's parser, which refuses an answer together with what comes in one packet with it."""
    return suppress(APIConnectionError) if client.engine == "aiohttp" else nullcontext()


@pytest.mark.parametrize(
    ("surplus", "status"),
    [
        (answer({"object": "list", "data": []}) + b"HTTP/1.1 200 OK\r\n", 200),
        (b"HTTP/1.1 204 No Content\r\n\r\n{}", 204),
    ],
)
def test_what_follows_an_answer_never_reaches_the_next_call(
    world: World, wire: Serve, surplus: bytes, status: int
) -> None:
    """Bytes beyond the end of an answer go down with their connection."""
    poison = answer({"object": "list", "data": [{"id": "poison"}]})
    server = wire(surplus + poison, MODELS)
    client = world.client(server.url, max_retries=0)
    with refusing_surplus(client):
        world.run(client.endpoints.delete("x") if status == 204 else client.models.list())
    assert [model.id for model in world.run(client.models.list())] == ["ep_1"]
    assert len(server.peers) == 2


def test_a_body_longer_than_its_length_is_cut_or_refused(world: World, wire: Serve) -> None:
    """Whole JSON is the answer; a cut one is an APIResponseError."""
    whole = wire(answer({"object": "list", "data": []}) + b"   and more")
    client = world.client(whole.url, max_retries=0)
    with refusing_surplus(client):
        assert len(world.run(client.models.list())) == 0
    client = world.client(wire(answer({"data": []}, length=5)).url, max_retries=0)
    with pytest.raises(APIConnectionError if client.engine == "aiohttp" else APIResponseError):
        world.run(client.models.list())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"data": [', "Expecting"),
        (b"\xff{}", "utf-8"),
        (b'{"data": NaN}', "NaN is not JSON"),
        (b"1e999", "beyond"),
        (b"[" * 100_000, "nested too deep"),
        (b"1" * 5000, "digits"),
        (b"", "it is empty"),
        (b"[]", "expected an object"),
        (b"null", "expected an object"),
        (b"7", "expected an object"),
        (b'"x"', "expected an object"),
        (b"{}", "expected an array"),
        (b"x" * 10_000, "Expecting"),
    ],
    ids=lambda value: repr(value[:12]),
)
def test_an_answer_that_is_no_answer_says_what_it_is(
    world: World, wire: Serve, connect: Any, content: bytes, why: str
) -> None:
    """The error has status, request id and a snippet of the body of at most 1 kB; nothing is retried."""
    server = wire(answer(content))
    with pytest.raises(APIResponseError, match=why) as caught:
        world.run(connect(server, max_retries=2).models.list())
    error = caught.value
    assert (error.status_code, error.request_id) == (200, "req_wire")
    assert f"[200 to GET {server.url}/v1/models, request req_wire]" in str(error)
    assert len(str(error)) < 1_400
    assert len(server.received) == 1


def test_a_page_where_json_was_due_is_named(world: World, wire: Serve, connect: Any) -> None:
    """HTML with status 200, as a login page or a proxy sends it, names its content type and shows its start."""
    client = connect(wire(answer(b"<html>Sign in</html>", kind="text/html; charset=utf-8")))
    with pytest.raises(APIResponseError, match=r"text/html\): '<html>Sign in</html>'"):
        world.run(client.models.list())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("encoding", "content", "why"),
    [
        ("gzip", b"no gzip", "damaged"),
        ("gzip", gzip.compress(b'{"data": []}', mtime=0)[:-4], "cut short"),
        ("br", b"xxxx", "not known"),
    ],
    ids=["invalid", "truncated", "unknown"],
)
def test_a_damaged_encoding_is_an_error(  # noqa: PLR0917  # A table of many columns.
    world: World, wire: Serve, engine: str, encoding: str, content: bytes, why: str
) -> None:
    """An encoding that is damaged, cut or unknown is an APIResponseError, not a shorter answer."""
    own = {"http_client": world.http_client()} if engine != "ours" else {}
    client = world.client(wire(answer(content, headers=[f"Content-Encoding: {encoding}"])).url, **own)
    with pytest.raises(APIResponseError, match=why):
        world.run(client.models.list())


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


def test_an_answer_has_a_limit(world: World, wire: Serve, connect: Any) -> None:
    """A body that inflates beyond 32 MiB is refused, and the server sees the hang-up."""
    server = wire(answer(gzip.compress(bytes(40_000_000)), headers=["Content-Encoding: gzip"]))
    with pytest.raises(APIResponseError, match="longer than 33,554,432 bytes") as caught:
        world.run(connect(server).models.list())
    assert caught.value.response is not None
    assert len(caught.value.response.content) <= 65_536


@pytest.mark.parametrize("size", [3_000, 30_000_000])
def test_an_error_page_is_kept_by_its_start(world: World, wire: Serve, connect: Any, size: int) -> None:
    """Of an error's body 64 kB are read at most, and 1,000 characters are its detail."""
    page = b"<html>Bad gateway " + b"x" * size
    with pytest.raises(APIStatusError, match="502 Bad Gateway: <html>Bad gateway xxx") as caught:
        world.run(connect(wire(answer(page, "502 Bad Gateway", kind="text/html"))).models.list())
    assert type(caught.value) is APIStatusError
    assert len(caught.value.detail) == 1_000
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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(world: World, wire: Serve, connect: Any, status: int) -> None:
    """The error says where it pointed; key and prompt go nowhere."""
    elsewhere = wire(MODELS)
    server = wire(answer({}, f"{status} Elsewhere", [f"Location: {elsewhere.url}/v1/tasks/match"]))
    with pytest.raises(APIStatusError, match=f"It redirects to {elsewhere.url}") as caught:
        world.run(connect(server).tasks.match("a secret"))
    assert caught.value.status_code == status
    assert elsewhere.received == []


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx-a: \0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx-a: " + b"a" * 200_000 + b"\r\n\r\n",
    ],
    ids=["null", "two lengths", "negative length", "chunk size", "no HTTP", "101", "long header"],
)
def test_what_is_no_http_is_a_connection_error(world: World, wire: Serve, connect: Any, head: bytes) -> None:
    """The text says what was wrong, and nothing hangs."""
    with pytest.raises(APIConnectionError, match=r"GET http://127\.0\.0\.1:\d+/v1/models: ....") as caught:
        world.run(connect(wire(head), timeout=5).models.list())
    assert not isinstance(caught.value, APITimeoutError)


def test_odd_statuses_are_fine(world: World, wire: Serve, connect: Any) -> None:
    """Interim answers are read over, and 999 is a status like any other."""
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
    assert len(world.run(connect(wire(early + MODELS)).models.list())) == 1
    with pytest.raises(APIStatusError) as caught:
        world.run(connect(wire(answer({"detail": "odd"}, "999 Odd"))).models.list())
    assert (type(caught.value), caught.value.status_code) == (APIStatusError, 999)


def test_silence_is_a_timeout(world: World, wire: Serve, connect: Any) -> None:
    """A server that says nothing is asked again, and in the end it is an APITimeoutError."""
    server = wire(Peer.hold, MODELS)
    patient = connect(server, timeout=httpx.Timeout(PATIENCE, read=0.05), max_retries=1)
    assert len(world.run(patient.models.list())) == 1
    with pytest.raises(APITimeoutError, match="no answer in time"):
        world.run(connect(wire(Peer.hold), timeout=httpx.Timeout(PATIENCE, read=0.05)).models.list())


@pytest.mark.parametrize("place", ["headers", "body"])
def test_a_slow_drip_is_beaten_by_the_deadline(world: World, wire: Serve, place: str) -> None:
    """A byte at a time never exceeds the read timeout, but the call's deadline."""
    stop = threading.Event()

    def drip(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 OK\r\n" if place == "headers" else answer({}, length=9_999))
        for _ in range(1_000):
            peer.send(b"x")
            if stop.wait(0.01):
                return

    client = world.client(wire(drip).url, timeout=5, max_retries=0).with_options(deadline=0.2)
    begun = time.monotonic()
    with pytest.raises(APITimeoutError):
        world.run(client.models.list())
    assert time.monotonic() - begun < 1
    stop.set()


def test_a_closed_idle_connection_is_invisible(world: World, wire: Serve, connect: Any) -> None:
    """A connection that the server closed while it was idle is not used."""
    server = wire(MODELS)
    client = connect(server)
    for count in (1, 2, 3):
        assert len(world.run(client.models.list())) == 1
        server.peers[-1].close()
        assert len(server.peers) == count


def test_no_server_is_a_connection_error(world: World) -> None:
    """A refused connection and an unknown name are said."""
    for url, why in (("http://127.0.0.1:1", "127.0.0.1:1"), ("https://no.such.host.invalid", "cannot connect")):
        with pytest.raises(APIConnectionError, match=why):
            world.run(world.client(url, max_retries=0).models.list())


def test_five_hundred_calls_at_once(async_world: AsyncWorld, sandbox: Sandbox) -> None:
    """A cold client opens what it needs and loses none of a wave of calls."""
    client = async_world.client(sandbox.base_url, api_key=sandbox.api_key, timeout=30)

    async def main() -> list[Any]:
        return await asyncio.gather(*(client.endpoints.retrieve("ep_a1b2c3") for _ in range(500)))

    assert {endpoint.id for endpoint in async_world.run(main())} == {"ep_a1b2c3"}


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
