"""Connections at their edges: addresses, TLS, event loops, threads and processes."""

import asyncio
import gc
import socket
import ssl
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
import trio
from authority import serving as certified
from modes import KEY, AsyncioMode, Mode
from raw import Handler, RawServer, hang_up, silent
from stopwatch import Stopwatch
from wire import LAST, stream_head

from pareta import APIConnectionError, APITimeoutError, AsyncPareta, Pareta, ParetaError
from pareta._transport import async_stack, sync_stack
from pareta._transport.async_waiting import current_loop

from .cases import OK, POISON, PROGRESS, events
from .leaks import descriptors
from .probe import trusted
from .server import FaultServer

ROOT = Path(__file__).resolve().parents[2]


def models(sock: socket.socket) -> None:
    """Answer a call, and wait for the end."""
    sock.sendall(OK)
    silent(sock)


@pytest.fixture
def raw() -> Iterator[Callable[..., RawServer]]:
    """Start servers of raw sockets."""
    started: list[RawServer] = []

    def start(*handlers: Handler) -> RawServer:
        started.append(RawServer(*handlers))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve one list of models, again and again."""
    made = FaultServer(OK)
    yield made
    made.close()


@pytest.fixture
def held() -> Iterator[FaultServer]:
    """Serve streams that say one thing and no more."""
    made = FaultServer(events(PROGRESS, end="hold"))
    yield made
    made.close()


# Addresses


@pytest.fixture
def silent_address() -> Iterator[tuple[str, int]]:
    """Give an address that takes no more connections and does not say so."""
    waiting: list[socket.socket] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            sock = socket.socket()
            sock.settimeout(0)
            with suppress(BlockingIOError):
                sock.connect(listening.getsockname())
            waiting.append(sock)
        yield listening.getsockname()
        for sock in waiting:
            sock.close()


def named(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int], family: int = socket.AF_INET) -> None:
    """Let every name have these addresses; the first is of a family."""
    found = [(family, socket.SOCK_STREAM, 6, "", addresses[0])]
    found += [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in addresses[1:]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_a_silent_address_is_left_for_the_next(
    mode: Mode, server: FaultServer, silent_address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first address of a name does not respond, the second is used within a second."""
    named(monkeypatch, silent_address, ("127.0.0.1", server.port))
    with Stopwatch() as watch:
        assert len(mode.run(mode.client(server.url, max_retries=0).models.list())) == 1
    assert watch.own < 1.0


