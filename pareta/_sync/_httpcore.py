"""The engine of the clients that are made here: httpcore's connections, and a stack of idle ones."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import httpcore

from .._engine import Fault, HttpRequest, Waits
from .._httpcore import Route, fault_of, join_chunks, reusable
from .._timeouts import Patience
from ._network import Network


class HttpcoreEngine:
    """Sends requests over connections that are kept and used again; the latest used first."""

    name = "httpcore"

    def __init__(self, route: Route, max_connections: int) -> None:
        self._route = route
        self._max = max_connections
        self._closed = False
        self._idle: list[httpcore.HTTPConnection] = []
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._factory: Any = self._route.factory(httpcore.ConnectionPool, Network())
        self._free = threading.BoundedSemaphore(self._max)

    def _enter_process(self) -> None:
        # After a fork, the connections are the parent's, and its threads hold the locks for ever.
        if os.getpid() != self._process:
            self._begin()
            self._drop_idle()

    def _drop_idle(self) -> None:
        while True:
            try:
                self._idle.pop().close()
            except IndexError:  # The last, or another thread took it.
                return

    def send(self, request: HttpRequest, waits: Waits) -> HttpcoreArrival:
        """Send `request` and return when the answer's head is there."""
        self._enter_process()
        try:
            seconds = waits.pool.left()
        except TimeoutError as error:
            raise fault_of(error) from error
        free = self._free
        if not free.acquire(timeout=-1 if seconds is None else seconds):
            raise Fault("timeout", f"{self._max} calls are in flight (max_connections), and none ended in time")
        try:
            return self._send(request, waits, free)
        except BaseException:
            free.release()
            raise

    def _send(self, request: HttpRequest, waits: Waits, free: threading.Semaphore) -> HttpcoreArrival:
        try:
            message = self._route.request(request, waits, request.body)
            connection = self._connection()
            response = connection.handle_request(message)
            message.headers.clear()  # An open stream keeps its message, and shall not keep the key.
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise fault_of(error) from error
        except TimeoutError as error:
            raise fault_of(error) from error
        return HttpcoreArrival(self, connection, message, response, free)

    def _connection(self) -> Any:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # Another thread took it.
                break
            if connection.is_available() and not connection.has_expired():
                return connection
            connection.close()
        return self._factory.create_connection(self._route.origin)

    def done(self, connection: httpcore.HTTPConnection, free: threading.Semaphore) -> None:
        """Take a connection back; one that cannot be used again is closed."""
        if not self._closed and reusable(connection):
            self._idle.append(connection)
        else:
            connection.close()
        free.release()

    def close(self) -> None:
        """Close the idle connections; those in use close when their answers are read."""
        self._closed = True
        self._drop_idle()

    def __del__(self) -> None:
        self._drop_idle()


class HttpcoreArrival:
    """An answer on one of the engine's connections."""

    def __init__(
        self,
        engine: HttpcoreEngine,
        connection: Any,
        message: Any,
        response: httpcore.Response,
        free: threading.Semaphore,
    ) -> None:
        self._engine = engine
        self._connection = connection
        self._message = message
        self._response = response
        self._free = free
        self._open = True
        self._stream: Any = response.stream
        self.status: int = response.status
        self.headers: Sequence[tuple[bytes, bytes]] = response.headers

    def pieces(self, read: Patience) -> Iterator[bytes]:
        """Yield the body's pieces."""
        # httpcore looks for the timeout when the body is begun, so a stream's may differ from its head's.
        self._message.extensions["timeout"]["read"] = read
        join_chunks(self._connection, self._response)
        try:
            yield from self._stream
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise fault_of(error) from error

    def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._open:
            self._open = False
            try:
                self._response.close()
            finally:
                self._engine.done(self._connection, self._free)

    def abort(self) -> None:
        """Hang up, as `close` does: nothing here waits."""
        self.close()

    def __del__(self) -> None:
        self.close()
