"""The key is nowhere to be seen: not in what is printed, logged, pickled, kept, or shown by an error reporter."""

import asyncio
import gc
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

import aiohttp
import anyio
import attrs
import authority
import httpcore
import httpcore2
import httpx
import httpx2
import pytest
from modes import AsyncioMode, Mode
from wire import DONE, LAST, Peer, Wire, answer, delta, event, stream

from pareta import ParetaError
from pareta._credentials import Key

from .cases import COMPLETE, OK, PROGRESS, Case, events, then
from .probe import ASK, CLIENTS, serving

SECRET = "pareta_sk_test_never_to_be_seen_5d41"
NOT_OURS = (type, ModuleType, FunctionType, FrameType, TracebackType, logging.Logger, asyncio.AbstractEventLoop, Key)
"""What the walk does not enter: code, other people's things, and the one holder of the key."""


def reachable(start: Any, *beside: type) -> Iterator[Any]:
    """Yield all that `start` keeps alive, however deep."""
    known: set[int] = set()
    waiting = [start]
    while waiting:
        each = waiting.pop()
        if id(each) in known or isinstance(each, (*NOT_OURS, *beside)):
            continue
        known.add(id(each))
        yield each
        waiting += gc.get_referents(each)


def holders(start: Any, *beside: type) -> list[Any]:
    """Return the texts and bytes that hold the key."""
    return [
        each
        for each in reachable(start, *beside)
        if (isinstance(each, str) and SECRET in each)
        or (isinstance(each, bytes | bytearray) and SECRET.encode() in bytes(each))
    ]


