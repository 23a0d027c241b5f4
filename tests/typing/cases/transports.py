"""Timeouts, and HTTP clients of the caller's own."""

import ssl
from typing import Any, reveal_type

import httpx

from pareta import AsyncPareta, Pareta


async def app(scope: Any, receive: Any, send: Any) -> None: ...


def timeouts(pa: Pareta, waiting: AsyncPareta) -> None:
    reveal_type(Pareta(timeout=30))  # Pareta
    reveal_type(Pareta(timeout=0.5))  # Pareta
    reveal_type(Pareta(timeout=None))  # Pareta
    reveal_type(Pareta(timeout=httpx.Timeout(30, connect=5)))  # Pareta
    reveal_type(pa.with_options(timeout=httpx.Timeout(None)))  # Pareta
    reveal_type(AsyncPareta(timeout=httpx.Timeout(30)))  # AsyncPareta
    reveal_type(waiting.with_options(timeout=httpx.Timeout(30)))  # AsyncPareta
    Pareta(timeout=(5, 30))  # refused: timeout
    waiting.with_options(timeout="30")  # refused: timeout


def clients() -> None:
    reveal_type(Pareta(http_client=httpx.Client()))  # Pareta
    reveal_type(AsyncPareta(http_client=httpx.AsyncClient()))  # AsyncPareta
    reveal_type(Pareta(http_client=None, max_connections=5, allow_http=True))  # Pareta
    reveal_type(Pareta(proxy="socks5://proxy", verify=ssl.create_default_context()))  # Pareta
    reveal_type(Pareta(default_headers={"x-team": "legal"}, proxy=httpx.Proxy("http://proxy")))  # Pareta
    reveal_type(Pareta(transport=httpx.MockTransport(lambda request: httpx.Response(200))))  # Pareta
    reveal_type(AsyncPareta(transport=httpx.ASGITransport(app)))  # AsyncPareta
    Pareta(transport=httpx.AsyncHTTPTransport())  # refused: transport
    AsyncPareta(transport=httpx.HTTPTransport())  # refused: transport
    Pareta(http_client=httpx.AsyncClient())  # refused: http_client
    AsyncPareta(http_client=httpx.Client())  # refused: http_client
    Pareta(http_client=httpx)  # refused: http_client
    Pareta(http_client="httpx")  # refused: http_client
