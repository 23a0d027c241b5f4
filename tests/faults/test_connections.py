"""Connections of ours at their edges: addresses, loops, threads, processes, and the one probe for TLS."""

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
from typing import Any

import attrs
import httpx
import pytest
from authority import serving as certified
from raw import Handler, RawServer, hang_up, silent
from wire import LAST, stream_head
from worlds import KEY, AsyncWorld, SyncWorld, World

from pareta import APIConnectionError, APITimeoutError, AsyncPareta, Pareta, ParetaError

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


def test_an_address_that_is_silent_takes_its_share(
    world: World, server: FaultServer, silent_address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second address of a name is tried while there is time for it."""
    named(monkeypatch, silent_address, ("127.0.0.1", server.port))
    client = world.client(server.url, timeout=httpx.Timeout(5, connect=0.8), max_retries=0)
    begun = time.monotonic()
    assert len(world.run(client.models.list())) == 1
    assert 0.39 < time.monotonic() - begun < 0.8


def test_all_addresses_together_have_the_time_to_connect(
    world: World, server: FaultServer, silent_address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with many silent addresses takes no longer than one."""
    named(monkeypatch, *[silent_address] * 4)
    client = world.client(server.url, timeout=httpx.Timeout(5, connect=0.4), max_retries=0)
    begun = time.monotonic()
    with pytest.raises(APITimeoutError, match="no connection in time"):
        world.run(client.models.list())
    assert 0.35 < time.monotonic() - begun < 0.7


def test_an_address_of_an_unknown_family_is_passed_over(
    world: World, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system cannot do IPv6, a name's address of it does not keep from the others."""
    named(monkeypatch, ("::1", server.port), ("127.0.0.1", server.port), family=4095)
    assert len(world.run(world.client(server.url).models.list())) == 1


def test_numbers_of_ipv6_are_hosts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
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
        assert len(world.run(world.client(f"http://[::1]:{port}").models.list())) == 1
        assert f"host: [::1]:{port}\r\n".encode() in heads[0]


# TLS


def test_surplus_in_a_record_of_its_own_is_no_answer(world: World, tmp_path: Path) -> None:
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
        client = world.client(server.url.replace("http:", "https:"))
        for _ in range(3):
            assert [each.id for each in world.run(client.models.list())] == ["ep_1"]
    server.close()
    assert server.accepted == 3


def test_a_handshake_that_is_ended_is_tried_again(world: World, raw: Callable[..., RawServer]) -> None:
    """A server that hangs up where TLS begins may be restarting: nothing was sent, and the call is repeated."""
    server = raw(hang_up)
    with pytest.raises(APIConnectionError, match=r"TLS handshake: is https right.*\(2 attempts\)"):
        world.run(world.client(server.url.replace("http:", "https:"), max_retries=1).models.list())
    assert server.accepted == 2


# Event loops


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_a_call_can_be_cancelled_anywhere(async_world: AsyncWorld, tmp_path: Path, secure: bool) -> None:  # noqa: FBT001
    """At whatever await it is cancelled, its place is free again and its socket closed."""
    server = FaultServer(OK, tls=certified() if secure else None)

    async def main(client: Any) -> int:
        assert len(await client.models.list()) == 1
        engine, open_ones, turns = client._caller.engine, descriptors(), 0
        cancelled = True
        while cancelled:
            engine._drop_idle()
            calling = asyncio.ensure_future(client.models.list())
            for _ in range(turns):
                await asyncio.sleep(0.0002 if turns % 2 else 0)
            cancelled = calling.cancel()
            await asyncio.wait([calling])
            assert (engine._place.slots._free._value, len(engine._idle)) == (2, 0 if calling.cancelled() else 1)
            turns += 1
        await asyncio.sleep(0.05)  # The server closes its ends, which are of this process.
        assert descriptors() <= open_ones + 2
        return turns

    try:
        with trusted(tmp_path):
            turns = async_world.run(main(async_world.client(server.url, max_connections=2)))
        assert turns > 3
    finally:
        server.close()


class LoopWithoutReaders(asyncio.SelectorEventLoop):
    """A loop like that of Windows, which watches no sockets for others."""

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        """Refuse."""
        raise NotImplementedError


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_a_loop_that_watches_no_sockets_will_do(engine: Any, held: FaultServer, server: FaultServer) -> None:
    """Calls, streams, timeouts and hang-ups go on over a loop that reads for others alone."""

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=server.url, engine=engine) as client:
            for _ in range(3):
                assert len(await client.models.list()) == 1
        timeout = httpx.Timeout(5, read=0.1)
        async with AsyncPareta(api_key=KEY, base_url=held.url, engine=engine, timeout=timeout) as client:
            stream = await client.with_options(deadline=0.3).endpoints.deploy(task="t")
            assert (await anext(stream))["event"] == "progress"
            with pytest.raises(APITimeoutError):
                await anext(stream)

    with asyncio.Runner(loop_factory=LoopWithoutReaders) as runner:
        runner.run(main())
    assert len(server.peers) == 1
    assert held.peers[0].gone.wait(1)


def test_closing_in_another_thread_wakes_who_reads(held: FaultServer) -> None:
    """A blocking reader learns at once that its stream was closed."""
    with Pareta(api_key=KEY, base_url=held.url) as client:
        stream = client.endpoints.deploy(task="t")
        assert next(iter(stream))["event"] == "progress"
        timer = threading.Timer(0.05, stream.close)
        timer.start()
        begun = time.monotonic()
        with pytest.raises(ParetaError, match="closed before its end"):
            next(stream)
        assert time.monotonic() - begun < 1


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_hanging_up_in_another_thread_wakes_who_awaits(engine: Any, held: FaultServer) -> None:
    """A task learns at once that its connection was dropped by another thread."""

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=held.url, engine=engine) as client:
            stream = await client.endpoints.deploy(task="t")
            await anext(stream)
            reading = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            await asyncio.to_thread(stream._arrival.abort)
            async with asyncio.timeout(1):
                with pytest.raises(ParetaError):
                    await reading

    asyncio.run(main())


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_two_tasks_that_read_one_stream_are_told(engine: Any, held: FaultServer) -> None:
    """The second of two that wait for the next event gets an error, and none of them waits for ever."""

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=held.url, engine=engine) as client:
            stream = await client.endpoints.deploy(task="t")
            await anext(stream)
            async with asyncio.timeout(1):
                both = await asyncio.gather(anext(stream), anext(stream), return_exceptions=True)
            assert all(isinstance(each, ParetaError) for each in both)

    asyncio.run(main())


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_a_number_used_again_is_another_connection(engine: Any) -> None:
    """Connections that other threads drop, and new ones of the same number, do not get into each other's way."""
    server = FaultServer(events(PROGRESS, end="hold"), OK, rounds=True)

    async def main() -> None:
        async with AsyncPareta(api_key=KEY, base_url=server.url, engine=engine) as client:
            before = descriptors()
            for turn in range(200):
                stream = await client.endpoints.deploy(task="t")
                await anext(stream)
                reading = asyncio.ensure_future(anext(stream)) if turn % 3 else None
                await asyncio.sleep(0)
                dropping = threading.Thread(target=stream._arrival.abort)
                dropping.start()
                stream._arrival._connection.abort()  # Twice at once.
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
        asyncio.run(asyncio.wait_for(main(), 10))
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
for again in (True, False):
    before = count()
    client = AsyncPareta(api_key="k", base_url=sys.argv[1], engine=sys.argv[2])
    held = [loop.run_until_complete(main(client))]
    del client
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    if again:
        loop.run_until_complete(asyncio.sleep(0))
        assert count() <= before, (count(), before)
