"""The engine of the clients that are made here: httpcore's connections, and a stack of idle ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import httpcore

from .._engine import Fault, HttpRequest, Waits
from .._exceptions import ParetaError
from .._httpcore import Route, fault_of, join_chunks, reusable
from .._timeouts import Patience
from ._network import AsyncNetwork
from ._waiting import within


class AsyncHttpcoreEngine:
    """Sends requests over connections that are kept and used again; the latest used first.

    Its connections belong to the event loop that runs; another loop gets connections of its own.
    """

    name = "httpcore"

    def __init__(self, route: Route, max_connections: int) -> None:
        self._route = route
        self._max = max_connections
        self._loop: asyncio.AbstractEventLoop | None = None
        self._factory: Any = None
        self._idle: list[Any] = []
        self._free = asyncio.Semaphore(max_connections)
        self._closed = False

    async def send(self, request: HttpRequest, waits: Waits) -> AsyncHttpcoreArrival:
        """Send `request` and return when the answer's head is there."""
        self._enter_loop()
        free = self._free
        if free.locked():
            try:
                await within(waits.pool.left(), free.acquire())
            except TimeoutError as error:
                text = f"{self._max} calls are in flight (max_connections), and none ended in time"
                raise Fault("timeout", text) from error
        else:
            await free.acquire()
        try:
            return await self._send(request, waits, free)
        except BaseException:
            free.release()
            raise

    async def _send(self, request: HttpRequest, waits: Waits, free: asyncio.Semaphore) -> AsyncHttpcoreArrival:
        try:
            message = self._route.request(request, waits, request.body)
            connection = self._connection()
            response = await connection.handle_async_request(message)
            message.headers.clear()  # An open stream keeps its message, and shall not keep the key.
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            raise fault_of(error) from error
        except TimeoutError as error:
            raise fault_of(error) from error
        return AsyncHttpcoreArrival(self, connection, message, response, free)

    def _connection(self) -> Any:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            hang_up(connection)
        return self._factory.create_connection(self._route.origin)

    def _enter_loop(self) -> None:
        loop = _running()
        if loop is None:
            raise ParetaError("AsyncPareta runs on asyncio; here runs another event loop, or none.")
        if loop is self._loop:
            return
        self._drop_idle()
        self._loop = loop
        self._free = asyncio.Semaphore(self._max)
        self._factory = self._route.factory(httpcore.AsyncConnectionPool, AsyncNetwork())

    def _drop_idle(self) -> None:
        while self._idle:
            hang_up(self._idle.pop())

    def done(self, connection: Any, free: asyncio.Semaphore) -> None:
        """Take a connection back; one that cannot be used again is closed."""
        if not self._closed and free is self._free and reusable(connection):
            self._idle.append(connection)
        else:
            hang_up(connection)
        self._release(free)

    def _release(self, free: asyncio.Semaphore) -> None:
        # The garbage collector runs in any thread; a semaphore wakes its waiters in its own.
        loop = self._loop
        if loop is None or loop.is_closed() or free is not self._free:
            return
        if _running() is loop:
            free.release()
        else:
            with suppress(RuntimeError):  # It was closed meanwhile.
                loop.call_soon_threadsafe(free.release)

    async def close(self) -> None:
        """Close the idle connections; those in use close when their answers are read."""
        self._closed = True
        self._drop_idle()

    def __del__(self) -> None:
        self._drop_idle()


class AsyncHttpcoreArrival:
    """An answer on one of the engine's connections."""

    def __init__(
        self,
        engine: AsyncHttpcoreEngine,
        connection: Any,
        message: Any,
        response: httpcore.Response,
        free: asyncio.Semaphore,
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

    async def pieces(self, read: Patience) -> AsyncIterator[bytes]:
        """Yield the body's pieces."""
        # httpcore looks for the timeout when the body is begun, so a stream's may differ from its head's.
        self._message.extensions["timeout"]["read"] = read
        join_chunks(self._connection, self._response)
        try:
            async for piece in self._stream:
                yield piece
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise fault_of(error) from error

    async def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._open:
            self._open = False
            try:
                await self._response.aclose()
            finally:
                self._engine.done(self._connection, self._free)

    def abort(self) -> None:
        """Hang up at once."""
        if self._open:
            self._open = False
            hang_up(self._connection)
            self._engine.done(self._connection, self._free)

    def __del__(self) -> None:
        self.abort()


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def hang_up(connection: Any) -> None:
    """Close a connection's socket without awaiting anything: with our network streams, nothing is there to await."""
    closing = connection.aclose()
    try:
        closing.send(None)
    except StopIteration:
        return
    closing.close()
