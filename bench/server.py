"""The server: replays rendered bytes as fast as it can, and counts connections. Run in a process of its own."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Any

from .environment import pin
from .payloads import Payload, all_payloads, chat_chunk, event_of, http_chunk, stream_head

PACED = 10
"""How many events the paced stream has."""
PACE = 0.01
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class State:
    """What the connections of the server share."""

    def __init__(self) -> None:
        self.payloads: dict[bytes, Payload] = {name.encode(): each for name, each in all_payloads().items()}
        self.opened = 0


class Connection(asyncio.Protocol):
    """One connection: reads requests, and writes what their paths begin with."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._received = b""
        self._transport: Any = None
        self._writable = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it."""
        self._transport = transport
        self._writable.set()
        self._state.opened += 1

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop what is being written."""
        del exc
        for task in self._tasks:
            task.cancel()

    def pause_writing(self) -> None:
        """Wait until the client has read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Go on."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """Respond to each request that is whole."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._received, 0, end + 2)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            path = self._received.split(b" ", 2)[1]
            self._received = self._received[whole:]
            self._respond(path.split(b"/", 2)[1])

    def _respond(self, name: bytes) -> None:
        if name == b"opened":
            body = json.dumps({"opened": self._state.opened}).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        elif name == b"paced":
            self._start(self._pace())
        else:
            payload = self._state.payloads[name]
            if len(payload.parts) == 1:
                self._transport.write(payload.parts[0][0])
            else:
                self._start(self._replay(payload))

    def _start(self, writing: Any) -> None:
        task = asyncio.get_running_loop().create_task(writing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replay(self, payload: Payload) -> None:
        for part, times in payload.parts:
            for _ in range(times):
                self._transport.write(part)
                await self._writable.wait()

    async def _pace(self) -> None:
        """Send events one by one, each telling when it was sent by the clock that this machine's processes share."""
        self._transport.write(stream_head())
        for _ in range(PACED):
            await asyncio.sleep(PACE)
            chunk = chat_chunk({"content": f"{time.monotonic():.6f}"})
            self._transport.write(http_chunk(event_of(chunk)))
        last = event_of(chat_chunk({}, "stop")) + b"data: [DONE]\n\n"
        self._transport.write(http_chunk(last) + b"0\r\n\r\n")


async def _serve() -> None:
    state = State()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(state), "127.0.0.1", 0, backlog=2048)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    # The end of standard input is the end of whoever started this.
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    pin("server")
    asyncio.run(_serve())
