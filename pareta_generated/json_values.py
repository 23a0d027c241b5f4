"""JSON values of a response: type checks, lenient parsers, and errors that name the JSON path.

Copied from generator/runtime/json_values.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any, Self, TypeGuard, TypeVar

T = TypeVar("T")
JSON = dict[str, Any]


class DecodeError(ValueError):
    """A response does not have the JSON type that the document declares."""


class Origin:
    """The response that a view belongs to: its request id, and its whole JSON value.

    All views of one response share one origin. A client may subclass it to raise its own
    exceptions, which name the request.
    """

    __slots__ = ("request_id", "root")

    def __init__(self, root: Any, request_id: str | None = None) -> None:
        self.root = root
        self.request_id = request_id

    def decode_error(self, path: str, expected: str, found: Any) -> Exception:
        """Return the exception for a value of the wrong JSON type at the JSON path `path`."""
        return DecodeError(f"{path}: expected {expected}, found {json_type(found)}")

    def field_error(self, node: JSON, key: str, expected: str, found: Any) -> Exception:
        """Return the exception for the value at `key` of `node`. Only an error pays for finding the path."""
        return self.decode_error(f"{json_path(self.root, node) or '$'}.{key}", expected, found)

    def with_root(self, root: Any) -> Self:
        """Return a copy of this origin with another root, such as one part of the response."""
        other = copy.copy(self)
        other.root = root
        return other


_JSON_TYPES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def json_type(value: Any) -> str:
    """Return the name of the JSON type of `value`, for an error message."""
    return next((name for kind, name in _JSON_TYPES.items() if isinstance(value, kind)), "a number")


def is_object(value: Any) -> TypeGuard[JSON]:
    """Return whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether `value` is a JSON array."""
    return isinstance(value, list)


def json_path(root: Any, node: Any) -> str | None:
    """Return the JSON path from `root` to the object `node`, or None. It does not recurse, since JSON may be deep."""
    stack: list[tuple[Any, str]] = [(root, "$")]
    while stack:
        here, path = stack.pop()
        if here is node:
            return path
        if is_object(here):
            stack.extend((value, f"{path}.{key}") for key, value in here.items())
        elif is_array(here):
            stack.extend((value, f"{path}[{index}]") for index, value in enumerate(here))
    return None


def parse_integer(value: Any) -> int | None:
    """Return `value` if it is a JSON integer, which 7.0 is too; otherwise None."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def parse_number(value: Any) -> float | None:
    """Return `value` if it is a JSON number; otherwise, and for a boolean, None."""
    return value if type(value) in (int, float) else None


def parse_boolean(value: Any) -> bool | None:
    """Return `value` if it is a JSON boolean; otherwise None."""
    return value if isinstance(value, bool) else None


def parse_datetime(value: Any) -> datetime | None:
    """Parse an ISO 8601 date-time as an aware datetime, in UTC if it has no offset; return None if it is invalid."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        # The standard library refuses some rare forms. Only they pay for this import.
        from dateutil.parser import isoparse  # type: ignore[import-untyped, unused-ignore]

        try:
            found = isoparse(value)
        except (ValueError, OverflowError):
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_by(reader: Any, raw: JSON, key: str, origin: Origin) -> Any:
    """Return the value at `key` by a reader; None if it is absent, or a scalar of another type."""
    value = raw.get(key)
    if value is None or reader.accepts(value):
        return None if value is None else reader.read(value, origin)
    if not reader.lenient or is_object(value) or is_array(value):
        raise origin.field_error(raw, key, reader.expected, value)
    return None


def deep_copy(value: T) -> T:
    """Return a deep copy of a JSON value. It does not recurse, since JSON may be deep."""
    top: list[Any] = [value]
    stack: list[Any] = [top]
    while stack:
        node: Any = stack.pop()
        places: Any = node.items() if hasattr(node, "items") else enumerate(node)
        for place, item in list(places):
            if is_object(item) or is_array(item):
                node[place] = item.copy()
                stack.append(node[place])
    result: T = top[0]
    return result


def short_repr(value: Any, *, nested: bool = False) -> str:
    """Return a short repr of a JSON value: arrays by their length, nested objects and long text abbreviated."""
    if is_array(value) and value:
        return f"[{len(value)} item{'s' if len(value) > 1 else ''}]"
    if is_object(value) and value:
        if nested:
            return "{…}"
        return f"{{{', '.join(f'{key!r}: {short_repr(item, nested=True)}' for key, item in value.items())}}}"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}…'"
