"""The engine over the caller's own `http_client=`, through its own `send`."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from .._engine import Fault, HttpRequest, Waits
from .._http_client import HttpClient, arguments, fault_of, headers_of, library
from .._timeouts import Patience


class HttpClientEngine:
    """Sends through a client that stays its owner's to configure and to close."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._library = library(client, closes="close")
        self.name = self._library.__name__

    def send(self, request: HttpRequest, waits: Waits) -> HttpClientArrival:
        """Send `request` and return when the answer's head is there."""
        try:
            message = self._client.build_request(request.method, request.url, **arguments(request, waits))
            response = self._client.send(message, stream=True, follow_redirects=False)
        except Exception as error:  # noqa: BLE001  # Whatever the caller's client raises.
            self.reraise(error)
        return HttpClientArrival(self, message, response)

    def reraise(self, error: Exception) -> NoReturn:
        """Raise what `error` means."""
        fault = fault_of(error, self._library)
        if fault is None:
            raise error
        raise fault from error

    def close(self) -> None:
        """Leave the client as it is."""


class HttpClientArrival:
    """An answer that the caller's client received."""

    def __init__(self, engine: HttpClientEngine, message: Any, response: Any) -> None:
        self._engine = engine
        self._message = message
        self._response = response
        self._pieces: Iterator[bytes] | None = None
        self.status: int = response.status_code
        self.headers: Sequence[tuple[bytes, bytes]] = headers_of(response)

    def piece(self, read: Patience) -> bytes:
        """Return what comes next of the body; empty at its end. The deadline is looked at between two pieces."""
        if self._pieces is None:
            self._pieces = filter(None, _pieces(self._message, self._response, read))
        try:
            return next(self._pieces, b"")
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001  # Whatever the caller's client raises.
            self._engine.reraise(error)

    def close(self) -> None:
        """Give the connection back, or hang up."""
        with suppress(Exception):  # What closing raises is of no use to anyone: it is closed.
            self._response.close()

    def abort(self) -> None:
        """Hang up, as `close` does: nothing here waits."""
        self.close()

    def __del__(self) -> None:
        self.close()


def _pieces(message: Any, response: Any, read: Patience) -> Iterator[bytes]:
    if response.is_stream_consumed:  # A hook of the client's has read it.
        yield response.content
        return
    begun, timer = read.until, None
    try:
        message.extensions.setdefault("timeout", {})["read"] = read.left()
        for piece in response.iter_raw():
            if read.until is not None and time.monotonic() > read.until:
                raise Fault("timeout", "the deadline has passed")
            yield piece
            if read.until != begun and timer is None:  # The stream is over: a moment for the rest of its body.
                timer = _hang_up_at(response, read.until)
    finally:
        if timer is not None:
            timer.cancel()


def _hang_up_at(response: Any, until: float | None) -> threading.Timer:
    # The client waits for as long as it was told when the body began; only its socket can wake it.
    stream = response.extensions.get("network_stream")
    sock = stream.get_extra_info("socket") if stream is not None else None
    timer = threading.Timer(max((until or 0) - time.monotonic(), 0), _shut, (sock,))
    timer.daemon = True
    timer.start()
    return timer


def _shut(sock: socket.socket | None) -> None:
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
