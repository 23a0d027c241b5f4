"""Sending an answer over its connection, as it is or with what a scenario does to it; it knows no operations."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable

from starlette.types import Message, Receive, Send

from pareta.sandbox._connection import Connection
from pareta.sandbox._http import Answer
from pareta.sandbox._journal import Entry, Journal
from pareta.sandbox._scenario import Scenario
from pareta.sandbox._tape import Tape

_NO_CONTENT = 204
_EVENT = (b"data:", b"event:")
_LAST = (b"data: [DONE]", b"data:[DONE]", b"event: complete", b"event: error")
_USUAL = Scenario("")


class Left(Exception):  # noqa: N818 - it is no failure of the sandbox.
    """The client hung up, or the sandbox did."""


class Delivery:
    """How one request is answered: over which connection, and what the journal is told."""

    def __init__(self, connection: Connection, receive: Receive, send: Send, journal: Journal, entry: Entry) -> None:
        self._connection = connection
        self._receive = receive
        self._send = send
        self._journal = journal
        self._entry = entry
        self._scenario = _USUAL

    async def prepare(self, scenario: Scenario | None, lag: float) -> None:
        """Do what a scenario wants done before anything else; raise Left where there is nothing more to be sent."""
        self._scenario = scenario = scenario or _USUAL
        wait = lag + (scenario.delay if scenario.after is None else 0.0)
        if wait:
            await self._unless_left(asyncio.sleep(wait))
        if scenario.after is None and scenario.strike not in {None, "truncate"}:
            await self._strike()

    async def deliver(self, answer: Answer) -> None:
        """Send an answer, up to where a scenario strikes."""
        entry = self._entry
        entry.status = answer.status
        for name, value in answer.headers:
            if name == "retry-after":
                entry.retry_after = value
            elif name == "x-should-retry":
                entry.should_retry = value
        if isinstance(answer.body, Tape):
            entry.streams = True
            await self._play(answer, answer.body)
        else:
            await self._send_whole(answer, answer.body)
            self._journal.close(entry, "complete")

    async def _send_whole(self, answer: Answer, body: bytes) -> None:
        length = () if answer.status == _NO_CONTENT else (("content-length", str(len(body))),)
        await self._send(_head(answer.status, (*answer.headers, *length)))
        limit = self._limit(len(body) // 2)
        if limit is not None:
            await self._send({"type": "http.response.body", "body": body[:limit], "more_body": True})
            await self._interrupt()
            body = body[limit:]
        await self._send({"type": "http.response.body", "body": body})

    async def _play(self, answer: Answer, tape: Tape) -> None:
        """Send a tape's pieces, each on its own, until it is over or the client has left."""
        await self._send(_head(answer.status, answer.headers))
        playing = asyncio.ensure_future(self._send_pieces(tape))
        try:
            await self._unless_left(playing)
        except Left:
            self._journal.close(self._entry, "left")
        else:
            self._journal.close(self._entry, "broken" if tape.was_cut else "complete")

    async def _send_pieces(self, tape: Tape) -> None:
        limit = self._limit(1)
        pieces: AsyncGenerator[bytes, None] = tape.follow()
        try:
            async for piece in pieces:
                if limit == self._entry.events:
                    limit = None
                    await self._interrupt()
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
                if piece.startswith(_EVENT):
                    self._entry.events += 1
                    self._entry.told_all = piece.startswith(_LAST)
            if limit is not None:
                await self._interrupt()
        finally:
            await pieces.aclose()
        if not tape.was_cut:
            await self._send({"type": "http.response.body", "body": b""})

    def _limit(self, default: int) -> int | None:
        """Return after how many events or bytes the scenario strikes; None where it does not."""
        if self._scenario.after is not None:
            return self._scenario.after
        return default if self._scenario.strike == "truncate" else None

    async def _interrupt(self) -> None:
        if self._scenario.delay and self._scenario.after is not None:
            await asyncio.sleep(self._scenario.delay)
        if self._scenario.strike is not None:
            await self._strike()

    async def _strike(self) -> None:
        """Do to the connection what the scenario says, wait until it is gone, and raise Left."""
        match self._scenario.strike:
            case "reset":
                self._connection.reset()
            case "truncate":
                self._connection.hang_up()
            case "garbage":
                self._connection.talk_nonsense()
            case _:
                pass
        if self._scenario.strike != "silence":
            self._journal.close(self._entry, "broken")
        if self._entry.streams:
            await asyncio.Event().wait()  # Whoever plays the stream sees the client leave.
        await _left(self._receive)
        raise Left

    async def _unless_left(self, work: Awaitable[None]) -> None:
        """Wait for some work, unless the client leaves before it is done: then end it, and raise Left."""
        working: asyncio.Future[None] = asyncio.ensure_future(work)
        leaving = asyncio.ensure_future(_left(self._receive))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            left = not working.done()
        finally:
            working.cancel()
            leaving.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)
        if left:
            raise Left
        working.result()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(status: int, headers: tuple[tuple[str, str], ...]) -> Message:
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": raw}
