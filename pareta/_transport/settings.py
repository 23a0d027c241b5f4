"""How a client reaches the server: proxy, TLS and connections, or the user's own HTTP client or transport."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from .._clock import monotonic
from .._content.exchange import Timeouts
from .._credentials import BaseUrl, is_host_name
from .environment import no_tls, proxy_for, ssl_context

if TYPE_CHECKING:
    import ssl

    import httpx

KEEPALIVE = 5.0
"""Seconds that an idle connection is kept, as in httpx."""
_PROBE_AFTER = 60
"""Seconds of silence after which the system probes a connection; it gives up after five probes."""


class TransportSettings(NamedTuple):
    """The arguments of a client that concern its transport, checked."""

    http_client: Any = None
    transport: Any = None
    proxy: Any = None
    verify: ssl.SSLContext | bool = True
    max_connections: int | None = None

    @classmethod
    def create(
        cls,
        *,
        http_client: Any,
        transport: Any,
        proxy: Any,
        verify: ssl.SSLContext | bool | None,
        max_connections: int | None,
        methods: tuple[str, str],
    ) -> Self:
        """Check the arguments of a client; `methods` are those that its http_client and transport must have.

        Raises:
            ValueError: Two of them exclude each other, or one is of the wrong kind.

        """
        given: dict[str, Any] = {
            "transport": transport,
            "proxy": proxy,
            "verify": verify,
            "max_connections": max_connections,
        }
        _exclude("http_client", http_client, given)
        _exclude("transport", transport, {"proxy": proxy, "verify": verify})
        wanted = "an async" if "handle_async_request" in methods else "a blocking"
        for name, value, method in zip(("http_client", "transport"), (http_client, transport), methods, strict=True):
            if value is not None and not hasattr(value, method):
                raise ValueError(f"{name} must be {wanted} one of httpx: {type(value).__name__} has no {method}()")
        if max_connections is not None and (type(max_connections) is not int or max_connections < 1):
            raise ValueError(f"max_connections must be a whole number, 1 or more, not {max_connections!r}")
        if not (verify is None or isinstance(verify, bool) or hasattr(verify, "wrap_bio")):
            raise ValueError(f"verify must be an ssl.SSLContext, True or False, not {type(verify).__name__}")
        given["verify"] = True if verify is None else verify
        return cls(http_client=http_client, **given)

    def __repr__(self) -> str:
        return type(self).__name__  # The URL of a proxy may hold a password.

    @property
    def own_timeouts(self) -> Timeouts | None:
        """The timeouts of the user's `http_client`; None without one."""
        timeout = getattr(self.http_client, "timeout", None)
        return timeout and Timeouts(timeout.connect, timeout.read, timeout.write, timeout.pool)

    def check_portable(self) -> None:
        """Raise TypeError where a client cannot be rebuilt in another process."""
        for name in ("http_client", "transport", "proxy", "verify"):
            value = getattr(self, name)
            if not isinstance(value, str | bool | None) or "@" in str(value):
                raise TypeError(f"a client with this {name}= cannot be pickled: make another in the other process")

    def stock_options(self, base: BaseUrl) -> dict[str, Any]:
        """Return the arguments of a transport of httpx that holds one connection to `base`.

        Raises:
            ValueError: The proxy's URL is malformed, or needs a package that is not installed; or the environment
                names a file of certificates that cannot be used.

        """
        import httpx

        proxy = self._proxy(base)
        if proxy is not None and proxy.url.scheme == "https" and proxy.ssl_context is None:
            proxy.ssl_context = ssl_context(verify=self.verify)
        return {
            "verify": ssl_context(verify=self.verify) if base.scheme == "https" else no_tls(),
            "trust_env": False,
            "limits": httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE),
            "proxy": proxy,
            "socket_options": _socket_options(),
        }

    def _proxy(self, base: BaseUrl) -> httpx.Proxy | None:
        import httpx

        if self.proxy is False or isinstance(self.proxy, httpx.Proxy):
            return self.proxy or None
        given = self.proxy or proxy_for(base)
        if given is None:
            return None
        proxy = _usable_proxy(given)
        if proxy is None:  # The message shows nothing of the URL, which may hold a password.
            raise ValueError(
                f"{'proxy=' if self.proxy else 'the environment'} names a proxy that cannot be used: its URL must be"
                " http://, https:// or socks5://, a host and a port; quote special characters of a password"
            )
        if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
            raise ValueError("SOCKS proxies need another package: pip install 'httpx[socks]'")
        return proxy


def _usable_proxy(given: str | httpx.URL) -> httpx.Proxy | None:
    import httpx

    try:
        proxy = httpx.Proxy(given)
    except (httpx.InvalidURL, ValueError, TypeError):
        return None
    url = proxy.url
    alone = url.path in ("", "/") and not url.query and not url.fragment
    short = 0 < (1 if url.port is None else url.port) < 2**16 and all(len(each) < 2**8 for each in proxy.auth or ())
    return proxy if alone and short and is_host_name(url.host) else None


def _exclude(owner: str, value: Any, others: dict[str, Any]) -> None:
    for name, other in others.items():
        if value is not None and other is not None:
            raise ValueError(f"{name}= and {owner}= exclude each other: set it on that {owner} instead")


def _socket_options() -> list[tuple[int, int, int]]:
    """Return the options that make the system notice a peer that is gone without a word."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    wanted = {"TCP_KEEPIDLE": _PROBE_AFTER, "TCP_KEEPINTVL": _PROBE_AFTER, "TCP_KEEPCNT": 5}
    options += [(socket.IPPROTO_TCP, getattr(socket, name), n) for name, n in wanted.items() if hasattr(socket, name)]
    return options


def seconds_left(seconds: float | None, until: float | None) -> float | None:
    """Return how long an operation may take that begins now, within its own limit and a deadline."""
    if until is None:
        return seconds
    left = max(until - monotonic(), 0.001)
    return left if seconds is None else min(seconds, left)
