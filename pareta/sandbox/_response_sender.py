"""Sends a response over its connection, and injects the faults of a scenario."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable

from starlette.types import Message, Receive, Send

from pareta.sandbox._client_connection import ClientConnection, wait_for_disconnect
from pareta.sandbox._journal import Journal, JournalEntry
from pareta.sandbox._messages import ServerResponse
from pareta.sandbox._recording import Recording
from pareta.sandbox._scenario import Scenario

_NO_CONTENT = 204
_EVENT = (b"data:", b"event:")
_LAST = (b"data: [DONE]", b"data:[DONE]", b"event: complete", b"event: error")
_NO_SCENARIO = Scenario("")


class ClientDisconnected(Exception):  # noqa: N818 - not a failure of the sandbox
    """The client or a fault has closed the connection."""


class ResponseSender:
    """Sends the response of one request, and records its outcome in the journal."""

    def __init__(
        self, connection: ClientConnection, receive: Receive, send: Send, journal: Journal, entry: JournalEntry
    ) -> None:
        self._connection = connection
        self._receive = receive
        self._send = send
        self._journal = journal
        self._entry = entry
        self._scenario = _NO_SCENARIO

    async def prepare(self, scenario: Scenario | None, added_latency: float) -> None:
        """Run the part of a scenario that precedes the operation; raise ClientDisconnected if that ends the request."""
        self._scenario = scenario = scenario or _NO_SCENARIO
        wait = added_latency + (scenario.delay if scenario.after is None else 0.0)
        if wait:
            await self._run_until_disconnect(asyncio.sleep(wait))
        if scenario.after is None and scenario.fault not in {None, "truncate"}:
            await self._inject_fault()

    async def send(self, response: ServerResponse) -> None:
        """Send a response, up to the point where the scenario injects its fault."""
        entry = self._entry
        self._journal.answer(entry, response.status)
        for name, value in response.headers:
            if name == "retry-after":
                entry.retry_after = value
            elif name == "x-should-retry":
                entry.should_retry = value
        if isinstance(response.body, Recording):
            entry.streams = True
            await self._send_stream(response, response.body)
        else:
            await self._send_whole(response, response.body)
            self._journal.close(entry, "complete")

    async def _send_whole(self, response: ServerResponse, body: bytes) -> None:
        length = () if response.status == _NO_CONTENT else (("content-length", str(len(body))),)
        await self._send(_head(response.status, (*response.headers, *length)))
        limit = self._limit(len(body) // 2)
        if limit is not None:
            await self._send({"type": "http.response.body", "body": body[:limit], "more_body": True})
            await self._interrupt()
            body = body[limit:]
        await self._send({"type": "http.response.body", "body": body})

    async def _send_stream(self, response: ServerResponse, recording: Recording) -> None:
        """Send a recording piece by piece, until it ends or the client disconnects."""
        await self._send(_head(response.status, response.headers))
        try:
            await self._run_until_disconnect(self._send_pieces(recording))
        except ClientDisconnected:
            self._journal.close(self._entry, "left")
        else:
            self._journal.close(self._entry, "broken" if recording.aborted else "complete")

    async def _send_pieces(self, recording: Recording) -> None:
        limit = self._limit(1)
        pieces: AsyncGenerator[bytes, None] = recording.follow()
        try:
            async for piece in pieces:
                if limit == self._entry.events:
                    limit = None
                    await self._interrupt()
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
                if piece.startswith(_EVENT):
                    self._entry.events += 1
                    self._entry.terminal_sent = piece.startswith(_LAST)
            if limit is not None:
                await self._interrupt()
        finally:
            await pieces.aclose()
        if not recording.aborted:
            await self._send({"type": "http.response.body", "body": b""})

    def _limit(self, default: int) -> int | None:
        """Return the number of events or bytes before the fault; None without a fault."""
        if self._scenario.after is not None:
            return self._scenario.after
        return default if self._scenario.fault == "truncate" else None

    async def _interrupt(self) -> None:
        if self._scenario.delay and self._scenario.after is not None:
            await asyncio.sleep(self._scenario.delay)
        if self._scenario.fault is not None:
            await self._inject_fault()

    async def _inject_fault(self) -> None:
        """Break the connection as the scenario says, wait until it is closed, and raise ClientDisconnected."""
        match self._scenario.fault:
            case "reset":
                self._connection.reset()
            case "truncate":
                self._connection.close()
            case "garbage":
                self._connection.send_garbage()
            case _:
                pass
        if self._scenario.fault != "silence":
            self._journal.close(self._entry, "broken")
        if self._entry.streams:
            await asyncio.Event().wait()  # _send_stream sees the disconnect and cancels this.
        await wait_for_disconnect(self._receive)
        raise ClientDisconnected

    async def _run_until_disconnect(self, work: Awaitable[None]) -> None:
        """Run some work; if the client disconnects first, cancel it and raise ClientDisconnected."""
        working: asyncio.Future[None] = asyncio.ensure_future(work)
        disconnecting = asyncio.ensure_future(wait_for_disconnect(self._receive))
        try:
            await asyncio.wait({working, disconnecting}, return_when=asyncio.FIRST_COMPLETED)
            disconnected = not working.done()
        finally:
            working.cancel()
            disconnecting.cancel()
            await asyncio.gather(working, disconnecting, return_exceptions=True)
        if disconnected:
            raise ClientDisconnected
        working.result()


def _head(status: int, headers: tuple[tuple[str, str], ...]) -> Message:
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": raw}
