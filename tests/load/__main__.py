"""Load on a sandbox: open chat streams beside mixed requests, from raw sockets on another core; each debit is counted.

    python tests/load --streams 500 --rate 1000 --seconds 60

It ends with status 1 when anything went wrong: an answer that is no 2xx, a stream that is not whole, a debit too many
or too few, or memory that grew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any, Self
from urllib.parse import urlsplit

PRICE = 210
BALANCE = 10**12
ENDPOINT = "ep_a1b2c3"
CONNECTIONS = 300  # A completion takes a second and a half at this pace, so many are under way at once.
# One word a token, so many events to a stream: five a second with the pace below, the wait for the first included.
WORDS = 60
PACE = 9.2
_SERVE = """
import os, sys
if len(os.sched_getaffinity(0)) > 1:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from pareta.sandbox import Sandbox, Reply
class Words:
    name = "words"
    def reply(self, body):
        words = int(body.get("seed") or 1)
        return Reply(" ".join(["word"] * words))
with Sandbox(seed=7, engine=Words(), pace=float(sys.argv[1]), clock="real", balance=int(sys.argv[2])) as sandbox:
    print(sandbox.base_url, sandbox.api_key, flush=True)
    for line in sys.stdin:
        print(sandbox.balance, flush=True)
"""


@dataclass
class Seen:
    """What came back."""

    answers: int = 0
    answered: float = 0
    """When the last of the mixed requests was answered; streams that are open then are still read to their end."""
    events: int = 0
    streams: int = 0
    billed: int = 0
    latencies: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)


class Client:
    """One connection, which sends requests and reads answers, and knows no more of HTTP than it needs."""

    def __init__(self, host: str, port: int, key: str) -> None:
        self._host = host
        self._port = port
        self._key = key

    async def __aenter__(self) -> Self:
        """Connect."""
        self._read, self._write = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        self._write.close()

    async def send(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str]]:
        """Send a request; return the status and the headers of its answer."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}", f"authorization: Bearer {self._key}"]
        if body is not None:
            lines += ["content-type: application/json", f"content-length: {len(content)}"]
        self._write.write("\r\n".join([*lines, "", ""]).encode() + content)
        head = (await self._read.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return int(head[0].split()[1]), headers

    async def answer(self, headers: dict[str, str]) -> bytes:
        """Return a body that has a length."""
        return await self._read.readexactly(int(headers.get("content-length", "0")))

    async def chunk(self) -> bytes:
        """Return the next piece of a body that has none; nothing at its end."""
        size = int(await self._read.readline(), 16)
        piece = await self._read.readexactly(size + 2)
        return piece[:-2]


async def stream(client: Client, seen: Seen, end: float) -> None:
    """Keep one chat stream open, one after the other, until the time is over; the last is read to its end."""
    body = {"model": ENDPOINT, "messages": [{"role": "user", "content": "Go"}], "stream": True, "seed": WORDS}
    while time.monotonic() < end:
        status, _ = await client.send("POST", "/v1/chat/completions", body)
        seen.billed += status == 200
        last = b""
        before = time.monotonic()
        while piece := await client.chunk():
            now = time.monotonic()
            seen.gaps.append(now - before)
            before = now
            seen.events += 1
            last = piece
        if status != 200 or last != b"data: [DONE]\n\n":
            seen.wrong[f"stream {status} {last[:40]!r}"] += 1
        seen.streams += 1


COMPLETION = {"model": ENDPOINT, "messages": [{"role": "user", "content": "Go"}], "seed": 1}
MIXED: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/v1/chat/completions", COMPLETION),
    ("GET", "/v1/models", None),
    ("GET", "/v1/endpoints", None),
    ("GET", f"/v1/endpoints/{ENDPOINT}", None),
    ("POST", "/v1/tasks/match", {"query": "read totals from invoices"}),
    ("GET", "/v1/tasks", None),
    ("GET", "/v1/tasks/contract-key-fields/leaderboard", None),
    ("GET", "/v1/models", None),
    ("GET", "/v1/endpoints", None),
    ("GET", "/v1/endpoints/ep_seed01/cost?window=1h", None),
)


