"""Runtime of the generated package: views, requests and operations as values, without I/O.

Copied from generator/runtime/types.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar, cast

import attrs

from .argument_values import UNSET, Unset, to_json_value
from .encoding import encode_body, encode_headers, encode_query, quote_segment, require
from .json_values import (
    JSON,
    DecodeError,
    Origin,
    all_are,
    is_array,
    is_object,
    json_type,
    parse_boolean,
    parse_datetime,
    parse_integer,
    parse_number,
)
from .views import DictView, View, make_views

__all__ = [
    "JSON",
    "UNSET",
    "Call",
    "DecodeError",
    "DictView",
    "Operation",
    "Origin",
    "Request",
    "Result",
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
    "read_error",
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
    any_event: Any = View
    """The class or the reader of an event that `events` does not have."""
    open_ended: bool = False
    """Whether the stream may close without `done`."""
    stream_type: str = "text/event-stream"
    """The media type of the stream: server-sent events; any other is of JSON values, one a line."""
    idempotent: bool = False
    """Whether the HTTP method is idempotent, so that the request can be repeated."""
    headers: frozenset[str] = frozenset()
    """The request headers that the document declares, in lower case."""
    media: Literal["json", "text", "bytes"] = "json"
    """What the body of the response is read as."""
    reader: Any = None
    """The reader of a JSON response that is neither an object nor an array of objects."""
    errors: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """The class or the reader of an error's JSON body, by its statuses and ranges, with spaces between them."""
    by_status: Mapping[str, Result] = attrs.field(factory=dict[str, "Result"])
    """How each successful response is read, by status or range, where they differ."""
    accept: str = "application/json"
    content_type: str = "application/json"
    """The content type of the request's body."""
    server: str | None = None
    """The URL that it is sent to, if it has one of its own."""
    authorization: bool = True
    """Whether the Authorization header carries the key."""
    security: tuple[str, ...] | None = None
    """The names of its security schemes, if they are not those of the document; () if it needs none."""

    def result(self, status: int) -> Result | None:
        """Return how the response with a status is read, where the successful responses differ."""
        by_status = self.by_status
        return by_status.get(str(status)) or by_status.get(f"{status // 100}XX") or by_status.get("default")


@attrs.frozen(eq=False, kw_only=True)
class Result:
    """How the body of one successful response is read."""

    media: Literal["json", "text", "bytes", "none"] = "json"
    response_type: type[View | DictView] | None = None
    is_list: bool = False
    reader: Any = None

    def read(self, raw: Any, origin: Origin) -> Any:
        """Return the value of a body: JSON, text or bytes."""
        if self.media == "none":
            return None
        if self.is_list:
            return read_items(raw, self.response_type, origin)
        if self.response_type is not None:
            return self.response_type.from_dict(raw, origin)
        if self.reader is None:
            return raw
        if not self.reader.accepts(raw):
            raise origin.decode_error("$", self.reader.expected, raw)
        return self.reader.read(raw, origin)

    from_dict = read  # As a class has it, for an item of a stream.


@attrs.frozen(eq=False, kw_only=True)
class Request:
    """An operation with its arguments, ready for a transport. Base class of `Call` and `StreamCall`."""

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    body: JSON | None = None
    content: Any = None
    """A body that is not JSON: a `Form`, `Multipart` or `Raw` of `bodies`."""


@attrs.frozen(eq=False, kw_only=True)
class Call(Request, Generic[T_co]):
    """A request with one response."""

    response_type: type[View | DictView] | None = None
    """The class that reads the response: `operation.response_type` or a subclass of it."""

    def read(self, raw: Any, origin: Origin, status: int = 200) -> T_co:
        """Return the JSON value `raw` as the operation's result. It checks only the outermost type."""
        operation = self.operation
        if operation.no_content:
            return cast("T_co", None)
        view = self.response_type
        if operation.is_list:
            return cast("T_co", read_items(raw, view, origin))
        if view is not None:
            return cast("T_co", view.from_dict(raw, origin))
        result = operation.result(status) if operation.by_status else Result(reader=operation.reader)
        if result is None:
            raise origin.decode_error(f"status {status}", "a status that the document declares", raw)
        return cast("T_co", result.read(raw, origin))


@attrs.frozen(eq=False, kw_only=True)
class StreamCall(Request, Generic[T_co]):
    """A request whose response is a stream of server-sent events, or of JSON values, one a line."""

    def read(self, event: str, raw: JSON, origin: Origin) -> T_co:
        """Return the payload of one event, or line. An event that the document does not declare is a plain `View`."""
        operation = self.operation
        return cast("T_co", operation.events.get(event, operation.any_event).from_dict(raw, origin))


def read_error(errors: Mapping[str, Any], status: int, raw: Any, origin: Origin) -> View | None:
    """Return the JSON body of an error by `Operation.errors`; None if no object is declared for its status."""
    by_status = {one: view for statuses, view in errors.items() for one in statuses.split()}
    key = next((one for one in (str(status), f"{status // 100}XX", "default") if one in by_status), None)
    view = by_status[key] if key else None
    return view.from_dict(raw, origin) if view is not None and is_object(raw) else None


def read_items(raw: Any, view: type[View | DictView] | None, origin: Origin) -> list[Any]:
    """Return the items of a response that is an array."""
    if not is_array(raw):
        raise origin.decode_error("$", "an array", raw)
    if view is None:
        return raw
    if not all_are(raw, dict):
        for index, item in enumerate(raw):
            if not is_object(item):
                raise origin.decode_error(f"$[{index}]", f"an object ({view.__name__})", item)
    if issubclass(view, View):
        return make_views(view, raw, origin)
    return [view.from_dict(item, origin) for item in raw]
