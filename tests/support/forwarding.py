"""A plain forwarding proxy: every request goes on to one server, every answer comes back piece by piece."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade", b"host"})


class Forwarding:
    """The proxy as an ASGI application. It knows nothing of what it forwards."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._client = httpx.AsyncClient(timeout=None, trust_env=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Forward one request."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        request = httpx.Request(
            scope["method"],
            httpx.URL(self._upstream).copy_with(raw_path=target),
            headers=[pair for pair in scope["headers"] if pair[0] not in _HOP_BY_HOP],
            content=body,
        )
        response = await self._client.send(request, stream=True)
        try:
            await self._pass_on(response, send)
        finally:
            await response.aclose()

    async def _pass_on(self, response: httpx.Response, send: Any) -> None:
        headers = [(name.lower(), value) for name, value in response.headers.raw if name.lower() not in _HOP_BY_HOP]
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        async for piece in response.aiter_raw():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._client.aclose()


Application = Callable[[Any, Any, Any], Awaitable[None]]


@contextmanager
def forwarding(upstream: str, wrap: Callable[[Application], Application] = lambda proxy: proxy) -> Iterator[str]:
    """Serve the proxy, wrapped; the value is its base URL."""
    proxy = Forwarding(upstream)
    with serving(wrap(proxy), proxy.close) as url:
        yield url


@contextmanager
def serving(application: Application, close: Callable[[], Awaitable[None]] | None = None) -> Iterator[str]:
    """Serve an ASGI application on a port of its own; the value is its base URL."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            http="h11",
            lifespan="off",
            log_config=None,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=0,
        )
    )

    async def serve() -> None:
        await server.serve([bound])
        if close is not None:
            await close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        bound.close()
