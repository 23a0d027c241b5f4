"""asyncio's sockets for httpcore, each operation of which ends at the call's deadline.

Sockets and not asyncio's transports, so that whoever drops a stream can hang up at once, from the
garbage collector and after its loop is gone.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from .._chunks import Joiner
from .._engine import CONNECTING, HELD
from .._socket import Socket
from .._timeouts import left
from .._tls import Tls
from ._waiting import within


class AsyncStream(httpcore.AsyncNetworkStream):
    """A connected socket.

    What is written goes out when an answer is read, or much has gathered: httpcore writes the head and
    the body of a request one by one, and the end of it as nothing at all.
    """

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        self._loop = loop
        self._reading = False
        self._aborted = False
        self._held = b""
        self._write: float | None = None
        self.joiner: Joiner | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, once something has."""
        if self._held:
            with suppress(httpcore.WriteError):  # A server that hung up may have said why.
                await self._send()
        try:
            seconds = left(timeout)
            self._reading = True
            try:
                data = await within(seconds, self._loop.sock_recv(self._sock, max_bytes))
            finally:
                self._reading = False
                if self._aborted:
                    self._sock.close()
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        return self.joiner.join(data) if self.joiner else data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Take `buffer` to be sent, whole."""
        self.joiner = None  # Of the answer before.
        self._held = self._held + buffer if self._held else buffer
        self._write = timeout
        if len(self._held) > HELD:
            await self._send()

    async def _send(self) -> None:
        held, self._held = self._held, b""
        try:
            seconds = left(self._write)
            try:
                sent = self._sock.send(held)  # What the system takes at once needs no waiting.
            except (BlockingIOError, InterruptedError):
                sent = 0
            if sent < len(held):
                await within(seconds, self._loop.sock_sendall(self._sock, held[sent:]))
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Hang up."""
        self.abort()

    def abort(self) -> None:
        """Hang up at once."""
        if self._reading and not self._loop.is_closed():
            # Closing it here would leave its reader waiting for ever; this wakes it, and it closes.
            self._aborted = True
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        else:
            self._sock.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Return the stream inside TLS."""
        stream: httpcore.AsyncNetworkStream = await AsyncTlsStream.over(self, ssl_context, server_hostname, timeout)
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore's connections ask for."""
        if info == "is_readable":  # An idle connection that has something to say is one that the server ends.
            return self._loop is not asyncio.get_running_loop() or _readable(self._sock)
        return None


class AsyncTlsStream(httpcore.AsyncNetworkStream):
    """TLS over another stream, and so over a proxy's TLS as well."""

    def __init__(self, below: Any, tls: Tls) -> None:
        self._below = below
        self._tls = tls
        self.joiner: Joiner | None = None

    @classmethod
    async def over(cls, below: Any, context: ssl.SSLContext, hostname: str | None, timeout: float | None) -> Any:
        """Shake hands."""
        stream = cls(below, Tls(context, hostname))
        try:
            while await stream._step(stream._tls.handshake, timeout) is None:
                pass
        except (ssl.SSLError, httpcore.ReadError, httpcore.WriteError) as error:
            below.abort()
            raise httpcore.ConnectError(str(error)) from error
        except httpcore.TimeoutException as error:
            below.abort()
            raise httpcore.ConnectTimeout(str(error)) from error
        except BaseException:
            below.abort()
            raise
        return stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, once something has."""
        try:
            while True:
                data: bytes | None = await self._step(lambda: self._tls.read(max_bytes), timeout)
                if data is not None:
                    return self.joiner.join(data) if self.joiner else data
        except ssl.SSLError as error:
            raise httpcore.ReadError(f"TLS: {error.reason or error}") from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send `buffer`, whole."""
        self.joiner = None  # Of the answer before.
        try:
            self._tls.write(buffer)
        except ssl.SSLError as error:
            raise httpcore.WriteError(f"TLS: {error.reason or error}") from error
        await self._below.write(self._tls.outgoing(), timeout)

    async def aclose(self) -> None:
        """Hang up."""
        self.abort()

    def abort(self) -> None:
        """Hang up at once."""
        self._below.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Return the stream inside TLS inside TLS."""
        stream: httpcore.AsyncNetworkStream = await AsyncTlsStream.over(self, ssl_context, server_hostname, timeout)
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore's connections ask for."""
        return self._tls.object if info == "ssl_object" else self._below.get_extra_info(info)

    async def _step(self, step: Any, timeout: float | None) -> Any:
        """Take a step, and where it wants more, get more."""
        result = step()
        if out := self._tls.outgoing():
            await self._below.write(out, timeout)
        if result is None:
            self._tls.incoming(await self._below.read(64 * 1024, timeout))
        return result


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections, so many at a time."""

    def __init__(self) -> None:
        self._connecting: asyncio.Semaphore | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to `host`."""
        del local_address, socket_options  # Nothing here asks for any.
        if self._connecting is None:
            self._connecting = asyncio.Semaphore(CONNECTING)
        try:
            return await within(left(timeout), self._connect(host, port))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(f"{error.strerror or error} ({host}:{port})") from error

    async def _connect(self, host: str, port: int) -> AsyncStream:
        loop = asyncio.get_running_loop()
        semaphore = self._connecting or asyncio.Semaphore(CONNECTING)
        async with semaphore:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            failure: OSError = OSError("the name has no address")
            for family, kind, protocol, _, address in found:
                sock = Socket(family, kind, protocol)
                try:
                    sock.settimeout(0)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    await loop.sock_connect(sock, address)
                except OSError as error:
                    sock.close()
                    failure = error
                except BaseException:
                    sock.close()
                    raise
                else:
                    return AsyncStream(sock, loop)
            raise failure


def _readable(sock: socket.socket) -> bool:
    """Whether there is something to read, or the end."""
    try:
        sock.recv(1, socket.MSG_PEEK)
    except (BlockingIOError, InterruptedError):
        return False
    except OSError:
        return True
    return True