loop.close()
del loop
gc.collect()
assert count() <= before, (count(), before)
print("over")
"""


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_what_is_dropped_while_its_loop_rests_leaves_nothing(engine: str, held: FaultServer) -> None:
    """Dropped in another thread, a stream hangs up at once, and its socket goes when the loop runs or goes."""
    assert script(DROPPED, held.url, engine) == ("over\n", "")
    assert all(peer.gone.wait(1) for peer in held.peers)


FORKED = """
import asyncio, os, sys
from pareta import AsyncPareta
client = AsyncPareta(api_key="k", base_url=sys.argv[1], engine=sys.argv[2])
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


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_a_fork_leaves_the_parents_idle_connections_alone(engine: str, server: FaultServer) -> None:
    """The child makes one of its own and drops what it copied; the parent goes on over the four that it had."""
    assert script(FORKED, server.url, engine)[0] == "over\n"
    assert len(server.requests) == 9
    assert len(server.peers) == 5


def script(text: str, *arguments: str) -> tuple[str, str]:
    """Run a program, any warning of which is an error; return what it says."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", text, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    told = [line for line in done.stderr.splitlines() if not line.startswith("Executing <")]
    return done.stdout, "\n".join(told)


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_no_timer_keeps_a_client_or_its_loop(engine: Any, server: FaultServer) -> None:
    """What waits to tell that nothing came in time is gone with the client, and the client with its last name."""
    loop = asyncio.new_event_loop()
    client = AsyncPareta(api_key=KEY, base_url=server.url, engine=engine, timeout=50)
    kept = [weakref.ref(client._caller.engine), weakref.ref(loop)]
    loop.run_until_complete(client.models.list())
    del client
    assert kept[0]() is None
    loop.run_until_complete(asyncio.sleep(0))
    assert [each for each in loop._scheduled if not each.cancelled()] == []  # type: ignore[attr-defined]
    loop.close()
    del loop
    gc.collect()
    assert kept[1]() is None


@pytest.mark.parametrize("engine", ["httpx", "aiohttp"])
def test_two_loops_at_once_get_connections_of_their_own(engine: Any, server: FaultServer) -> None:
    """One client in two threads with a loop each serves both, though neither keeps its connections."""
    client = AsyncPareta(api_key=KEY, base_url=server.url, engine=engine)
    results: list[int] = []

    async def main() -> int:
        return sum([len(await client.models.list()) for _ in range(100)])

    threads = [threading.Thread(target=lambda: results.append(asyncio.run(main()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results == [100, 100]


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
    """Its connection is given back once, and its place as well."""
    server = FaultServer(stream_head() + LAST)
    try:
        with Pareta(api_key=KEY, base_url=server.url, max_connections=1) as client:
            for _ in range(20):
                stream = client.endpoints.deploy(task="t")
                arrival: Any = stream._arrival
                while arrival.piece(stream._opened.read):
                    pass
                start = threading.Barrier(4)
                threads = [threading.Thread(target=lambda: (start.wait(), arrival.close())) for _ in range(4)]  # noqa: B023
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                engine: Any = client._caller.engine
                assert (len(engine._idle), engine._free.qsize()) == (1, 1)
    finally:
        server.close()


FORKED_THREADS = """
import os, sys
from pareta import Pareta
client = Pareta(api_key="k", base_url=sys.argv[1])
assert len(client.models.list()) == 1
stream = client.endpoints.deploy(task="t")
arrival = stream._arrival
while arrival.piece(__import__("pareta._timeouts", fromlist=["_"]).Patience(5)):
    pass
