"""aiohttp's connections, as the engine wants them: opened so many at a time, clean, and closed even without a loop."""

from __future__ import annotations

import asyncio
import os
import select
import socket
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakSet

import aiohttp

from .._engine import CONNECTING, KEEPALIVE
from ._aiohttp_surplus import Handler
from ._slots import running


class Connector(aiohttp.TCPConnector):
    """The connections of one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # Calls in flight are bounded before they come here.
        super().__init__(limit=0, keepalive_timeout=KEEPALIVE, loop=loop)  # pyright: ignore[reportUnknownMemberType]
        self._factory = partial(Handler, loop=loop)  # type: ignore[assignment]
        self._process = os.getpid()
        self._connecting = asyncio.Semaphore(CONNECTING)
        self._opened: WeakSet[Any] = WeakSet()

    async def connect(self, *args: Any, **kwargs: Any) -> Any:
        """Return a connection that has nothing to say; one that has is at its end, or brought too much.

        The surplus of an answer would be read as the next one, and an end may have come while the loop was busy.
        """
        while True:
            connection: Any = await super().connect(*args, **kwargs)
            protocol = connection.protocol
            if protocol not in self._opened:  # A new one, on which TLS may have more to say.
                self._opened.add(protocol)
                return connection
            if not protocol.should_close and not _readable(connection.transport):
                return connection
            connection.close()

    async def _create_connection(self, *args: Any, **kwargs: Any) -> Any:
        async with self._connecting:
            return await super()._create_connection(*args, **kwargs)

    def drop(self) -> None:
        """Hang up all, from any thread, with and without the loop."""
        self._conns.clear()
        for protocol in list(self._opened):
            self.hang_up(protocol)

    def hang_up(self, protocol: Any) -> None:
        """Hang up one."""
        transport = protocol.transport
        if transport is None:
            return
        if self._loop.is_closed() or os.getpid() != self._process:
            _forget(transport)
            protocol.transport = None
            return
        # The server sees it now; the rest of the closing is the loop's.
        if (sock := transport.get_extra_info("socket")) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if running() is self._loop:
            transport.abort()
        else:
            with suppress(RuntimeError):  # It was closed meanwhile.
                self._loop.call_soon_threadsafe(transport.abort)


def _readable(transport: Any) -> bool:
    """Whether a connection has something to read, or its end."""
    sock = transport.get_extra_info("socket") if transport is not None else None
    if sock is None or not hasattr(select, "poll"):  # Windows: its loop sees the end alone.
        return False
    poll = select.poll()
    poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _forget(transport: Any) -> None:
    """Close a transport whose loop is gone: asyncio has no way to, and would warn of it as forgotten."""
    with suppress(RuntimeError):
        transport.abort()
    while (tls := getattr(transport, "_ssl_protocol", None)) is not None:
        transport = getattr(tls, "_transport", None)
    sock = getattr(transport, "_sock", None)
    if sock is not None:
        sock.close()
        transport._sock = None  # noqa: SLF001
