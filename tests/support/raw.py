"""A server that does with each connection what a test says, in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Handler = Callable[[socket.socket], None]


class RawServer:
    """Gives each connection to the next handler, and the last one to all that follow; each in a thread."""

    def __init__(self, *handlers: Handler) -> None:
        self._handlers = handlers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.accepted = 0
        self.came: list[bytes] = []
        """What came first on each connection."""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listening.accept()
                handler = self._handlers[min(self.accepted, len(self._handlers) - 1)]
                self.accepted += 1
                threading.Thread(target=self._serve, args=(sock, handler), daemon=True).start()

    def _serve(self, sock: socket.socket, handler: Handler) -> None:
        with sock, suppress(OSError):
            self.came.append(sock.recv(65536))
            handler(sock)

    def close(self) -> None:
        """Stop listening."""
        self._listening.close()


def hang_up(sock: socket.socket) -> None:
    """Say nothing at all."""


def silent(sock: socket.socket) -> None:
    """Wait until the client hangs up."""
    while sock.recv(65536):
        pass
