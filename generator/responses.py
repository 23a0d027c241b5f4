"""Plans how the successful responses of an operation are read."""

from __future__ import annotations

import re
from typing import Any

import attrs

from . import answer_readers, media, names
from .media import JSON
from .plan import ResponsePlan
from .problems import Pointer
from .shapes import Shape, properties, shape
from .spec import Spec, at, entries
from .views import ViewPlanner, response_of

_NONE = ResponsePlan("none", "None")


@attrs.define(eq=False)
class Successes:
    """The successful responses of one operation."""

    by_status: dict[str, ResponsePlan] = attrs.field(factory=dict[str, ResponsePlan])
    accept: str = ""
    events: dict[str, str] = attrs.field(factory=dict[str, str])
    any_event: str = ""
    terminal: list[str] = attrs.field(factory=list[str])
    done: str = ""
    open_ended: bool = False
    stream_type: str = ""
    """The media type of a stream of JSON values, one a line; empty for server-sent events."""
    event_type: str = ""

    @property
    def plain(self) -> list[ResponsePlan]:
        """The different ways to read a response that is no stream."""
        return list(dict.fromkeys(self.by_status.values()))

    @property
    def type(self) -> str:
        """The type of the result; empty if there is only a stream."""
        types = [one.type for one in self.plain]
        return "Any" if "Any" in types else names.union(*types) if types else ""


