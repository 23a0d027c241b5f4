"""uvloop, trio and gevent run a default client: calls, streams, and what ends early. tests/client has asyncio."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio
import uvloop
from modes import KEY, AsyncioMode, TrioMode
from wire import PATIENCE, Peer, Step, Wire, answer, chunk, delta, event, stream_head

from pareta import APITimeoutError, AsyncPareta
from pareta.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 0.5
"""Seconds within which a server sees the hang-up."""
ASK: list[Any] = [{"role": "user", "content": "Who signs? Alder & Pine signs."}]
MODELS = answer({"object": "list", "data": [{"id": "ep_1"}]})
DEPLOY = event({"stage": "pulling weights", "pct": 45}, "progress")
MODEL = "ep_a1b2c3"
Serve = Callable[..., Wire]


class UvloopMode(AsyncioMode):
    """Coroutines, run by uvloop."""

    name = "uvloop"

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)


@pytest.fixture(params=[UvloopMode, TrioMode], ids=["uvloop", "trio"])
def runtime(request: pytest.FixtureRequest) -> Iterator[AsyncioMode]:
    """Give uvloop and trio in turn."""
    made: AsyncioMode = request.param()
    yield made
    made.end()


@pytest.fixture
def client(runtime: AsyncioMode, sandbox: Sandbox) -> Any:
    """Give a client of the sandbox."""
    return runtime.client(sandbox.base_url, api_key=sandbox.api_key)


def silent_after(*events: str) -> Step:
    """Return a step that begins a stream, and then waits for the hang-up."""

    def step(peer: Peer) -> None:
        peer.send(stream_head(), *[chunk(each) for each in events])
        peer.hold()

    return step


# uvloop and trio


def test_calls_run(runtime: AsyncioMode, client: Any) -> None:
    """A call has its result, and many run at a time."""

    async def main() -> list[int]:
        found: list[int] = []

        async def one() -> None:
            found.append(len(await client.models.list()))

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(one)
        return found

    assert runtime.run(main()) == [3] * 20


def test_chat_streams_run(runtime: AsyncioMode, client: Any) -> None:
    """The chunks of a completion arrive."""
    stream = runtime.run(client.chat.completions.create(model=MODEL, messages=ASK, stream=True))
    assert "Alder" in "".join(runtime.each(stream.text))


def test_deploy_streams_run(runtime: AsyncioMode, client: Any) -> None:
    """The progress of a deployment arrives, up to its end."""
    stream = runtime.run(client.endpoints.deploy(task="invoice-fields"))
    assert [each["event"] for each in runtime.each(stream)][-1] == "complete"


def test_connections_are_used_again(runtime: AsyncioMode, wire: Serve) -> None:
    """Calls one after another share a connection."""
    server = wire(MODELS)
    client = runtime.client(server.url)
    for _ in range(3):
        runtime.run(client.models.list())
    assert (len(server.received), len(server.peers)) == (3, 1)


def test_a_cancelled_call_hangs_up(runtime: AsyncioMode, wire: Serve) -> None:
    """The server sees at once that a call was cancelled, and the next call is answered."""
    server = wire(Peer.hold, MODELS)
    client = runtime.client(server.url)

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.models.list)
            await anyio.to_thread.run_sync(server.await_requests, 1)
            group.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(server.peers[0].gone.wait, AT_ONCE)
        assert len(await client.models.list()) == 1

    runtime.run(main())


@pytest.mark.parametrize("kind", ["chat", "deploy"])
def test_a_stream_that_is_left_hangs_up(runtime: AsyncioMode, wire: Serve, kind: str) -> None:
    """The server sees at once that a loop over a stream was left."""
    server = wire(silent_after(delta("Good") if kind == "chat" else DEPLOY), MODELS)
    client = runtime.client(server.url)
    if kind == "chat":
        stream = runtime.run(client.chat.completions.create(model="m", messages=ASK, stream=True))
    else:
        stream = runtime.run(client.endpoints.deploy(task="t"))
    for _ in runtime.each(stream):
        break
    assert runtime.wait(server.peers[0].gone, AT_ONCE)
    assert len(runtime.run(client.models.list())) == 1


def test_a_cancelled_stream_hangs_up(runtime: AsyncioMode, wire: Serve) -> None:
    """The server sees at once that a task was cancelled while it waited for the next chunk."""
    server = wire(silent_after(delta("Good")))
    client = runtime.client(server.url)

    async def read(first: anyio.Event) -> None:
        async for _ in await client.chat.completions.create(model="m", messages=ASK, stream=True):
            first.set()

    async def main() -> None:
        first = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(read, first)
            await first.wait()
            group.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(server.peers[0].gone.wait, AT_ONCE)

    runtime.run(main())


def test_the_deadline_holds(runtime: AsyncioMode, wire: Serve) -> None:
    """A call ends at its deadline, and hangs up."""
    server = wire(Peer.hold)
    with pytest.raises(APITimeoutError, match="the deadline has passed"):
        runtime.run(runtime.client(server.url, max_retries=0).with_options(deadline=0.1).models.list())
    assert runtime.wait(server.peers[0].gone, AT_ONCE)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "dropped"])
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run, trio.run])
def test_what_is_forgotten_is_closed_with_its_loop(wire: Serve, run: Any, kept: bool) -> None:
    """A client that is never closed hangs up when its event loop ends, or when nobody refers to it any more."""
    server = wire(MODELS)
    clients = [AsyncPareta(api_key=KEY, base_url=server.url)]

    async def main() -> None:
        await clients[0].models.list()
        if not kept:
            clients.clear()
            assert await anyio.to_thread.run_sync(server.peers[0].gone.wait, AT_ONCE)

    run(main) if run is trio.run else run(main())
    assert server.peers[0].gone.wait(AT_ONCE)


# gevent


class Program:
    """A process of gevent_program.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def go_on(self) -> None:
        """Let the function go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def result(self) -> Any:
        """Return what the function returned; the process is still there then."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline() or '"nothing"')


