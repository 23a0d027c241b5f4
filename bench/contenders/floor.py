"""The floor: requests that are ready, sent by the client and the transports that pareta uses, and `json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from . import HEADERS
from .sdks import aiohttp_transport
from .with_httpx import BODY, EVENTS, STREAM

_CONTENT = b'" governed"'
_TIMEOUTS = dict.fromkeys(("connect", "read", "write", "pool"), 60.0)


class _Ready:
    def __init__(self, opened: tuple[str, Any]) -> None:
        url, self._sender = opened
        self._client = self._sender._client  # noqa: SLF001  # pareta's own, or there is nothing to compare.
        self._requests = {
            "models": self._ready("GET", f"{url}/v1/models"),
            "endpoints": self._ready("GET", f"{url}/v1/endpoints"),
            "chat": self._ready("POST", f"{url}/v1/chat/completions", BODY),
            "chat_stream": self._ready("POST", f"{url}/v1/chat/completions", STREAM, **EVENTS),
        }

    def _ready(self, method: str, url: str, body: Any = None, **more: str) -> Callable[[], Any]:
        content = b"" if body is None else json.dumps(body).encode()
        given = {"host": url.split("/")[2], **HEADERS, **more}
        given |= {"content-length": str(len(content))} if content else {}
        headers = [(name.encode(), value.encode()) for name, value in given.items()]
        exchange = import_module("pareta._content.exchange")
        request = exchange.HttpRequest(method=method, url=url, headers=headers, body=content)
        return lambda: self._sender._build(request, {"timeout": _TIMEOUTS})  # noqa: SLF001


class Sync(_Ready):
    """For blocking code."""

    def models(self) -> int:
        """List the models and read every id."""
        return sum(len(each["id"]) for each in json.loads(self._read("models"))["data"])

    def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(each["id"]) for each in json.loads(self._read("endpoints")))

    def chat(self) -> int:
        """Ask for a completion and read its content."""
        return len(json.loads(self._read("chat"))["choices"][0]["message"]["content"])

    def chat_stream(self) -> int:
        """Read every chunk, and decode none."""
        return self._read("chat_stream").count(_CONTENT) * (len(_CONTENT) - 2)

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def _read(self, name: str) -> bytes:
        response = self._client.send(self._requests[name](), stream=True, follow_redirects=False)
        content = b"".join(response.stream)
        _reuse(response)
        response.close()
        return content


class Async(_Ready):
    """For asyncio."""

    async def models(self) -> int:
        """List the models and read every id."""
        return sum(len(each["id"]) for each in json.loads(await self._read("models"))["data"])

    async def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(each["id"]) for each in json.loads(await self._read("endpoints")))

    async def chat_stream(self) -> int:
        """Read every chunk, and decode none."""
        return (await self._read("chat_stream")).count(_CONTENT) * (len(_CONTENT) - 2)

    async def close(self) -> None:
        """Close the client."""
        await self._client.aclose()

    async def _read(self, name: str) -> bytes:
        response = await self._client.send(self._requests[name](), stream=True, follow_redirects=False)
        content = b"".join([piece async for piece in response.stream])
        _reuse(response)
        await response.aclose()
        return content


def _reuse(response: Any) -> None:
    """Say that the body was read to its end, so that the stack keeps the connection."""
    connection = response.extensions.get("connection")
    if connection is not None:
        connection.reusable = True


def _opening(mode: str, **parts: Callable[[], Any]) -> Callable[[str | None], Any]:
    def opened(url: str | None) -> Any:
        settings = import_module("pareta._transport.settings").TransportSettings(**{k: v() for k, v in parts.items()})
        base = import_module("pareta._credentials").BaseUrl.parse(url, allow_http=True)
        return url, import_module(f"pareta._transport.{mode}_sender").open_sender(base, settings)

    return opened


CONTENDERS = {
    ("floor", "sync"): (Sync, _opening("sync")),
    ("floor", "async"): (Async, _opening("async")),
    ("floor+aiohttp", "async"): (Async, _opening("async", transport=aiohttp_transport)),
}
