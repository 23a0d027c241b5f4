"""HTTP requests, responses and errors as values, and their encoding; no routing, no state."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from pareta.sandbox._recording import Recording

_JSON = "application/json"
_EVENTS = "text/event-stream"

_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

HeaderPairs = tuple[tuple[str, str], ...]


@frozen
class ServerRequest:
    """A request with its whole body.

    `segments` are the percent-decoded segments of the path. `headers` have lower-case names; values of a repeated
    header are joined by commas (RFC 9110, 5.3).
    """

    method: str
    segments: tuple[str, ...]
    query: str
    headers: Mapping[str, str]
    body: bytes


@frozen
class ServerResponse:
    """A response: a whole body, or a recording that is sent while it is being written."""

    status: int
    body: bytes | Recording = b""
    headers: HeaderPairs = ()

    def with_headers(self, *headers: tuple[str, str]) -> "ServerResponse":
        """Return a copy with further headers."""
        return ServerResponse(self.status, self.body, (*self.headers, *headers))


@frozen
class HTTPError(Exception):
    """A 4xx or 5xx response. `detail` is a message, or for 422 the list of validation errors."""

    status: int
    detail: str | Sequence[Mapping[str, Any]]
    headers: HeaderPairs = field(default=())

    def response(self) -> ServerResponse:
        """Return the response."""
        return json_answer({"detail": self.detail}, status=self.status, headers=self.headers)


def not_retryable(status: int, detail: str) -> HTTPError:
    """Return an error that a client should not retry."""
    return HTTPError(status, detail, (("x-should-retry", "false"),))


def validation_error(loc: Sequence[str | int], msg: str, kind: str) -> HTTPError:
    """Return a 422 for the value at the path `loc`."""
    return HTTPError(422, [{"loc": list(loc), "msg": msg, "type": kind}])


def json_answer(value: Any, *, status: int = 200, headers: HeaderPairs = ()) -> ServerResponse:
    """Return `value` as a JSON response."""
    return ServerResponse(status, encode(value), (("content-type", _JSON), *headers))


def event_stream(recording: Recording, *, headers: HeaderPairs = ()) -> ServerResponse:
    """Return a recording of server-sent events as a response."""
    return ServerResponse(200, recording, (("content-type", _EVENTS), ("cache-control", "no-store"), *headers))


def encode(value: Any) -> bytes:
    """Return `value` as compact JSON in UTF-8."""
    return _COMPACT.encode(value).encode()


def event(data: Any, *, name: str | None = None) -> bytes:
    """Return a server-sent event that carries `data` as JSON."""
    head = b"" if name is None else b"event: " + name.encode() + b"\n"
    return head + b"data: " + encode(data) + b"\n\n"
