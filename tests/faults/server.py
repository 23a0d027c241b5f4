"""A server that goes wrong on demand, to the byte: asyncio in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import attrs
from wire import DONE, answer, delta, event, stream

SOUND = {
    "/v1/models": answer({"object": "list", "data": [{"id": "sound"}]}),
    "/v1/chat/completions": stream(delta("sound", "stop"), DONE),
    "/v1/endpoints": stream(event({"endpoint": {"id": "sound", "status": "live"}}, "complete")),
}
"""What a sound server answers."""


@attrs.define(eq=False)
class Peer:
    """The client's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    secure: bool
    requests: int = 0
    gone: threading.Event = attrs.field(factory=threading.Event)
    """Set when the client has hung up, or this end has."""

    async def send(self, *parts: bytes, pause: float = 0.0) -> None:
        """Send each part by itself, so many seconds apart."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def hold(self) -> None:
        """Say nothing until the client hangs up."""
        with suppress(OSError):
            while await self.reader.read(65536):
                pass
        self.gone.set()

    async def end(self) -> None:
        """End the connection properly; under TLS with a close_notify."""
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()
        self.gone.set()

    def cut(self) -> None:
        """End the connection below TLS, without a word of that."""
        self.writer.transport.abort()
        self.gone.set()

    def reset(self) -> None:
        """Break the connection."""
        sock = self.writer.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.cut()


Step = bytes | Callable[[Peer], Awaitable[None]]


class FaultServer:
    """Answers request after request by a script; `heal` makes it sound.

    The last step counts for all requests that follow, unless the script goes in `rounds`.
    """

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None, rounds: bool = False) -> None:
        self._script = script
        self._rounds = rounds
        self._forgotten = 0
        self._tls = tls
        self._sound = False
        self.requests: list[bytes] = []
        self.peers: list[Peer] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _loop, _context: None)  # Broken connections are its business.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._begun = threading.Event()
        self._thread.start()
        self._begun.wait()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        serving = asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._tls, backlog=1024, limit=2**26,
            **({"ssl_shutdown_timeout": 0.1} if self._tls else {}),
        )  # fmt: skip
        self._server = self._loop.run_until_complete(serving)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._begun.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with suppress(RuntimeError):
            self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer, secure=self._tls is not None)
        self.peers.append(peer)
        try:
            while (path := await self._receive(reader)) is not None:
                peer.requests += 1
                if path == "TLS":
                    await peer.send(answer({"detail": "That is no HTTP."}, "400 Bad Request"))
                    break
                step: Any = SOUND[path] if self._sound else self._step()
                await (peer.send(step) if isinstance(step, bytes) else step(peer))
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            peer.gone.set()
            writer.transport.abort()

    def _step(self) -> Step:
        number = self._forgotten + len(self.requests) - 1
        return self._script[number % len(self._script) if self._rounds else min(number, len(self._script) - 1)]

    async def _receive(self, reader: asyncio.StreamReader) -> str | None:
        """Read a request and return its path; None where there is none."""
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # The hello of TLS.
                return "TLS"
            head = first + await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        body = await reader.readexactly(int(length[0].partition(b":")[2])) if length else b""
        self.requests.append(head + body)
        return head.split(b" ", 2)[1].partition(b"?")[0].decode()

    def forget(self) -> int:
        """Forget the requests, and the connections that are over; return how many of these there were."""
        self._forgotten += len(self.requests)
        self.requests.clear()
        before = len(self.peers)
        self.peers[:] = [peer for peer in self.peers if not peer.gone.is_set()]
        return before - len(self.peers)

    def heal(self) -> None:
        """Answer soundly from now on."""
        self._sound = True

    def close(self) -> None:
        """Hang up on everyone and stop."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(5)

    def break_all(self) -> None:
        """Break every connection, so that whoever waits for something goes on."""
        self._loop.call_soon_threadsafe(lambda: [peer.reset() for peer in self.peers])

    def _stop(self) -> None:
        self._server.close()
        for peer in self.peers:
            peer.writer.transport.abort()
        self._loop.call_later(0.01, self._loop.stop)
