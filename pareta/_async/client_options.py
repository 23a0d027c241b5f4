"""The arguments of a client, as a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from .._credentials import AsyncKeySource
from .._policy.options import HttpxTimeout, NotGiven

if TYPE_CHECKING:
    import ssl

    import httpx

    from .._policy.hooks import Hooks, Tracer


class AsyncClientOptions(TypedDict, total=False):
    """The arguments of `AsyncPareta`, for functions that pass them on."""

    api_key: str | AsyncKeySource | None
    base_url: str | None
    timeout: float | HttpxTimeout | None | NotGiven
    max_retries: int
    http_client: httpx.AsyncClient | None
    transport: httpx.AsyncBaseTransport | None
    proxy: str | httpx.URL | httpx.Proxy | Literal[False] | None
    verify: ssl.SSLContext | bool | None
    default_headers: Mapping[str, str] | None
    default_query: Mapping[str, Any] | None
    max_connections: int | None
    allow_http: bool
    hooks: Hooks | None
    tracing: Tracer | None
