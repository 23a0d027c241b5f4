# Derived from pareta/_async/traced.py. DO NOT EDIT: change that file and run `make generate`.
"""A response whose end ends the span of its call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from .._clock import monotonic

if TYPE_CHECKING:
    from .._content.stream_parser import StreamParser
    from .._policy.hooks import Span
    from .._transport.sync_response import RawResponse


def traced(raw: RawResponse, parser: StreamParser[Any], span: Span) -> RawResponse:
    """Return a response that is traced until it is closed."""
    return cast("RawResponse", TracedResponse(raw, parser, span))  # It has the methods that streams use.


class TracedResponse:
    """Passes everything on, and sees the first bytes and the end."""

    def __init__(self, raw: RawResponse, parser: StreamParser[Any], span: Span) -> None:
        self._raw = raw
        self._parser = parser
        self._span = span
        self._begun = monotonic()
        self._first: float | None = None

    def read(self) -> bytes:
        """Read the next piece."""
        piece = self._raw.read()
        if self._first is None and piece:
            self._first = monotonic() - self._begun + self._parser.response.elapsed
        return piece

    def drain(self) -> None:
        """Read what is left after the last event."""
        self._raw.drain()

    def close(self) -> None:
        """Close it, and end the span."""
        self._raw.close()
        self._end()

    def abort(self) -> None:
        """Hang up, and end the span."""
        self._raw.abort()
        self._end()

    def _end(self) -> None:
        error = sys.exc_info()[1]  # A stream is closed while its error is handled.
        # A stream that was read to its end may have been opened in an `except` block.
        ended = error is None or self._parser.done or isinstance(error, StopIteration | StopIteration)
        self._span.end(self._parser, None if ended else error, self._first)
