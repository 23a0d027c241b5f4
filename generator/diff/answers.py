"""Compares the answers of an operation: statuses, headers, media types, and the events of streams."""

from __future__ import annotations

from typing import Any

import attrs

from .. import media
from ..problems import Pointer
from ..responses import envelopes, successes
from ..shapes import shape
from ..spec import Spec, at
from .changes import Changes
from .schemas import SchemaComparer

Pair = tuple[Pointer, Pointer]
Contents = tuple[dict[str, Any], dict[str, Any]]


@attrs.define(eq=False)
class Answers:
    """Compares the answers of operations."""

    changes: Changes
    schemas: SchemaComparer

    def compare(self, id_: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Compare the answers of one operation."""
        name = f"api.{id_}"
        before = {**at(old, "responses")}, {**at(new, "responses")}
        good = successes(self.changes.old, places[0], old), successes(self.changes.new, places[1], new)
        for status in sorted(before[0].keys() | before[1].keys()):
            where = (*places[0], "responses", status), (*places[1], "responses", status)
            kind = "status" if status in good[0] or status in good[1] else "error-status"
            if status not in before[0]:
                self.changes.add(f"{kind}-added", f"{id_} can answer {status}", None, where[1], name)
            elif status not in before[1]:
                self.changes.add(f"{kind}-removed", f"{id_} no longer answers {status}", where[0], None, name)
            elif status in good[0] and status in good[1]:
                self._answer(id_, (good[0][status][0], good[1][status][0]), good[0][status][1], good[1][status][1])
            elif status not in good[0] and status not in good[1]:
                found = self.changes.old.follow(where[0], before[0][status])
                self._schema(id_, found, self.changes.new.follow(where[1], before[1][status]))

    def _answer(self, id_: str, places: Pair, old: dict[str, Any], new: dict[str, Any]) -> None:
        name = f"api.{id_}"
        headers = [{one.lower() for one in at(node, "headers")} for node in (old, new)]
        for header in headers[0] ^ headers[1]:
            kind = "added" if header in headers[1] else "removed"
            self.changes.add(f"answer-header-{kind}", f"header {header} of {id_}", *places, name)
        contents = at(old, "content"), at(new, "content")
        taken = media.best(contents[0]), media.best(contents[1])
        if bool(taken[0]) != bool(taken[1]):
            self.changes.add("answer-media-changed", f"the answer of {id_} is {taken[1] or 'empty'}", *places, name)
        else:
            compare_media(self.changes, "answer", id_, places, contents)
        self._schema(id_, (places[0], old), (places[1], new))
        self._stream(id_, places, contents)

    def _schema(self, id_: str, old: tuple[Pointer, Any], new: tuple[Pointer, Any]) -> None:
        """Compare the JSON of two answers."""
        taken = media.best(at(old[1], "content")), media.best(at(new[1], "content"))
        if all(taken) and media.kind(taken[0]) == media.kind(taken[1]) == "json":
            pointers = (*old[0], "content", taken[0], "schema"), (*new[0], "content", taken[1], "schema")
            contents = at(old[1], "content", taken[0]), at(new[1], "content", taken[1])
            self.schemas.compare(
                "answer", *pointers, (contents[0].get("schema"), contents[1].get("schema")), f"api.{id_}()"
            )

    def _stream(self, id_: str, places: Pair, contents: Contents) -> None:
        streamed = media.streams(contents[0]), media.streams(contents[1])
        name = f"api.{id_}"
        if bool(streamed[0]) != bool(streamed[1]):
            kind = "stream-added" if streamed[1] else "stream-removed"
            self.changes.add(kind, f"the stream of {id_}", *places, name)
        if not all(streamed):
            return
        if streamed[0] != streamed[1]:
            self.changes.add("stream-media-changed", f"the stream of {id_} is {streamed[1]}", *places, name)
            return
        pointers = (*places[0], "content", streamed[0]), (*places[1], "content", streamed[1])
        old = envelopes(self.changes.old, pointers[0], at(contents[0], streamed[0]))
        new = envelopes(self.changes.new, pointers[1], at(contents[1], streamed[1]))
        if not old or not new:
            schemas = at(contents[0], streamed[0]).get("schema"), at(contents[1], streamed[1]).get("schema")
            if bool(old) != bool(new):
                self.changes.add("event-payload-changed", f"the events of {id_}", *places, name)
            else:
                self.schemas.compare("answer", (*pointers[0], "schema"), (*pointers[1], "schema"), schemas, f"{name}()")
            return
        self._events(id_, _events(self.changes.old, old), _events(self.changes.new, new))

    def _events(self, id_: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        name = f"api.{id_}"
        for event in old.keys() - new.keys():
            kind = "stream-end-changed" if event.startswith("=") else "event-removed"
            self.changes.add(kind, f"{id_}: event {event.lstrip('=')!r} is gone", old[event][0], None, name)
        for event in new.keys() - old.keys():
            kind = "stream-end-changed" if event.startswith("=") else "event-added"
            self.changes.add(kind, f"{id_}: event {event.lstrip('=')!r}", None, new[event][0], name)
        for event in old.keys() & new.keys():
            if event.startswith("="):
                continue
            before, after = old[event], new[event]
            if before[2] != after[2]:
                kind = "event-made-terminal" if after[2] else "event-no-longer-terminal"
                self.changes.add(kind, f"{id_}: event {event!r}", before[0], after[0], name)
            classes = [shape(spec, one[0], one[1]).component for spec, one in
                       ((self.changes.old, before), (self.changes.new, after))]  # fmt: skip
            if classes[0] != classes[1]:
                what = f"{id_}: the data of {event!r} is {classes[1]}"
                self.changes.add("event-payload-changed", what, before[0], after[0], name)
            self.schemas.compare("answer", before[0], after[0], (before[1], after[1]), f"{name}() {event}")


def compare_media(changes: Changes, side: str, id_: str, places: Pair, contents: Contents) -> None:
    """Compare the media types of a body or an answer, and which of them is taken."""
    taken = media.best(contents[0]), media.best(contents[1])
    if taken[0] != taken[1] and all(taken) and media.kind(taken[0]) != media.kind(taken[1]):
        what = f"the {side} of {id_} is {taken[1]}, was {taken[0]}"
        changes.add(f"{side}-media-changed", what, *places, f"api.{id_}")
        return
    for declared in contents[1].keys() - contents[0].keys():
        if media.kind(declared) not in ("events", "lines"):
            what = f"the {side} of {id_} can be {declared}"
            changes.add(f"{side}-media-added", what, places[0], (*places[1], "content", declared), f"api.{id_}")
    for declared in contents[0].keys() - contents[1].keys():
        if media.kind(declared) not in ("events", "lines"):
            what = f"the {side} of {id_} cannot be {declared}"
            changes.add(f"{side}-media-removed", what, *places, f"api.{id_}")


def _events(spec: Spec, found: list[tuple[Pointer, Pointer, dict[str, Any]]]) -> dict[str, tuple[Pointer, Any, bool]]:
    """Return pointer and schema of each event's payload, and whether it is terminal; an end's name starts with `=`."""
    events: dict[str, tuple[Pointer, Any, bool]] = {}
    for _, pointer, envelope in found:
        where, data = spec.follow((*pointer, "properties", "data"), at(envelope, "properties").get("data"))
        terminal = envelope.get("x-terminal") is True
        if isinstance(at(data).get("const"), str):
            events[f"={at(data)['const']}"] = pointer, {}, terminal
            continue
        for name in shape(spec, pointer, at(envelope, "properties").get("event")).values or ["message"]:
            events[name] = (*where, "contentSchema"), at(data).get("contentSchema"), terminal
    return events
