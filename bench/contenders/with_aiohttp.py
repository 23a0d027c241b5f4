"""Bare aiohttp, as one writes it by hand."""

from __future__ import annotations

import json

import aiohttp

from . import HEADERS
from .with_httpx import EVENTS, STREAM


class Async:
    """`aiohttp.ClientSession`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), headers=HEADERS, timeout=aiohttp.ClientTimeout(60)
        )

    async def models(self) -> int:
        """List the models and read every id."""
        async with self._session.get(f"{self._url}/v1/models", raise_for_status=True) as response:
            return sum(len(each["id"]) for each in json.loads(await response.read())["data"])

    async def chat_stream(self) -> int:
        """Read the content of every chunk."""
        total = 0
        url = f"{self._url}/v1/chat/completions"
        async with self._session.post(url, json=STREAM, headers=EVENTS) as response:
            async for line in response.content:
                if line.startswith(b"data: ") and line != b"data: [DONE]\n":
                    chunk = json.loads(line[6:])
                    total += len(chunk["choices"][0]["delta"].get("content", ""))
        return total

    async def close(self) -> None:
        """Close the session."""
        await self._session.close()


CONTENDERS = {("aiohttp", "async"): (Async, str)}
