"""A socket on an event loop, which may be closed from anywhere: another thread or process, and without the loop."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress

from .._timeouts import Patience
from ._slots import running
from ._waiting import within

PIECE = 64 * 1024


class SocketStream:
    """A connected socket.

    Its loop looks at it from the first wait for something to read on, and while nobody waits, only until
    something comes. So an answer costs one turn of the loop, and a reader that is slow slows the server down.
    """

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        # The loop is told of it by this: it finds a socket that is closed no more, and one that the collector
        # closes while the loop goes through what is ready would break the loop.
        self._number = sock.fileno()
        self._loop = loop
        self._process = os.getpid()
        self._watched = False
        self._waiter: asyncio.Future[bytes] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._more = False  # Whether there may be something to read without waiting for it.
        self._closed = False

    async def read(self, patience: Patience) -> bytes:
        """Return what has come, once something has; empty at the end."""
        seconds = patience.left()
        if self._closed:
            raise OSError("it was closed")
        if self._waiter is not None:
            raise OSError("it is being read by another task")
        if self._more and (data := self._receive()) is not None:
            return data
        if not self._watched:
            try:
                self._loop.add_reader(self._number, self._ready)
            except NotImplementedError:  # The loop of Windows, which can do this alone.
                return await within(seconds, self._loop.sock_recv(self._sock, PIECE))
            self._watched = True
        self._waiter = self._loop.create_future()
        if seconds is not None:
            self._expect(seconds)
        else:
            self._until = float("inf")
        try:
            return await self._waiter
        finally:
            self._waiter = None

    def _receive(self) -> bytes | None:
        """Return what is there; None for nothing."""
        try:
            data = self._sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            self._more = False
            return None
        self._more = len(data) == PIECE  # Less means that it was all there is.
        return data

    def _ready(self) -> None:
        """Hear from the loop that something has come."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            self._watched = False  # Else the loop would turn and turn.
            self._more = True
            self._loop.remove_reader(self._number)
            return
        try:
            data = self._receive()
        except OSError as error:
            waiter.set_exception(error)
        else:
            if data is not None:
                waiter.set_result(data)

    def _expect(self, seconds: float) -> None:
        """Have the wait end in so many seconds. One timer serves wait after wait, since few are in vain."""
        self._until = until = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > until:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(until, self._late)

    def _late(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() >= self._until:
            self._waiter.set_exception(TimeoutError("nothing came in time"))
        elif self._until != float("inf"):
            self._timer = self._loop.call_at(self._until, self._late)

    async def write(self, data: bytes, patience: Patience) -> None:
        """Send `data`, whole."""
        seconds = patience.left()
        self._more = False  # What is read next is an answer to this.
        try:
            sent = self._sock.send(data)  # What the system takes at once needs no waiting.
        except (BlockingIOError, InterruptedError):
            sent = 0
        if sent < len(data):
            await within(seconds, self._loop.sock_sendall(self._sock, memoryview(data)[sent:]))

    def readable(self) -> bool:
        """Whether something has come, be it the end."""
        if self._closed or self._loop is not running():
            return True
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True
        return True

    def abort(self) -> None:
        """Hang up at once."""
        if self._closed:
            return
        self._closed = True
        if self._loop.is_closed() or os.getpid() != self._process:
            self._sock.close()  # And nothing else: what a fork copied is the parent's to look after.
        elif running() is self._loop:
            self._leave()
        else:
            # The server sees it now; the rest of the closing is the loop's.
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
            with suppress(RuntimeError):  # It was closed meanwhile.
                self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        """Close it, in the loop's own thread."""
        if self._sock.fileno() < 0:  # Two threads hung up at once, and its number may be another's now.
            return
        if self._watched:
            self._loop.remove_reader(self._number)
            self._watched = False
        if self._timer is not None:
            self._timer.cancel()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(OSError("it was closed"))
        self._sock.close()
