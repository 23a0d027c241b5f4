"""Which engine a client gets, and that aiohttp's leaves nothing behind, however a program ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import http_parser
from wire import Wire, answer, chunk, delta, stream_head
from worlds import KEY, AsyncWorld

from pareta import AsyncPareta, Pareta

ROOT = Path(__file__).resolve().parents[2]
URL = "http://127.0.0.1:1"


def test_asyncio_gets_aiohttp_where_it_is_installed() -> None:
    """`auto` is aiohttp for asyncio and h11 for blocking calls; `httpx` asks for h11."""
    assert AsyncPareta(api_key=KEY, base_url=URL).engine == "aiohttp"
    assert AsyncPareta(api_key=KEY, base_url=URL, engine="httpx").engine == "h11"
    assert Pareta(api_key=KEY, base_url=URL).engine == "h11"


def test_blocking_calls_have_no_aiohttp() -> None:
    """Asked for where nothing is awaited, it is refused, and the text says what to do."""
    with pytest.raises(ValueError, match="take AsyncPareta"):
        Pareta(api_key=KEY, base_url=URL, engine="aiohttp")  # type: ignore[arg-type]  # That is what is tested.


def test_a_missing_aiohttp_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without aiohttp `auto` is h11, and asking for it names what to install."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert AsyncPareta(api_key=KEY, base_url=URL).engine == "h11"
    with pytest.raises(ValueError, match=r"pip install './pareta\[aiohttp\]'"):
        AsyncPareta(api_key=KEY, base_url=URL, engine="aiohttp")


@pytest.mark.parametrize("version", ["3.13.5", "4.0.0a1"])
def test_another_aiohttp_is_not_used(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """A version that the engine is not made for is left alone, and named where it is asked for."""
    monkeypatch.setattr(aiohttp, "__version__", version)
    assert AsyncPareta(api_key=KEY, base_url=URL).engine == "h11"
    with pytest.raises(ValueError, match=version):
        AsyncPareta(api_key=KEY, base_url=URL, engine="aiohttp")


def test_an_aiohttp_that_parses_in_python_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where aiohttp has no parser in C there is nothing to gain by it."""
    monkeypatch.setattr(http_parser, "HttpResponseParser", http_parser.HttpResponseParserPy)
    assert AsyncPareta(api_key=KEY, base_url=URL).engine == "h11"
    with pytest.raises(ValueError, match="parser in C"):
        AsyncPareta(api_key=KEY, base_url=URL, engine="aiohttp")


def test_a_client_of_the_callers_own_is_the_engine(async_world: AsyncWorld) -> None:
    """`http_client=` and an engine exclude each other."""
    with pytest.raises(ValueError, match="http_client="):
        AsyncPareta(api_key=KEY, http_client=async_world.http_client(), engine="aiohttp")


PROGRAM = """
import asyncio, gc, sys
from pareta import AsyncPareta

client = AsyncPareta(api_key="k", base_url=sys.argv[1], engine=sys.argv[2], max_retries=0)
ask = {"model": "m", "messages": [{"role": "user", "content": "?"}], "stream": True}

async def main():
    streams = [await client.chat.completions.create(**ask) for _ in range(3)]
    async for chunk in streams[0]:
        break
    streams[1] = None
    gc.collect()
    assert len(await client.models.list()) == 0
    return streams[2]

kept = asyncio.run(main())
kept = None
kept = asyncio.run(main())
del client
gc.collect()
print("over")
"""


@pytest.mark.parametrize("engine", ["aiohttp", "httpx"])
def test_a_program_ends_without_a_word(wire: Callable[..., Wire], engine: str) -> None:
    """Streams left, dropped and kept beyond their loop, and a client that nobody closes, warn of nothing."""
    begun = stream_head() + chunk(delta("Hello"))
    models = answer({"object": "list", "data": []})
    server = wire(*[lambda peer: (peer.send(begun), peer.hold())] * 3, models, *[begun] * 3, models)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM, server.url, engine],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    # asyncio's debug mode also tells of what took long, as things do on a busy machine.
    told = [line for line in done.stderr.splitlines() if not line.startswith("Executing <")]
    assert (done.stdout, told) == ("over\n", [])