@contextmanager
def under_gevent(function: str, url: str, key: str = KEY) -> Iterator[Program]:
    """Run a function of gevent_program.py; warnings are errors there."""
    command = [sys.executable, "-W", "error", str(Path(__file__).with_name("gevent_program.py")), function, url, key]
    options: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, text=True, env=environment, **options) as process:
        try:
            yield Program(process)
            _, errors = process.communicate(timeout=PATIENCE)
            assert (process.returncode, errors) == (0, "")
        except BaseException as error:
            process.kill()
            error.add_note(process.communicate()[1])
            raise


def test_gevent_runs_calls_side_by_side(wire: Serve) -> None:
    """Calls of 20 greenlets are all sent before the first is answered."""

    def when_all_are_there(peer: Peer) -> None:
        server.await_requests(20)
        peer.send(MODELS)

    server = wire(when_all_are_there)
    with under_gevent("calls", server.url) as program:
        assert program.result() == [1] * 20


def test_gevent_runs_streams(sandbox: Sandbox) -> None:
    """A completion and a deployment are read by two greenlets."""
    with under_gevent("streams", sandbox.base_url, sandbox.api_key) as program:
        text, events = program.result()
    assert "Alder" in text
    assert events[-1] == "complete"


def test_gevent_ends_without_a_word(wire: Serve) -> None:
    """A process that leaves clients, streams and a sandbox open ends in silence: nothing waits, nothing warns."""
    with under_gevent("forgotten", wire(silent_after(delta("Good"))).url) as program:
        assert program.result() == 3
        program.go_on()


def test_gevent_limits_calls_in_flight(wire: Serve) -> None:
    """A greenlet waits for the call of another where `max_connections` says so."""
    server = wire(MODELS)
    with under_gevent("limited", server.url) as program:
        assert program.result() == [1] * 5
    assert len(server.peers) == 1


def test_a_greenlet_that_is_killed_hangs_up(wire: Serve) -> None:
    """The server sees at once that a call was killed, and the next one is answered."""
    server = wire(Peer.hold, MODELS)
    with under_gevent("killed_call", server.url) as program:
        server.await_requests(1)
        program.go_on()
        assert program.result() == 1
        assert server.peers[0].gone.wait(AT_ONCE)


def test_a_timeout_of_gevent_hangs_up(wire: Serve) -> None:
    """The server sees at once that `gevent.Timeout` has ended a call."""
    server = wire(Peer.hold)
    with under_gevent("timed_out", server.url) as program:
        assert program.result() == "timed out"
        assert server.peers[0].gone.wait(AT_ONCE)


@pytest.mark.parametrize("how", ["killed_stream", "left_chat", "left_deploy"])
def test_a_greenlet_that_ends_a_stream_hangs_up(wire: Serve, how: str) -> None:
    """The server sees at once that a stream was left, or its reader killed, and the next call is answered."""
    server = wire(silent_after(DEPLOY if how == "left_deploy" else delta("Good")), MODELS)
    with under_gevent(how, server.url) as program:
        assert program.result() == 1
        assert server.peers[0].gone.wait(AT_ONCE)


def test_closing_a_stream_wakes_the_greenlet_that_reads_it(wire: Serve) -> None:
    """A greenlet that waits for a chunk learns that another one has closed its stream."""
    server = wire(silent_after(delta("Good")))
    with under_gevent("closed", server.url) as program:
        assert "closed before its end" in program.result()
        assert server.peers[0].gone.wait(AT_ONCE)
