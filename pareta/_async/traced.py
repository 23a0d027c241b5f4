"""A response whose end ends the span of its call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from .._clock import monotonic

if TYPE_CHECKING:
    from .._content.stream_parser import StreamParser
    from .._policy.hooks import Span
    from .._transport.async_response import AsyncRawResponse


def traced(raw: AsyncRawResponse, parser: StreamParser[Any], span: Span) -> AsyncRawResponse:
    """Return a response that is traced until it is closed."""
    return cast("AsyncRawResponse", AsyncTracedResponse(raw, parser, span))  # It has the methods that streams use.


class AsyncTracedResponse:
    """Passes everything on, and sees the first bytes and the end."""

    def __init__(self, raw: AsyncRawResponse, parser: StreamParser[Any], span: Span) -> None:
        self._raw = raw
        self._parser = parser
        self._span = span
        self._begun = monotonic()
        self._first: float | None = None

    async def read(self) -> bytes:
        """Read the next piece."""
        piece = await self._raw.read()
        if self._first is None and piece:
            self._first = monotonic() - self._begun + self._parser.response.elapsed
        return piece

    async def drain(self) -> None:
        """Read what is left after the last event."""
        await self._raw.drain()

    async def aclose(self) -> None:
        """Close it, and end the span."""
        await self._raw.aclose()
        self._end()

    def abort(self) -> None:
        """Hang up, and end the span."""
        self._raw.abort()
        self._end()

    def _end(self) -> None:
        error = sys.exc_info()[1]  # A stream is closed while its error is handled.
        # A stream that was read to its end may have been opened in an `except` block.
        ended = error is None or self._parser.done or isinstance(error, StopIteration | StopAsyncIteration)
        self._span.end(self._parser, None if ended else error, self._first)
