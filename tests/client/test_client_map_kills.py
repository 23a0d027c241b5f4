"""A `map` with a journal that is killed again and again, and whose server is: every row once, every debit once."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pareta import Pareta

ROOT = Path(__file__).parents[2]
FULL = bool(os.environ.get("FULL"))
KILLS = 50 if FULL else 4
ROWS = 2000 if FULL else 120
PRICE = 210
SERVE = """
    import sys, time
    from pareta.sandbox import Sandbox
    with Sandbox(seed=7, pace=0.2, clock="real", state=sys.argv[1], port=int(sys.argv[2])) as sandbox:
        print(sandbox.api_key, flush=True)
        sys.stdin.read()
"""
MAP = {
    "sync": """
        import sys
        from pareta import Pareta
        with Pareta() as pa:
            rows = ({"messages": [{"role": "user", "content": f"Which? It is {n}."}]} for n in range(int(sys.argv[2])))
            for result in pa.chat.completions.map(rows, model="ep_a1b2c3", journal=sys.argv[1], concurrency=8):
                assert result.completion.choices[0].message.content == f"It is {result.index}.", result
                print(result.index, flush=True)
    """,
    "async": """
        import asyncio, sys
        from pareta import AsyncPareta
        async def main():
            async with AsyncPareta() as pa:
                rows = (f"Which? It is {n}." for n in range(int(sys.argv[2])))
                async for result in pa.chat.completions.map(rows, model="ep_a1b2c3", journal=sys.argv[1]):
                    assert result.completion.choices[0].message.content == f"It is {result.index}.", result
                    print(result.index, flush=True)
        asyncio.run(main())
    """,
}


class Processes:
    """A sandbox with its state in a file, and a program that maps; either can be killed and started again."""

    def __init__(self, folder: Path, program: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._state = str(folder / "state.db")
        self.journal = folder / "journal.jsonl"
        self._program = textwrap.dedent(program)
        self._key = ""
        self._running: list[subprocess.Popen[str]] = []
        self.server = self.serve()

    @property
    def _environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self._port}"
        return {**os.environ, "PYTHONPATH": str(ROOT), "PARETA_API_KEY": self._key, "PARETA_BASE_URL": url}

    def serve(self) -> subprocess.Popen[str]:
        """Start the sandbox, and return when it is ready."""
        self.server = self._start(textwrap.dedent(SERVE), self._state, str(self._port))
        assert self.server.stdout is not None
        self._key = self.server.stdout.readline().strip()
        return self.server

    def map(self) -> subprocess.Popen[str]:
        """Start the program."""
        return self._start(self._program, str(self.journal), str(ROWS))

    def _start(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        return process

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill it with SIGKILL, and wait for it."""
        process.kill()
        process.communicate()
        self._running.remove(process)

    def client(self) -> Pareta:
        """Return a client of the sandbox."""
        return Pareta(api_key=self._key, base_url=f"http://127.0.0.1:{self._port}")

    def end(self) -> None:
        """Kill what runs."""
        for process in list(self._running):
            self.kill(process)


@pytest.fixture(params=MAP)
def processes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Processes]:
    """Give both programs in turn."""
    made = Processes(tmp_path, MAP[request.param])
    yield made
    made.end()


def written(journal: Path) -> int:
    """Return how many lines the journal has."""
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_no_kill_loses_a_row_or_bills_it_twice(processes: Processes) -> None:
    """Killed at random moments, every second time with the sandbox, it yields every row in the end, billed once."""
    dice = random.Random(7)
    for number in range(KILLS):
        program = processes.map()
        goal = min(written(processes.journal) + dice.randrange(ROWS // KILLS), ROWS - 1)
        while written(processes.journal) <= goal:  # A kill has no event to wait for.
            assert program.poll() is None
            time.sleep(dice.random() * 0.02)
        processes.kill(program)
        if number % 2:
            processes.kill(processes.server)
            processes.serve()
    last = processes.map()
    output, _ = last.communicate(timeout=300)
    assert last.returncode == 0
    assert [int(line) for line in output.split()] == list(range(ROWS))
    lines = [json.loads(line) for line in processes.journal.read_text("utf-8").splitlines()[1:]]
    assert sorted(line["index"] for line in lines) == list(range(ROWS))
    with processes.client() as pa:
        cost = pa.endpoints.metrics("ep_a1b2c3").cost()
    assert (cost.requests, cost.spend_micro_usd) == (ROWS, ROWS * PRICE)


def test_a_server_that_dies_meanwhile_costs_no_row(processes: Processes) -> None:
    """The program goes on by itself when the sandbox is back, and nothing is billed twice."""
    program = processes.map()
    for share in (3, 2):
        while written(processes.journal) < ROWS // share:
            assert program.poll() is None
            time.sleep(0.01)
        processes.kill(processes.server)
        time.sleep(0.5)  # So long nobody listens.
        processes.serve()
    output, _ = program.communicate(timeout=300)
    assert program.returncode == 0
    assert [int(line) for line in output.split()] == list(range(ROWS))
    with processes.client() as pa:
        cost = pa.endpoints.metrics("ep_a1b2c3").cost()
    assert (cost.requests, cost.spend_micro_usd) == (ROWS, ROWS * PRICE)


def test_ctrl_c_leaves_a_journal_to_go_on_with(processes: Processes) -> None:
    """A program that is interrupted ends at once, and the next run yields every row."""
    program = processes.map()
    while written(processes.journal) < ROWS // 3:
        assert program.poll() is None
        time.sleep(0.01)
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=30)
    assert program.returncode != 0
    output, _ = processes.map().communicate(timeout=300)
    assert [int(line) for line in output.split()] == list(range(ROWS))
