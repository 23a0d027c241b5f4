"""A proxy that does something to one exchange in twenty: resets, cuts, delays, and answers of 429 and 503."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import Counter
from contextlib import suppress

_RESET = struct.pack("ii", 1, 0)
_FAULTS = ("reset before", "reset", "truncation", "delay", "429; retry-after=0", "503; retry-after=0")
_STORM = "429; retry-after=1"


class Line:
    """The proxy. It counts exchanges and what it did to them."""

    def __init__(self, upstream: tuple[str, int], share: float, seed: int) -> None:
        self._upstream = upstream
        self._share = share
        self._random = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.refused = 0.0
        """The share of exchanges that are answered by 429, and a second to wait."""
        self.out = False
        """Whether no connection lives."""

    async def start(self) -> int:
        """Listen, and return the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _serve(self, near: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.out:
            _reset(writer)
            return
        far, upward = await asyncio.open_connection(*self._upstream)
        link = _Link(self, writer)
        pumps = [asyncio.ensure_future(link.up(near, upward)), asyncio.ensure_future(link.down(far))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for each in pumps:
            each.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        for each in (writer, upward):
            each.close()
            with suppress(OSError):
                await each.wait_closed()

    def draw(self) -> str:
        """Return what is done to the next exchange, mostly nothing."""
        self.counts["exchanges"] += 1
        fault = self._random.choice(_FAULTS) if self._random.random() < self._share else ""
        if self.out:
            fault = "reset before"
        elif self._random.random() < self.refused:
            fault = _STORM
        if fault:
            self.counts[fault] += 1
        return fault

    def number(self, most: int) -> int:
        """Return a number up to `most`, small ones more often."""
        return int(most * self._random.random() ** 2)


class _Link:
    """One connection, exchange after exchange."""

    def __init__(self, line: Line, writer: asyncio.StreamWriter) -> None:
        self._line = line
        self._writer = writer
        self._fault = ""
        self._left = 0

    async def up(self, near: asyncio.StreamReader, upward: asyncio.StreamWriter) -> None:
        """Forward requests, each of which is one piece."""
        while piece := await near.read(65536):
            if piece.startswith((b"GET ", b"POST ", b"DELETE ")):
                self._fault = self._line.draw()
                self._left = self._line.number(1500)
            if self._fault == "reset before":
                _reset(self._writer)
                return
            if ";" in self._fault:
                first, end, rest = piece.partition(b"\r\n")
                piece = first + end + f"x-sandbox-scenario: {self._fault}\r\n".encode() + rest
                self._fault = ""
            upward.write(piece)
            await upward.drain()

    async def down(self, far: asyncio.StreamReader) -> None:
        """Forward answers, as far as the fault lets them."""
        while piece := await far.read(65536):
            if self._fault == "delay":
                await asyncio.sleep(self._left / 3000)
                self._fault = ""
            if self._fault in ("reset", "truncation"):
                self._writer.write(piece[: self._left])
                self._left -= len(piece)
                if self._left <= 0:
                    await self._writer.drain()
                    if self._fault == "reset":
                        _reset(self._writer)
                    return
            else:
                self._writer.write(piece)
            await self._writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