child = os.fork()
if not child:
    assert len(client.models.list()) == 1
    arrival.close()
    assert len(client.models.list()) == 1
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
arrival.close()
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


def test_what_is_idle_for_too_long_is_closed_under_what_is_used(world: World, raw: Callable[..., RawServer]) -> None:
    """Connections of a burst do not stay open for as long as calls come one after another, over one of them."""
    both, gone = threading.Barrier(2), threading.Semaphore(0)

    def serve(sock: socket.socket) -> None:
        both.wait(5)  # So that there are two.
        sock.sendall(OK)
        while sock.recv(65536):
            sock.sendall(OK)
        gone.release()

    client = world.client(raw(serve).url)

    async def twice() -> None:
        await asyncio.gather(client.models.list(), client.models.list())

    if isinstance(world, AsyncWorld):
        world.run(twice())
    else:
        calling = threading.Thread(target=client.models.list)
        calling.start()
        client.models.list()
        calling.join()
    idle = client._caller.engine._idle
    assert len(idle) == 2
    idle[0]._expires = 0.0  # Which it does by itself after five seconds.
    world.run(client.models.list())
    assert len(idle) == 1
    assert gone.acquire(timeout=1)


# The probe for TLS


@attrs.frozen
class Probed:
    """What came of a first call that was hung up on."""

    error: BaseException
    seconds: float


