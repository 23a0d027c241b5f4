"""Request bodies that are not JSON, as values: forms, multipart forms with files, and raw bytes or text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from typing import IO, Any, TypeAlias
from urllib.parse import urlencode

import attrs

from .argument_values import UNSET, to_json_value
from .encoding import encode_query
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

    def encode(self) -> tuple[bytes, str]:
        """Return the bytes, and the parameters of the content type."""
        return urlencode(self.pairs).encode(), ""


@attrs.frozen
class Multipart:
    """A body of `multipart/form-data`."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, FileParam], ...]

    def encode(self) -> tuple[bytes, str]:
        """Return the bytes, files read to their end, and the parameters of the content type."""
        parts = [(name, "", text.encode(), "") for name, text in self.fields]
        parts += [_part(name, file) for name, file in self.files]
        boundary = hashlib.sha256(b"".join(data for _, _, data, _ in parts)).hexdigest()[:32]
        pieces: list[bytes] = []
        for name, file_name, data, media in parts:
            named = f'; filename="{_quoted(file_name)}"' if file_name else ""
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"{named}\r\n'
            pieces += [
                f"{head}{f'Content-Type: {media}{chr(13)}{chr(10)}' if media else ''}\r\n".encode(),
                data,
                b"\r\n",
            ]
        return b"".join([*pieces, f"--{boundary}--\r\n".encode()]), f"; boundary={boundary}"


@attrs.frozen
class Raw:
    """A body of another content type, as it is."""

    data: RawParam | str

    def encode(self) -> tuple[bytes, str]:
        """Return the bytes, an open file read to its end, and the parameters of the content type."""
        data = self.data
        if isinstance(data, str):
            return data.encode(), "; charset=utf-8"
        if isinstance(data, AsyncIterable):
            raise TypeError("this client sends bytes, an open file or an iterable, not an async iterable")
        return (data if isinstance(data, bytes) else b"".join(data)), ""


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


def _part(name: str, file: FileParam) -> tuple[str, str, bytes, str]:
    """Return name, file name, content and content type of a file."""
    file_name, media, content = name, "application/octet-stream", file
    if isinstance(file, tuple):
        file_name, content = file[0], file[1]
        media = file[2] if len(file) > 2 else media
    return name, file_name, content if isinstance(content, bytes) else _read(content), media


def _read(file: Any) -> bytes:
    data: bytes = file.read()
    return data


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
