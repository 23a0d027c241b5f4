"""Where the connections of a client lead, by which proxy, and what is asked for there. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ._credentials import BaseUrl
from ._engine import HttpRequest
from ._http11 import rendered

if TYPE_CHECKING:
    from ._tls import Tls
    from ._tunnels import Handshake, Proxy


class Route:
    """The way to an origin."""

    def __init__(self, *, base: BaseUrl, proxy: Proxy | None = None) -> None:
        self.base = base
        self.proxy = proxy

    @classmethod
    def to(cls, base: BaseUrl, proxy: str | None) -> Route:
        """Return the way to `base`, by the proxy of that URL.

        Raises:
            ValueError: The proxy cannot be used.

        """
        if proxy is None:
            return cls(base=base)
        from ._tunnels import Proxy  # noqa: PLC0415  # Few have one.

        return cls(base=base, proxy=Proxy.parse(proxy))

    @cached_property
    def address(self) -> tuple[str, int]:
        """The host and the port to connect to."""
        return (self.proxy.host, self.proxy.port) if self.proxy else (self.base.host, self.base.port)

    @property
    def plain(self) -> bool:
        """Whether plain HTTP is spoken to the origin itself."""
        return self.proxy is None and self.base.scheme == "http"

    def steps(self) -> Iterator[Tls | Handshake]:
        """Yield what a new connection goes through, one after another, before it is asked for anything."""
        if self.proxy is None and self.base.scheme == "http":
            return
        from ._tls import Tls, shared_context  # noqa: PLC0415  # Slow, and not needed for a server on this machine.

        if self.proxy is not None:
            if self.proxy.scheme == "https":
                yield Tls(shared_context(), self.proxy.host)
            if (handshake := self.proxy.handshake(self.base)) is not None:
                yield handshake
        if self.base.scheme == "https":
            yield Tls(shared_context(), self.base.host)

    def probe(self) -> Tls:
        """Return a way to find out whether TLS is spoken at all; whose certificate it is does not matter."""
        from ._tls import Tls, probing_context  # noqa: PLC0415  # Only needed where something is wrong.

        return Tls(probing_context(), self.base.host)

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
