"""asyncio's sockets, each operation of which ends at the call's deadline. They raise OSError and no other.

Sockets and not asyncio's transports, so that whoever drops a stream can hang up at once, from the
garbage collector and after its loop is gone.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .._engine import CONNECTING
from .._faults import of_connecting
from .._routes import Route
from .._socket import Socket, name_of, shares
from .._timeouts import Patience
from ._socket import SocketStream
from ._waiting import within

if TYPE_CHECKING:
    from .._tls import Tls
    from .._tunnels import Handshake

T = TypeVar("T")


class AsyncStream(Protocol):
    """Bytes in both directions."""

    async def read(self, patience: Patience) -> bytes:
        """Return what has come, once something has; empty at the end."""
        ...

    async def write(self, data: bytes, patience: Patience) -> None:
        """Send `data`, whole."""
        ...

    def readable(self) -> bool:
        """Whether something has come, be it the end."""
        ...

    def abort(self) -> None:
        """Hang up at once, wherever."""
        ...


class AsyncTlsStream:
    """TLS over another stream, and so over a proxy's TLS as well."""

    def __init__(self, below: AsyncStream, tls: Tls) -> None:
        self._below = below
        self._tls = tls

    async def shake_hands(self, patience: Patience) -> None:
        """Agree on keys, and look at the server's certificate."""
        await self._step(self._tls.handshake, patience)

    async def read(self, patience: Patience) -> bytes:
        """Return what has come, once something has; empty at the end."""
        return await self._step(self._tls.read, patience)

    async def write(self, data: bytes, patience: Patience) -> None:
        """Send `data`, whole."""
        self._tls.write(data)
        await self._below.write(self._tls.outgoing(), patience)

    def readable(self) -> bool:
        """Whether something has come, be it the end; what came may be here already."""
        try:
            return self._tls.read(1) is not None or self._below.readable()
        except OSError:
            return True

    def abort(self) -> None:
        """Hang up at once, wherever."""
        self._below.abort()

    async def _step(self, step: Callable[[], T | None], patience: Patience) -> T:
        """Take a step, and where it wants more, get more."""
        while True:
            result = step()
            if out := self._tls.outgoing():
                await self._below.write(out, patience)
            if result is not None:
                return result
            self._tls.incoming(await self._below.read(patience))


class AsyncNetwork:
    """Opens connections, so many at a time."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._connecting = asyncio.Semaphore(CONNECTING)

    async def connect(self, patience: Patience) -> AsyncStream:
        """Open a connection to what the route leads to. Raises Fault."""
        host, port = self._route.address
        try:
            stream: AsyncStream = await within(patience.left(), self._dial(host, port, patience))
        except OSError as error:
            fault = of_connecting(error, f" ({host}:{port})")
            raise fault from fault.__cause__
        try:
            for step in self._route.steps():
                stream = await _through(stream, step, patience)
        except OSError as error:
            stream.abort()
            fault = of_connecting(error)
            raise fault from fault.__cause__
        except BaseException:
            stream.abort()
            raise
        return stream

    async def _dial(self, host: str, port: int, patience: Patience) -> SocketStream:
        loop = asyncio.get_running_loop()
        seconds = patience.left()
        # All that connecting takes counts, however many addresses there are.
        patience = Patience(None, None if seconds is None else time.monotonic() + seconds)
        async with self._connecting:
            found = await _addresses(loop, host, port)
            failure: OSError = OSError("the name has no address")
            for number, (family, kind, protocol, _, address) in enumerate(found):
                left = len(found) - number
                try:
                    # Whoever called ends the last one.
                    seconds = shares(patience.left(), left) if left > 1 else None
                    sock = await _connected(loop, Socket(family, kind, protocol), address, seconds)
                    return SocketStream(sock, loop)
                except OSError as error:  # Which may be that there is no such family here.
                    failure = error
            raise failure

    async def speaks_tls(self, patience: Patience) -> bool:
        """Whether a TLS handshake succeeds where plain HTTP was hung up on."""
        try:
            stream = await within(patience.left(), self._dial(*self._route.address, patience))
        except OSError:
            return False
        try:
            await AsyncTlsStream(stream, self._route.probe()).shake_hands(patience)
        except OSError:
            return False
        finally:
            stream.abort()
        return True


async def _addresses(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[Any]:
    try:  # A number needs no looking up, for which the loop would ask another thread.
        return socket.getaddrinfo(name_of(host), port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)


async def _connected(
    loop: asyncio.AbstractEventLoop, sock: socket.socket, address: Any, seconds: float | None
) -> socket.socket:
    try:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await within(seconds, loop.sock_connect(sock, address))
    except BaseException:
        sock.close()
        raise
    return sock


async def _through(stream: AsyncStream, step: Tls | Handshake, patience: Patience) -> AsyncStream:
    """Take a step of the way to the origin."""
    if not isinstance(step, Generator):
        secure = AsyncTlsStream(stream, step)
        await secure.shake_hands(patience)
        return secure
    with suppress(StopIteration):
        message = next(step)
        while True:
            if message:
                await stream.write(message, patience)
                message = b""  # It may hold the proxy's password, which no frame of an error shows.
            message = step.send(await stream.read(patience))
    return stream
