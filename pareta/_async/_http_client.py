"""The engine over the caller's own `http_client=`, through its own `send`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, NoReturn

from .._engine import Fault, HttpRequest, Waits
from .._http_client import AsyncHttpClient, arguments, fault_of, library
from .._timeouts import Patience


class AsyncHttpClientEngine:
    """Sends through a client that stays its owner's to configure and to close."""

    def __init__(self, client: AsyncHttpClient) -> None:
        self._client = client
        self._library = library(client)
        self.name = self._library.__name__

    async def send(self, request: HttpRequest, waits: Waits) -> AsyncHttpClientArrival:
        """Send `request` and return when the answer's head is there."""
        try:
            message = self._client.build_request(request.method, request.url, **arguments(request, waits))
            response = await self._client.send(message, stream=True, follow_redirects=False)
        except Exception as error:  # noqa: BLE001  # Whatever the caller's client raises.
            self.reraise(error)
        return AsyncHttpClientArrival(self, message, response)

    def reraise(self, error: Exception) -> NoReturn:
        """Raise what `error` means."""
        fault = fault_of(error, self._library)
        if fault is None:
            raise error
        raise fault from error

    async def close(self) -> None:
        """Leave the client as it is."""


class AsyncHttpClientArrival:
    """An answer that the caller's client received."""

    def __init__(self, engine: AsyncHttpClientEngine, message: Any, response: Any) -> None:
        self._engine = engine
        self._message = message
        self._response = response
        self.status: int = response.status_code
        self.headers: Sequence[tuple[bytes, bytes]] = response.headers.raw

    async def pieces(self, read: Patience) -> AsyncIterator[bytes]:
        """Yield the body's pieces; the deadline is looked at between them."""
        self._message.extensions.setdefault("timeout", {})["read"] = read.left()
        try:
            async for piece in self._response.aiter_raw():
                if read.until is not None and time.monotonic() > read.until:
                    raise Fault("timeout", "the deadline has passed")  # noqa: TRY301
                yield piece
        except Fault:
            raise
        except Exception as error:  # noqa: BLE001  # Whatever the caller's client raises.
            self._engine.reraise(error)

    async def close(self) -> None:
        """Give the connection back, or hang up."""
        await self._response.aclose()

    def abort(self) -> None:
        """Hang up at once, where the client lets that be done without awaiting; else when its loop comes to it."""
        closing = self._response.aclose()
        try:
            closing.send(None)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001  # Its loop may be gone; then there is nothing left to hang up.
            return
        closing.close()
