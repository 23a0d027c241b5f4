"""Functions of the user's that see each request, and what a tracer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import attrs

from pareta_generated.types import Request

from .._content.exchange import HttpRequest
from .._content.response import Response
from .._exceptions import public


@public
@attrs.frozen(kw_only=True)
class RequestInfo:
    """A request that is sent. It holds no key."""

    operation: str
    """The operation's id, such as `create_chat_completion`."""
    method: str
    url: str
    attempt: int
    """Which attempt of the call it is, from 1."""
    headers: Mapping[str, str] = attrs.field(repr=False)
    """The headers, but for the key. Names are in lower case."""
    body: bytes = attrs.field(repr=False)
    """The body; empty where it is read from large files while it is sent."""


@public
@attrs.frozen(kw_only=True)
class Hooks:
    """Functions that are called with each request, response and retry: `Pareta(hooks=Hooks(on_retry=…))`.

    AsyncPareta also takes `async` functions, and awaits them. What they raise ends the call.
    """

    on_request: Callable[[RequestInfo], object] | None = None
    """Called before a request is sent."""
    on_response: Callable[[RequestInfo, Response], object] | None = None
    """Called when a response has come, of any status; of a stream, when its head has come."""
    on_retry: Callable[[RequestInfo, Response | str, float], object] | None = None
    """Called before a retry, with the response, or with what went wrong, and the seconds until the next attempt."""


class Span(Protocol):
    """A logical call, while it is traced."""

    def leave(self) -> None:
        """Make the span before this one the current one; this one goes on."""
        ...

    def end(self, result: Any = None, error: BaseException | None = None, first_chunk: float | None = None) -> None:
        """End, with the result or the error, and the seconds up to the first chunk of a stream."""
        ...


class Tracer(Protocol):
    """Traces logical calls."""

    hooks: Hooks
    """What it is told of attempts."""

    def start(self, call: Request, base_url: str) -> Span:
        """Begin the span of a call, and make it the current one."""
        ...


def info_of(call: Request, request: HttpRequest, attempt: int) -> RequestInfo:
    """Return what hooks see of a request."""
    shown = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
    shown.pop("authorization", None)  # An operation may need none.
    return RequestInfo(
        operation=call.operation.id,
        method=request.method,
        url=request.url,
        attempt=attempt,
        headers=shown,
        body=request.body if isinstance(request.body, bytes) else b"",
    )
