"""The engine of the clients that are made here: connections of ours, and a stack of idle ones."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from .._engine import HELD, KEEPALIVE, PROBE, Fault, HttpRequest, Waits
from .._faults import PLAIN_TO_TLS, of_breaking, of_waiting
from .._http11 import H11Reader, Head, Reader
from .._routes import Route
from .._timeouts import Patience
from ._network import Network, Stream

Places = SimpleQueue[None]
PORTS = 2**16
"""A server can have no more connections of one machine."""


class Connection:
    """A connection, which is asked one thing after another."""

    def __init__(self, stream: Stream, reader: Reader) -> None:
        self._stream = stream
        self._reader = reader
        self._expires = 0.0
        self.heard = False
        """Whether the server ever said anything on it."""

    def ask(self, head: bytes, body: bytes, waits: Waits) -> Head:
        """Send a request and return what its answer begins with."""
        reader = self._reader
        reader.begin()
        try:
            if len(body) > HELD:
                self._stream.write(head, waits.write)
                head = b""
            self._stream.write(head + body, waits.write)
        except TimeoutError as error:
            del head  # It holds the key.
            fault = of_waiting(error, "the request could not be sent in time")
            raise fault from fault.__cause__
        except OSError:
            pass  # A server that hung up may have said why.
        del head
        while reader.head is None:
            self._receive(waits.read)
        return reader.head

    def piece(self, read: Patience) -> bytes:
        """Return what comes next of the answer's body; empty at its end."""
        reader = self._reader
        while not (body := reader.take()) and not reader.ended:
            self._receive(read)
        return body

    def _receive(self, read: Patience) -> None:
        reader = self._reader
        if reader.failure is not None:
            raise reader.failure from reader.failure.__cause__
        try:
            data = self._stream.read(read)
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

    def close(self) -> None:
        """Hang up."""
        self._stream.close()


class ConnectionEngine:
    """Sends requests over connections that are kept and used again; the latest used first."""

    name = "h11"

    def __init__(self, route: Route, max_connections: int) -> None:
        self._route = route
        self._max = max_connections
        self._closed = False
        self._idle: deque[Connection] = deque()
        self._answered = not route.plain
        """Whether the server is known to speak what it is spoken to in."""
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._network = Network(self._route)
        # A place for each call. The collector may give one back wherever it runs, while this thread takes one too,
        # where a semaphore would lock itself up.
        self._free: Places = SimpleQueue()
        for _ in range(min(self._max, PORTS)):
            self._free.put(None)

    def _enter_process(self) -> None:
        # After a fork, the connections are the parent's, and its threads hold the locks for ever.
        if os.getpid() != self._process:
            self._begin()
            self._drop_idle()

    def _drop_idle(self) -> None:
        while (connection := self._pop()) is not None:
            connection.close()

    def _pop(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # The last, or another thread took it.
            return None

    def send(self, request: HttpRequest, waits: Waits) -> Arrival:
        """Send `request` and return when the answer's head is there."""
        self._enter_process()
        free = self._free
        self._take(free, waits.pool)
        connection: Connection | None = None
        try:
            connection = self._connection(waits.connect)
            head = connection.ask(self._route.head(request), request.body, waits)
        except BaseException as error:
            if connection is not None:
                connection.close()
            free.put(None)
            if not self._answered and connection is not None and isinstance(error, Fault):
                self._doubt(error, connection, waits)
            raise
        self._answered = True
        return Arrival(self, connection, head, free)

    def _take(self, free: Places, pool: Patience) -> None:
        """Take a place, or wait for one."""
        with suppress(Empty):
            free.get_nowait()
            return
        try:
            seconds = pool.left()
        except TimeoutError as error:
            fault = of_waiting(error, "no answer in time")
            raise fault from fault.__cause__
        try:
            free.get(timeout=seconds)
        except Empty:
            text = f"{self._max} calls are in flight (max_connections), and none ended in time"
            raise Fault("timeout", text) from None

    def _connection(self, connect: Patience) -> Connection:
        while (connection := self._pop()) is not None:
            if connection.fresh:
                return connection
            connection.close()
        return Connection(self._network.connect(connect), H11Reader())

    def _doubt(self, fault: Fault, connection: Connection, waits: Waits) -> None:
        """Say so where a server that hangs up without a word speaks TLS: it would do so each time."""
        self._answered = True  # It is asked once.
        if fault.kind == "connection" and not connection.heard:
            until, deadline = time.monotonic() + PROBE, waits.connect.until  # For all of it, whatever drips.
            patience = Patience(PROBE, until if deadline is None else min(until, deadline))
            if self._network.speaks_tls(patience):
                raise Fault("tls", PLAIN_TO_TLS) from fault.__cause__

    def _retire(self) -> None:
        """Close what is idle for too long: the first ones, which no call comes to while the others do."""
        with suppress(IndexError):  # There is no more, or another thread took it.
            while self._idle[0].expired:
                self._idle.popleft().close()

    def done(self, connection: Connection, free: Places) -> None:
        """Take a connection back; one that cannot be used again is closed."""
        self._enter_process()
        if free is not self._free:  # The parent's, and so is what locks it.
            connection.close()
            return
        if not self._closed and connection.rest():
            self._idle.append(connection)
            if len(self._idle) > 1:
                self._retire()
        else:
            connection.close()
        if self._closed:  # Maybe since it was looked at.
            self._drop_idle()
        free.put(None)

    def close(self) -> None:
        """Close the idle connections; those in use close when their answers are read."""
        self._closed = True
        self._drop_idle()

    def __del__(self) -> None:
        self._drop_idle()


class Arrival:
    """An answer on one of the engine's connections."""

    def __init__(self, engine: ConnectionEngine, connection: Connection, head: Head, free: Places) -> None:
        self._engine = engine
        self._connection = connection
        self._free = free
        self._over = threading.Lock()  # Which one thread gets.
        self.status = head.status
        self.headers: Sequence[tuple[bytes, bytes]] = head.headers

    def piece(self, read: Patience) -> bytes:
        """Return what comes next of the body; empty at its end."""
        return self._connection.piece(read)

    def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._over.acquire(blocking=False):
            self._engine.done(self._connection, self._free)

    def abort(self) -> None:
        """Hang up, as `close` does: nothing here waits."""
        self.close()

    def __del__(self) -> None:
        self.close()
