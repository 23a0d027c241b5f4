"""A server of raw bytes: each request is answered by the next step of a script, to the byte and to the hang-up."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PATIENCE = 10.0
"""Seconds after which a test that waits for something has failed."""


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON value."""
        return json.loads(self.body)


class Peer:
    """The client's end of one connection, as the server sees it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._read = sock.makefile("rb")
        self.gone = threading.Event()
        """Set when the client hangs up while `hold` waits for that."""
        self.greeted = False
        """Whether the client asked for TLS, which a server of plain HTTP hangs up on."""

    def receive(self) -> Received | None:
        """Read a request; None where the client is gone."""
        try:
            self.greeted = self._read.peek(1)[:1] == b"\x16"
            if self.greeted or not (line := self._read.readline()):
                return None
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = {}
            while (line := self._read.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = self._read.read(int(headers.get("content-length", "0")))
        except (OSError, ValueError):
            return None
        return Received(method, target, headers, body)

    def send(self, *parts: bytes) -> None:
        """Send each part by itself."""
        for part in parts:
            self._sock.sendall(part)

    def hold(self) -> None:
        """Say nothing until the client hangs up."""
        with suppress(OSError):
            while self._sock.recv(65536):
                pass
        self.gone.set()

    def close(self) -> None:
        """End the connection properly."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._read.close()
        self._sock.close()

    def reset(self) -> None:
        """Break the connection."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._read.close()
        self._sock.close()


Step = bytes | Callable[[Peer], None]


class Wire:
    """The server. It remembers what it received, and over how many connections."""

    def __init__(self, *script: Step, hang_up: bool = False, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._hang_up = hang_up
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listening.getsockname()[1]
        self.received: list[Received] = []
        self.peers: list[Peer] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listening.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        if self._tls is not None:
            try:
                sock = self._tls.wrap_socket(sock, server_side=True, suppress_ragged_eofs=False)
            except OSError:
                sock.close()
                return
        peer = Peer(sock)
        with self._changed:
            self.peers.append(peer)
            self._changed.notify_all()
        while (received := peer.receive()) is not None:
            with self._changed:
                self.received.append(received)
                step = self._script[min(len(self.received), len(self._script)) - 1]
                self._changed.notify_all()
            with suppress(OSError, ValueError):
                if isinstance(step, bytes):
                    peer.send(step)
                    if self._hang_up:
                        peer.close()
                else:
                    step(peer)
        peer.gone.set()
        with suppress(OSError):
            peer.close()
        if peer.greeted:
            with self._changed:
                self.peers.remove(peer)

    def await_requests(self, count: int) -> None:
        """Wait until so many requests have come."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= count, PATIENCE)

    def close(self) -> None:
        """Stop listening, and hang up on everyone."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for peer in self.peers:
            with suppress(OSError):
                peer.close()


def answer(
    body: Any = None,
    status: str = "200 OK",
    headers: Iterable[str] = (),
    *,
    kind: str = "application/json",
    length: int | None = None,
) -> bytes:
    """Return a whole answer; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status}",
        f"content-type: {kind}",
        f"content-length: {len(content) if length is None else length}",
        "x-request-id: req_wire",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def stream_head(*headers: str, kind: str = "text/event-stream") -> bytes:
    """Return the head of a stream whose body comes in chunks."""
    lines = ["HTTP/1.1 200 OK", f"content-type: {kind}", "transfer-encoding: chunked", "x-request-id: req_wire"]
    return "\r\n".join([*lines, *headers]).encode() + b"\r\n\r\n"


def chunk(data: bytes | str) -> bytes:
    """Return one chunk of a body."""
    content = data.encode() if isinstance(data, str) else data
    return b"%x\r\n%b\r\n" % (len(content), content)


LAST = b"0\r\n\r\n"
"""The chunk that ends a body."""


def event(data: Any, name: str | None = None) -> str:
    """Return a server-sent event; data that is no text is sent as JSON."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (f"event: {name}\n" if name else "") + f"data: {text}\n\n"


def delta(content: str | None = None, finish: str | None = None, **more: Any) -> str:
    """Return the event of one chunk of a completion."""
    piece: dict[str, Any] = {"index": 0, "delta": {} if content is None else {"content": content}}
    if finish:
        piece["finish_reason"] = finish
    return event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [piece], **more})


DONE = event("[DONE]")


def stream(*events: str, headers: Iterable[str] = ()) -> bytes:
    """Return a whole stream."""
    return stream_head(*headers) + b"".join(map(chunk, events)) + LAST
