"""The key is nowhere to be seen: not in what is printed, logged, pickled, kept, or shown by an error reporter."""

import asyncio
import gc
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from types import FrameType, FunctionType, ModuleType, TracebackType
from typing import Any

import attrs
import authority
import httpcore
import httpx
import pytest
from wire import DONE, LAST, answer, delta, event, stream
from worlds import World

from pareta import ParetaError
from pareta._credentials import Key

from .cases import COMPLETE, OK, PROGRESS, Case, events, then
from .probe import ASK, ENGINES, serving

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


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Give each engine in turn."""
    return str(request.param)


@pytest.fixture
def made(engine: str) -> Iterator[tuple[World, Callable[[str], Any]]]:
    """Give a world, and make clients in it over the engine."""
    world = ENGINES[engine]()

    def make(url: str) -> Any:
        options: dict[str, Any] = {"timeout": httpx.Timeout(5, read=0.3)}
        if "httpx." in engine:
            options["http_client"] = world.http_client(verify=authority.trusting("nobody"))
        return world.client(url, api_key=SECRET, max_retries=0, **options)

    yield world, make
    world.end()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_no_error_holds_the_key(
    made: tuple[World, Callable[[str], Any]], call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    """Text, repr, variables, pickle, log, and the locals of every frame of the chain are without it."""
    world, make = made
    caplog.set_level(logging.DEBUG)

    def fail(url: str) -> BaseException:
        client = make(url)

        def attempt() -> None:
            result = world.run(call.make(client))
            if call.streams:
                list(world.each(result))

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
        report = traceback.TracebackException(type(each), each, each.__traceback__, capture_locals=True)
        assert SECRET not in "".join(report.format())
    assert SECRET.encode() not in pickle.dumps(error)
    assert SECRET not in caplog.text
    assert holders(error) == []


def test_neither_client_nor_answers_nor_open_streams_hold_it_beside_its_holder(
    made: tuple[World, Callable[[str], Any]], engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    """All that a client, its namespaces, its views and its streams keep alive is without it.

    † What the caller's own client keeps of a request is httpx's: it prints no key either.
    """
    world, make = made
    theirs = (httpx.Request, httpcore.Request) if "httpx." in engine else ()
    caplog.set_level(logging.DEBUG)
    held = events(delta("x"), end="hold")
    script = (OK, stream(PROGRESS, COMPLETE), stream(delta("x", "stop"), DONE), held)
    with serving(faulty(*script)) as server:
        client = make(server.url)
        models = world.run(client.models.list())
        finished = world.run(client.endpoints.deploy(task="t"))
        list(world.each(finished))
        completed = world.run(chat(client))
        whole = world.run(completed.completion())
        open_one = world.run(chat(client))
        view = client.with_options(headers={"x-team": "legal"})
        for each in (client, view, client.models, client.chat, models, models.data[0], finished, whole, open_one):
            assert holders(each, *theirs) == []
            assert SECRET not in f"{each!r} {each} {vars(each) if hasattr(each, '__dict__') else ''}"
        assert SECRET.encode() not in pickle.dumps((models, whole))
        world.close(open_one)
    assert SECRET not in caplog.text
