"""pareta itself."""

from __future__ import annotations

import time
from functools import partial
from typing import Literal

from pareta import AsyncPareta, Pareta

from . import KEY, MESSAGES, MODEL


class Sync:
    """The blocking client."""

    def __init__(self, url: str) -> None:
        self._client = Pareta(api_key=KEY, base_url=url, engine="httpx")

    @staticmethod
    def construct() -> None:
        """Make a client for TLS and close it."""
        Pareta(api_key=KEY, engine="httpx").close()

    def models(self) -> int:
        """List the models and read every id."""
        return sum(len(model.id or "") for model in self._client.models.list())

    def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(endpoint.id or "") for endpoint in self._client.endpoints.list())

    def chat(self) -> int:
        """Ask for a completion and read its content."""
        completion = self._client.chat.completions.create(model=MODEL, messages=MESSAGES)
        return len(completion.choices[0].message.content or "")

    def chat_stream(self) -> int:
        """Read the content of every chunk."""
        total = 0
        for chunk in self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True):
            total += len(chunk.choices[0].delta.content or "")
        return total

    def deploy_stream(self) -> int:
        """Read every event of a deployment."""
        total = 0
        for event in self._client.endpoints.deploy(task="contract-key-fields", wait=False):
            total += len(event["data"].get("stage", ""))
        return total

    def delays(self) -> list[float]:
        """Return how late each event of the paced stream is, in seconds."""
        stream = self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        return [time.monotonic() - float(content) for chunk in stream if (content := chunk.choices[0].delta.content)]

    def close(self) -> None:
        """Close the client."""
        self._client.close()


class Async:
    """The client for asyncio, by one of its engines."""

    def __init__(self, url: str, engine: Literal["httpx", "aiohttp"] = "httpx") -> None:
        self._client = AsyncPareta(api_key=KEY, base_url=url, engine=engine)

    async def models(self) -> int:
        """List the models and read every id."""
        return sum(len(model.id or "") for model in await self._client.models.list())

    async def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(endpoint.id or "") for endpoint in await self._client.endpoints.list())

    async def chat(self) -> int:
        """Ask for a completion and read its content."""
        completion = await self._client.chat.completions.create(model=MODEL, messages=MESSAGES)
        return len(completion.choices[0].message.content or "")

    async def chat_stream(self) -> int:
        """Read the content of every chunk."""
        total = 0
        async for chunk in await self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True):
            total += len(chunk.choices[0].delta.content or "")
        return total

    async def delays(self) -> list[float]:
        """Return how late each event of the paced stream is, in seconds."""
        stream = await self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        return [
            time.monotonic() - float(content) async for chunk in stream if (content := chunk.choices[0].delta.content)
        ]

    async def close(self) -> None:
        """Close the client."""
        await self._client.aclose()


SYNC, ASYNC, AIOHTTP = Sync, Async, partial(Async, engine="aiohttp")
