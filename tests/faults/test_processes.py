"""Streams and clients where processes, threads and loops end: nothing is leaked, and nothing is said about it."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from modes import KEY, AiohttpMode, AsyncioMode, Mode, SyncMode, TrioMode

from pareta import Pareta

from .cases import OK, PROGRESS, events
from .leaks import run
from .server import FaultServer

SYNC = """
from pareta import Pareta
client = Pareta(api_key="k", base_url={url!r})
stream = client.endpoints.deploy(task="t")
assert next(iter(stream))["event"] == "progress"
"""
LOOP = """
import asyncio
from pareta import AsyncPareta
client = AsyncPareta(api_key="k", base_url={url!r})
async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # A busy machine is no leak.
    stream = await client.endpoints.deploy(task="t")
    assert (await stream.__anext__())["event"] == "progress"
    return stream
stream = asyncio.run(main())
"""


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """Serve deployments that go on for ever."""
    made = FaultServer(events(PROGRESS, end="hold"))
    yield made
    made.close()


@pytest.mark.parametrize("loop", ["sync", "asyncio"])
@pytest.mark.parametrize("cycle", ["", "stream.itself = stream\n", "raise SystemExit(0)\n"])
def test_the_interpreter_ends_in_silence(server: FaultServer, loop: str, cycle: str) -> None:
    """An open stream at the interpreter's exit costs no warning, and the server sees the hang-up."""
    script = (SYNC if loop == "sync" else LOOP).format(url=server.url) + cycle
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert server.peers[0].gone.wait(1)


@pytest.mark.parametrize(
    "kind", [SyncMode, AiohttpMode, *(pytest.param(kind, marks=pytest.mark.long) for kind in (AsyncioMode, TrioMode))]
)
def test_streams_leave_nothing_behind(kind: type[Mode]) -> None:
    """Hundreds of streams, read to their ends or left, grow neither memory nor open files."""
    memory, files, connections = run(kind, 600)
    assert memory < 4_000
    assert files <= 1
    assert connections <= 202


def test_threads_share_one_client() -> None:
    """Thirty-two threads call through one client, each over a connection that it has to itself meanwhile."""
    server = FaultServer(OK)
    try:
        with Pareta(api_key=KEY, base_url=server.url) as client, ThreadPoolExecutor(32) as pool:
            assert sum(pool.map(lambda _: len(client.models.list()), range(640))) == 640
        assert len(server.requests) == 640
        assert len(server.peers) <= 32
    finally:
        server.close()
