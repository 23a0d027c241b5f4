"""The errors of an upstream server, as the sandbox reports them."""

import json
from typing import Any

from attrs import frozen

from pareta.sandbox._json_types import is_object

_MESSAGE_LIMIT = 300


@frozen
class UpstreamError(Exception):
    """An error of the upstream: the status and the message that the sandbox responds with."""

    status: int
    message: str
    retry_after: str | None = None


def timed_out() -> UpstreamError:
    """Return the error for a timeout."""
    return UpstreamError(504, "The upstream gave no answer in time.")


def error_of(status: int, content: bytes, retry_after: str | None) -> UpstreamError:
    """Return the error for an upstream's error response."""
    message = _message(content)
    if status in {400, 413, 422}:
        return UpstreamError(422, message)
    if status in {429, 503}:
        return UpstreamError(status, f"The upstream is busy: {message}", retry_after)
    if status in {408, 504}:
        return timed_out()
    return UpstreamError(502, f"The upstream answered {status}: {message}")


def _message(content: bytes) -> str:
    """Return the message of an error body in any of the common formats."""
    text = content[:_MESSAGE_LIMIT].decode("utf-8", "replace")
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError):
        return text
    for way in (("error", "message"), ("error",), ("detail",), ("message",)):
        found: Any = value
        for name in way:
            found = found.get(name) if is_object(found) else None
        if isinstance(found, str):
            return found[:_MESSAGE_LIMIT]
    return text