def first_call(world: World, server: RawServer, **options: Any) -> Probed:
    """Make a client's first call, which fails."""
    client = world.client(server.url, max_retries=0, **options)
    begun = time.monotonic()
    with pytest.raises(APIConnectionError) as caught:
        world.run(client.models.list())
    return Probed(caught.value, time.monotonic() - begun)


def dripping(sock: socket.socket) -> None:
    """Begin a record of TLS, a byte at a time, and never end it."""
    for byte in b"\x16\x03\x03\x40\x00" + b"\x02\x00\x3f" + bytes(200):
        sock.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("kind", [SyncWorld, AsyncWorld])
def test_the_probe_takes_a_second_at_most(kind: type[World], raw: Callable[..., RawServer]) -> None:
    """A server that hangs up, and then says something now and again, delays the error by one second and no more."""
    world = kind()
    probed = first_call(world, raw(hang_up, dripping))
    world.end()
    assert "closed it without an answer" in str(probed.error)
    assert 0.9 < probed.seconds < 2.0


def test_the_probe_ends_at_the_deadline(world: World, raw: Callable[..., RawServer]) -> None:
    """A call's deadline is its end, the probe included."""
    server = raw(hang_up, silent)
    client = world.client(server.url, max_retries=0).with_options(deadline=0.3)
    begun = time.monotonic()
    with pytest.raises(APIConnectionError):
        world.run(client.models.list())
    assert time.monotonic() - begun < 0.9


def test_the_probe_shows_nothing_of_the_request(world: World, raw: Callable[..., RawServer]) -> None:
    """It is a hello of TLS, without key, path or name of a client."""
    server = raw(hang_up)
    first_call(world, server)
    assert server.accepted == 2
    assert server.came[1][:2] == b"\x16\x03"
    assert not any(word in server.came[1] for word in (KEY.encode(), b"/v1/models", b"pareta"))


def test_the_probe_happens_once(world: World, raw: Callable[..., RawServer]) -> None:
    """Later hang-ups are what they are, and none comes after an answer."""
    server = raw(hang_up)
    client = world.client(server.url, max_retries=0)
    for _ in range(3):
        with pytest.raises(APIConnectionError):
            world.run(client.models.list())
    assert [came[:1] for came in server.came].count(b"\x16") == 1
    answered = raw(models, hang_up)
    client = world.client(answered.url, max_retries=0)
    world.run(client.models.list())
    client._caller.engine._drop_idle()
    with pytest.raises(APIConnectionError):
        world.run(client.models.list())
    assert answered.accepted == 2


def test_the_probe_gives_its_place_back(world: World, raw: Callable[..., RawServer]) -> None:
    """With one call allowed at a time, the next one does not wait for what the probe took."""
    server = raw(hang_up, hang_up, models)
    client = world.client(server.url, max_connections=1, max_retries=0, timeout=1)
    with pytest.raises(APIConnectionError):
        world.run(client.models.list())
    assert len(world.run(client.models.list())) == 1


def test_a_call_cancelled_in_its_probe_leaves_nothing(async_world: AsyncWorld, raw: Callable[..., RawServer]) -> None:
    """The probe's connection is closed, and the call's place is free."""
    probing, gone = threading.Event(), threading.Event()

    def watched(sock: socket.socket) -> None:
        probing.set()
        silent(sock)
        gone.set()

    server = raw(hang_up, watched, models)
    client = async_world.client(server.url, max_connections=1, max_retries=0)

    async def main() -> None:
        calling = asyncio.ensure_future(client.models.list())
        assert await asyncio.to_thread(probing.wait, 5)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert await asyncio.to_thread(gone.wait, 1)
        assert len(await client.models.list()) == 1

    async_world.run(main())
