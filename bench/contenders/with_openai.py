"""The official client of the API that chat completions are compatible with."""

from __future__ import annotations

import time
from typing import Any

import openai

from . import KEY, MESSAGES, MODEL


class Sync:
    """`openai.OpenAI`."""

    def __init__(self, url: str) -> None:
        self._client: Any = openai.OpenAI(api_key=KEY, base_url=f"{url}/v1")

    @staticmethod
    def construct() -> None:
        """Make a client and close it."""
        openai.OpenAI(api_key=KEY).close()

    def models(self) -> int:
        """List the models and read every id."""
        return sum(len(model.id) for model in self._client.models.list().data)

    def chat(self) -> int:
        """Ask for a completion and read its content."""
        completion = self._client.chat.completions.create(model=MODEL, messages=MESSAGES)
        return len(completion.choices[0].message.content or "")

    def chat_stream(self) -> int:
        """Read the content of every chunk."""
        stream = self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        return sum(len(chunk.choices[0].delta.content or "") for chunk in stream)

    def delays(self) -> list[float]:
        """Return how late each event of the paced stream is, in seconds."""
        stream = self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        return [time.monotonic() - float(content) for chunk in stream if (content := chunk.choices[0].delta.content)]

    def close(self) -> None:
        """Close the client."""
        self._client.close()


class Async:
    """`openai.AsyncOpenAI`."""

    def __init__(self, url: str) -> None:
        self._client: Any = openai.AsyncOpenAI(api_key=KEY, base_url=f"{url}/v1")

    async def models(self) -> int:
        """List the models and read every id."""
        return sum(len(model.id) for model in (await self._client.models.list()).data)

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
        await self._client.close()


SYNC, ASYNC = Sync, Async
