"""pareta, over each of its transports, and the official client of OpenAI's API, which has the same methods."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any

from . import KEY, MESSAGES, MODEL


class Sync:
    """A blocking client."""

    def __init__(self, opened: Sequence[Any]) -> None:
        self._client, *self._owned = opened

    def models(self) -> int:
        """List the models and read every id."""
        return sum(len(model.id or "") for model in self._client.models.list().data)

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

    def delay(self) -> float:
        """Return how late the first event of the paced stream is, in seconds."""
        stream = self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        content = (chunk.choices[0].delta.content for chunk in stream)
        first, *_ = [time.monotonic() - float(each) for each in content if each]
        return first

    def close(self) -> None:
        """Close the client, and what it was given."""
        for each in (self._client, *self._owned):
            each.close()


class SyncPareta(Sync):
    """What openai's client has no methods for."""

    def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(endpoint.id or "") for endpoint in self._client.endpoints.list())

    def deploy_stream(self) -> int:
        """Read every event of a deployment."""
        total = 0
        for event in self._client.endpoints.deploy(task="contract-key-fields", wait=False):
            total += len(event["data"].get("stage", ""))
        return total


class Async:
    """A client for asyncio."""

    def __init__(self, opened: Sequence[Any]) -> None:
        self._client, *self._owned = opened

    async def models(self) -> int:
        """List the models and read every id."""
        return sum(len(model.id or "") for model in (await self._client.models.list()).data)

    async def chat_stream(self) -> int:
        """Read the content of every chunk."""
        total = 0
        async for chunk in await self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True):
            total += len(chunk.choices[0].delta.content or "")
        return total

    async def delay(self) -> float:
        """Return how late the first event of the paced stream is, in seconds."""
        stream = await self._client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True)
        content = (chunk.choices[0].delta.content async for chunk in stream)
        first, *_ = [time.monotonic() - float(each) async for each in content if each]
        return first

    async def close(self) -> None:
        """Close the client, and what it was given."""
        for each in (self._client, *self._owned):
            await (each.close() if hasattr(each, "close") else each.aclose())


class AsyncPareta(Async):
    """What openai's client has no methods for."""

    async def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(endpoint.id or "") for endpoint in await self._client.endpoints.list())


def _load(path: str, **options: Any) -> Any:
    """Call a class of a library that only its contender loads."""
    library, _, name = path.partition(":")
    return getattr(import_module(library), name)(**options)


def _pareta(name: str, **parts: Callable[[], Any]) -> Callable[[str | None], Any]:
    def opened(url: str | None) -> Sequence[Any]:
        owned = {part: make() for part, make in parts.items()}
        return _load(f"pareta:{name}", api_key=KEY, base_url=url, **owned), *owned.values()

    return opened


@cache
def _tls_context() -> Any:
    return _load("httpx:create_ssl_context")


def aiohttp_transport() -> Any:
    """Return an httpx transport over aiohttp."""
    limits = _load("httpx:Limits", max_connections=1000)  # As many connections as bare aiohttp may have.
    # All share one TLS context, as the README says.
    return _load("httpx_aiohttp:AiohttpTransport", limits=limits, verify=_tls_context())


@cache
def _tracing() -> Any:
    provider = _load("opentelemetry.sdk.trace:TracerProvider")  # It records spans and exports none.
    return _load("pareta.integrations.otel:OpenTelemetry", tracer_provider=provider)


def _openai(name: str) -> Callable[[str | None], Any]:
    return lambda url: (_load(f"openai:{name}", api_key=KEY, base_url=url and f"{url}/v1"),)


CONTENDERS = {
    ("pareta", "sync"): (SyncPareta, _pareta("Pareta")),
    ("pareta", "async"): (AsyncPareta, _pareta("AsyncPareta")),
    ("pareta+aiohttp", "async"): (
        AsyncPareta,
        _pareta("AsyncPareta", transport=aiohttp_transport),
    ),
    ("pareta+http_client", "sync"): (
        SyncPareta,
        _pareta("Pareta", http_client=partial(_load, "httpx:Client", timeout=60)),
    ),
    ("pareta+otel", "sync"): (
        SyncPareta,
        lambda url: (_load("pareta:Pareta", api_key=KEY, base_url=url, tracing=_tracing()),),
    ),
    ("openai", "sync"): (Sync, _openai("OpenAI")),
    ("openai", "async"): (Async, _openai("AsyncOpenAI")),
}