async def mix(client: Client, seen: Seen, queue: asyncio.Queue[tuple[int, float] | None]) -> None:
    """Send what is due; the latency counts from when it was due."""
    while (due := await queue.get()) is not None:
        number, since = due
        method, path, body = MIXED[number % len(MIXED)]
        billed = body is COMPLETION
        status, headers = await client.send(method, path, body)
        await client.answer(headers)
        seen.answers += 1
        seen.answered = time.monotonic()
        seen.billed += billed and status == 200
        if not billed:
            seen.latencies.append(time.monotonic() - since)
        if status != 200:
            seen.wrong[f"{method} {path} {status}"] += 1


async def schedule(rate: int, end: float, queue: asyncio.Queue[tuple[int, float] | None]) -> None:
    """Put requests into the queue as they fall due, whether or not the server keeps up."""
    began = time.monotonic()
    number = 0
    while (now := time.monotonic()) < end:
        while number < (now - began) * rate:
            queue.put_nowait((number, began + number / rate))
            number += 1
        await asyncio.sleep(0.005)
    for _ in range(CONNECTIONS):
        queue.put_nowait(None)


def memory(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor(pid: int) -> float:
    """Return the processor's seconds that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123
        fields = file.read().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def watch(pid: int, end: float, samples: list[float]) -> None:
    """Note the memory once a second."""
    while time.monotonic() < end:
        samples.append(memory(pid))
        await asyncio.sleep(1)


async def load(url: str, key: str, pid: int, options: argparse.Namespace) -> tuple[Seen, list[float]]:
    """Put the load on, and return what was seen."""
    parts = urlsplit(url)
    seen = Seen()
    samples: list[float] = []
    queue: asyncio.Queue[tuple[int, float] | None] = asyncio.Queue()
    clients = [Client(parts.hostname or "", parts.port or 0, key) for _ in range(options.streams + CONNECTIONS)]
    for each in clients:
        await each.__aenter__()
    end = time.monotonic() + options.seconds
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch(pid, end, samples))
        tasks.create_task(schedule(options.rate, end, queue))
        for each in clients[: options.streams]:
            tasks.create_task(stream(each, seen, end))
        for each in clients[options.streams :]:
            tasks.create_task(mix(each, seen, queue))
    for each in clients:
        await each.__aexit__()
    return seen, samples


def main() -> int:
    """Run it and say what came of it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python tests/load", description="Put load on a sandbox.")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--rate", type=int, default=1000, help="mixed requests a second")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    command = [sys.executable, "-c", _SERVE, str(PACE), str(BALANCE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[-1]})
        url, key = server.stdout.readline().split()
        began = time.monotonic()
        seen, samples = asyncio.run(load(url, key, server.pid, options))
        took = time.monotonic() - began
        used = processor(server.pid)
        server.stdin.write("\n")
        server.stdin.flush()
        spent = BALANCE - int(server.stdout.readline())
        server.stdin.close()
    return report(seen, samples, spent, took, used, asking=seen.answered - began)


def report(seen: Seen, samples: list[float], spent: int, took: float, used: float, *, asking: float) -> int:
    """Print the figures; return the exit status."""
    settled = samples[len(samples) // 3 :]
    growth = settled[-1] - settled[0]
    wrong = dict(seen.wrong)
    if spent != PRICE * seen.billed:
        wrong["debits"] = spent - PRICE * seen.billed
    if growth > 0.1 * settled[0]:
        wrong["memory"] = round(growth)
    latency = quantiles(seen.latencies, n=100)
    gaps = quantiles(seen.gaps, n=100)
    asked = f"p50 {latency[49] * 1e3:.1f} ms, p99 {latency[98] * 1e3:.1f} ms"
    waited = f"gap p50 {gaps[49] * 1e3:.0f} ms, p99 {gaps[98] * 1e3:.0f} ms"
    say(f"{seen.answers} requests, {seen.answers / asking:.0f}/s: {asked}")
    pace = len(seen.gaps) / sum(seen.gaps)
    say(f"{seen.streams} streams, {seen.events} events, {pace:.1f}/s in each open stream: {waited}")
    say(f"{seen.billed} completions billed, {spent} micro-USD debited, {PRICE * seen.billed} due")
    say(f"{used:.1f} s of its core used, of {took:.1f}")
    say(f"memory {samples[0]:.1f} MB at first, {settled[0]:.1f} after a third, {settled[-1]:.1f} at the end")
    say(f"wrong: {wrong or 'nothing'}")
    return 1 if wrong else 0


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
