"""What a media type means for generated code, and which of several is taken."""

from __future__ import annotations

import re
from typing import Any, Literal

from .spec import at

JSON, SSE = "application/json", "text/event-stream"
Media = Literal["json", "events", "lines", "form", "multipart", "text", "bytes"]

_JSON = re.compile(r"(application|text)/(json|json5|x-json)|\*/\*|application/\*|[\w.+-]+/[\w.+-]*\+json")
_LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
                    "application/json-lines", "application/stream+json", "application/x-json-stream"})  # fmt: skip
_TEXT = re.compile(r"text/.*|application/(xml|x-yaml|yaml|javascript|graphql|x-sh|toml|sql)|[\w./+-]+\+(xml|yaml)")
_ORDER: tuple[Media, ...] = ("json", "multipart", "form", "text", "bytes")


def kind(media: str, content: Any = None) -> Media:  # One for each kind.
    """Return the kind of a media type; `content` decides where a wildcard stands for binary data."""
    plain = media.partition(";")[0].strip().lower()
    if plain == SSE:
        return "events"
    if plain in _LINES:
        return "lines"
    if plain == "application/x-www-form-urlencoded":
        return "form"
    if plain == "multipart/form-data":
        return "multipart"
    if _JSON.fullmatch(plain):
        return "bytes" if "*" in plain and is_binary(at(content, "schema")) else "json"
    return "text" if _TEXT.fullmatch(plain) else "bytes"


def is_sequence(media: str) -> bool:
    """Return whether a media type is one of JSON text sequences (RFC 7464): values that may span lines."""
    return media.partition(";")[0].strip().lower().endswith(("/json-seq", "+json-seq"))


def is_binary(schema: Any) -> bool:
    """Return whether a schema is that of bytes: 3.0 has `format: binary`, 3.1 `contentMediaType`."""
    found = at(schema)
    if found.get("type", "string") != "string" or "contentEncoding" in found:
        return False
    kind_of = str(found.get("contentMediaType", ""))
    return found.get("format") == "binary" or bool(kind_of and not kind_of.endswith("json"))


def best(content: dict[str, Any]) -> str:
    """Return the media type of a body that generated code takes: JSON, else a form, else text, else the first."""
    found = [media for media in content if kind(media, content[media]) not in ("events", "lines")]
    found.sort(key=lambda media: (_ORDER.index(kind(media, content[media])), media != JSON))
    return found[0] if found else ""


def streams(content: dict[str, Any]) -> str:
    """Return the media type that streams, or an empty string."""
    return next((media for media in content if kind(media) in ("events", "lines")), "")


def sent(media: str, kind_of: Media) -> str:
    """Return the Content-Type of a body: for a range, such as `image/*`, the type that says no more than its kind."""
    if "*" not in media:
        return media
    return {"json": JSON, "text": "text/plain"}.get(kind_of, "application/octet-stream")


def accept(media: str, kind_of: Media) -> str:
    """Return the media type of an Accept header that asks for an answer; a range of JSON is JSON."""
    return JSON if kind_of == "json" and "*" in media else media
