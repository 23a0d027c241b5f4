"""Access to a request's TCP connection, so that a fault can break it."""

import asyncio
import socket
import struct
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "pareta.connection"
GARBAGE = b"\x00\x15 this is no HTTP \xff\xfe\r\n\r\n"

_LINGER_NOT = struct.pack("ii", 1, 0)


class ClientConnection:
    """A client's TCP connection."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def reset(self) -> None:
        """Reset the connection; unsent data is lost."""
        raw: socket.socket | None = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()

    def close(self) -> None:
        """Close the connection in the middle of the response."""
        self._transport.close()

    def send_garbage(self) -> None:
        """Send bytes that are not HTTP, and close the connection."""
        self._transport.write(GARBAGE)
        self._transport.close()


class ConnectionProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol; it also adds the connection to each request's ASGI scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in H11Protocol
        """Add the connection to the scope of its requests."""
        super().connection_made(transport)
        app: Any = self.app
        extensions = {EXTENSION: ClientConnection(transport)}

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = extensions
            await app(scope, receive, send)

        self.app = cast(Any, with_connection)


def of(scope: Scope) -> ClientConnection:
    """Return the connection of a request."""
    connection: ClientConnection = scope["extensions"][EXTENSION]
    return connection


async def wait_for_disconnect(receive: Receive) -> None:
    """Wait until the client disconnects; ignore the rest of its request."""
    while (await receive())["type"] != "http.disconnect":
        pass
