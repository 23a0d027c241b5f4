"""The caller's own HTTP client, httpx or httpx2: what is asked of it, and what its exceptions mean."""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any, Protocol

from ._causes import bare
from ._engine import Fault, HttpRequest, Waits
from ._timeouts import Timeouts


class Request(Protocol):
    """A request of httpx's."""

    extensions: Any


class Response(Protocol):
    """A response of httpx's."""

    status_code: int
    is_stream_consumed: bool

    @property
    def headers(self) -> Any:
        """Its headers; `raw` gives them as bytes."""
        ...

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body's pieces, not decoded."""
        ...

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """Yield the body's pieces, not decoded."""
        ...

    def close(self) -> None:
        """Close it."""
        ...

    async def aclose(self) -> None:
        """Close it."""
        ...


class HttpClient(Protocol):
    """An `httpx.Client`, or one of the same form."""

    def build_request(
        self, method: str, url: Any, *, content: Any = ..., headers: Any = ..., timeout: Any = ...
    ) -> Any:
        """Make a request with the client's own headers, cookies and parameters."""
        ...

    def send(self, request: Any, *, stream: bool = ..., follow_redirects: Any = ...) -> Any:
        """Send a request."""
        ...

    def close(self) -> None:
        """Close the client; never called by pareta."""
        ...


class AsyncHttpClient(Protocol):
    """An `httpx.AsyncClient`, or one of the same form."""

    def build_request(
        self, method: str, url: Any, *, content: Any = ..., headers: Any = ..., timeout: Any = ...
    ) -> Any:
        """Make a request with the client's own headers, cookies and parameters."""
        ...

    async def send(self, request: Any, *, stream: bool = ..., follow_redirects: Any = ...) -> Any:
        """Send a request."""
        ...

    async def aclose(self) -> None:
        """Close the client; never called by pareta."""
        ...


def library(client: object, *, closes: str) -> ModuleType:
    """Return the package that `client` comes from, whose exceptions it raises.

    Raises:
        ValueError: It is of no such package, or of the other world: `closes` names the method that it should have.

    """
    for kind in type(client).__mro__:
        module = sys.modules.get(kind.__module__.partition(".")[0])
        if module is not None and hasattr(module, "TimeoutException") and hasattr(module, "TransportError"):
            if not hasattr(client, closes):
                wanted = "Pareta takes a blocking" if closes == "close" else "AsyncPareta takes an async"
                raise ValueError(f"http_client is of the wrong kind: {wanted} client, not {type(client).__name__}")
            return module
    raise ValueError(
        f"http_client must be a client of httpx or httpx2, not {type(client).__name__}: its exceptions are not known"
    )


def timeouts_of(client: object) -> Timeouts:
    """Return the client's own timeouts."""
    timeout: Any = getattr(client, "timeout", None)
    return Timeouts.of(timeout) if hasattr(timeout, "connect") else Timeouts()


def arguments(request: HttpRequest, waits: Waits) -> dict[str, Any]:
    """Return what to build the client's request with."""
    return {
        "content": request.body or None,
        # It makes its own Host and Content-Length.
        "headers": [pair for pair in request.headers if pair[0] not in (b"host", b"content-length")],
        "timeout": tuple(
            None if wait is None else max(wait, 0.001)
            for wait in (waits.connect.left(), waits.read.left(), waits.write.left(), waits.pool.left())
        ),
    }


def headers_of(response: Response) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer; a body that the client has read already is decoded."""
    headers: list[tuple[bytes, bytes]] = response.headers.raw
    if not response.is_stream_consumed:
        return headers
    return [pair for pair in headers if pair[0].lower() != b"content-encoding"]


def fault_of(error: Exception, module: ModuleType) -> Fault | None:
    """Say what an exception of the client's means; None for one that is not of the transport."""
    known: Any = module
    cause: BaseException = error
    while cause.__cause__ is not None or cause.__context__ is not None:
        cause = cause.__cause__ or cause.__context__ or cause
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, known.TimeoutException | TimeoutError):
        fault: Fault | None = Fault("timeout", f"no answer in time ({type(error).__name__})")
    elif isinstance(cause, ssl.SSLError) and isinstance(error, known.ConnectError):
        fault = Fault("tls", f"the TLS handshake failed: {text}")
    elif isinstance(error, known.TransportError | OSError):
        fault = Fault("connection", text)
    else:
        fault = _other(error, known)
    if fault is not None:
        bare(error)
        fault.__cause__ = error
    return fault


def _other(error: Exception, known: Any) -> Fault | None:
    """Name the rest of what a client raises: a stream read twice, an invalid URL, a closed client."""
    kinds = tuple(
        kind
        for name in ("HTTPError", "StreamError", "InvalidURL")
        if isinstance(kind := getattr(known, name, None), type)
    )
    if isinstance(error, kinds) or (isinstance(error, RuntimeError) and "closed" in str(error)):
        return Fault("connection", f"{type(error).__name__}: {error}")
    return None
