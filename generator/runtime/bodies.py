"""Request bodies that are not JSON, as values: forms, multipart forms with files, and raw bytes or text."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from typing import IO, Any, TypeAlias

import attrs

from .encoding import UNSET, encode_query, to_json_value
from .json_values import is_array
from .styles import styled_query

FileParam: TypeAlias = bytes | IO[bytes] | tuple[str, bytes | IO[bytes]] | tuple[str, bytes | IO[bytes], str]
"""The bytes of a file or an open file, which is read while it is sent; with its name, and with its content type."""
RawParam: TypeAlias = bytes | IO[bytes] | Iterable[bytes] | AsyncIterable[bytes]
"""A body as bytes, as an open file, or as pieces."""


@attrs.frozen
class Form:
    """A body of `application/x-www-form-urlencoded`."""

    pairs: tuple[tuple[str, str], ...]


@attrs.frozen
class Multipart:
    """A body of `multipart/form-data`."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, FileParam], ...]


@attrs.frozen
class Raw:
    """A body of another content type, as it is."""

    data: RawParam | str


def encode_form(
    fields: Mapping[str, Any],
    extra: Mapping[str, Any] | None = None,
    styles: Mapping[str, tuple[str, bool]] | None = None,
) -> Form:
    """Return a form of the fields that were given; `styles` has the style and explode of those that have one."""
    pairs: list[tuple[str, str]] = []
    for name, value in _given(fields, extra):
        style, explode = (styles or {}).get(name, ("form", True))
        plain = style == "form" and isinstance(value, dict)
        pairs += ((name, _json(value)),) if plain else styled_query(name, value, style, explode=explode)
    return Form(tuple(pairs))


def encode_multipart(
    fields: Mapping[str, Any], extra: Mapping[str, Any] | None = None, *, files: frozenset[str] = frozenset()
) -> Multipart:
    """Return a multipart form of the fields that were given. An object is a part in JSON, an array one part an item."""
    texts: list[tuple[str, str]] = []
    sent: list[tuple[str, FileParam]] = []
    for name, value in _given(fields, extra, files):
        items: list[Any] = value if is_array(value) else [value]
        for item in items:
            if name in files:
                sent.append((name, item))
            elif isinstance(item, dict | list):
                sent.append((name, ("", _json(item).encode(), "application/json")))
            else:
                texts += encode_query({name: item})
    return Multipart(tuple(texts), tuple(sent))


def _given(
    fields: Mapping[str, Any], extra: Mapping[str, Any] | None, files: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Any]]:
    for name in extra or ():
        if fields.get(name, UNSET) is not UNSET:
            raise ValueError(f"{name} is given twice: as an argument and as an undeclared field")
    for name, value in (*fields.items(), *(extra or {}).items()):
        if value is None or value is UNSET:
            continue
        yield name, value if name in files else to_json_value(value)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
