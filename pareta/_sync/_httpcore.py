"""The engine of the clients that are made here: httpcore's connections, and a stack of idle ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import httpcore

from .._engine import Fault, HttpRequest, Waits
from .._httpcore import Route, fault_of
from .._timeouts import Patience
from ._network import Network


class HttpcoreEngine:
    """Sends requests over connections that are kept and used again; the latest used first."""

    name = "httpcore"

    def __init__(self, route: Route, max_connections: int) -> None:
        self._route = route
        self._network = Network()
        self._factory: Any = None
        self._idle: list[httpcore.HTTPConnection] = []
        self._free = threading.BoundedSemaphore(max_connections)
        self._max = max_connections
        self._closed = False

    def send(self, request: HttpRequest, waits: Waits) -> HttpcoreArrival:
        """Send `request` and return when the answer's head is there."""
        try:
            seconds = waits.pool.left()
        except TimeoutError as error:
            raise fault_of(error) from error
        if not self._free.acquire(timeout=-1 if seconds is None else seconds):
            raise Fault("timeout", f"{self._max} calls are in flight (max_connections), and none ended in time")
        try:
            return self._send(request, waits)
        except BaseException:
            self._free.release()
            raise

    def _send(self, request: HttpRequest, waits: Waits) -> HttpcoreArrival:
        try:
            message = self._route.request(request, waits, request.body)
            connection = self._connection()
            response = connection.handle_request(message)
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise fault_of(error) from error
        except TimeoutError as error:
            raise fault_of(error) from error
        return HttpcoreArrival(self, connection, message, response)

    def _connection(self) -> Any:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # Another thread took it.
                break
            if connection.is_available() and not connection.has_expired():
                return connection
            connection.close()
        if self._factory is None:
            self._factory = self._route.factory(httpcore.ConnectionPool, self._network)
        return self._factory.create_connection(self._route.origin)

    def done(self, connection: httpcore.HTTPConnection) -> None:
        """Take a connection back; one that cannot be used again is closed."""
        if connection.is_idle() and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
        self._free.release()

    def close(self) -> None:
        """Close the idle connections; those in use close when their answers are read."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        self.close()


class HttpcoreArrival:
    """An answer on one of the engine's connections."""

    def __init__(
        self, engine: HttpcoreEngine, connection: Any, message: httpcore.Request, response: httpcore.Response
    ) -> None:
        self._engine = engine
        self._connection = connection
        self._message = message
        self._response = response
        self._open = True
        self.status: int = response.status
        self.headers: Sequence[tuple[bytes, bytes]] = response.headers

    def pieces(self, read: Patience) -> Iterator[bytes]:
        """Yield the body's pieces."""
        # httpcore looks for the timeout when the body is begun, so a stream's may differ from its head's.
        extensions: Any = self._message.extensions
        extensions["timeout"]["read"] = read
        try:
            yield from self._response.iter_stream()
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise fault_of(error) from error

    def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._open:
            self._open = False
            self._response.close()
            self._engine.done(self._connection)

    def __del__(self) -> None:
        self.close()
