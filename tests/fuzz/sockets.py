"""Whatever bytes a server sends before it hangs up, over a real socket to each engine."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from wire import Peer, Wire
from worlds import AiohttpWorld, AsyncWorld, SyncWorld

from pareta import ParetaError

from .properties import read

WORLDS = (SyncWorld, AsyncWorld, AiohttpWorld)


class Sockets:
    """A server that sends one made-up answer to whatever is asked, and clients of it."""

    def __init__(self) -> None:
        self._content = b""
        self._server = Wire(self._send)
        self._worlds = [each() for each in WORLDS]
        self._clients = [world.client(self._server.url, max_retries=0, timeout=5) for world in self._worlds]

    def _send(self, peer: Peer) -> None:
        peer.send(self._content)
        peer.close()

    def check(self, content: bytes) -> None:
        """Hold that each engine makes a value of it, or a ParetaError."""
        self._content = content
        for world, client in zip(self._worlds, self._clients, strict=True):
            with suppress(ParetaError):
                read(world.run(client.endpoints.retrieve("ep_1")))
            with suppress(ParetaError):
                for event in world.each(self._stream(world, client)):
                    read(event)

    def _stream(self, world: Any, client: Any) -> Any:
        return world.run(
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
        )

    def close(self) -> None:
        """Close all."""
        for world in self._worlds:
            world.end()
        self._server.close()
