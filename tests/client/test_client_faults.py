"""What the caller sees of answers and of connections; what goes wrong with either stands in tests/faults."""

import gzip
import json
import ssl
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from modes import AsyncioMode, Mode
from stopwatch import Stopwatch
from wire import DONE, LAST, PATIENCE, Peer, Wire, answer, chunk, delta, event, stream, stream_head

from pareta import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    EndpointNotReadyError,
    InternalServerError,
    NotFoundError,
    ParetaError,
    RateLimitError,
)

Serve = Callable[..., Wire]
MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})


def chunked(*pieces: bytes, headers: str = "") -> bytes:
    """Return a JSON answer in chunks."""
    head = stream_head(*filter(None, [headers]), kind="application/json")
    return head + b"".join(map(chunk, pieces)) + LAST


def test_compressed_answers_are_read(mode: Mode, wire: Serve, connect: Any) -> None:
    """Encodings are asked for, gzip and deflate, and undone."""
    content = gzip.compress(json.dumps({"object": "list", "data": [{"id": "é"}]}).encode())
    server = wire(
        answer(content, headers=["Content-Encoding: gzip"]), chunked(content, headers="content-encoding: gzip")
    )
    client = connect(server)
    for _ in range(2):
        assert [model.id for model in mode.run(client.models.list())] == ["é"]
    assert server.received[0].headers["accept-encoding"] == "gzip, deflate"


def test_the_limit_of_an_answer_can_be_set(mode: Mode, wire: Serve, connect: Any) -> None:
    """`max_bytes` is how long a body may be; an event may have half of it and a line a quarter."""
    padded = answer({"object": "list", "data": [], "pad": "x" * 9_000})
    client = connect(wire(padded, padded, stream(delta("x" * 3_000), DONE), stream(event("x" * 3_000, "progress"))))
    assert len(mode.run(client.with_options(max_bytes=10_000).models.list())) == 0
    small = client.with_options(max_bytes=8_000)
    with pytest.raises(APIResponseError, match=r"longer than 8,000 bytes \(the limit is with_options\(max_bytes="):
        mode.run(small.models.list())
    for open_one in (
        lambda: small.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True),
        lambda: small.endpoints.deploy(task="t"),
    ):
        with pytest.raises(APIResponseError, match="a line is longer than 2,000 bytes"):
            list(mode.each(mode.run(open_one())))


@pytest.mark.parametrize("size", [30, 3_000, 100_000])
def test_an_error_page_is_kept_by_its_start(mode: Mode, wire: Serve, connect: Any, size: int) -> None:
    """Of an error's body 64 kB are read at most, and 1,000 characters are its detail."""
    page = b"<html>Bad gateway " + b"x" * size
    with pytest.raises(APIStatusError, match="502 Bad Gateway: <html>Bad gateway x") as caught:
        mode.run(connect(wire(answer(page, "502 Bad Gateway", kind="text/html"))).models.list())
    assert type(caught.value) is InternalServerError
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
def test_the_servers_words_are_in_the_error(mode: Mode, wire: Serve, body: Any, detail: Any, said: str) -> None:
    """`detail` is the body's, or OpenAI's message, or the text; the error's text contains it."""
    with pytest.raises(NotFoundError) as caught:
        mode.run(mode.client(wire(answer(body, "404 Not Found")).url).models.list())
    assert caught.value.detail == detail
    assert said in str(caught.value)


def test_the_problems_of_a_422_are_listed(mode: Mode, wire: Serve) -> None:
    """Each problem is said with its place."""
    problems = [{"loc": ["body", "top_k"], "msg": "too small", "type": "x"}, {"msg": "odd"}, "plain"]
    with pytest.raises(BadRequestError, match=r"body\.top_k: too small; odd; plain") as caught:
        mode.run(mode.client(wire(answer({"detail": problems}, "422 Unprocessable Entity")).url).models.list())
    assert caught.value.detail == problems


def raising(mode: Mode, library: str, **options: Any) -> Any:
    """Make an HTTP client of the user's own, which raises for each status that is not 2xx."""
    raise_for_status: Any = lambda response: response.raise_for_status()  # noqa: E731
    if isinstance(mode, AsyncioMode):

        async def raise_for_status(response: Any) -> None:
            response.raise_for_status()

    return mode.http_client(library, event_hooks={"response": [raise_for_status]}, **options)


