"""Runtime of the generated package: views, requests and operations as values, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

import attrs

from .argument_values import UNSET, Unset, to_json_value
from .encoding import encode_body, encode_headers, encode_query, quote_segment, require
from .json_values import (
    JSON,
    DecodeError,
    Origin,
    json_type,
    parse_boolean,
    parse_datetime,
    parse_integer,
    parse_number,
)
from .views import DictView, View, read_items

__all__ = [
    "JSON",
    "UNSET",
    "Call",
    "DecodeError",
    "DictView",
    "Operation",
    "Origin",
    "Request",
    "StreamCall",
    "Unset",
    "View",
    "encode_body",
    "encode_headers",
    "encode_query",
    "json_type",
    "parse_boolean",
    "parse_datetime",
    "parse_integer",
    "parse_number",
    "quote_segment",
    "require",
    "to_json_value",
]

T_co = TypeVar("T_co", covariant=True)


@attrs.frozen(eq=False, kw_only=True)
class Operation:
    """An operation of the OpenAPI document."""

    id: str
    method: str
    path: str
    """The path template, such as `/v1/things/{thing_id}`."""
    response_type: type[View | DictView] | None = None
    """The class of the JSON response, or of its items if `is_list`. None for any JSON value."""
    is_list: bool = False
    """Whether the response is a JSON array."""
    no_content: bool = False
    """Whether the response has no body to read."""
    events: Mapping[str, type[View]] = attrs.field(factory=dict[str, type[View]])
    """The payload class of each server-sent event by its name (`message` for an event without a name)."""
    terminal: frozenset[str] = frozenset()
    """The names of the events that end the stream."""
    done: str | None = None
    """The `data` that ends the stream and is not JSON, such as `[DONE]`."""
    idempotent: bool = False
    """Whether the HTTP method is idempotent, so that the request can be repeated."""
    headers: frozenset[str] = frozenset()
    """The request headers that the document declares, in lower case."""


@attrs.frozen(eq=False, kw_only=True)
class Request:
    """An operation with its arguments, ready for a transport. Base class of `Call` and `StreamCall`."""

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    body: JSON | None = None


@attrs.frozen(eq=False, kw_only=True)
class Call(Request, Generic[T_co]):
    """A request with one response."""

    response_type: type[View | DictView] | None = None
    """The class that reads the response: `operation.response_type` or a subclass of it."""

    def read(self, raw: Any, origin: Origin) -> T_co:
        """Return the JSON value `raw` as the operation's result. It checks only the outermost type."""
        if self.operation.no_content:
            return cast("T_co", None)
        view = self.response_type
        if self.operation.is_list:
            return cast("T_co", read_items(raw, view, origin))
        return cast("T_co", raw if view is None else view.from_dict(raw, origin))


@attrs.frozen(eq=False, kw_only=True)
class StreamCall(Request, Generic[T_co]):
    """A request whose response is a stream of server-sent events."""

    def read(self, event: str, raw: JSON, origin: Origin) -> T_co:
        """Return the payload of one event. An event that the document does not declare is a plain `View`."""
        return cast("T_co", self.operation.events.get(event, View).from_dict(raw, origin))
