"""Plans the webhooks of a document: the events that the API sends, and how one kind is told from another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from . import answer_readers, media, names, prose
from .plan import WebhooksPlan
from .problems import Pointer
from .shapes import Shape, properties, shape
from .spec import METHODS, Spec, at
from .typed_dicts import TypedDictPlanner
from .views import ViewPlanner

_KINDS = ("type", "event", "event_type", "kind", "topic")
"""The properties that usually tell the kind of an event, the likeliest first."""


@attrs.frozen
class Payload:
    """The JSON that one webhook brings."""

    name: str
    pointer: Pointer
    schema: Any
    doc: str


@attrs.frozen
class _Event:
    """One object of a payload, and its class."""

    name: str
    found: Shape
    cls: str


def payloads(spec: Spec) -> Iterator[Payload]:
    """Yield the payload of each webhook that has a body, by the media type that is taken."""
    for name, item in at(spec.root, "webhooks").items():
        place, node = spec.follow(("webhooks", name), item)
        for method in METHODS:
            operation = at(node, method)
            pointer, body = spec.follow((*place, method, "requestBody"), operation.get("requestBody"))
            content = at(body, "content")
            if wanted := media.best(content):
                doc = " ".join(str(operation.get("summary") or operation.get("description") or "").split())
                yield Payload(name, (*pointer, "content", wanted, "schema"), content[wanted].get("schema"), doc)


def views_of(views: ViewPlanner) -> list[_Event]:
    """Return the objects that webhooks bring, with their classes. Report what is no JSON object."""
    events: list[_Event] = []
    for one in payloads(views.registry.spec):
        found = shape(views.registry.spec, one.pointer, one.schema)
        members = found.members if found.kind == "union" else [found]
        if media.kind(one.pointer[-2]) != "json" or any(each.kind not in ("object", "map", "any") for each in members):
            text = "the payload of a webhook is a JSON object; describe it so, or remove the webhook"
            views.registry.report(one.pointer[:-1], text)
            continue
        for index, each in enumerate(members):
            plain = each.kind != "object" or views.is_dict_view(each)
            name = f"{one.name}_event_{index + 1}" if len(members) > 1 else f"{one.name}_event"
            cls = "View" if plain else views.class_of(each, name, one.pointer, dict_view=False)
            events.append(_Event(one.name, each, cls))
    return events


def plan(typed_dicts: TypedDictPlanner, events: list[_Event]) -> WebhooksPlan | None:
    """Return how events are read and written; None if there are none."""
    views, spec = typed_dicts.views, typed_dicts.registry.spec
    if not events:
        return None
    classes = list(dict.fromkeys(one.cls for one in events))
    key, tags = _tags(spec, events)
    if tags:
        listed = ", ".join(f"{names.literal(tag)}: {cls}" for tag, cls in tags.items())
        type_, reader = names.union(*classes, "View"), f"readers.Tagged({names.literal(key)}, {{{listed}}})"
    elif "View" in classes or len(classes) == 1:
        type_ = reader = "View" if "View" in classes else classes[0]
    else:
        union = Shape("union", ("webhooks",), {}, members=list({one.cls: one.found for one in events}.values()))
        type_, reader = answer_readers.plan(views, union, "webhook_event", ("webhooks",))
    sent = [typed_dicts.type_of(one.pointer, one.schema, f"{one.name}_event") for one in payloads(spec)]
    lines: dict[str, str] = {}
    for one in payloads(spec):
        found = names.union(*(each.cls for each in events if each.name == one.name))
        lines[one.name] = prose.sentence(f"`{one.name}`: {found}. {one.doc}")
    open_ = "; a plain `View` if its kind is not known" if "View" in names.union_members(type_) else ""
    doc = "\n".join([f"An event that a webhook brings{open_}.\n", *(f"- {line}" for line in lines.values())])
    return WebhooksPlan(type_, reader, names.union(*sent), doc)


def _tags(spec: Spec, events: list[_Event]) -> tuple[str, dict[str, str]]:
    """Return the property that tells the kind of an event, and the class by its value; empty if there is none.

    Its values are those that the schemas list. Where no schema lists any, they are the names of the webhooks.
    """
    known = [
        {one.wire: shape(spec, one.pointer, one.schema) for one in properties(spec, event.found)} for event in events
    ]
    common = [wire for wire, found in known[0].items() if all(each.get(wire, found).kind == "string" for each in known)]
    common = [wire for wire in common if all(wire in each for each in known)]
    common.sort(key=lambda wire: _KINDS.index(wire) if wire in _KINDS else len(_KINDS))
    for wire in common:
        pairs = [(value, event.cls) for event, each in zip(events, known, strict=True) for value in each[wire].values]
        listed = all(each[wire].values for each in known)
        if listed and all(tag != other or cls == its for tag, cls in pairs for other, its in pairs):
            return wire, dict(pairs)
    if len({one.cls for one in events}) > 1 and len({one.name for one in events}) == len(events):
        for wire in (wire for wire in common if wire in _KINDS and not any(each[wire].values for each in known)):
            return wire, {event.name: event.cls for event in events}
    return "", {}
