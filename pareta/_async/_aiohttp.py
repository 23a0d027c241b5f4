"""The engine for wide async work, directly on aiohttp: its connections and its parser, none of its policy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from io import BytesIO
from typing import Any
from weakref import finalize

import aiohttp
from yarl import URL

from .._credentials import BaseUrl
from .._engine import HttpRequest, Waits
from .._exceptions import ParetaError
from .._timeouts import Patience
from .._tls import shared_context
from ._aiohttp_connector import Connector
from ._aiohttp_faults import fault_of
from ._slots import Slots, running
from ._waiting import within

HEAD_LIMIT = 100 * 1024
"""The longest line of an answer's head, as httpcore has it; aiohttp's own is too short for long headers."""
LARGE = 2**20
"""A body of so many bytes aiohttp wants as a file: it would write it in one go."""
_FAILURES = (aiohttp.ClientError, OSError)
_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What aiohttp adds of its own accord."""


class AiohttpEngine:
    """Sends requests through an aiohttp session for each event loop; its connections are used again.

    Writing has no limit of its own: a server that does not read what it is sent is left at the deadline.
    """

    name = "aiohttp"

    def __init__(self, base: BaseUrl, proxy: str | None, max_connections: int) -> None:
        self._options: dict[str, Any] = {"allow_redirects": False}
        if base.scheme == "https":
            self._options["ssl"] = shared_context()
        if proxy is not None:
            self._options["proxy"] = URL(proxy)
        self._max = max_connections
        self._here: Place | None = None
        self._closed = False

    async def send(self, request: HttpRequest, waits: Waits) -> AiohttpArrival:
        """Send `request` and return when the answer's head is there."""
        place = self._place()
        try:
            await place.slots.take(waits.pool)
        except TimeoutError as error:
            raise fault_of(error) from error
        try:
            response = await self._send(place, request, waits)
        except _FAILURES as error:
            place.slots.give()
            fault = fault_of(error)
            raise fault from fault.__cause__
        except BaseException:
            place.slots.give()
            raise
        place.active += 1
        return AiohttpArrival(self, place, response)

    async def _send(self, place: Place, request: HttpRequest, waits: Waits) -> aiohttp.ClientResponse:
        read, until = waits.read.left(), waits.read.until
        timeout = aiohttp.ClientTimeout(connect=waits.connect.left(), sock_read=read)
        sending = place.session.request(
            request.method,
            URL(request.url, encoded=True),
            headers=[(name.decode("ascii"), value.decode("ascii")) for name, value in request.headers],
            data=_data(request.body),
            timeout=timeout,
            **self._options,
        )
        # Each read has its time, and all of them, however slowly a head drips in, the deadline's.
        seconds = None if until is None else Patience(None, until).left()
        return await within(seconds, sending)

    def _place(self) -> Place:
        loop = running()
        if loop is None:
            raise ParetaError("AsyncPareta runs on asyncio; here runs another event loop, or none.")
        place = self._here
        if place is None or place.loop is not loop:
            if place is not None:
                place.drop()
            place = self._here = Place(loop, self._max)
        return place

    async def done(self, place: Place) -> None:
        """Close the last connections of a closed engine."""
        if self._closed and place is self._here and not place.active:
            await place.session.close()

    async def close(self) -> None:
        """Close the idle connections; those in use close when their answers are read."""
        self._closed = True
        place = self._here
        if place is None:
            return
        if place.loop is running():
            await self.done(place)
        else:
            place.drop()


class Place:
    """What the engine has on one loop: a session with its connections, and the places for calls."""

    def __init__(self, loop: asyncio.AbstractEventLoop, max_connections: int) -> None:
        self.loop = loop
        self.slots = Slots(max_connections, loop)
        self.connector = Connector(loop)
        self.active = 0
        self.session = aiohttp.ClientSession(
            connector=self.connector,
            cookie_jar=aiohttp.DummyCookieJar(loop=loop),
            auto_decompress=False,  # Bodies are decoded here, in bounded pieces.
            skip_auto_headers=_OWN_HEADERS,
            max_line_size=HEAD_LIMIT,
            max_field_size=HEAD_LIMIT,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        # aiohttp sends a GET again when its connection breaks; whether and when is decided by our policy alone.
        self.session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        self.drop = finalize(self, _drop, self.session, self.connector)
        """Hang up all connections; the interpreter's end and the garbage collector do it too, before all else."""


def _drop(session: aiohttp.ClientSession, connector: Connector) -> None:
    session.detach()
    connector.drop()


class AiohttpArrival:
    """An answer that aiohttp received the head of."""

    def __init__(self, engine: AiohttpEngine, place: Place, response: aiohttp.ClientResponse) -> None:
        self._engine = engine
        self._place = place
        self._response = response
        self._open = True
        self.status: int = response.status
        self.headers: Sequence[tuple[bytes, bytes]] = response.raw_headers
        # An open stream keeps its response, and shall not keep the key.
        response._request_info = None  # type: ignore[assignment]  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage]
        connection = response.connection
        self._protocol: Any = connection.protocol if connection is not None else None
        if self._protocol is not None:
            # From here on each wait has a limit of ours, and some streams none: aiohttp's own ends.
            self._protocol.read_timeout = None
            self._protocol.start_timeout()

    async def pieces(self, read: Patience) -> AsyncIterator[bytes]:
        """Yield the body's pieces."""
        content = self._response.content
        try:
            while not content.at_eof():
                if read.until is not None:
                    read.left()  # A body that is there already is no reason to go beyond the deadline.
                piece = content.read_nowait() or await within(read.left(), content.readany())
                if piece:
                    yield piece
        except _FAILURES as error:
            # aiohttp tells of the end before what came: what came is read all the same.
            if not isinstance(error, TimeoutError) and (rest := b"".join(getattr(content, "_buffer", ()))):
                yield rest
            fault = fault_of(error)
            raise fault from fault.__cause__

    async def close(self) -> None:
        """Give the connection back, or hang up."""
        if self._open:
            self._open = False
            if self._response.content.is_eof():
                self._response.release()
            else:
                self._response.close()
            self._leave()
            await self._engine.done(self._place)

    def abort(self) -> None:
        """Hang up at once."""
        if not self._open:
            return
        self._open = False
        loop, connection = self._place.loop, self._response.connection
        if connection is not None:
            self._place.connector.hang_up(connection.protocol)
            if loop.is_closed():
                connection.close()
        if loop.is_closed() or running() is loop:
            self._response.close()
        else:
            loop.call_soon_threadsafe(self._response.close)
        self._leave()

    def _leave(self) -> None:
        self._place.active -= 1
        self._place.slots.give()

    def __del__(self) -> None:
        self.abort()


def _data(body: bytes) -> bytes | BytesIO | None:
    return BytesIO(body) if len(body) > LARGE else body or None
