"""Arguments as the parts of a request: path segments, query, headers and body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from datetime import date, datetime
from typing import Any, Final, Literal, TypeVar, cast, final
from urllib.parse import quote

from .json_values import JSON
from .views import View

T = TypeVar("T")


@final
class Unset:
    """The type of `UNSET`, which marks an argument that was not given. `None` is sent as null."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


def to_json_value(value: Any) -> Any:
    """Return the JSON value of an argument. It converts views and mappings to dicts and omits `UNSET`."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, View):
        return value.to_dict()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        fields = cast("Mapping[Any, Any]", value)  # type: ignore[redundant-cast]  # Pyright needs it.
        return {key: to_json_value(item) for key, item in fields.items() if item is not UNSET}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        items = cast("Sequence[Any]", value)  # type: ignore[redundant-cast]
        return [to_json_value(item) for item in items]
    return cast("Any", value)  # Not JSON: the encoder raises an error that names its type.


def quote_segment(name: str, value: str | None) -> str:
    """Percent-encode one path segment. Raise ValueError if it is empty or would address another resource."""
    if value is None or value == "":
        raise ValueError(f"{name} is {'None' if value is None else 'empty'}")
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{name} must be a str, not {type(value).__name__}")  # noqa: TRY004
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
    try:
        body: JSON = to_json_value(fields)
        undeclared: JSON = to_json_value(extra or {})
    except RecursionError:
        raise ValueError("the arguments are nested too deeply, or contain themselves") from None
    for name in undeclared:
        if name in body:
            raise ValueError(f"{name} is given twice: as an argument and as an undeclared field")
    return body | undeclared


def encode_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that were given, as text."""
    return dict(encode_query(headers))


def encode_query(query: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> tuple[tuple[str, str], ...]:
    """Return the query parameters as text. It omits None, repeats a list, and writes true, false and ISO 8601."""
    for name in extra or ():
        if query.get(name, UNSET) not in (None, UNSET):
            raise ValueError(f"{name} is given twice: as an argument and as an undeclared parameter")
    return tuple(
        (name, _encode_parameter(item))
        for name, value in (*query.items(), *(extra or {}).items())
        for item in (cast("Iterable[Any]", value) if isinstance(value, list | tuple | set | frozenset) else (value,))
        if item is not None and item is not UNSET
    )


def _encode_parameter(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return value.isoformat() if isinstance(value, date) else str(value)
    except RecursionError:
        raise ValueError("a parameter is nested too deeply") from None
