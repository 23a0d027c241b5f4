"""Arguments as the parts of a request: path segments, query, headers and body.

Copied from generator/runtime/encoding.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Any, TypeVar, cast
from urllib.parse import quote

from .argument_values import UNSET, to_json_value
from .json_values import JSON
from .views import View

T = TypeVar("T")


def quote_segment(name: str, value: str | None) -> str:
    """Percent-encode one path segment. Raise ValueError if it is empty or would address another resource."""
    if value is None or value == "":
        raise ValueError(f"{name} is {'None' if value is None else 'empty'}")
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        way = "; pass its id" if isinstance(value, View) else ""
        raise ValueError(f"{name} must be a str, not {type(value).__name__}{way}")  # noqa: TRY004
    if value in (".", "..") or any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValueError(f"{name} is not allowed in a URL path: {value!r}")
    return quote(value, safe="")


def require(name: str, value: T | None) -> T:
    """Return `value`. Raise ValueError if it is None or empty."""
    if value is None:
        raise ValueError(f"{name} is None")
    if isinstance(value, Sized) and len(value) == 0:
        raise ValueError(f"{name} is empty")
    return value


def encode_body(fields: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> JSON:
    """Return the request body: the arguments that were given, and the fields that the document does not declare."""
    body, undeclared = _values(fields), _values(extra or {})
    for name in undeclared:
        if name in body:
            raise ValueError(f"{name} is given twice: as an argument and as an undeclared field")
    return body | undeclared


def _values(fields: Mapping[str, Any]) -> JSON:
    return {name: to_json_value(value, name) for name, value in fields.items() if value is not UNSET}


def encode_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that were given, as text. Raise ValueError for what a header cannot have."""
    found = dict(encode_query(headers))
    for name, text in found.items():
        if not (text.isascii() and text.isprintable()):
            wrong = next(char for char in text if not (char.isascii() and char.isprintable()))
            raise ValueError(f"{name} is not allowed in a header: it contains {wrong!r}")
    return found


def encode_query(query: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> tuple[tuple[str, str], ...]:
    """Return the query parameters as text. It omits None, repeats a list, and writes true, false and ISO 8601."""
    for name in extra or ():
        given = query.get(name)
        if given is not None and given is not UNSET:
            raise ValueError(f"{name} is given twice: as an argument and as an undeclared parameter")
    return tuple(
        (name, text)
        for name, value in (*query.items(), *(extra or {}).items())
        if value is not None and value is not UNSET
        for text in _parameter(name, value)
    )


def _parameter(name: str, value: Any) -> Iterator[str]:
    """Yield the text of a parameter; of a list or a set, that of each item."""
    if isinstance(value, set | frozenset):
        value = list(cast("set[Any]", value))
    made = to_json_value(value, name)
    for item in cast("list[Any]", made) if isinstance(made, list) else [made]:  # type: ignore[redundant-cast]
        if isinstance(item, bool):
            yield "true" if item else "false"
        elif isinstance(item, str | int | float):
            yield str(item)
        elif item is not None:
            raise ValueError(f"{name}: cannot send {type(value).__name__} as a parameter; pass text, numbers or a list")