def ask(mode: Mode, client: Any, *, stream: bool = False) -> Any:
    """Ask for a completion."""
    return mode.run(
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=stream)
    )


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_status_that_a_hook_raises_for_is_that_status(mode: Mode, wire: Serve, library: str, stream: bool) -> None:
    """`raise_for_status` in a hook of the caller's client gives the exception of the status, with its words."""
    said = chunked(b'{"detail": ', b'"No key."}').replace(b"200 OK", b"401 Unauthorized")
    server = wire(said, answer({"detail": "Elsewhere."}, "307 Temporary Redirect", ["location: /x"]))
    client = mode.client(server.url, http_client=raising(mode, library))
    with pytest.raises(AuthenticationError, match=r"401 Unauthorized: No key\.") as caught:
        ask(mode, client, stream=stream)
    assert (caught.value.detail, caught.value.request_id) == ("No key.", "req_wire")
    with pytest.raises(APIStatusError, match=r"307 Temporary Redirect: Elsewhere.*redirects to /x"):
        ask(mode, client, stream=stream)
    assert len(server.received) == 2


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_status_that_a_hook_raises_for_is_retried_as_any(mode: Mode, wire: Serve, library: str) -> None:
    """Such statuses follow the same table, and what the server asks for; the client can be used on."""
    busy = answer({"detail": "Busy."}, "429 Too Many Requests", ["retry-after: 0"])
    final = answer({"detail": "Stopped."}, "503 Service Unavailable", ["x-should-retry: false"])
    server = wire(busy, busy, MODELS, final, MODELS)
    own = raising(mode, library)
    client = mode.client(server.url, http_client=own)
    assert len(mode.run(client.models.list())) == 1
    with pytest.raises(EndpointNotReadyError, match="Stopped"):
        mode.run(client.models.list())
    assert len(mode.run(client.models.list())) == 1
    assert len(server.received) == 5
    assert len(own.event_hooks["response"]) == 2


def test_a_hook_that_raises_for_a_request_of_its_own_says_so(mode: Mode, wire: Serve) -> None:
    """The status of another request, such as one for a token, is not that of the call."""
    elsewhere = httpx.Response(401, request=httpx.Request("GET", "https://tokens.example/"), text="expired")
    hook: Any = lambda _response: elsewhere.raise_for_status()  # noqa: E731
    if isinstance(mode, AsyncioMode):

        async def hook(_response: Any) -> None:
            elsewhere.raise_for_status()

    own = mode.http_client(event_hooks={"response": [hook]})
    with pytest.raises(APIConnectionError, match=r"401 Unauthorized.*tokens\.example"):
        mode.run(mode.client(wire(MODELS).url, http_client=own, max_retries=0).models.list())


def test_a_transport_that_raises_for_a_status_gives_that_status(mode: Mode) -> None:
    """The body is closed by then: the error is told by the status and the headers."""

    def handle(request: httpx.Request) -> httpx.Response:
        response = httpx.Response(429, headers={"retry-after": "99"}, request=request, stream=httpx.ByteStream(b"{"))
        raise httpx.HTTPStatusError("no", request=request, response=response)

    client = mode.client("http://localhost:9", transport=httpx.MockTransport(handle))
    with pytest.raises(RateLimitError) as caught:
        mode.run(client.models.list())
    assert caught.value.retry_after == 99


def late(seconds: float, then: bytes) -> Callable[[Peer], None]:
    """Answer after so many seconds."""

    def step(peer: Peer) -> None:
        peer.gone.wait(seconds)
        peer.send(then)

    return step


COMPLETION = answer({"choices": [{"index": 0, "message": {"content": "x"}, "finish_reason": "stop"}]})


def test_a_completion_that_takes_long_is_waited_for(mode: Mode, wire: Serve, connect: Any) -> None:
    """At a hundredth of the default timeouts, one that takes 70 s is sent once and answered."""
    server = wire(late(0.7, COMPLETION))
    client = connect(server, timeout=httpx.Timeout(6, connect=5), max_retries=2)
    assert ask(mode, client).choices[0].message.content == "x"
    assert len(server.received) == 1


def test_a_completion_that_takes_too_long_is_repeated_once(mode: Mode, wire: Serve, connect: Any) -> None:
    """The server may be at work on both: a third would be one more. Each has the same key."""
    server = wire(Peer.hold)
    client = connect(server, timeout=httpx.Timeout(PATIENCE, read=0.1), max_retries=3)
    with pytest.raises(
        APITimeoutError, match=r"no response in time \(2 attempts\)\. .* allow it more time with timeout="
    ):
        ask(mode, client)
    server.await_requests(2)
    assert len({request.headers["idempotency-key"] for request in server.received}) == 1
    assert len(server.received) == 2


