"""Whatever bytes a server sends before it hangs up, over a real socket to each kind of client."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from modes import AiohttpMode, AsyncioMode, SyncMode, TrioMode
from wire import Peer, Wire

from pareta import ParetaError

from .properties import read

MODES = (SyncMode, AsyncioMode, TrioMode, AiohttpMode)


class Sockets:
    """A server that sends one made-up answer to whatever is asked, and clients of it."""

    def __init__(self) -> None:
        self._content = b""
        self._server = Wire(self._send)
        self._modes = [each() for each in MODES]
        self._clients = [mode.client(self._server.url, max_retries=0, timeout=5) for mode in self._modes]

    def _send(self, peer: Peer) -> None:
        peer.send(self._content)
        peer.close()

    def check(self, content: bytes) -> None:
        """Hold that each client makes a value of it, or a ParetaError."""
        self._content = content
        for mode, client in zip(self._modes, self._clients, strict=True):
            with suppress(ParetaError):
                read(mode.run(client.endpoints.retrieve("ep_1")))
            with suppress(ParetaError):
                for event in mode.each(self._stream(mode, client)):
                    read(event)

    def _stream(self, mode: Any, client: Any) -> Any:
        return mode.run(
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
        )

    def close(self) -> None:
        """Close all."""
        for mode in self._modes:
            mode.end()
        self._server.close()
