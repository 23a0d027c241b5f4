"""Blocking sockets, each operation of which ends at the call's deadline. They raise OSError and no other."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .._engine import CONNECTING
from .._faults import of_connecting
from .._routes import Route
from .._socket import Socket, name_of, shares
from .._timeouts import Patience

if TYPE_CHECKING:
    from .._tls import Tls
    from .._tunnels import Handshake

T = TypeVar("T")
PIECE = 64 * 1024


class Stream(Protocol):
    """Bytes in both directions."""

    def read(self, patience: Patience) -> bytes:
        """Return what has come, once something has; empty at the end."""
        ...

    def write(self, data: bytes, patience: Patience) -> None:
        """Send `data`, whole."""
        ...

    def readable(self) -> bool:
        """Whether something has come, be it the end."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class SocketStream:
    """A connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._process = os.getpid()
        self._seconds: float | None = None
        self._reading = self._closed = False
        self._poll: Any = None
        sock.settimeout(None)

    def read(self, patience: Patience) -> bytes:
        """Return what has come, once something has; empty at the end."""
        self._wait(patience)
        self._reading = True
        try:
            data = self._sock.recv(PIECE)
        finally:
            self._reading = False
        if self._closed:  # By another thread, which is no end of what is read.
            raise OSError("it was closed")
        return data

    def write(self, data: bytes, patience: Patience) -> None:
        """Send `data`, whole."""
        self._wait(patience)
        self._sock.sendall(data)

    def readable(self) -> bool:
        """Whether something has come, be it the end."""
        if self._sock.fileno() < 0:
            return True
        if not hasattr(select, "poll"):  # Windows, whose select takes any socket.
            return bool(select.select([self._sock], [], [], 0)[0])
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self._sock, select.POLLIN)
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Hang up."""
        self._closed = True
        # In another thread, which closing alone would not wake; what a fork copied is the parent's.
        if self._reading and self._process == os.getpid():
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _wait(self, patience: Patience) -> None:
        seconds = patience.left()
        if seconds != self._seconds:  # Each change is a system call.
            self._sock.settimeout(seconds)
            self._seconds = seconds


class TlsStream:
    """TLS over another stream, and so over a proxy's TLS as well."""

    def __init__(self, below: Stream, tls: Tls) -> None:
        self._below = below
        self._tls = tls

    def shake_hands(self, patience: Patience) -> None:
        """Agree on keys, and look at the server's certificate."""
        self._step(self._tls.handshake, patience)

    def read(self, patience: Patience) -> bytes:
        """Return what has come, once something has; empty at the end."""
        return self._step(self._tls.read, patience)

    def write(self, data: bytes, patience: Patience) -> None:
        """Send `data`, whole."""
        self._tls.write(data)
        self._below.write(self._tls.outgoing(), patience)

    def readable(self) -> bool:
        """Whether something has come, be it the end; what came may be here already."""
        try:
            return self._tls.read(1) is not None or self._below.readable()
        except OSError:
            return True

    def close(self) -> None:
        """Hang up."""
        self._below.close()

    def _step(self, step: Callable[[], T | None], patience: Patience) -> T:
        """Take a step, and where it wants more, get more."""
        while True:
            result = step()
            if out := self._tls.outgoing():
                self._below.write(out, patience)
            if result is not None:
                return result
            self._tls.incoming(self._below.read(patience))


class Network:
    """Opens connections, so many at a time."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._connecting = threading.BoundedSemaphore(CONNECTING)

    def connect(self, patience: Patience) -> Stream:
        """Open a connection to what the route leads to. Raises Fault."""
        host, port = self._route.address
        try:
            stream: Stream = self._dial(host, port, patience)
        except OSError as error:
            fault = of_connecting(error, f" ({host}:{port})")
            raise fault from fault.__cause__
        try:
            for step in self._route.steps():
                stream = _through(stream, step, patience)
        except OSError as error:
            stream.close()
            fault = of_connecting(error)
            raise fault from fault.__cause__
        except BaseException:
            stream.close()
            raise
        return stream

    def _dial(self, host: str, port: int, patience: Patience) -> SocketStream:
        seconds = patience.left()
        # All that connecting takes counts, however many addresses there are.
        patience = Patience(None, None if seconds is None else time.monotonic() + seconds)
        if not self._connecting.acquire(timeout=-1 if seconds is None else seconds):
            raise TimeoutError("too many connections are being opened")
        try:
            found = socket.getaddrinfo(name_of(host), port, type=socket.SOCK_STREAM)
            failure: OSError = OSError("the name has no address")
            for number, (family, kind, protocol, _, address) in enumerate(found):
                try:
                    seconds = shares(patience.left(), len(found) - number)
                    return SocketStream(_connected(Socket(family, kind, protocol), address, seconds))
                except OSError as error:  # Which may be that there is no such family here.
                    failure = error
            raise failure
        finally:
            self._connecting.release()

    def speaks_tls(self, patience: Patience) -> bool:
        """Whether a TLS handshake succeeds where plain HTTP was hung up on."""
        try:
            stream = self._dial(*self._route.address, patience)
        except OSError:
            return False
        try:
            TlsStream(stream, self._route.probe()).shake_hands(patience)
        except OSError:
            return False
        finally:
            stream.close()
        return True


def _connected(sock: socket.socket, address: Any, seconds: float | None) -> socket.socket:
    try:
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def _through(stream: Stream, step: Tls | Handshake, patience: Patience) -> Stream:
    """Take a step of the way to the origin."""
    if not isinstance(step, Generator):
        secure = TlsStream(stream, step)
        secure.shake_hands(patience)
        return secure
    with suppress(StopIteration):
        message = next(step)
        while True:
            if message:
                stream.write(message, patience)
                message = b""  # It may hold the proxy's password, which no frame of an error shows.
            message = step.send(stream.read(patience))
    return stream
