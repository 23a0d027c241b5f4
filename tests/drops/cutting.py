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
    """The proxy. In each run one connection is cut; those that follow it are whole, or refused."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._cut: Cut | None = None
        self._dead = self._mute = False
        self.record = Record()
        self._links: list[_Link] = []
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, cut: Cut | None, *, dead: bool = False, mute: bool = False) -> None:
        """Begin a run: cut its first connection, and with `dead` refuse any other; `mute` hides `Location`."""
        with self._lock:
            self._cut, self._dead, self._mute, self._links = cut, dead, mute, []
            self.record = Record()

    def rearm(self, cut: Cut | None) -> None:
        """Cut the run's connection, which has been used and is idle, within its next exchange.

        A cut before any byte goes up drops it at once: whoever uses it next finds it dropped.
        """
        with self._lock:
            (link,) = self._links  # More of them would leave open which one is used again.
            self.record = Record()
        link.rearm(cut, self.record)

    def settle(self) -> None:
        """Wait until every connection of the run is closed at both its ends; its client must be closed."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.join()

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
                    if self._dead and self._links:
                        near.close()
                        continue
                    cut, record = (None, Record()) if self._links else (self._cut, self.record)
                    link = _Link(near, self._upstream, cut, record, mute=self._mute)
                    self._links.append(link)
                    link.start()


class _Link(threading.Thread):
    """One connection through the proxy, in a thread of its own."""

    def __init__(
        self, near: socket.socket, upstream: tuple[str, int], cut: Cut | None, record: Record, *, mute: bool
    ) -> None:
        super().__init__(daemon=True)
        self._near = near
        self._upstream = upstream
        self._cut = cut
        self._record = record
        self._mute = mute

    def rearm(self, cut: Cut | None, record: Record) -> None:
        """Cut the next exchange, and record it; nothing is being forwarded now."""
        self._record, self._cut = record, cut
        if self._drops_at_once:
            self._near.shutdown(socket.SHUT_RD)  # It wakes the thread, and is not seen at the other end.
            self.join()

    def run(self) -> None:
        """Forward until either side is gone, or the cut is reached."""
        far = socket.create_connection(self._upstream)
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

    @property
    def _drops_at_once(self) -> bool:
        return self._cut is not None and self._cut.direction == "up" and not self._cut.at

    def _forward(self, far: socket.socket) -> Way:
        if self._cut and self._drops_at_once:
            return self._cut.way
        with selectors.DefaultSelector() as selector:
            selector.register(self._near, selectors.EVENT_READ)
            selector.register(far, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    upward = key.fileobj is self._near
                    piece = self._near.recv(65536) if upward else far.recv(65536)
                    cut, record = self._cut, self._record
                    if not piece:
                        return cut.way if cut and self._drops_at_once else "FIN"
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
