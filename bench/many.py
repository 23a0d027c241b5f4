"""python -m bench.many: rows a second and memory of `map`, beside bare loops over the same transport and others."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from .contenders import HEADERS, KEY, MODEL


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


async def by_map(url: str, count: int, width: int, transport: str) -> None:
    """`chat.completions.map`."""
    done, memory = 0, [0.0]
    async with client(url, transport) as pa:
        async for result in pa.chat.completions.map(rows(count), model=MODEL, concurrency=width):
            done += bool(result.completion.choices[0].message.content)
            if done % max(1, count // 20) == 0:
                memory.append(megabytes())
    check(done, count)
    print(f"    memory from {min(memory[1:]):.1f} to {max(memory):.1f} MB")


async def by_loop(url: str, count: int, width: int, transport: str) -> None:
    """As many loops of `create` as requests may be in flight: what the transport can do."""
    inputs, done = rows(count), 0

    async def work() -> None:
        nonlocal done
        for row in inputs:
            messages = [{"role": "user", "content": row}]
            completion = await pa.chat.completions.create(model=MODEL, messages=messages)
            done += bool(completion.choices[0].message.content)

    async with client(url, transport) as pa:
        await asyncio.gather(*(work() for _ in range(width)))
    check(done, count)


async def by_semaphore(url: str, count: int, width: int, _transport: str) -> None:
    """Httpx and a semaphore, as one writes it by hand: a task a row."""
    import httpx

    limit = asyncio.Semaphore(width)

    async def ask(row: str) -> bool:
        async with limit:
            body = {"model": MODEL, "messages": [{"role": "user", "content": row}]}
            response = await http.post(f"{url}/v1/chat/completions", json=body, headers=HEADERS)
            return bool(json.loads(response.raise_for_status().content)["choices"][0]["message"]["content"])

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=1000)) as http:
        check(sum(await asyncio.gather(*map(ask, rows(count)))), count)


async def by_openai(url: str, count: int, width: int, _transport: str) -> None:
    """OpenAI's client and a semaphore."""
    import openai

    limit = asyncio.Semaphore(width)

    async def ask(row: str) -> bool:
        async with limit:
            messages: Any = [{"role": "user", "content": row}]
            completion = await pa.chat.completions.create(model=MODEL, messages=messages)
            return bool(completion.choices[0].message.content)

    async with openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1") as pa:
        check(sum(await asyncio.gather(*map(ask, rows(count)))), count)


def check(done: int, count: int) -> None:
    """Refuse a figure of rows that were not answered."""
    if done != count:
        raise RuntimeError(f"{done} rows of {count} were answered")


WAYS: dict[str, Callable[[str, int, int, str], Awaitable[None]]] = {
    "map": by_map,
    "loop": by_loop,
    "semaphore": by_semaphore,
    "openai": by_openai,
}


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.many", description=__doc__)
    parser.add_argument("ways", nargs="*", default=["loop", "map"], help=f"of {', '.join(WAYS)}; again to repeat one")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--transport", choices=("default", "aiohttp"), default="default")
    given = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if server.stdin is None or server.stdout is None:
        raise RuntimeError("no pipe to the server")
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}/chat"
    for way in given.ways:
        asyncio.run(WAYS[way](url, 300, given.concurrency, given.transport))  # Imports, and the first use of all.
        wall, cpu = time.perf_counter(), time.process_time()
        asyncio.run(WAYS[way](url, given.rows, given.concurrency, given.transport))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{way:10} {given.rows / wall:7,.0f} rows/s   {cpu / given.rows * 1e6:5.0f} µs of CPU a row", flush=True)
    server.stdin.close()
    server.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
