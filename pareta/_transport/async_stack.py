"""The connections of a client: stock transports of httpx, one connection in each, on a stack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from .._clock import monotonic
from .async_connection import AsyncConnection, AsyncConnections
from .async_waiting import AsyncScoped
from .settings import KEEPALIVE


class AsyncConnectionStack(httpx.AsyncBaseTransport):
    """Sends each request through an idle connection, the latest used first, or through a new one.

    httpcore's pool looks through all its connections and requests at each event, so its cost grows with
    the square of the calls in flight. A pool of one has nothing to look through.
    """

    def __init__(self, new: Callable[[], httpx.AsyncBaseTransport]) -> None:
        """Take what makes a stock transport."""
        self._new = new
        self._connections = AsyncScoped(AsyncConnections, AsyncConnections.close)
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return when the head of its response is there."""
        connections = self._connections.get()
        while (connection := connections.take()) is not None and not connection.is_usable():
            await connection.aclose()
        if connection is None:
            connection = AsyncConnection(self._new())
            request.extensions["trace"] = connection.trace
        connections.active.add(connection)
        try:
            response = await connection.send(request)
        except BaseException:
            connections.active.discard(connection)
            await connection.aclose()
            raise
        response.extensions["connection"] = connection
        response.stream = AsyncConnectionBody(self, connections, connection, response.stream)
        return response

    async def take_back(self, connections: AsyncConnections, connection: AsyncConnection) -> None:
        """Keep a connection for the next request; close one that cannot be used again."""
        connections.active.discard(connection)
        if self._closed or not connection.reusable:
            await connection.aclose()
            return
        now = monotonic()
        connection.expires = now + KEEPALIVE
        connections.idle.append(connection)
        while (expired := connections.take_expired(now)) is not None:
            await expired.aclose()
        if self._closed:  # It was closed meanwhile.
            await connections.close_idle()

    async def aclose(self) -> None:
        """Close the idle connections; those in use close when their responses do."""
        self._closed = True
        connections = self._connections.get()
        if connections.active:
            await connections.close_idle()
        else:
            await self._connections.close()


class AsyncConnectionBody(httpx.AsyncByteStream):
    """The body of a response. Closing it gives the connection back."""

    def __init__(
        self, stack: AsyncConnectionStack, connections: AsyncConnections, connection: AsyncConnection, stream: Any
    ) -> None:
        self._stream = stream
        # httpx's responses refer to themselves; what a closed one leads to is not to wait for the collector.
        self._lease: tuple[AsyncConnectionStack, AsyncConnections, AsyncConnection] | None
        self._lease = (stack, connections, connection)

    def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: AsyncIterator[bytes] = self._stream.__aiter__()
        return pieces

    async def aclose(self) -> None:
        """Close the body."""
        lease, self._lease = self._lease, None
        if lease is not None:
            stack, connections, connection = lease
            try:
                await self._stream.aclose()
            except BaseException:
                connection.reusable = False  # A cancelled close leaves httpcore's connection busy for ever.
                raise
            finally:
                await stack.take_back(connections, connection)
