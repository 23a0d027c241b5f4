"""The sockets of the connections that are made here. No I/O of its own."""

from __future__ import annotations

import socket
from contextlib import suppress


class Socket(socket.socket):
    """A socket that the garbage collector closes without a word.

    Dropping a stream is a way of leaving it, and in a cycle the collector may come to the socket first,
    before the stream that would have closed it.
    """

    __slots__ = ()

    def __del__(self) -> None:
        with suppress(AttributeError):  # Of one that could not be opened.
            self.close()


def name_of(host: str) -> str | bytes:
    """Return a host's name as the system is asked for it: as bytes, where looking for other alphabets can be spared."""
    return host.encode("ascii") if host.isascii() else host


def shares(seconds: float | None, addresses: int) -> float | None:
    """Return how long to try one of the addresses of a name that are left: one that is silent takes its share alone."""
    return None if seconds is None else seconds / addresses
