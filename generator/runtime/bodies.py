"""Request bodies that are not JSON, as values: forms, multipart forms with files, and raw bytes or text."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import IO, Any, TypeAlias
from urllib.parse import urlencode

import attrs

from .argument_values import UNSET, to_json_value
from .encoding import encode_query
from .json_values import is_array
from .styles import styled_query

_File: TypeAlias = bytes | IO[bytes] | os.PathLike[str]
FileParam: TypeAlias = _File | tuple[str, _File] | tuple[str, _File, str]
"""A path, an open file from where it stands, or the bytes of a file; with its name, and with its content type."""
RawParam: TypeAlias = _File | Iterable[bytes] | AsyncIterable[bytes]
"""A body as a path, an open file, bytes or pieces."""
LARGE = 2**20
"""From this size in bytes on, a file is read while it is sent. What cannot be read again is read at once."""
_PIECE = 2**16


@attrs.frozen
class Part:
    """A part of a large file, which is read each time that it is sent."""

    file: str | IO[bytes]
    start: int
    length: int

    def __iter__(self) -> Iterator[bytes]:
        left = self.length
        with open(self.file, "rb") if isinstance(self.file, str) else nullcontext(self.file) as opened:  # noqa: PTH123
            opened.seek(self.start)
            while left:
                piece = opened.read(min(left, _PIECE))
                if not piece:
                    raise ValueError(f"{self.file} has lost its last {left} bytes since the call was made")
                left -= len(piece)
                yield piece


@attrs.frozen
class Streamed:
    """A body of which some parts are large files. Each iteration reads them anew."""

    parts: tuple[bytes | Part, ...]

    def __len__(self) -> int:
        return sum(len(one) if isinstance(one, bytes) else one.length for one in self.parts)

    def __iter__(self) -> Iterator[bytes]:
        for one in self.parts:
            if isinstance(one, bytes):
                yield one
            else:
                yield from one


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

    def encode(self) -> tuple[bytes | Streamed, str]:
        """Return the body, and the parameters of the content type."""
        parts: list[tuple[str, str, bytes | Part, str]] = [(name, "", text.encode(), "") for name, text in self.fields]
        parts += [_part(name, file) for name, file in self.files]
        whole = [data for _, _, data, _ in parts if isinstance(data, bytes)]
        boundary = (
            hashlib.sha256(b"".join(whole)).hexdigest()[:32] if len(whole) == len(parts) else secrets.token_hex(16)
        )
        pieces: list[bytes | Part] = []
        for name, file_name, data, media in parts:
            named = f'; filename="{_quoted(file_name)}"' if file_name else ""
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"{named}\r\n'
            pieces += [
                f"{head}{f'Content-Type: {media}{chr(13)}{chr(10)}' if media else ''}\r\n".encode(),
                data,
                b"\r\n",
            ]
        return _body([*pieces, f"--{boundary}--\r\n".encode()]), f"; boundary={boundary}"


@attrs.frozen
class Raw:
    """A body of another content type, as it is."""

    data: RawParam | str

    def encode(self) -> tuple[bytes | Streamed, str]:
        """Return the body, and the parameters of the content type."""
        data = self.data
        if isinstance(data, str):
            return data.encode(), "; charset=utf-8"
        if isinstance(data, AsyncIterable):
            raise TypeError("this client sends bytes, an open file or an iterable, not an async iterable")
        if isinstance(data, bytes | os.PathLike) or hasattr(data, "read"):
            return _body([_content(data)]), ""
        return b"".join(data), ""


def encode_form(
    fields: Mapping[str, Any],
    extra: Mapping[str, Any] | None = None,
    styles: Mapping[str, tuple[str, bool]] | None = None,
) -> Form:
    """Return a form of the fields that were given; `styles` has the style and explode of those that have one."""
    pairs: list[tuple[str, str]] = []
    for name, value in _given(fields, extra):
        style = (styles or {}).get(name)
        if style and style[0] != "json":
            pairs += styled_query(name, value, style[0], explode=style[1])
            continue
        for item in value if is_array(value) and not style else [value]:
            pairs += encode_query({name: _json(item) if style or isinstance(item, dict | list) else item})
    return Form(tuple(pairs))


def encode_multipart(
    fields: Mapping[str, Any],
    extra: Mapping[str, Any] | None = None,
    *,
    files: frozenset[str] = frozenset(),
    types: Mapping[str, str] | None = None,
    styles: Mapping[str, tuple[str, bool]] | None = None,
) -> Multipart:
    """Return a multipart form of the fields that were given. An object is a part in JSON, an array one part an item.

    `files` has the declared fields that are files; in `extra`, what is a file is one. `types` has content types.
    """
    texts: list[tuple[str, str]] = []
    sent: list[tuple[str, FileParam]] = []
    files |= {
        name for name, value in (extra or {}).items() if all(map(_is_file, value if is_array(value) else [value]))
    }
    for name, value in _given(fields, extra, files):
        media = (types or {}).get(name)
        if style := (styles or {}).get(name):
            texts += styled_query(name, value, style[0], explode=style[1])
            continue
        items: list[Any] = value if is_array(value) else [value]
        for item in items:
            if name in files:
                sent.append((name, item if media is None else _typed(name, item, media)))
            elif isinstance(item, dict | list) or (media or "").endswith("json"):
                sent.append((name, ("", _json(item).encode(), media or "application/json")))
            elif media:
                sent += [(name, ("", text.encode(), media)) for _, text in encode_query({name: item})]
            else:
                texts += encode_query({name: item})
    return Multipart(tuple(texts), tuple(sent))


def _is_file(value: Any) -> bool:
    """Return whether an undeclared value can only be a file."""
    match value:
        case (str(), file) | (str(), file, str()) if isinstance(value, tuple):
            return _is_file(file)
        case _:
            return isinstance(value, bytes | os.PathLike) or hasattr(value, "read")


def _typed(name: str, file: FileParam, media: str) -> FileParam:
    """Return a file with its declared content type, if it has none of its own."""
    if isinstance(file, tuple):
        return file if len(file) > 2 else (file[0], file[1], media)
    return (os.path.basename(file) if isinstance(file, os.PathLike) else name, file, media)  # noqa: PTH119


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


def _part(name: str, file: FileParam) -> tuple[str, str, bytes | Part, str]:
    """Return name, file name, content and content type of a file."""
    file_name, media = name, "application/octet-stream"
    if isinstance(file, tuple):
        return name, file[0], _content(file[1]), file[2] if len(file) > 2 else media
    if isinstance(file, os.PathLike):
        file_name = os.path.basename(file)  # noqa: PTH119
    return name, file_name, _content(file), media


def _content(file: Any) -> bytes | Part:
    """Return the bytes of a file, or the file itself if it is large and can be read again."""
    if isinstance(file, bytes):
        return file
    if hasattr(file, "__fspath__"):
        path = os.fsdecode(file)
        with open(path, "rb") as opened:  # noqa: PTH123
            found = _content(opened)
        return found if isinstance(found, bytes) else attrs.evolve(found, file=path)
    if getattr(file, "seekable", bool)():
        start = file.tell()
        length = file.seek(0, os.SEEK_END) - start
        file.seek(start)
        if length >= LARGE:
            return Part(file, start, length)
    data: bytes = file.read()
    return data


def _body(parts: list[bytes | Part]) -> bytes | Streamed:
    whole = [one for one in parts if isinstance(one, bytes)]
    return b"".join(whole) if len(whole) == len(parts) else Streamed(tuple(parts))


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