def chain(error: BaseException) -> list[BaseException]:
    """Return an error and all that led to it, what is suppressed in a traceback included."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__]
    return found


@attrs.frozen
class Call:
    """A call and how it ends."""

    name: str
    case: Case | None
    """None: nobody listens."""
    make: Callable[[Any], Any] = lambda client: client.models.list()
    streams: bool = False


def faulty(*script: Any, tls: str | None = None, swap: bool = False) -> Case:
    """Return a case for its server alone."""
    return Case(row=0, name="", script=script, expected=None, tls=tls, swap=swap)  # type: ignore[arg-type]


def chat(client: Any) -> Any:
    """Open a chat stream with a body that does not go out in one piece."""
    return client.chat.completions.create(model="m", messages=ASK, stream=True)


def large(client: Any) -> Any:
    """Send more than the server takes."""
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x" * 20_000_000}])


CALLS = [
    Call("404", faulty(answer({"detail": "No."}, "404 Not Found"))),
    Call("no JSON", faulty(answer(b"<html>"))),
    Call("nobody listens", None),
    Call("reset", faulty(then(end="RST"))),
    Call("no HTTP", faulty(b"220 mail.example ESMTP\r\n\r\n")),
    Call("silence", faulty(then(end="hold"))),
    Call("body cut", faulty(then(answer([1], length=99)))),
    Call("large body refused", faulty(then(end="RST")), large),
    Call("unknown authority", faulty(OK, tls="unknown authority")),
    Call("TLS to a plain port", faulty(OK, swap=True)),
    Call("chat breaks", faulty(events(delta("x"), end="RST")), chat, streams=True),
    Call("chat is cut", faulty(events(delta("x"), last=LAST)), chat, streams=True),
    Call("chat is silent", faulty(events(delta("x"), end="hold")), chat, streams=True),
    Call("deploy breaks", faulty(events(PROGRESS)), lambda client: client.endpoints.deploy(task="t"), streams=True),
    Call("deploy fails", faulty(stream(event({"message": "no"}, "error"))),
         lambda client: client.endpoints.deploy(task="t", wait=True)),
]  # fmt: skip


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest) -> str:
    """Give each kind of client in turn."""
    return str(request.param)


@pytest.fixture
def made(kind: str) -> Iterator[tuple[Mode, Callable[[str], Any]]]:
    """Give a mode, and make clients of the kind."""
    mode = CLIENTS[kind]()

    def make(url: str) -> Any:
        options: dict[str, Any] = {"timeout": httpx.Timeout(5, read=0.3)}
        if kind.startswith("httpx"):
            options["http_client"] = mode.http_client(kind.partition(".")[0], verify=authority.trusting("nobody"))
        return mode.client(url, api_key=SECRET, max_retries=0, **options)

    yield mode, make
    mode.end()


@pytest.mark.matrix
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_no_error_holds_the_key(
    made: tuple[Mode, Callable[[str], Any]], call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    """Text, repr, variables, pickle, log, and the locals of every frame of the chain are without it."""
    mode, make = made
    caplog.set_level(logging.DEBUG)

    def fail(url: str) -> BaseException:
        client = make(url)

        def attempt() -> None:
            result = mode.run(call.make(client))
            if call.streams:
                list(mode.each(result))

        with pytest.raises(ParetaError) as caught:
            attempt()
        return caught.value

    if call.case is None:
        error = fail("http://127.0.0.1:1")
    else:
        with serving(call.case) as server:
            error = fail(server.url.replace("http:", "https:") if call.case.swap else server.url)
    for each in chain(error):
        assert SECRET not in f"{each} {each!r} {vars(each) if hasattr(each, '__dict__') else ''}"
    assert SECRET not in shown(error)
    assert SECRET.encode() not in pickle.dumps(error)
    assert SECRET not in caplog.text
    assert holders(error) == []


def shown(error: BaseException) -> str:
    """Return the tracebacks of an error and its causes, with local variables."""
    reports = [
        traceback.TracebackException(type(each), each, each.__traceback__, capture_locals=True) for each in chain(error)
    ]
    return "".join(line for report in reports for line in report.format())


def test_a_body_that_is_refused_shows_no_key(made: tuple[Mode, Callable[[str], Any]]) -> None:
    """The traceback of a body that is no JSON has no variable that holds it."""
    mode, make = made
    client = make("http://127.0.0.1:1")
    with pytest.raises(ValueError, match="JSON") as caught:
        mode.run(client.tasks.match(float("nan")))
    assert SECRET not in shown(caught.value)


def test_a_cancelled_call_shows_no_key(async_mode: AsyncioMode, wire: Callable[..., Wire]) -> None:
    """The traceback of a cancellation is without it, in the proxy's code too."""
    proxy = wire(Peer.hold)
    client = async_mode.client("http://localhost:9", api_key=SECRET, proxy=proxy.url)
    caught: list[BaseException] = []

    async def call() -> None:
        try:
            await client.models.list()
        except anyio.get_cancelled_exc_class() as error:
            caught.append(error)
            raise

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            await anyio.to_thread.run_sync(proxy.await_requests, 1)
            group.cancel_scope.cancel()

    async_mode.run(main())
    assert SECRET not in shown(caught[0])


def test_neither_client_nor_answers_nor_open_streams_hold_it_beside_its_holder(
    made: tuple[Mode, Callable[[str], Any]], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """All that a client, its namespaces, its views and its streams keep alive is without it.

    While a stream is open, the HTTP library keeps its request, which prints no key either.
    """
    mode, make = made
    requests = (httpx.Request, httpcore.Request, httpx2.Request, httpcore2.Request, aiohttp.ClientResponse)
    caplog.set_level(logging.DEBUG)
    held = events(delta("x"), end="hold")
    script = (OK, stream(PROGRESS, COMPLETE), stream(delta("x", "stop"), DONE), held)
    with serving(faulty(*script)) as server:
        client = make(server.url)
        models = mode.run(client.models.list())
        finished = mode.run(client.endpoints.deploy(task="t"))
        list(mode.each(finished))
        completed = mode.run(chat(client))
        whole = mode.run(completed.completion())
        view = client.with_options(headers={"x-team": "legal"})
        closed = (client, view, client.models, client.chat, models, models.data[0], finished, whole)
        for each in closed:
            assert holders(each, *(requests if kind.startswith("httpx") else ())) == []
        open_one = mode.run(chat(client))
        for each in (*closed, open_one):
            assert holders(each, *requests) == []
            assert SECRET not in f"{each!r} {each} {vars(each) if hasattr(each, '__dict__') else ''}"
        assert SECRET.encode() not in pickle.dumps((models, whole))
        mode.close(open_one)
    assert SECRET not in caplog.text
