"""The connection under a request: uvicorn's protocol, which hands it to the application, and how it is broken."""

import asyncio
import socket
import struct
from typing import Any, cast

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "pareta.connection"
GARBAGE = b"\x00\x15 this is no HTTP \xff\xfe\r\n\r\n"

_LINGER_NOT = struct.pack("ii", 1, 0)


class Connection:
    """One connection's transport, for what HTTP has no words for."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def reset(self) -> None:
        """Break the connection off with a reset; what was not yet sent is lost."""
        raw: socket.socket | None = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()

    def hang_up(self) -> None:
        """Close the connection, whatever is still due."""
        self._transport.close()

    def talk_nonsense(self) -> None:
        """Send bytes that are no HTTP, and hang up."""
        self._transport.write(GARBAGE)
        self._transport.close()


class ConnectionProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which puts each request's connection into its scope, as an extension."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As its base has it.
        """Remember the connection for the requests that come over it."""
        super().connection_made(transport)
        app: Any = self.app
        extensions = {EXTENSION: Connection(transport)}

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = extensions
            await app(scope, receive, send)

        self.app = cast(Any, with_connection)


def of(scope: Scope) -> Connection:
    """Return the connection that a request came over."""
    connection: Connection = scope["extensions"][EXTENSION]
    return connection