def test_no_server_is_a_connection_error(mode: Mode) -> None:
    """A refused connection and an unknown name are said."""
    for url, why in (("http://127.0.0.1:1", "127.0.0.1:1"), ("https://no.such.host.invalid", "cannot connect")):
        with pytest.raises(APIConnectionError, match=why):
            mode.run(mode.client(url, max_retries=0).models.list())


def test_what_the_user_handles_is_not_the_cause(mode: Mode) -> None:
    """A call in an `except` block tells its own failure, and leaves the variables of the other alone."""

    def connect(host: str) -> None:
        raise ssl.SSLCertVerificationError(1, f"the certificate of {host} has expired")

    client = mode.client("http://127.0.0.1:1", max_retries=0)
    try:
        connect("another")
    except ssl.SSLError as error:
        *_, (frame, _line) = traceback.walk_tb(error.__traceback__)
        with pytest.raises(APIConnectionError, match="cannot connect:"):
            mode.run(client.models.list())
    assert frame.f_locals == {"host": "another"}


def test_calls_in_flight_are_bounded(mode: Mode, wire: Serve) -> None:
    """More calls than `max_connections` wait for one to end, and say what they wait for when none does."""
    release = threading.Event()

    def slow(peer: Peer) -> None:
        assert release.wait(PATIENCE)
        peer.send(MODELS)

    server = wire(slow)
    client = mode.client(server.url, max_connections=1, max_retries=0)
    hurried = client.with_options(deadline=0.1)
    if isinstance(mode, AsyncioMode):
        found: list[int] = []

        async def first() -> None:
            found.append(len(await client.models.list()))

        async def main() -> None:
            async with anyio.create_task_group() as group:
                group.start_soon(first)
                await anyio.to_thread.run_sync(server.await_requests, 1)
                with pytest.raises(APITimeoutError, match=r"1 calls are in flight \(max_connections\)"):
                    await hurried.models.list()
                release.set()

        mode.run(main())
        assert found == [1]
    else:
        found = []
        first = threading.Thread(target=lambda: found.append(len(client.models.list())))
        first.start()
        server.await_requests(1)
        with pytest.raises(APITimeoutError, match=r"1 calls are in flight \(max_connections\)"):
            hurried.models.list()
        release.set()
        first.join(PATIENCE)
        assert found == [1]
    assert len(mode.run(client.models.list())) == 1
    assert len(server.peers) == 1


def test_waiting_for_a_place_counts_against_the_deadline(async_mode: AsyncioMode) -> None:
    """A call that waited for another to end has only the rest of its time for the server."""
    waited = 0.05
    rest: list[float] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        if request.extensions["deadline"] > time.monotonic() + 5:
            first.set()
            await anyio.wait_all_tasks_blocked()
            await anyio.sleep(waited)
        rest.append(request.extensions["timeout"]["read"])
        return httpx.Response(200, json={"data": []})

    client = async_mode.client("http://localhost:9", transport=httpx.MockTransport(handle), max_connections=1)
    first = anyio.Event()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.models.list)
            await first.wait()
            await client.with_options(deadline=5).models.list()

    async_mode.run(main())
    assert rest[1] <= 5 - waited


def test_nothing_but_our_errors_escapes(mode: Mode, wire: Serve, connect: Any) -> None:
    """Whatever a server sends, the caller sees ParetaError."""
    for content in (
        b"\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        b"\x16\x03\x01",
    ):
        with pytest.raises(ParetaError):
            mode.run(connect(wire(content, hang_up=True), timeout=1).models.list())


def drip(peer: Peer) -> None:
    """Send a response byte by byte: each comes in time."""
    for byte in MODELS:
        peer.send(bytes([byte]))
        peer.gone.wait(0.02)


@pytest.mark.parametrize("used", [False, True], ids=["new", "closed by the server"])
def test_the_deadline_holds_for_a_head_that_drips(mode: Mode, wire: Serve, used: bool) -> None:
    """A call ends at its deadline, over a new connection, and over one that replaces an idle one."""

    def answer_and_leave(peer: Peer) -> None:
        peer.send(MODELS)
        peer.close()
        peer.gone.set()

    server = wire(*[answer_and_leave] * used, drip)
    client = mode.client(server.url, max_retries=0)
    if used:
        mode.run(client.models.list())
        assert mode.wait(server.peers[0].gone, PATIENCE)
    with Stopwatch() as watch, pytest.raises(APITimeoutError, match="the deadline has passed"):
        mode.run(client.with_options(deadline=0.3).models.list())
    assert watch.own < 0.8
