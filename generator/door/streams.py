"""Describes streams as the generator reads them: what an item is, and which argument selects the stream."""

from __future__ import annotations

from .. import media
from ..responses import successes
from ..shapes import properties, shape
from ..spec import at
from ..walk import objects
from .document import Import


def describe(work: Import) -> None:
    """Write `itemSchema`, which is OpenAPI 3.2's and which FastAPI publishes in 3.1, as `schema`."""
    for pointer, node in objects(work.spec):
        if pointer[-2:-1] != ("content",) or "itemSchema" not in node:
            continue
        whole = ", in place of that of the whole" if "schema" in node else ""
        node["schema"] = item = node.pop("itemSchema")
        work.note((*pointer, "itemSchema"), f"`itemSchema` is written as `schema`{whole}")
        if media.kind(pointer[-1]) == "lines" and shape(work.spec, pointer, item).kind == "array":
            node["schema"] = {"type": "array", "items": item}  # An array alone is that of all values.
        if media.kind(pointer[-1]) == "events":
            fields = at(node["schema"], "properties")
            data = at(work.spec.follow((), fields.get("data"))[1])
            # Without an event's name each has this payload, whatever it is called.
            if "const" not in data and not at(fields.get("event")).keys() & {"const", "enum"}:
                node["schema"] = data.get("contentSchema", {})


def choose(work: Import) -> None:
    """Add `x-stream-field`, or leave the stream out where no argument selects it."""
    for pointer, operation in work.spec.operations():
        for at_, response in successes(work.spec, pointer, operation).values():
            content = at(response, "content")
            streamed = media.streams(content)
            if not streamed or not media.best(content) or "x-stream-field" in operation:
                continue
            if _has_flag(work, (*pointer, "requestBody"), operation.get("requestBody")):
                operation["x-stream-field"] = "stream"
                work.note(pointer, "`x-stream-field: stream` says that this field selects the stream")
            else:
                del content[streamed]
                text = f"{streamed} beside JSON is left out: no boolean `stream` selects it; name one in fixes.yaml"
                work.note((*at_, "content"), text)


def _has_flag(work: Import, pointer: tuple[str, ...], node: object) -> bool:
    pointer, body = work.spec.follow(pointer, node)
    found = at(body, "content", media.JSON)
    whole = shape(work.spec, (*pointer, "content", media.JSON, "schema"), found.get("schema"))
    if whole.kind != "object" or whole.nullable:
        return False
    for member in properties(work.spec, whole):
        if member.wire == "stream":
            return shape(work.spec, member.pointer, member.schema).kind == "boolean" and not member.required
    return False
