# Derived from pareta/_transport/async_stack.py. DO NOT EDIT: change that file and run `make generate`.
"""The connections of a client: stock transports of httpx, one connection in each, on a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx

from .._clock import monotonic
from .settings import KEEPALIVE
from .sync_connection import Connection, Connections
from .sync_waiting import Scoped


class ConnectionStack(httpx.BaseTransport):
    """Sends each request through an idle connection, the latest used first, or through a new one.

    httpcore's pool looks through all its connections and requests at each event, so its cost grows with
    the square of the calls in flight. A pool of one has nothing to look through.
    """

    def __init__(self, new: Callable[[], httpx.BaseTransport]) -> None:
        """Take what makes a stock transport."""
        self._new = new
        self._connections = Scoped(Connections, Connections.close)
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return when the head of its response is there."""
        connections = self._connections.get()
        while (connection := connections.take()) is not None and not connection.is_usable():
            connection.close()
        if connection is None:
            connection = Connection(self._new())
            request.extensions["trace"] = connection.trace
        connections.active.add(connection)
        try:
            response = connection.send(request)
        except BaseException:
            connections.active.discard(connection)
            connection.close()
            raise
        response.extensions["connection"] = connection
        response.stream = ConnectionBody(self, connections, connection, response.stream)
        return response

    def take_back(self, connections: Connections, connection: Connection) -> None:
        """Keep a connection for the next request; close one that cannot be used again."""
        connections.active.discard(connection)
        if self._closed or not connection.reusable:
            connection.close()
            return
        now = monotonic()
        connection.expires = now + KEEPALIVE
        connections.idle.append(connection)
        while (expired := connections.take_expired(now)) is not None:
            expired.close()
        if self._closed:  # It was closed meanwhile.
            connections.close_idle()

    def close(self) -> None:
        """Close the idle connections; those in use close when their responses do."""
        self._closed = True
        connections = self._connections.get()
        if connections.active:
            connections.close_idle()
        else:
            self._connections.close()


class ConnectionBody(httpx.SyncByteStream):
    """The body of a response. Closing it gives the connection back."""

    def __init__(self, stack: ConnectionStack, connections: Connections, connection: Connection, stream: Any) -> None:
        self._stream = stream
        # httpx's responses refer to themselves; what a closed one leads to is not to wait for the collector.
        self._lease: tuple[ConnectionStack, Connections, Connection] | None
        self._lease = (stack, connections, connection)

    def __iter__(self) -> Iterator[bytes]:
        pieces: Iterator[bytes] = self._stream.__iter__()
        return pieces

    def close(self) -> None:
        """Close the body."""
        lease, self._lease = self._lease, None
        if lease is not None:
            stack, connections, connection = lease
            try:
                self._stream.close()
            except BaseException:
                connection.reusable = False  # A cancelled close leaves httpcore's connection busy for ever.
                raise
            finally:
                stack.take_back(connections, connection)
