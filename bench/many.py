"""python -m bench.many: rows a second of `map` beside bare loops over the same transport and others; its memory.

They take turns of some thousand rows each, so that what else the machine does hits all of them. It ends with 1 where
`map` is slower than 80 % of the loops, or its memory moves by more than 10 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from .contenders import HEADERS, KEY, MODEL

WIDTH = 32
"""How many requests are in flight."""
TURN = 5000
"""How many rows each takes in its turn."""
LEAST = 0.8
MOST_MEGABYTES = 10


def rows(count: int) -> Iterator[str]:
    """Generate the inputs."""
    return (f"Which law governs contract number {number}?" for number in range(count))


def megabytes() -> float:
    """Return the memory that this process holds."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@asynccontextmanager
async def client(url: str, transport: str) -> AsyncIterator[Any]:
    """Give a client of pareta over a transport."""
    import httpx
    import httpx_aiohttp

    import pareta

    if transport == "default":
        async with pareta.AsyncPareta(api_key=KEY, base_url=url) as pa:
            yield pa
        return
    limits = httpx.Limits(max_connections=1000)
    async with (
        httpx_aiohttp.AiohttpTransport(limits=limits) as aiohttp,
        pareta.AsyncPareta(api_key=KEY, base_url=url, transport=aiohttp) as pa,
    ):
        yield pa


async def by_map(url: str, inputs: Iterator[str], transport: str) -> AsyncIterator[int]:
    """`chat.completions.map`, one over all turns."""
    done = 0
    async with client(url, transport) as pa:
        async for result in pa.chat.completions.map(inputs, model=MODEL, concurrency=WIDTH):
            done += bool(result.completion.choices[0].message.content)
            if done % TURN == 0:
                yield TURN
        yield done % TURN


async def by_loop(url: str, inputs: Iterator[str], transport: str) -> AsyncIterator[int]:
    """As many loops of `create` as requests may be in flight: what the transport can do."""

    async def work(part: Iterator[str]) -> int:
        done = 0
        for row in part:
            messages = [{"role": "user", "content": row}]
            completion = await pa.chat.completions.create(model=MODEL, messages=messages)
            done += bool(completion.choices[0].message.content)
        return done

    async with client(url, transport) as pa:
        while True:
            part = islice(inputs, TURN)
            yield sum(await asyncio.gather(*(work(part) for _ in range(WIDTH))))


async def by_httpx(url: str, inputs: Iterator[str], _transport: str) -> AsyncIterator[int]:
    """Httpx and a semaphore, as one writes it by hand: a task a row."""
    import httpx

    limit = asyncio.Semaphore(WIDTH)

    async def ask(row: str) -> bool:
        async with limit:
            body = {"model": MODEL, "messages": [{"role": "user", "content": row}]}
            response = await http.post(f"{url}/v1/chat/completions", json=body, headers=HEADERS)
            return bool(json.loads(response.raise_for_status().content)["choices"][0]["message"]["content"])

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=1000)) as http:
        while True:
            yield sum(await asyncio.gather(*map(ask, islice(inputs, TURN))))


async def by_openai(url: str, inputs: Iterator[str], _transport: str) -> AsyncIterator[int]:
    """OpenAI's client and a semaphore."""
    import openai

    limit = asyncio.Semaphore(WIDTH)

    async def ask(row: str) -> bool:
        async with limit:
            messages: Any = [{"role": "user", "content": row}]
            completion = await pa.chat.completions.create(model=MODEL, messages=messages)
            return bool(completion.choices[0].message.content)

    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1") as pa:
        while True:
            yield sum(await asyncio.gather(*map(ask, islice(inputs, TURN))))


WAYS: dict[str, Callable[[str, Iterator[str], str], AsyncIterator[int]]] = {
    "map": by_map,
    "loop": by_loop,
    "httpx": by_httpx,
    "openai": by_openai,
}


class Contender:
    """One way, and what its turns took."""

    def __init__(self, name: str, url: str, count: int, transport: str) -> None:
        self.name = name
        self.count = count
        self.done = 0
        self.seconds: list[float] = []
        """Of each turn, for a row; so is the CPU time."""
        self.cpu: list[float] = []
        self.memory: list[float] = []
        self._turns = WAYS[name](url, rows(count), transport)

    async def take_turn(self) -> None:
        """Answer some rows; the first turn is not counted, since it imports and connects."""
        wall, cpu = time.perf_counter(), time.process_time()
        done = await anext(self._turns)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        if self.done:
            self.seconds.append(wall / done)
            self.cpu.append(cpu / done)
            self.memory.append(megabytes())
        self.done += done

    def rate(self, loops: Contender) -> float:
        """Return the rate as a share of that of the loops, which took their turns beside."""
        return median(theirs / own for own, theirs in zip(self.seconds, loops.seconds, strict=True))

    def report(self, loops: Contender) -> str:
        """Return a line of what it took."""
        cpu = median(own / theirs for own, theirs in zip(self.cpu, loops.cpu, strict=True))
        return (
            f"{self.name:7}{self.done:9,} rows {1 / median(self.seconds):7,.0f} rows/s, {self.rate(loops):4.0%} of loop"
            f"   {median(self.cpu) * 1e6:5.0f} µs of CPU a row, {cpu:.2f}x"
        )


async def run(names: list[str], url: str, transport: str, count: int) -> bool:
    """Let them take turns and print what came of it; return whether it is as it should be."""
    contenders = [Contender(name, url, count, transport) for name in names]
    turns = list(contenders)
    while turns[0].done < count:
        for each in turns:
            await each.take_turn()
        turns.reverse()
    print(f"{transport} transport, {WIDTH} requests in flight, medians of turns of {TURN:,} rows")
    for each in contenders:
        print("   ", each.report(contenders[-1]), flush=True)
    first = contenders[0]
    if first.name != "map":
        return True
    memory = first.memory[len(first.memory) // 20 :]
    print(f"    memory from {min(memory):.1f} to {max(memory):.1f} MB after {first.done // 20:,} rows", flush=True)
    return first.rate(contenders[-1]) >= LEAST and max(memory) - min(memory) <= MOST_MEGABYTES


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000, help="of map and its loops (default: %(default)s)")
    parser.add_argument("--others", type=int, default=20_000, help="of httpx and openai, and their loops; 0: none")
    parser.add_argument("--transport", choices=("default", "aiohttp"), action="append", help="default: both")
    given = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if server.stdin is None or server.stdout is None:
        raise RuntimeError("no pipe to the server")
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}/chat"
    fine = [
        asyncio.run(run(["map", "loop"], url, transport, given.rows))
        for transport in given.transport or ("default", "aiohttp")
    ]
    if given.others:
        asyncio.run(run(["httpx", "openai", "loop"], url, "default", given.others))
    server.stdin.close()
    server.wait()
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
