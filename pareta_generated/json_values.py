"""JSON values of a response: type checks, lenient parsers, and errors that name the JSON path.

Copied from generator/runtime/json_values.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
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
        path = find_path(self.root, lambda here: here is node) or "$"
        return self.decode_error(f"{path}.{key}", expected, found)

    def to_html(self, raw: JSON) -> str | None:  # noqa: ARG002  # For clients to override.
        """Return an object as a notebook shows it; None leaves that to its `repr`."""
        return None

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


def find_path(root: Any, test: Callable[[Any], bool]) -> str | None:
    """Return the JSON path from `root` to a value that passes `test`, or None. It does not recurse: JSON is deep."""
    stack: list[tuple[Any, str]] = [(root, "$")]
    while stack:
        here, path = stack.pop()
        if test(here):
            return path
        if is_object(here):
            stack.extend((value, f"{path}.{key}") for key, value in here.items())
        elif is_array(here):
            stack.extend((value, f"{path}[{index}]") for index, value in enumerate(here))
    return None


def read_array(raw: JSON, key: str, kind: type[T] | tuple[type[T], ...], origin: Origin) -> list[T]:
    """Return the array at `key`, whose items must be instances of `kind`; `[]` if it is absent."""
    value = raw.get(key)
    if value is None:
        return []
    if not is_array(value):
        raise origin.field_error(raw, key, "an array", value)
    if all_are(value, kind):
        return value
    for index, item in enumerate(value):
        if not isinstance(item, kind) or (isinstance(item, bool) and kind not in (bool, object)):
            expected = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise origin.field_error(raw, f"{key}[{index}]", expected, item)
    return value


def all_are(values: list[Any], kind: Any) -> bool:
    """Return whether the type of every value is exactly `kind`. It runs no Python code for each value."""
    return list(map(type, values)).count(kind) == len(values)


def read_object(raw: JSON, key: str, origin: Origin) -> JSON | None:
    """Return the raw object at `key`; None if it is absent."""
    value = raw.get(key)
    if value is None or is_object(value):
        return value
    raise origin.field_error(raw, key, "an object", value)


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
