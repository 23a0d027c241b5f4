"""The limit: a socket, requests rendered beforehand, no checks, and the fastest JSON there is."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson

from . import HEADERS
from .with_httpx import BODY, DEPLOY, STREAM

_PIECE = 256 * 1024


def _requests(url: str) -> dict[str, bytes]:
    parts = urlsplit(url)
    common = "".join(f"{name}: {value}\r\n" for name, value in {"host": parts.netloc, **HEADERS}.items())

    def post(path: str, body: Any) -> bytes:
        content = orjson.dumps(body)
        return f"POST {parts.path}{path} HTTP/1.1\r\n{common}content-length: {len(content)}\r\n\r\n".encode() + content

    return {
        "models": f"GET {parts.path}/v1/models HTTP/1.1\r\n{common}\r\n".encode(),
        "endpoints": f"GET {parts.path}/v1/endpoints HTTP/1.1\r\n{common}\r\n".encode(),
        "chat": post("/v1/chat/completions", BODY),
        "chat_stream": post("/v1/chat/completions", STREAM),
        "deploy_stream": post("/v1/endpoints", DEPLOY),
    }


def _missing(received: bytes) -> tuple[int, int]:
    """Return where the body begins, and how much of it has not come."""
    begin = received.index(b"\r\n\r\n") + 4
    at = received.index(b"content-length: ") + 16
    return begin, begin + int(received[at : received.index(b"\r", at)]) - len(received)


class Sync:
    """A blocking socket."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._requests = _requests(url)
        self._socket = socket.create_connection((str(parts.hostname), parts.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def models(self) -> int:
        """List the models and read every id."""
        return sum(len(each["id"]) for each in self._response("models")["data"])

    def endpoints(self) -> int:
        """List the endpoints and read every id."""
        return sum(len(each["id"]) for each in self._response("endpoints"))

    def chat(self) -> int:
        """Ask for a completion and read its content."""
        return len(self._response("chat")["choices"][0]["message"]["content"])

    def chat_stream(self) -> int:
        """Read the content of every chunk."""
        total = 0
        for event in self._events("chat_stream"):
            if event != b"data: [DONE]":
                total += len(orjson.loads(event[6:])["choices"][0]["delta"].get("content", ""))
        return total

    def deploy_stream(self) -> int:
        """Read every event of a deployment."""
        return sum(
            len(orjson.loads(event[event.index(b"data: ") + 6 :]).get("stage", ""))
            for event in self._events("deploy_stream")
        )

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _response(self, name: str) -> Any:
        self._socket.sendall(self._requests[name])
        received = self._socket.recv(_PIECE)
        begin, missing = _missing(received)
        parts = [received[begin:]]
        while missing > 0:
            parts.append(self._socket.recv(_PIECE))
            missing -= len(parts[-1])
        return orjson.loads(b"".join(parts))

    def _events(self, name: str) -> Iterator[bytes]:
        """Yield the events; HTTP's chunks are taken off as they stand, two lines each."""
        self._socket.sendall(self._requests[name])
        data = self._socket.recv(_PIECE)
        data = data[data.index(b"\r\n\r\n") + 4 :]
        while True:
            at = 0
            while (end := data.find(b"\r\n", at)) > 0:
                size = int(data[at:end], 16)
                if size == 0 and len(data) >= end + 4:
                    return
                if not size or len(data) < end + size + 4:
                    break
                for event in data[end + 2 : end + size].split(b"\n\n"):
                    yield event.rstrip(b"\n")
                at = end + size + 4
            data = data[at:] + self._socket.recv(_PIECE)


class Async:
    """Sockets on a loop: as many as calls are in flight."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), parts.port or 80)
        self._requests = _requests(url)
        self._idle: list[socket.socket] = []

    async def models(self) -> int:
        """List the models and read every id."""
        loop = asyncio.get_running_loop()
        sock = self._idle.pop() if self._idle else await self._connected(loop)
        await loop.sock_sendall(sock, self._requests["models"])
        received = await loop.sock_recv(sock, _PIECE)
        begin, missing = _missing(received)
        parts = [received[begin:]]
        while missing > 0:
            parts.append(await loop.sock_recv(sock, _PIECE))
            missing -= len(parts[-1])
        self._idle.append(sock)
        return sum(len(each["id"]) for each in orjson.loads(b"".join(parts))["data"])

    async def close(self) -> None:
        """Close the sockets."""
        for sock in self._idle:
            sock.close()

    async def _connected(self, loop: asyncio.AbstractEventLoop) -> socket.socket:
        sock = socket.socket()
        sock.setblocking(False)  # noqa: FBT003  # Its parameter has no name.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await loop.sock_connect(sock, self._address)
        return sock


CONTENDERS = {("raw", "sync"): (Sync, str), ("raw", "async"): (Async, str)}
