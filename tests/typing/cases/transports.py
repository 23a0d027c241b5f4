"""Timeouts, and HTTP clients of the caller's own."""

from typing import reveal_type

import httpx

from pareta import AsyncPareta, Pareta


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
    reveal_type(Pareta(http_client=None, engine="httpx", max_connections=5, allow_http=True))  # Pareta
    Pareta(http_client=httpx.AsyncClient())  # refused: http_client
    AsyncPareta(http_client=httpx.Client())  # refused: http_client
    Pareta(http_client=httpx)  # refused: http_client
    Pareta(http_client="httpx")  # refused: http_client
