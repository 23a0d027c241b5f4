"""A proxy of plain bytes that drops a connection after so many of them; of HTTP it knows `Location` alone."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from contextlib import suppress
from typing import Literal

import attrs

Direction = Literal["up", "down"]
Way = Literal["FIN", "RST"]
_RESET = struct.pack("ii", 1, 0)


@attrs.frozen
class Cut:
    """Where a connection is dropped, and how: after `at` bytes of what goes up to the server, or comes down."""

    direction: Direction
    at: int
    way: Way

    def __str__(self) -> str:
        return f"{self.way} after {self.at} bytes {self.direction}"


@attrs.define
class Record:
    """What went through one connection, as the server received and sent it."""

    up: bytes = b""
    down: bytes = b""


class Cutting:
    """The proxy. The first connection after `arm` is cut; those that follow are whole, or refused."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._cut: Cut | None = None
        self._dead = self._mute = False
        self.record = Record()
        self._taken = 0
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, cut: Cut | None, *, dead: bool = False, mute: bool = False) -> None:
        """Begin a run: cut its first connection, and with `dead` refuse any other; `mute` hides `Location`."""
        with self._lock:
            self._cut, self._dead, self._mute, self._taken = cut, dead, mute, 0
            self.record = Record()

    def close(self) -> None:
        """Accept nothing more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                with self._lock:
                    first = self._taken == 0
                    self._taken += 1
                    link = _Link(
                        near, self._cut if first else None, self.record if first else Record(), mute=self._mute
                    )
                    refused = self._dead and not first
                if refused:
                    near.close()
                else:
                    threading.Thread(target=link.serve, args=(self._upstream,), daemon=True).start()


class _Link:
    """One connection through the proxy."""

    def __init__(self, near: socket.socket, cut: Cut | None, record: Record, *, mute: bool) -> None:
        self._near = near
        self._cut = cut
        self._record = record
        self._mute = mute

    def serve(self, upstream: tuple[str, int]) -> None:
        """Forward until either side is gone, or the cut is reached."""
        far = socket.create_connection(upstream)
        for sock in (self._near, far):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        way: Way = "FIN"
        try:
            way = self._forward(far)
        except OSError:
            pass
        finally:
            for sock in (self._near, far):
                if way == "RST":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                else:
                    with suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)
                sock.close()

    def _forward(self, far: socket.socket) -> Way:
        cut, record = self._cut, self._record
        if cut and cut.direction == "up" and not cut.at:
            return cut.way
        with selectors.DefaultSelector() as selector:
            selector.register(self._near, selectors.EVENT_READ)
            selector.register(far, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    upward = key.fileobj is self._near
                    piece = self._near.recv(65536) if upward else far.recv(65536)
                    if not piece:
                        return "FIN"
                    if upward:
                        before, record.up = len(record.up), record.up + piece
                    else:
                        if self._mute:
                            piece = piece.replace(b"\r\nlocation:", b"\r\nxocation:")
                        before, record.down = len(record.down), record.down + piece
                    reached = cut and (cut.direction == "up") == upward and before + len(piece) >= cut.at
                    (far if upward else self._near).sendall(piece[: cut.at - before] if cut and reached else piece)
                    if cut and reached:
                        return cut.way
