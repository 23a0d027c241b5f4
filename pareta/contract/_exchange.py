"""One request with its response, as a value for checks and reports."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, TypeGuard
from urllib.parse import parse_qsl

from attrs import frozen

from pareta._content.sse import Decoder
from pareta.sandbox._document import EVENTS_TYPE, Operation

NO_JSON: Final = object()
"""Stands for a body that is not JSON."""
SHAPE_ERRORS: Final = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What a test raises that reads a response of another shape."""
_SHOWN = frozenset({"content-type", "idempotency-key", "x-sandbox-scenario", "accept"})
_BODY_SHOWN = 2000


Endpoint = dict[str, Any]
"""The JSON of an endpoint."""


@frozen(kw_only=True, eq=False, slots=False)
class Exchange:
    """A request and its whole response, without the API key."""

    method: str
    target: str
    """Path and query as sent."""
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    """The response headers by lower-case name."""
    content: bytes
    operation: Operation | None = None
    path: Mapping[str, str] = {}
    """The values of the path parameters."""
    truncated: bool = False
    """Whether the client closed the stream before its end."""
    epoch: int = 0
    """How often the server had been reset before."""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def content_type(self) -> str:
        """The response's media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The response body as JSON, or NO_JSON."""
        return _json(self.content)

    @cached_property
    def request_json(self) -> Any:
        """The request body as JSON, or NO_JSON."""
        return _json(self.request_body)

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters; the last value of a repeated one."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def events(self) -> list[tuple[str, str]]:
        """The name (`message` by default) and data of each server-sent event."""
        return Decoder().feed(self.content) if self.content_type == EVENTS_TYPE else []

    @cached_property
    def payloads(self) -> list[tuple[str, Any]]:
        """The name of each event, and its data as JSON or NO_JSON."""
        return [(name, _json(data.encode())) for name, data in self.events]

    @property
    def text(self) -> str:
        """The text of a completion, whole or streamed."""
        if not self.events:
            return self.json["choices"][0]["message"]["content"] or ""
        chunks = [payload for _, payload in self.payloads if is_object(payload)]
        return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk.get("choices", ()))

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint that the event `complete` of a deployment carries."""
        for name, payload in self.payloads:
            if name == "complete" and is_object(payload) and is_object(payload.get("endpoint")):
                endpoint: Endpoint = payload["endpoint"]
                return endpoint
        return None

    @property
    def endpoint_id(self) -> str | None:
        """The id of a deployed endpoint, from `complete` or `Location`."""
        found = self.endpoint.get("id") if self.endpoint else None
        if isinstance(found, str):
            return found
        return self.headers.get("location", "").rpartition("/")[2] or None

    @property
    def curl(self) -> str:
        """A curl command that repeats the request; it reads PARETA_BASE_URL and PARETA_API_KEY."""
        parts = ["curl -i"]
        if self.method != "GET":
            parts.append(f"-X {shlex.quote(self.method)}")
        parts.append(f'"$PARETA_BASE_URL"{shlex.quote(self.target)}')
        for name, value in self.request_headers.items():
            if name.lower() == "authorization" and value == "Bearer $PARETA_API_KEY":
                parts.append('-H "Authorization: Bearer $PARETA_API_KEY"')
            elif name.lower() in _SHOWN or name.lower() == "authorization":
                parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
        if self.request_body:
            text = self.request_body.decode("utf-8", "backslashreplace")
            more = f"...({len(text)} characters)" if len(text) > _BODY_SHOWN else ""
            parts.append(f"-d {shlex.quote(text[:_BODY_SHOWN] + more)}")
        return " ".join(parts)


class CheckFailed(AssertionError):  # noqa: N818 - a result, as AssertionError is
    """A check failed; `exchange` shows it."""

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(reason)
        self.exchange = exchange


class NoLiveEndpointError(CheckFailed):
    """The precondition of most tests is missing."""


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return NO_JSON


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether a JSON value is an array."""
    return isinstance(value, list)


def fields(value: Any) -> dict[str, Any]:
    """Return the fields of a JSON object, or {} for another value."""
    return value if is_object(value) else {}


def entries(value: Any) -> list[Any]:
    """Return the entries of a JSON array, or [] for another value."""
    return value if is_array(value) else []


def snippet(value: Any, length: int = 120) -> str:
    """Return a value on one line of at most `length` characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def shape_problem(error: BaseException) -> str:
    """Return the reason that one of SHAPE_ERRORS stands for, with the line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "?" if trace is None else f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
    text = f"{type(error).__name__}: {snippet(str(error))}"
    return f"a response does not have the documented shape ({text}, at {place})"
