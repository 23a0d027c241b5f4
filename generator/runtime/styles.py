"""Parameters in the styles of OpenAPI other than the default one: delimited, label, matrix, deepObject, JSON."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

from .argument_values import UNSET, Unset, to_json_value
from .encoding import encode_query
from .json_values import is_array, is_object

_DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|", "label": ".", "matrix": ";"}


def styled_query(name: str, value: Any, style: str, *, explode: bool) -> tuple[tuple[str, str], ...]:
    """Return the query parameters of one value; none if it was not given."""
    value = _given(value)
    if value is None:
        return ()
    if style == "deepObject":
        return tuple(_deep(name, value))
    if is_object(value):
        return encode_query(value) if explode else ((name, _joined(name, _flat(value), style)),)
    if is_array(value) and not explode:
        return ((name, _joined(name, value, style)),) if value else ()
    return encode_query({name: value})


def styled_text(name: str, value: Any, *, explode: bool = False) -> str | None:
    """Return a header's text in style `simple`; None if it was not given."""
    value = _given(value)
    if value is None:
        return None
    if is_object(value):
        parts = [f"{key}={_text(item)}" for key, item in value.items()] if explode else _flat(value)
        return _joined(name, parts)
    return _joined(name, value) if is_array(value) else _text(value)


def styled_segment(name: str, value: Any, style: str = "simple", *, explode: bool = False) -> str:
    """Return one path segment, each of its parts percent-encoded.

    Raises:
        ValueError: It is None or empty, or would address another resource.

    """
    value = _given(value)
    if value is None or value in ("", [], {}):
        raise ValueError(f"{name} is {'None' if value is None else 'empty'}")
    if is_object(value):
        parts = [f"{_part(name, key)}={_part(name, item)}" for key, item in value.items()]
        parts = parts if explode else [_part(name, part) for part in _flat(value)]
        keyed = explode
    else:
        parts = [_part(name, item) for item in (value if is_array(value) else [value])]
        keyed = False
    if style == "label":
        return "." + ("." if explode else ",").join(parts)
    if style == "matrix":
        key = quote(name, safe="")
        exploded = "".join(f";{part}" if keyed else f";{key}={part}" for part in parts)
        return exploded if explode else f";{key}={','.join(parts)}"
    text = ",".join(parts)
    if text in (".", ".."):
        raise ValueError(f"{name} is not allowed in a URL path: {text!r}")
    return text


def json_text(value: Any) -> str | None:
    """Return a parameter whose content is JSON; None if it was not given."""
    if value is None or isinstance(value, Unset):
        return None
    return json.dumps(to_json_value(value), separators=(",", ":"))  # A header takes only ASCII.


def cookies(fields: Mapping[str, Any], *styled: tuple[tuple[str, str], ...]) -> str | None:
    """Return the Cookie header of the cookies that were given, `styled` ones as pairs; None without one."""
    given = itertools.chain(encode_query(fields), *styled)
    pairs = [f"{name}={quote(text, safe='')}" for name, text in given]
    return "; ".join(pairs) or None


def merge(*objects: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the keys of all objects. Raise ValueError if two of them have one key."""
    found: dict[str, Any] = {}
    for one in objects:
        for name, value in (one or {}).items():
            if name in found:
                raise ValueError(f"{name} is given twice")
            found[name] = value
    return found


def _given(value: Any) -> Any:
    """Return the JSON value of an argument; None if it was not given."""
    if value is UNSET:
        return None
    if isinstance(value, set | frozenset):
        value = sorted(cast("set[Any]", value), key=str)
    return to_json_value(value)


def _flat(value: dict[str, Any]) -> list[Any]:
    return [part for item in value.items() for part in item]


def _joined(name: str, values: list[Any], style: str = "simple") -> str:
    delimiter = _DELIMITERS[style]
    texts = [_text(item) for item in values]
    if wrong := next((text for text in texts if delimiter in text), None):  # It would be read as two.
        raise ValueError(f"{name}: {wrong!r} contains {delimiter!r}, which stands between items here")
    return delimiter.join(texts)


def _text(value: Any) -> str:
    if is_object(value) or is_array(value):
        raise ValueError("a parameter of this style cannot contain an object or an array")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)


def _part(name: str, value: Any) -> str:
    text = _text(value)
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError(f"{name} is not allowed in a URL path: {text!r}")
    return quote(text, safe="")


def _deep(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield `name[key]` for an object, `name[]` for an array of scalars, and `name[0]` for one of objects."""
    if is_object(value):
        for key, item in value.items():
            yield from _deep(f"{name}[{key}]", item)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _deep(f"{name}[{index if (is_object(item) or is_array(item)) else ''}]", item)
    else:
        yield name, _text(value)
