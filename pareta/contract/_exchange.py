"""A request and what it was answered, as a value that checks look at and reports show."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, TypeGuard
from urllib.parse import parse_qsl

from attrs import frozen

from pareta._sse import Decoder

from ._document import EVENTS_TYPE, Operation

NO_JSON: Final = object()
"""What a body that is no JSON reads as."""
_SHOWN = frozenset({"content-type", "idempotency-key", "x-sandbox-scenario", "accept"})
_BODY_SHOWN = 2000


@frozen(kw_only=True, eq=False, slots=False)
class Exchange:
    """A request and its answer, read whole. The key is in neither."""

    part: str
    method: str
    target: str
    """Path and query, as they were sent."""
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    """Of the answer, by lower-case name."""
    content: bytes
    operation: Operation | None = None
    path: Mapping[str, str] = {}
    """The values of the path's parameters."""
    cut: bool = False
    """Whether a stream was left before its end."""

    @property
    def ok(self) -> bool:
        """Whether the status is of the 200s."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def content_type(self) -> str:
        """The answer's media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The answer as JSON; NO_JSON where it is none."""
        return _json(self.content)

    @cached_property
    def sent(self) -> Any:
        """The request's body as JSON; NO_JSON where it is none."""
        return _json(self.request_body)

    @cached_property
    def query(self) -> dict[str, str]:
        """The request's query; of a repeated name the last value."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def events(self) -> list[tuple[str, str]]:
        """The answer's server-sent events: name (`message` where it has none) and data."""
        return Decoder().feed(self.content) if self.content_type == EVENTS_TYPE else []

    @cached_property
    def payloads(self) -> list[tuple[str, Any]]:
        """The events with their data as JSON; NO_JSON where it is none."""
        return [(name, _json(data.encode())) for name, data in self.events]

    @property
    def curl(self) -> str:
        """A line for a shell that sends the request again, given PARETA_BASE_URL and PARETA_API_KEY."""
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
    """Return a JSON object's fields; none where it is no object."""
    return value if is_object(value) else {}


def entries(value: Any) -> list[Any]:
    """Return a JSON array's entries; none where it is no array."""
    return value if is_array(value) else []


def snippet(value: Any, length: int = 120) -> str:
    """Return a value in one short line, for a reason."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
