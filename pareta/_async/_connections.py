"""The engine of the clients that are made here: connections of ours, and a stack of idle ones."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from .._engine import HELD, KEEPALIVE, PROBE, Fault, HttpRequest, Waits
from .._exceptions import ParetaError
from .._faults import PLAIN_TO_TLS, of_breaking, of_waiting
from .._http11 import H11Reader, Head, Reader
from .._routes import Route
from .._timeouts import Patience
from ._network import AsyncNetwork, AsyncStream
from ._slots import Slots, running


class AsyncConnection:
    """A connection, which is asked one thing after another."""

    def __init__(self, stream: AsyncStream, reader: Reader) -> None:
        self._stream = stream
        self._reader = reader
        self._expires = 0.0
        self.heard = False
        """Whether the server ever said anything on it."""

    async def ask(self, head: bytes, body: bytes, waits: Waits) -> Head:
        """Send a request and return what its answer begins with."""
        reader = self._reader
        reader.begin()
        try:
            if len(body) > HELD:
                await self._stream.write(head, waits.write)
                head = b""
            await self._stream.write(head + body, waits.write)
        except TimeoutError as error:
            del head  # It holds the key.
            fault = of_waiting(error, "the request could not be sent in time")
            raise fault from fault.__cause__
        except OSError:
            pass  # A server that hung up may have said why.
        head = b""
        while reader.head is None:
            await self._receive(waits.read)
        return reader.head

    async def piece(self, read: Patience) -> bytes:
        """Return what comes next of the answer's body; empty at its end."""
        reader = self._reader
        while not (body := reader.take()) and not reader.ended:
            await self._receive(read)
        return body

    async def _receive(self, read: Patience) -> None:
        reader = self._reader
        if reader.failure is not None:
            raise reader.failure from reader.failure.__cause__
        try:
            data = await self._stream.read(read)
        except OSError as error:
            fault = of_breaking(error)
            raise fault from fault.__cause__
        self.heard = True if data else self.heard
        reader.feed(data)

    def rest(self) -> bool:
        """Return whether it can be asked again, and begin to wait for that."""
        self._expires = time.monotonic() + KEEPALIVE
        return self._reader.reusable

    @property
    def expired(self) -> bool:
        """Whether it was idle for too long."""
        return time.monotonic() >= self._expires

    @property
    def fresh(self) -> bool:
        """Whether it can be asked now: one that has something to say is one that the server ends."""
        return not self.expired and not self._stream.readable()

    def abort(self) -> None:
        """Hang up at once, wherever."""
        self._stream.abort()


class Place(NamedTuple):
    """What belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    slots: Slots
    network: AsyncNetwork


class AsyncConnectionEngine:
    """Sends requests over connections that are kept and used again; the latest used first.

    Its connections belong to the event loop that runs; another loop gets connections of its own.
    """

    def __init__(self, route: Route, max_connections: int, reader: Callable[[], Reader] = H11Reader) -> None:
        self.name = "h11" if reader is H11Reader else "aiohttp"
        self._route = route
        self._max = max_connections
        self._reader = reader
        self._place: Place | None = None
        self._idle: deque[AsyncConnection] = deque()
        self._answered = not route.plain
        """Whether the server is known to speak what it is spoken to in."""
        self._closed = False

    async def send(self, request: HttpRequest, waits: Waits) -> AsyncArrival:
        """Send `request` and return when the answer's head is there."""
        place = self._enter_loop()
        slots = place.slots
        await slots.take(waits.pool)
        connection: AsyncConnection | None = None
        try:
            connection = self._rested() or AsyncConnection(await place.network.connect(waits.connect), self._reader())
            head = await connection.ask(self._route.head(request), request.body, waits)
        except BaseException as error:
            if connection is not None:
                connection.abort()
            slots.give()
            if not self._answered and connection is not None and isinstance(error, Fault):
                await self._doubt(error, connection, waits, place.network)
            raise
        self._answered = True
        return AsyncArrival(self, connection, head, slots)

    def _rested(self) -> AsyncConnection | None:
        while (connection := self._pop()) is not None:
            if connection.fresh:
                return connection
            connection.abort()
        return None

    def _pop(self) -> AsyncConnection | None:
        try:
            return self._idle.pop()
        except IndexError:  # The last, or another thread took it.
            return None

    async def _doubt(self, fault: Fault, connection: AsyncConnection, waits: Waits, network: AsyncNetwork) -> None:
        """Say so where a server that hangs up without a word speaks TLS: it would do so each time."""
        self._answered = True  # It is asked once.
        if fault.kind == "connection" and not connection.heard:
            until, deadline = time.monotonic() + PROBE, waits.connect.until  # For all of it, whatever drips.
            patience = Patience(PROBE, until if deadline is None else min(until, deadline))
            if await network.speaks_tls(patience):
                raise Fault("tls", PLAIN_TO_TLS) from fault.__cause__

    def _enter_loop(self) -> Place:
        loop, place = running(), self._place
        if loop is None:
            raise ParetaError("AsyncPareta runs on asyncio; here runs another event loop, or none.")
        if place is None or place.loop is not loop:
            self._drop_idle()
            # Set at once: another loop may run in another thread.
            self._place = place = Place(loop, Slots(self._max, loop), AsyncNetwork(self._route))
        return place

    def _drop_idle(self) -> None:
        while (connection := self._pop()) is not None:
            connection.abort()

    def _retire(self) -> None:
        """Close what is idle for too long: the first ones, which no call comes to while the others do."""
        with suppress(IndexError):  # There is no more, or another thread took it.
            while self._idle[0].expired:
                self._idle.popleft().abort()

    def done(self, connection: AsyncConnection, slots: Slots) -> None:
        """Take a connection back; one that cannot be used again is closed."""
        if not self._closed and self._place is not None and slots is self._place.slots and connection.rest():
            self._idle.append(connection)
            if len(self._idle) > 1:
                self._retire()
        else:
            connection.abort()
        slots.give()

    async def close(self) -> None:
        """Close the idle connections; those in use close when their answers are read."""
        self._closed = True
        self._drop_idle()

    def __del__(self) -> None:
        self._drop_idle()


class AsyncArrival:
    """An answer on one of the engine's connections."""

    def __init__(self, engine: AsyncConnectionEngine, connection: AsyncConnection, head: Head, slots: Slots) -> None:
        self._engine = engine
        self._connection = connection
        self._slots = slots
        self._open = True
        self.status = head.status
        self.headers: Sequence[tuple[bytes, bytes]] = head.headers

    async def piece(self, read: Patience) -> bytes:
        """Return what comes next of the body; empty at its end."""
        return await self._connection.piece(read)

    async def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._open:
            self._open = False
            self._engine.done(self._connection, self._slots)

    def abort(self) -> None:
        """Hang up at once."""
        if self._open:
            self._open = False
            self._connection.abort()
            self._engine.done(self._connection, self._slots)

    def __del__(self) -> None:
        self.abort()
