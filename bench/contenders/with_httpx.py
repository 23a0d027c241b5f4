"""Bare httpx and httpx2, as one writes it by hand: a client with a longer timeout, `json`, and lines for events."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import Any

from . import HEADERS, MESSAGES, MODEL

BODY = {"model": MODEL, "messages": MESSAGES}
STREAM = {**BODY, "stream": True}
DEPLOY = {"task": "contract-key-fields", "model": "recommended"}
EVENTS = {"accept": "text/event-stream"}


class Sync:
    """`httpx.Client`."""

    def __init__(self, opened: tuple[str, Any]) -> None:
        self._url, self._client = opened

    def models(self) -> int:
        """List the models and read every id."""
        return sum(len(each["id"]) for each in self._get("/v1/models")["data"])

    def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(each["id"]) for each in self._get("/v1/endpoints"))

    def chat(self) -> int:
        """Ask for a completion and read its content."""
        response = self._client.post(f"{self._url}/v1/chat/completions", json=BODY)
        response.raise_for_status()
        return len(json.loads(response.content)["choices"][0]["message"]["content"])

    def chat_stream(self) -> int:
        """Read the content of every chunk."""
        return sum(len(chunk["choices"][0]["delta"].get("content", "")) for chunk in self._chunks())

    def deploy_stream(self) -> int:
        """Read every event of a deployment."""
        total, name = 0, ""
        with self._client.stream("POST", f"{self._url}/v1/endpoints", json=DEPLOY, headers=EVENTS) as response:
            for line in response.iter_lines():
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    event: dict[str, Any] = {"event": name, "data": json.loads(line[6:])}
                    total += len(event["data"].get("stage", ""))
        return total

    def delay(self) -> float:
        """Return how late the first event of the paced stream is, in seconds."""
        found = (chunk["choices"][0]["delta"].get("content") for chunk in self._chunks())
        first, *_ = [time.monotonic() - float(content) for content in found if content]
        return first

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _get(self, path: str) -> Any:
        response = self._client.get(self._url + path)
        response.raise_for_status()
        return json.loads(response.content)

    def _chunks(self) -> Iterator[Any]:
        url = f"{self._url}/v1/chat/completions"
        with self._client.stream("POST", url, json=STREAM, headers=EVENTS) as response:
            for line in response.iter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    yield json.loads(line[6:])


class Async:
    """`httpx.AsyncClient`."""

    def __init__(self, opened: tuple[str, Any]) -> None:
        self._url, self._client = opened

    async def models(self) -> int:
        """List the models and read every id."""
        return sum(len(each["id"]) for each in (await self._get("/v1/models"))["data"])

    async def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(each["id"]) for each in await self._get("/v1/endpoints"))

    async def chat_stream(self) -> int:
        """Read the content of every chunk."""
        return sum([len(chunk["choices"][0]["delta"].get("content", "")) async for chunk in self._chunks()])

    async def delay(self) -> float:
        """Return how late the first event of the paced stream is, in seconds."""
        found = (chunk["choices"][0]["delta"].get("content") async for chunk in self._chunks())
        first, *_ = [time.monotonic() - float(content) async for content in found if content]
        return first

    async def close(self) -> None:
        """Close the client."""
        await self._client.aclose()

    async def _get(self, path: str) -> Any:
        response = await self._client.get(self._url + path)
        response.raise_for_status()
        return json.loads(response.content)

    async def _chunks(self) -> AsyncIterator[Any]:
        url = f"{self._url}/v1/chat/completions"
        async with self._client.stream("POST", url, json=STREAM, headers=EVENTS) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    yield json.loads(line[6:])


def _opening(library: str, name: str) -> Any:
    return lambda url: (url, getattr(import_module(library), name)(headers=HEADERS, timeout=60))


CONTENDERS = {
    (library, mode): (kind, _opening(library, name))
    for library in ("httpx", "httpx2")
    for mode, kind, name in (("sync", Sync, "Client"), ("async", Async, "AsyncClient"))
}