def test_a_slow_second_round_is_given_the_whole_timeout(
    server: FaultServer, silent_address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no address responds in the short first round, each has the whole timeout."""
    named(monkeypatch, silent_address, silent_address)
    client = Pareta(api_key=KEY, base_url=server.url, timeout=httpx.Timeout(5, connect=0.6), max_retries=0)
    with Stopwatch() as watch, pytest.raises(APITimeoutError, match="no connection in time"):
        client.models.list()
    assert watch.clock > 2.0
    assert watch.own < 3.0


def test_an_address_of_an_unknown_family_is_passed_over(
    mode: Mode, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no IPv6, an IPv6 address of a name is passed over."""
    named(monkeypatch, ("::1", server.port), ("127.0.0.1", server.port), family=4095)
    assert len(mode.run(mode.client(server.url).models.list())) == 1


def test_numbers_of_ipv6_are_hosts(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """`http://[::1]:port` is called, and named in the Host header as it is written there."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listening:
        port = listening.getsockname()[1]
        heads: list[bytes] = []

        def serve() -> None:
            sock, _ = listening.accept()
            with sock:
                heads.append(sock.recv(65536))
                sock.sendall(OK)
                silent(sock)

        threading.Thread(target=serve, daemon=True).start()
        assert len(mode.run(mode.client(f"http://[::1]:{port}").models.list())) == 1
        assert f"host: [::1]:{port}\r\n".encode() in heads[0]


# TLS


def test_surplus_in_a_record_of_its_own_is_no_answer(mode: Mode, tmp_path: Path) -> None:
    """What a TLS server says behind an answer may be here already, decrypted by nobody: the next call asks anew."""
    context = certified()

    def both(sock: socket.socket, first: bytes) -> None:
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(coming, going, server_side=True)
        coming.write(first)

        def step(what: Callable[[], Any]) -> Any:
            while True:
                try:
                    return what()
                except ssl.SSLWantReadError:
                    sock.sendall(going.read())
                    coming.write(sock.recv(65536))

        step(tls.do_handshake)
        step(lambda: tls.read(65536))
        tls.write(OK)
        tls.write(POISON)
        sock.sendall(going.read())  # Two records at once.
        silent(sock)

    server = RawServer(lambda sock: both(sock, server.came[-1]))
    with trusted(tmp_path):
        client = mode.client(server.url.replace("http:", "https:"))
        for _ in range(3):
            assert [each.id for each in mode.run(client.models.list())] == ["ep_1"]
    server.close()
    assert server.accepted == 3


def test_a_handshake_that_is_ended_is_tried_again(mode: Mode, raw: Callable[..., RawServer]) -> None:
    """A server that hangs up where TLS begins may be restarting: nothing was sent, and the call is repeated."""
    server = raw(hang_up)
    with pytest.raises(APIConnectionError, match=r"TLS handshake: is https right.*\(2 attempts\)"):
        mode.run(mode.client(server.url.replace("http:", "https:"), max_retries=1).models.list())
    assert server.accepted == 2


# Event loops


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_a_call_can_be_cancelled_anywhere(tmp_path: Path, secure: bool) -> None:
    """At whatever await it is cancelled, its place is free again and its socket closed."""
    server = FaultServer(OK, tls=certified() if secure else None)

    async def main() -> int:
        open_ones, turns, cancelled = descriptors(), 0, True
        while cancelled:
            async with AsyncPareta(api_key=KEY, base_url=server.url, max_connections=1) as client:
                calling = asyncio.ensure_future(client.models.list())
                for _ in range(turns):
                    await asyncio.sleep(0.0002 if turns % 2 else 0)
                cancelled = calling.cancel()
                await asyncio.wait([calling])
                async with asyncio.timeout(5):
                    assert len(await client.models.list()) == 1
            turns += 1
        await asyncio.sleep(0.05)  # The server closes its ends, which are of this process.
        assert descriptors() <= open_ones + 2
        return turns

    try:
        with trusted(tmp_path):
            assert asyncio.run(main()) > 3
    finally:
        server.close()


def test_closing_in_another_thread_wakes_who_reads(held: FaultServer) -> None:
    """A blocking reader learns at once that its stream was closed."""
    with Pareta(api_key=KEY, base_url=held.url) as client:
        stream = client.endpoints.deploy(task="t")
        assert next(iter(stream))["event"] == "progress"
        timer = threading.Timer(0.05, stream.close)
        timer.start()
        with Stopwatch() as watch, pytest.raises(ParetaError, match="closed before its end"):
            next(stream)
        assert watch.own < 1


def test_hanging_up_in_another_thread_wakes_who_awaits(held: FaultServer) -> None:
    """A task learns at once that its connection was dropped by another thread."""

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=held.url) as client:
            stream = await client.endpoints.deploy(task="t")
            await anext(stream)
            reading = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            await asyncio.to_thread(stream._reading.raw.abort)
            async with asyncio.timeout(1):
                with pytest.raises(ParetaError):
                    await reading

    asyncio.run(main())


def test_two_tasks_that_read_one_stream_are_told(held: FaultServer) -> None:
    """The second of two that wait for the next event gets an error, and none of them waits for ever."""

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=held.url) as client:
            stream = await client.endpoints.deploy(task="t")
            await anext(stream)
            async with asyncio.timeout(1):
                both = await asyncio.gather(anext(stream), anext(stream), return_exceptions=True)
            assert all(isinstance(each, ParetaError) for each in both)

    asyncio.run(main())


def test_a_number_used_again_is_another_connection() -> None:
    """Connections that other threads drop, and new ones of the same number, do not get into each other's way."""
    server = FaultServer(events(PROGRESS, end="hold"), OK, rounds=True)

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=server.url) as client:
            before = descriptors()
            for turn in range(200):
                stream = await client.endpoints.deploy(task="t")
                await anext(stream)
                reading = asyncio.ensure_future(anext(stream)) if turn % 3 else None
                await asyncio.sleep(0)
                dropping = threading.Thread(target=stream._reading.raw.abort)
                dropping.start()
                stream._reading.raw.abort()  # Twice at once.
                if turn % 2:
                    dropping.join()
                assert len(await client.models.list()) == 1
                dropping.join()
                if reading is not None:
                    with pytest.raises(ParetaError):
                        await reading
            await asyncio.sleep(0)
            assert descriptors() <= before + 4

    try:
        asyncio.run(asyncio.wait_for(main(), 60))
    finally:
        server.close()


DROPPED = """
import asyncio, gc, os, sys, threading
from pareta import AsyncPareta
def count():
    return len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
loop = asyncio.new_event_loop()
loop.slow_callback_duration = 60  # A busy machine is no leak.
async def main(client):
    stream = await client.endpoints.deploy(task="t")
    await anext(stream)
    return stream
for _ in range(2):
    before = count()
    client = AsyncPareta(api_key="k", base_url=sys.argv[1])
    held = [loop.run_until_complete(main(client))]
    del client
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    loop.run_until_complete(asyncio.sleep(0.01))
    assert count() <= before, (count(), before)
loop.close()
del loop
gc.collect()
assert count() <= before, (count(), before)
print("over")
"""


def test_what_is_dropped_while_its_loop_rests_leaves_nothing(held: FaultServer) -> None:
    """Dropped in another thread, a stream hangs up at once, and its socket goes when the loop runs again."""
    assert script(DROPPED, held.url) == ("over\n", "")
    assert all(peer.gone.wait(1) for peer in held.peers)


FORKED = """
import asyncio, os, sys
from pareta import AsyncPareta
client = AsyncPareta(api_key="k", base_url=sys.argv[1])
async def call():
    return len(await client.models.list())
async def main():
    assert sum(await asyncio.gather(*[call() for _ in range(4)])) == 4
    child = os.fork()
    if not child:
        return True
    assert os.waitpid(child, 0)[1] == 0
    assert sum(await asyncio.gather(*[call() for _ in range(4)])) == 4
loop = asyncio.new_event_loop()
loop.slow_callback_duration = 60
if loop.run_until_complete(main()):
    assert asyncio.new_event_loop().run_until_complete(call()) == 1
    del client
    os._exit(0)
loop.run_until_complete(client.aclose())
loop.close()
print("over")
"""


def test_a_fork_leaves_the_parents_idle_connections_alone(server: FaultServer) -> None:
    """The child makes one of its own and drops what it copied; the parent goes on over the four that it had."""
    assert script(FORKED, server.url)[0] == "over\n"
    assert len(server.requests) == 9
    assert len(server.peers) == 5


def script(text: str, *arguments: str) -> tuple[str, str]:
    """Run a program, any warning of which is an error; return what it says."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", text, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    told = [line for line in done.stderr.splitlines() if not line.startswith("Executing <")]
    return done.stdout, "\n".join(told)


def test_no_timer_keeps_a_client_or_its_loop(server: FaultServer) -> None:
    """What waits to tell that nothing came in time is gone with the client, and the client with its last name."""
    loop = asyncio.new_event_loop()
    client = AsyncPareta(api_key=KEY, base_url=server.url, timeout=50)
    kept = [weakref.ref(client), weakref.ref(loop)]
    loop.run_until_complete(client.models.list())
    del client
    assert kept[0]() is None
    loop.run_until_complete(asyncio.sleep(0.01))
    assert [each for each in loop._scheduled if not each.cancelled()] == []  # type: ignore[attr-defined]
    loop.close()
    del loop
    gc.collect()
    assert kept[1]() is None


def test_two_loops_at_once_get_connections_of_their_own(server: FaultServer) -> None:
    """One client in two threads with a loop each serves both, though neither keeps its connections."""
    client = AsyncPareta(api_key=KEY, base_url=server.url)
    results: list[int] = []

    async def main() -> int:
        return sum([len(await client.models.list()) for _ in range(100)])

    threads = [threading.Thread(target=lambda: results.append(asyncio.run(main()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results == [100, 100]


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # trio's sockets, which nobody closed.
@pytest.mark.parametrize("run", [asyncio.run, trio.run], ids=["asyncio", "trio"])
def test_a_client_forgets_loops_that_have_ended(server: FaultServer, run: Callable[..., Any]) -> None:
    """One client that many loops use in turn keeps the last of them at most, with its limiter and connections."""
    client = AsyncPareta(api_key=KEY, base_url=server.url)
    loops: list[weakref.ref[Any]] = []

    async def main(client: AsyncPareta) -> None:
        await client.models.list()
        loops.append(weakref.ref(current_loop()))

    for _ in range(4):
        run(main(client)) if run is asyncio.run else run(main, client)
    gc.collect()
    assert [each() for each in loops[:-1]] == [None] * 3
    del client
    gc.collect()


# Threads and processes


def test_a_call_that_returns_after_close_keeps_no_connection(raw: Callable[..., RawServer]) -> None:
    """A client that is closed while a call is in flight closes that call's connection when it is done."""
    asked, closed, gone = threading.Event(), threading.Event(), threading.Event()

    def late(sock: socket.socket) -> None:
        asked.set()
        closed.wait(5)
        sock.sendall(OK)
        silent(sock)
        gone.set()

    client = Pareta(api_key=KEY, base_url=raw(late).url)
    results: list[int] = []
    calling = threading.Thread(target=lambda: results.append(len(client.models.list())))
    calling.start()
    assert asked.wait(5)
    client.close()
    closed.set()
    calling.join(5)
    assert results == [1]
    assert gone.wait(1)


def test_threads_that_close_one_stream_at_once_close_it_once() -> None:
    """Its place is given back once: a second call at a time still waits."""
    server = FaultServer(stream_head() + LAST)
    try:
        with Pareta(api_key=KEY, base_url=server.url, max_connections=1) as client:
            for _ in range(20):
                stream = client.endpoints.deploy(task="t")
                start = threading.Barrier(4)
                threads = [threading.Thread(target=lambda: (start.wait(), stream.close())) for _ in range(4)]  # noqa: B023
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                open_one = client.endpoints.deploy(task="t")
                with pytest.raises(APITimeoutError, match="1 calls are in flight"):
                    client.with_options(deadline=0.05, max_retries=0).endpoints.deploy(task="t")
                open_one.close()
    finally:
        server.close()


FORKED_THREADS = """
import os, sys
from pareta import Pareta
client = Pareta(api_key="k", base_url=sys.argv[1])
assert len(client.models.list()) == 1
stream = client.endpoints.deploy(task="t")
raw = stream._reading.raw
while raw.read():
    pass
child = os.fork()
if not child:
    assert len(client.models.list()) == 1
    raw.close()
    assert len(client.models.list()) == 1
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
raw.close()
assert len(client.models.list()) == 1
print("over")
"""


def test_a_fork_takes_no_answer_that_was_the_parents() -> None:
    """A stream of the parent's that the child closes gives the child no connection: the parent goes on over it."""
    server = FaultServer(OK, stream_head() + LAST, OK)
    try:
        assert script(FORKED_THREADS, server.url) == ("over\n", "")
        assert sorted(peer.requests for peer in server.peers) == [2, 3]
    finally:
        server.close()


def test_what_is_idle_for_too_long_is_closed_under_what_is_used(
    mode: Mode, raw: Callable[..., RawServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections of a burst do not stay open for as long as calls come one after another, over one of them."""
    later = SimpleNamespace(seconds=0.0)
    for each in (async_stack, sync_stack):
        monkeypatch.setattr(each, "monotonic", lambda: time.monotonic() + later.seconds)
    both, gone = threading.Barrier(2), threading.Semaphore(0)

    def serve(sock: socket.socket) -> None:
        both.wait(5)  # So that there are two.
        sock.sendall(OK)
        while sock.recv(65536):
            sock.sendall(OK)
        gone.release()

    client = mode.client(raw(serve).url)

    async def twice() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(client.models.list)
            group.start_soon(client.models.list)

    if isinstance(mode, AsyncioMode):
        mode.run(twice())
    else:
        calling = threading.Thread(target=client.models.list)
        calling.start()
        client.models.list()
        calling.join()
    for seconds in (3.0, 6.0):  # Of five that an idle connection is kept.
        later.seconds = seconds
        mode.run(client.models.list())
    assert gone.acquire(timeout=1)
    assert not gone.acquire(blocking=False)


def test_a_tls_alert_to_plain_http_is_told(mode: Mode, raw: Callable[..., RawServer]) -> None:
    """A TLS server that answers plain HTTP with an alert is named as such, and not asked again."""

    def alert(sock: socket.socket) -> None:
        sock.sendall(b"\x15\x03\x01\x00\x02\x02\x46")
        silent(sock)

    server = raw(alert)
    with pytest.raises(APIConnectionError, match="probably TLS: is https right"):
        mode.run(mode.client(server.url).models.list())
    assert server.accepted == 1


def test_a_server_that_takes_a_large_body_slowly_does_not_stretch_the_call(
    mode: Mode, raw: Callable[..., RawServer]
) -> None:
    """The deadline ends a call while its body is sent."""

    def slow(sock: socket.socket) -> None:
        while sock.recv(4096):
            time.sleep(0.02)

    client = mode.client(raw(slow).url, max_retries=0).with_options(deadline=0.5)
    with Stopwatch() as watch, pytest.raises(APITimeoutError, match="deadline"):
        mode.run(client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x" * 20_000_000}]))
    assert watch.own < 1.5


def test_a_call_leaves_nothing_for_the_garbage_collector(mode: Mode, server: FaultServer) -> None:
    """What a call was made of goes when it is over: the request too, which holds the key."""

    def alive() -> int:
        return sum(type(each) in (httpx.Request, httpx.Response) for each in gc.get_objects())

    client = mode.client(server.url)
    mode.run(client.models.list())
    gc.collect()
    before = alive()
    gc.disable()
    try:
        mode.run(client.models.list())
        assert alive() == before
    finally:
        gc.enable()
