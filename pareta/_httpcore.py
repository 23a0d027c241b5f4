"""What the httpcore engines of both worlds share: the pool's settings, and what its exceptions mean."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cached_property
from typing import Any

import attrs
import httpcore

from ._causes import bare
from ._chunks import Joiner
from ._credentials import BaseUrl
from ._engine import KEEPALIVE, Fault, HttpRequest, Waits
from ._tls import shared_context


@attrs.frozen(kw_only=True, slots=False)
class Route:
    """Where connections lead, and by which proxy."""

    base: BaseUrl
    proxy: str | None = attrs.field(default=None, repr=False)  # It may carry a password.

    @cached_property
    def origin(self) -> httpcore.Origin:
        """The origin of every request."""
        return httpcore.Origin(self.base.scheme.encode(), self.base.host.encode("idna"), self.base.port)

    def factory(self, pool: Callable[..., Any], backend: Any) -> Any:
        """Return an httpcore pool that is used for its way of making connections alone.

        Its own queue is not: it looks through every connection and request at each event, and some
        hundred concurrent calls bring it to its knees.
        """
        secure = self.base.scheme == "https" or (self.proxy or "").startswith("https://")
        return pool(
            ssl_context=shared_context() if secure else None,
            proxy=_proxy(self.proxy) if self.proxy else None,
            keepalive_expiry=KEEPALIVE,
            network_backend=backend,
        )

    def request(self, request: HttpRequest, waits: Waits, content: Any) -> httpcore.Request:
        """Return the request as httpcore wants it."""
        origin = self.origin
        message = httpcore.Request(
            request.method,
            httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=request.target),
            content=content,
            extensions={
                "timeout": {
                    "connect": waits.connect,
                    "read": waits.read,
                    "write": waits.write,
                    "pool": waits.pool,
                }
            },
        )
        message.headers = list(request.headers)  # Bytes already: given above, each would be looked at again.
        return message


def reusable(connection: Any) -> bool:
    """Return whether a connection whose answer was read can take another request.

    One that holds bytes beyond the end of the answer cannot: the next call would read them as its own.
    httpcore has no public word for that, so its parser is asked, which every kind of connection wraps.
    """
    return connection.is_idle() and not unread(connection)


def unread(connection: Any) -> bytes:
    """Return what a connection has received and not used."""
    while not hasattr(connection, "_h11_state"):
        connection = connection._connection  # noqa: SLF001
    data: bytes = connection._h11_state.trailing_data[0]  # noqa: SLF001
    return data


def join_chunks(connection: Any, response: httpcore.Response) -> None:
    """Have the chunks of an answer's body joined below httpcore, which takes longer for each than its events do."""
    if (b"transfer-encoding", b"chunked") in [(name.lower(), value.lower()) for name, value in response.headers]:
        extensions: Any = response.extensions  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        stream = extensions["network_stream"]
        stream.joiner = Joiner(unread(connection))


def _proxy(url: str) -> httpcore.Proxy:
    """Return the proxy; a name and password in its URL become its Proxy-Authorization."""
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415  # Proxies are rare.

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "socks5", "socks5h"):
        raise ValueError(f"the environment names a proxy of an unknown kind: {parts.scheme}://")
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 1080)
    auth = (unquote(parts.username).encode(), unquote(parts.password or "").encode()) if parts.username else None
    secure = parts.scheme == "https"
    return httpcore.Proxy(
        httpcore.URL(scheme=parts.scheme.encode(), host=(parts.hostname or "").encode("idna"), port=port, target=b"/"),
        auth=auth,
        ssl_context=shared_context() if secure else None,
    )


def fault_of(error: BaseException) -> Fault:
    """Say what an exception of the transport's means."""
    cause = _root(error)
    text = " ".join(str(error).split()) or " ".join(str(cause).split()) or type(cause).__name__
    if isinstance(error, TimeoutError | httpcore.TimeoutException):
        kinds: dict[type[BaseException], str] = {
            httpcore.ConnectTimeout: "no connection in time",
            httpcore.WriteTimeout: "the request could not be sent in time",
        }
        what = kinds.get(type(error), "no answer in time")
        return _from(Fault("timeout", what), error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _from(Fault("tls", f"the server's certificate is not accepted: {cause.verify_message}"), error)
    if isinstance(error, httpcore.ConnectError) and isinstance(cause, ssl.SSLError):
        reason = cause.reason or str(cause)
        return _from(Fault("tls", f"the TLS handshake failed ({reason}): is https right for this port?"), error)
    if isinstance(error, httpcore.ConnectError | httpcore.ProxyError):
        return _from(Fault("connection", f"cannot connect: {text}"), error)
    if isinstance(error, httpcore.RemoteProtocolError):
        return _from(Fault("connection", f"the server broke the protocol: {text}"), error)
    return _from(Fault("connection", f"the connection broke: {text}"), error)


def _from(fault: Fault, cause: BaseException) -> Fault:
    bare(cause)
    fault.__cause__ = cause
    return fault


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error