def successes(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> dict[str, tuple[Pointer, dict[str, Any]]]:
    """Return the 2xx responses of an operation by status, references followed; without one, `default`."""
    found: dict[str, tuple[Pointer, dict[str, Any]]] = {}
    declared = at(operation, "responses")
    wanted = [status for status in declared if re.fullmatch("2([0-9][0-9]|XX)", status)]
    for status in sorted(wanted) or [status for status in declared if status == "default"]:
        at_, response = spec.follow((*pointer, "responses", status), declared[status])
        found[status] = at_, at(response)
    return found


def plan(views: ViewPlanner, pointer: Pointer, operation: dict[str, Any]) -> Successes:
    """Return how the successful responses are read."""
    found = Successes()
    owner = names.class_name(str(operation.get("operationId", "")))
    declared = successes(views.registry.spec, pointer, operation)
    accepted: list[str] = []
    for status, (at_, response) in declared.items():
        content = at(response, "content")
        if streamed := media.streams(content):
            _stream(views, (*at_, "content", streamed), at(content, streamed), owner, found)
        wanted = "" if pointer[2] == "head" else media.best(content)  # An answer to HEAD has no body.
        if media.is_sequence(wanted):
            text = "JSON text sequences are not read; describe JSON lines, `application/jsonl`, or skip the operation"
            views.registry.report((*at_, "content", wanted), f"{wanted}: {text}")
        if wanted:
            fallback = f"{owner}_response" if not found.by_status else f"{owner}_{status}_response"
            where, schema = (*at_, "content", wanted, "schema"), at(content, wanted).get("schema")
            found.by_status[status] = _body(views, where, schema, media.kind(wanted, content[wanted]), fallback)
            accepted.append(media.accept(wanted, media.kind(wanted, content[wanted])))
        elif not streamed:
            found.by_status[status] = _NONE
    listed = ", ".join(dict.fromkeys(accepted))
    found.accept = "" if listed == JSON else listed  # Clients ask for JSON anyway.
    return found


def errors(views: ViewPlanner, pointer: Pointer, operation: dict[str, Any]) -> dict[str, str]:
    """Return the class or the reader of the errors that are JSON objects, by the literal of their statuses."""
    spec, found = views.registry.spec, dict[str, list[str]]()
    answers = successes(spec, pointer, operation)
    declared = {status: node for status, node in at(operation, "responses").items() if status not in answers}
    for status in sorted(one for one in declared if re.fullmatch("[45]([0-9][0-9]|XX)|default", one)):
        at_, response = spec.follow((*pointer, "responses", status), declared[status])
        content = at(at(response), "content")
        wanted, reader = media.best(content), "None"
        if wanted and media.kind(wanted, content[wanted]) == "json":
            where = (*at_, "content", wanted, "schema")
            owner = names.class_name(str(operation.get("operationId", "")))
            reader = _error(views, where, at(content, wanted).get("schema"), f"{owner}_{status}_error")
        found.setdefault(reader, []).append(status)
    if not any("XX" in one or one == "default" for statuses in found.values() for one in statuses):
        found.pop("None", None)  # Nothing else would read them.
    if found.keys() <= {"None"}:
        return {}
    return {names.literal(" ".join(statuses)): reader for reader, statuses in found.items()}


def _error(views: ViewPlanner, where: Pointer, schema: Any, fallback: str) -> str:
    found = shape(views.registry.spec, where, schema)
    if views.is_dict_view(found):
        return "None"
    if found.kind == "union" and all(one.kind == "object" for one in found.members):
        _, reader = answer_readers.plan(views, attrs.evolve(found, nullable=False), fallback, where)
        return reader if reader != "readers.AnyValue()" else "None"
    return views.class_of(found, fallback, where, dict_view=False) if found.kind == "object" else "None"


def _body(views: ViewPlanner, where: Pointer, schema: Any, kind: str, fallback: str) -> ResponsePlan:
    if kind == "json":
        return response_of(views, where, schema, fallback)
    return ResponsePlan("text", "str") if kind == "text" else ResponsePlan("bytes", "bytes")


def envelopes(spec: Spec, pointer: Pointer, content: dict[str, Any]) -> list[tuple[Pointer, Pointer, dict[str, Any]]]:
    """Return the event envelopes of a stream: the pointer in its schema, the pointer behind references, the schema.

    The list is empty if the schema is that of the payload.
    """
    pointer, node = spec.follow((*pointer, "schema"), content.get("schema"))
    listed = [
        ((*pointer, key, str(index)), branch)
        for key in ("oneOf", "anyOf")
        for index, branch in enumerate(entries(at(node).get(key)))
    ]
    found = [(where, *spec.follow(where, branch)) for where, branch in listed or [(pointer, node)]]
    whole = [(where, found_at, at(envelope)) for where, found_at, envelope in found]
    return whole if any(_is_envelope(spec, envelope) for _, _, envelope in whole) else []


def _is_envelope(spec: Spec, schema: dict[str, Any]) -> bool:
    _, data = spec.follow((), at(schema, "properties").get("data"))
    return bool(at(data).keys() & {"contentSchema", "contentMediaType"}) or isinstance(at(data).get("const"), str)


def _stream(views: ViewPlanner, pointer: Pointer, content: dict[str, Any], owner: str, response: Successes) -> None:
    if response.event_type:
        return
    where, schema = (*pointer, "schema"), content.get("schema")
    if media.kind(pointer[-1]) == "lines":
        response.stream_type = pointer[-1].partition(";")[0].strip().lower()
        _lines(views, where, schema, owner, response)
    elif found := envelopes(views.registry.spec, pointer, content):
        _events(views, found, owner, response)
    else:
        _payload(views, where, schema, owner, response)


def _lines(views: ViewPlanner, pointer: Pointer, schema: Any, owner: str, response: Successes) -> None:
    """Plan a stream of JSON values, one a line. Its schema is that of a value, or an array of them."""
    found = shape(views.registry.spec, pointer, schema)
    found = found.members[0] if found.kind == "array" else found
    if found.kind == "object" and not found.nullable and not views.is_dict_view(found):
        response.event_type = response.any_event = views.class_of(found, f"{owner}_line", pointer, dict_view=False)
        return
    any_value = media.is_binary(schema)
    type_, reader = answer_readers.plan(
        views, Shape("any", pointer, {}) if any_value else found, f"{owner}_line", pointer
    )
    response.event_type, response.any_event = type_, "Result()" if type_ == "Any" else f"Result(reader={reader})"


def _payload(views: ViewPlanner, pointer: Pointer, schema: Any, owner: str, response: Successes) -> None:
    """Plan a stream whose schema is that of each event's data, as FastAPI and others describe it."""
    found = shape(views.registry.spec, pointer, schema)
    response.done, response.open_ended = names.literal("[DONE]"), True
    if found.kind == "union" and all(one.kind == "object" for one in found.members):
        response.event_type, response.any_event = answer_readers.plan(views, found, f"{owner}_event", pointer)
    elif found.kind == "object":
        response.event_type = response.any_event = views.class_of(found, f"{owner}_event", pointer, dict_view=False)
    elif found.kind == "array" and found.members[0].kind == "object":
        item = found.members[0]  # Some describe the whole stream as an array of its events.
        response.event_type = response.any_event = views.class_of(item, f"{owner}_event", pointer, dict_view=False)
    else:
        response.event_type = "View"


def _events(
    views: ViewPlanner, found: list[tuple[Pointer, Pointer, dict[str, Any]]], owner: str, response: Successes
) -> None:
    spec, report = views.registry.spec, views.registry.report
    for where, found_at, envelope in found:
        data_at, data = spec.follow((*found_at, "properties", "data"), at(envelope, "properties").get("data"))
        event = shape(spec, found_at, at(envelope, "properties").get("event")).values or ["message"]
        if isinstance(at(data).get("const"), str):
            if response.done and response.done != names.literal(data["const"]):
                report(where, "a stream has two constants as its end; remove one")
            response.done = names.literal(data["const"])
            continue
        payload = (*data_at, "contentSchema")
        inner = shape(spec, payload, at(data).get("contentSchema"))
        if at(data).get("contentMediaType") != JSON or not _is_readable(spec, inner):
            text = "an event's `data` must be `type: string` with `contentMediaType: application/json` and a "
            report(where, f"{text}`contentSchema` that is an object; describe it so, or as a `const`")
            continue
        cls = views.class_of(inner, f"{owner}_{event[0]}_event", payload, dict_view=False)
        for name in event:
            literal, terminal = names.literal(name), envelope.get("x-terminal") is True
            if literal in response.events and (literal in response.terminal) != terminal:
                report(where, f"event {name!r} has `x-terminal` in one envelope only; use it in all or none")
            if response.events.setdefault(literal, cls) != cls:
                report(where, f"event {name!r} has two payloads; use one schema")
            if terminal and literal not in response.terminal:
                response.terminal.append(literal)
    response.event_type = " | ".join(dict.fromkeys(response.events.values()))
    if not response.events:
        report(found[0][0][:-2], "the stream has no event; describe its envelope with `event` and `data`")


def _is_readable(spec: Spec, found: Shape) -> bool:
    return found.kind == "object" and bool(properties(spec, found))
