"""Blocking sockets for httpcore, each operation of which ends at the call's deadline."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from .._chunks import Joiner
from .._engine import CONNECTING, HELD
from .._socket import Socket
from .._timeouts import left
from .._tls import Tls


class Stream(httpcore.NetworkStream):
    """A connected socket.

    What is written goes out when an answer is read, or much has gathered: httpcore writes the head and
    the body of a request one by one, and the end of it as nothing at all.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._timeout: float | None = None
        self._reading = False
        self._held = b""
        self._write: float | None = None
        self.joiner: Joiner | None = None
        sock.settimeout(None)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, once something has."""
        if self._held:
            with suppress(httpcore.WriteError):  # A server that hung up may have said why.
                self._send()
        try:
            self._wait(timeout)
            self._reading = True
            try:
                data = self._sock.recv(max_bytes)
            finally:
                self._reading = False
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        return self.joiner.join(data) if self.joiner else data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Take `buffer` to be sent, whole."""
        self.joiner = None  # Of the answer before.
        self._held = self._held + buffer if self._held else buffer
        self._write = timeout
        if len(self._held) > HELD:
            self._send()

    def _send(self) -> None:
        held, self._held = self._held, b""
        try:
            self._wait(self._write)
            self._sock.sendall(held)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        if self._reading:  # In another thread, which closing alone would not wake.
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the stream inside TLS."""
        return TlsStream.over(self, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore's connections ask for."""
        if info == "is_readable":  # An idle connection that has something to say is one that the server ends.
            return self._sock.fileno() < 0 or _readable(self._sock)
        return None

    def _wait(self, timeout: float | None) -> None:
        seconds = left(timeout)
        if seconds != self._timeout:  # Each change is a system call.
            self._sock.settimeout(seconds)
            self._timeout = seconds


class TlsStream(httpcore.NetworkStream):
    """TLS over another stream, and so over a proxy's TLS as well."""

    def __init__(self, below: httpcore.NetworkStream, tls: Tls) -> None:
        self._below = below
        self._tls = tls
        self.joiner: Joiner | None = None

    @classmethod
    def over(
        cls, below: httpcore.NetworkStream, context: ssl.SSLContext, hostname: str | None, timeout: float | None
    ) -> TlsStream:
        """Shake hands."""
        stream = cls(below, Tls(context, hostname))
        try:
            while stream._step(stream._tls.handshake, timeout) is None:
                pass
        except (ssl.SSLError, httpcore.ReadError, httpcore.WriteError) as error:
            below.close()
            raise httpcore.ConnectError(str(error)) from error
        except httpcore.TimeoutException as error:
            below.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        return stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, once something has."""
        try:
            while True:
                data: bytes | None = self._step(lambda: self._tls.read(max_bytes), timeout)
                if data is not None:
                    return self.joiner.join(data) if self.joiner else data
        except ssl.SSLError as error:
            raise httpcore.ReadError(f"TLS: {error.reason or error}") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`, whole."""
        self.joiner = None  # Of the answer before.
        try:
            self._tls.write(buffer)
        except ssl.SSLError as error:
            raise httpcore.WriteError(f"TLS: {error.reason or error}") from error
        self._below.write(self._tls.outgoing(), timeout)

    def close(self) -> None:
        """Hang up."""
        self._below.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the stream inside TLS inside TLS."""
        return TlsStream.over(self, ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore's connections ask for."""
        return self._tls.object if info == "ssl_object" else self._below.get_extra_info(info)

    def _step(self, step: Any, timeout: float | None) -> Any:
        """Take a step, and where it wants more, get more."""
        result = step()
        if out := self._tls.outgoing():
            self._below.write(out, timeout)
        if result is None:
            self._tls.incoming(self._below.read(64 * 1024, timeout))
        return result


class Network(httpcore.NetworkBackend):
    """Opens connections, so many at a time."""

    def __init__(self) -> None:
        self._connecting = threading.BoundedSemaphore(CONNECTING)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to `host`."""
        del local_address, socket_options  # Nothing here asks for any.
        try:
            if not self._connecting.acquire(timeout=_seconds(left(timeout))):
                raise httpcore.ConnectTimeout("too many connections are being opened")
            try:
                made = socket.create_connection((host, port), left(timeout))
                sock = Socket(made.family, made.type, made.proto, fileno=made.detach())
            finally:
                self._connecting.release()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(f"{error.strerror or error} ({host}:{port})") from error
        return Stream(sock)


def _seconds(timeout: float | None) -> float:
    return -1 if timeout is None else timeout


def _readable(sock: socket.socket) -> bool:
    if not hasattr(select, "poll"):  # Windows, whose select takes any socket.
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
