"""TLS over bytes, and the one context for it in a process. No I/O."""

from __future__ import annotations

import os
import ssl
from functools import cache

_PIECE = 64 * 1024


@cache
def shared_context() -> ssl.SSLContext:
    """Return the context that every client of this process shares: loading the certificates takes 17 ms.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` name other certificates than certifi's, as with httpx.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    import certifi  # noqa: PLC0415  # Only needed here; it comes with httpx.

    return ssl.create_default_context(cafile=certifi.where())


@cache
def probing_context() -> ssl.SSLContext:
    """Return a context that trusts anyone: for finding out whether TLS is spoken at all, and for nothing to be sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Tls:
    """One side of a TLS connection, between what travels and what it means.

    Ask for what to do with `handshake`, `read` and `write`; None from the first two means that more
    bytes of the peer's are wanted. Send what `outgoing` returns after each.
    """

    def __init__(self, context: ssl.SSLContext, hostname: str | None) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self._in, self._out, server_hostname=hostname)

    def handshake(self) -> bool | None:
        """Go on with the handshake; return True when it is done."""
        try:
            self.object.do_handshake()
        except ssl.SSLWantReadError:
            return None
        return True

    def read(self, size: int = _PIECE) -> bytes | None:
        """Return plain bytes; empty at the end.

        A peer that ends without saying so (close_notify) ends all the same, as many servers do: an
        answer that knows its length or its form is checked by that.

        Raises:
            ssl.SSLError: What came is not what it should be.

        """
        try:
            return self.object.read(size)
        except ssl.SSLWantReadError:
            return None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    def write(self, data: bytes) -> None:
        """Encrypt `data`."""
        view = memoryview(data)
        while view:
            view = view[self.object.write(view) :]

    def outgoing(self) -> bytes:
        """Return what is to be sent."""
        return self._out.read()

    def incoming(self, data: bytes) -> None:
        """Take what was received; empty at the peer's end."""
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()
