"""Where the connections of a client lead, by which proxy, and what is asked for there. No I/O."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs

from ._credentials import BaseUrl
from ._engine import HttpRequest
from ._http11 import rendered
from ._tls import shared_context
from ._tunnels import Handshake, Proxy

Layer = tuple[ssl.SSLContext, str]
"""TLS, and the name that the certificate must carry."""


@attrs.frozen(kw_only=True, slots=False)
class Route:
    """The way to an origin."""

    base: BaseUrl
    proxy: Proxy | None = None

    @classmethod
    def to(cls, base: BaseUrl, proxy: str | None) -> Route:
        """Return the way to `base`, by the proxy of that URL.

        Raises:
            ValueError: The proxy cannot be used.

        """
        return cls(base=base, proxy=None if proxy is None else Proxy.parse(proxy))

    @cached_property
    def address(self) -> tuple[str, int]:
        """The host and the port to connect to."""
        return (self.proxy.host, self.proxy.port) if self.proxy else (self.base.host, self.base.port)

    @property
    def plain(self) -> bool:
        """Whether plain HTTP is spoken to the origin itself."""
        return self.proxy is None and self.base.scheme == "http"

    def steps(self) -> Iterator[Layer | Handshake]:
        """Yield what a new connection goes through, one after another, before it is asked for anything."""
        if self.proxy is not None:
            if self.proxy.scheme == "https":
                yield shared_context(), self.proxy.host
            if (handshake := self.proxy.handshake(self.base)) is not None:
                yield handshake
        if self.base.scheme == "https":
            yield shared_context(), self.base.host

    @cached_property
    def _forwarded(self) -> tuple[bytes, Sequence[tuple[bytes, bytes]]]:
        """What a proxy that is asked for each request wants: before the target, and among the headers."""
        if self.proxy is None or self.base.scheme == "https" or self.proxy.scheme.startswith("socks"):
            return b"", ()
        return self.base.root.encode("ascii"), self.proxy.authorization

    def head(self, request: HttpRequest) -> bytes:
        """Return the head of a request, as it goes out."""
        before, extra = self._forwarded
        return rendered(request, before + request.target, extra)
