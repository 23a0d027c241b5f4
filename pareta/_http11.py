"""HTTP/1.1 on one connection, without the connection: requests as bytes, and the answers that h11 reads. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import h11

from ._chunks import Joiner
from ._engine import Fault, HttpRequest
from ._faults import CLOSED, garbled

HEAD_LIMIT = 100 * 1024
"""The longest head of an answer that is read."""
PROTOCOL = b"HTTP/"
"""What every answer begins with."""
SWITCHING = 101
FIRST_ANSWER = 200
# What h11 must know of a request to read its answer is that there was one. What is sent is rendered here, of
# bytes that were looked at when the client was made: h11 would look at each header of each request again.
_ASKED, _WHOLE = h11.Request(method="GET", target="/", headers=[("host", "-")]), h11.EndOfMessage()


class Head(NamedTuple):
    """What an answer begins with."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]


class Reader(Protocol):
    """Reads the answers that come over one connection."""

    head: Head | None
    """The answer's, once it is there."""
    failure: Fault | None
    """What is wrong with what came last; what came before it counts all the same."""

    @property
    def ended(self) -> bool:
        """Whether the answer is whole."""
        ...

    def begin(self) -> None:
        """Expect an answer, of its first byte on."""
        ...

    def feed(self, data: bytes) -> None:
        """Take what has come; empty at the connection's end."""
        ...

    def take(self) -> bytes:
        """Return what there is of the body, once."""
        ...

    @property
    def reusable(self) -> bool:
        """Whether another answer can come: both sides want it, and nothing came beyond the end of this one."""
        ...


class H11Reader:
    """The answers of one connection, as h11 reads them."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT)
        self._joiner: Joiner | None = None
        self._first = b""
        self._gone = False
        self._parts: list[bytes] = []
        self.head: Head | None = None
        self.ended = False
        self.failure: Fault | None = None

    def begin(self) -> None:
        """Expect an answer, of its first byte on."""
        if self.ended:
            self._connection.start_next_cycle()
            self.head, self.ended, self._joiner, self._first = None, False, None, b""
        self._connection.send(_ASKED)
        self._connection.send(_WHOLE)

    def feed(self, data: bytes) -> None:
        """Take what has come; empty at the connection's end."""
        if not data:
            self._gone = True
            if self.head is None and not self._first:
                self.failure = Fault("connection", CLOSED)
                return
        elif len(self._first) < len(PROTOCOL):
            self._first += data[: len(PROTOCOL) - len(self._first)]
            if not PROTOCOL.startswith(self._first):  # h11 would wait for a whole head.
                self.failure = foreign(data)
                return
        try:
            self._connection.receive_data(self._joiner.join(data) if self._joiner and data else data)
            while self._step(self._connection.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            self.failure = garbled(error, data)

    def _step(self, event: Any) -> bool:
        """Take an event; return whether there may be another."""
        if isinstance(event, h11.Data):
            self._parts.append(event.data)
            return True
        if isinstance(event, h11.Response):
            self.head = Head(event.status_code, event.headers.raw_items())
            if (b"transfer-encoding", b"chunked") in event.headers:
                self._joiner = Joiner(self._connection.trailing_data[0])
            return True
        self.ended = isinstance(event, h11.EndOfMessage)
        return isinstance(event, h11.InformationalResponse)

    def take(self) -> bytes:
        """Return what there is of the body, once."""
        parts = self._parts
        if not parts:
            return b""
        self._parts = []
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)

    @property
    def reusable(self) -> bool:
        """Whether another answer can come: both sides want it, and nothing came beyond the end of this one."""
        connection = self._connection
        done = connection.our_state is h11.DONE and connection.their_state is h11.DONE
        return done and not self._gone and not connection.trailing_data[0]


def foreign(data: bytes) -> Fault:
    """Tell of a server that speaks something else, by the first bytes of what it said."""
    return garbled(ValueError(f"this is no answer of HTTP/1.1: {data[:60]!r}"), data)


def rendered(request: HttpRequest, target: bytes, extra: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """Return the head of a request as it goes out; `target` is what its first line asks for."""
    lines = [request.method.encode("ascii") + b" " + target + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in request.headers]
    lines += [name + b": " + value for name, value in extra]
    return b"\r\n".join(lines) + b"\r\n\r\n"
