"""Through a proxy: what is said to it before it passes bytes on. No I/O."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import attrs
import h11

from ._credentials import BaseUrl
from ._engine import Fault

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_SOCKS = "a SOCKS proxy needs the package socksio: pip install './pareta[socks]'"
_SOCKS_LONGEST = 255
_QUOTE = "is its port a number, and are its user name and password quoted, as %2F for a slash?"
Handshake: TypeAlias = Generator[bytes, bytes, None]
"""Yields what to send, which may be nothing, and receives what has come; raises Fault where a proxy refuses."""


@attrs.frozen(kw_only=True)
class Proxy:
    """A proxy, as the environment names it."""

    scheme: str
    host: str
    port: int
    user: str | None = attrs.field(repr=False)
    password: str = attrs.field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Proxy:
        """Read a proxy's URL.

        Raises:
            ValueError: It is of a kind that is not known, or cannot be used. The text shows no password.

        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            host.encode("idna")
        except ValueError:  # Its text may show the password.
            raise ValueError(f"the environment names a proxy whose URL cannot be read: {_QUOTE}") from None
        if parts.scheme not in _PORTS:
            raise ValueError(f"the environment names a proxy of an unknown kind: {parts.scheme}://")
        if "@" in parts.path + parts.query + parts.fragment:  # What comes before it would be taken for the host.
            raise ValueError(f"the environment names a proxy whose URL cannot be read: {_QUOTE}")
        if not host:
            raise ValueError("the environment names a proxy without a host")
        known = bool(parts.username or parts.password)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme.startswith("socks"):
            _socks_protocol()
            if max(len(user.encode()), len(password.encode())) > _SOCKS_LONGEST:
                raise ValueError("the environment names a SOCKS proxy with a name or password beyond 255 bytes")
        return cls(
            scheme=parts.scheme,
            host=host,
            port=port or _PORTS[parts.scheme],
            user=user if known else None,
            password=password,
        )

    @property
    def authorization(self) -> Sequence[tuple[bytes, bytes]]:
        """The header that says who calls; none where the URL says nothing of it."""
        if self.user is None:
            return ()
        return ((b"proxy-authorization", b"Basic " + b64encode(f"{self.user}:{self.password}".encode())),)

    def handshake(self, base: BaseUrl) -> Handshake | None:
        """Return how to ask for a tunnel to `base`; None where each request is asked of the proxy itself."""
        if self.scheme.startswith("socks"):
            return _socks(self, base)
        return _connect(self, base) if base.scheme == "https" else None


def _connect(proxy: Proxy, base: BaseUrl) -> Handshake:
    host = f"[{base.host}]" if ":" in base.host else base.host
    authority = f"{host}:{base.port}".encode("ascii")
    connection = h11.Connection(h11.CLIENT)
    headers = [(b"host", authority), *proxy.authorization]
    message = connection.send(h11.Request(method=b"CONNECT", target=authority, headers=headers)) or b""
    message += connection.send(h11.EndOfMessage()) or b""
    data = yield message
    del message, headers  # They hold the proxy's password.
    connection.receive_data(_came(data))
    while not isinstance(event := _next(connection), h11.Response):
        if event is h11.NEED_DATA:
            connection.receive_data(_came((yield b"")))
    if not 200 <= event.status_code < 300:  # noqa: PLR2004
        reason = event.reason.decode("ascii", "replace")
        raise Fault("connection", f"cannot connect: the proxy refuses with {event.status_code} {reason}".rstrip())


def _next(connection: h11.Connection) -> Any:
    try:
        return connection.next_event()
    except h11.RemoteProtocolError as error:
        raise Fault("connection", f"cannot connect: the proxy broke the protocol: {error}") from None


def _came(data: bytes) -> bytes:
    """Return what a proxy said, if it did."""
    if not data:
        raise Fault("connection", "cannot connect: the proxy closed the connection")
    return data


def _socks_protocol() -> Any:
    try:
        from socksio import socks5  # noqa: PLC0415  # Seldom needed.
    except ImportError:
        raise ValueError(f"the environment names a proxy that cannot be used: {_SOCKS}") from None
    return socks5


def _socks(proxy: Proxy, base: BaseUrl) -> Handshake:
    socks5 = _socks_protocol()
    connection = socks5.SOCKS5Connection()
    method = socks5.SOCKS5AuthMethod.NO_AUTH_REQUIRED
    if proxy.user is not None:
        method = socks5.SOCKS5AuthMethod.USERNAME_PASSWORD
    connection.send(socks5.SOCKS5AuthMethodsRequest([method]))
    if (yield from _answer(connection, _two)).method != method:
        raise Fault("connection", "cannot connect: the proxy refuses this way of saying who calls")
    if proxy.user is not None:
        connection.send(socks5.SOCKS5UsernamePasswordRequest(proxy.user.encode(), proxy.password.encode()))
        if not (yield from _answer(connection, _two)).success:
            raise Fault("connection", "cannot connect: the proxy refuses the user name or password")
    to = (base.host, base.port)
    try:
        connection.send(socks5.SOCKS5CommandRequest.from_address(socks5.SOCKS5Command.CONNECT, to))
    except OverflowError:
        raise Fault("connection", "cannot connect: the name of the host is too long for a SOCKS proxy") from None
    reply = yield from _answer(connection, _reply_size)
    if reply.reply_code != socks5.SOCKS5ReplyCode.SUCCEEDED:
        why = reply.reply_code.name.replace("_", " ").lower()
        raise Fault("connection", f"cannot connect: the proxy answers: {why}")


def _answer(connection: Any, size: Callable[[bytes], int]) -> Generator[bytes, bytes, Any]:
    """Send what there is to be sent, and return the answer to it, in however many pieces it comes."""
    answer = _came((yield connection.data_to_send()))
    while len(answer) < size(answer):
        answer += _came((yield b""))
    try:
        return connection.receive_data(answer)
    except Exception as error:  # noqa: BLE001  # Of socksio's own, and of enums and addresses that are none.
        raise Fault("connection", f"cannot connect: the proxy broke the protocol: {error}") from None


def _two(_answer: bytes) -> int:
    return 2


def _reply_size(answer: bytes) -> int:
    """Return how long a reply is that begins so: its fourth byte says of what kind is the address in it."""
    kind, length = answer[3:4], answer[4:5]
    if kind == b"\x03":
        return 7 + (length[0] if length else 0)
    return 22 if kind == b"\x04" else 10
