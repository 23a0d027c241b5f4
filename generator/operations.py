"""Plans the operations: how each is called, and how what it answers is read."""

from __future__ import annotations

import re
from typing import Any

import attrs

from . import names, prose
from .arguments import Arguments
from .plan import Argument, Models, OperationPlan, Plan
from .problems import Pointer, Problem
from .received import Enums, Receiver, Registry, answer_of
from .sent import Sender
from .shapes import shape
from .spec import Spec, at, entries

_REPEATABLE = frozenset({"get", "head", "put", "delete", "options"})
JSON, SSE = "application/json", "text/event-stream"


@attrs.define(eq=False)
class _Answer:
    """What an operation answers with, where it succeeds."""

    cls: str = ""
    many: bool = False
    empty: bool = False
    type: str = ""
    events: dict[str, str] = attrs.field(factory=dict[str, str])
    done: str = ""
    streams: str = ""


def plan(spec: Spec, hidden: dict[bool, frozenset[str]], problems: list[Problem]) -> Plan:
    """Return what to write; what cannot be is added to `problems`."""
    registry = Registry(spec, problems)
    enums = Enums(registry)
    receiver = Receiver(registry, enums, hidden)
    sender = Sender(registry, enums, receiver)
    answers = [_answer(receiver, pointer, operation) for pointer, operation in spec.operations()]
    operations = [
        _operation(sender, pointer, operation, answer)
        for (pointer, operation), answer in zip(spec.operations(), answers, strict=True)
    ]
    sender.finish()
    models = Models(
        list(enums.planned.values()),
        list(receiver.planned.values()),
        list(sender.planned.values()),
        [alias for alias in sender.aliases.values() if alias],
    )
    return Plan(models, operations)


def successes(spec: Spec, pointer: Pointer, operation: dict[str, Any]) -> dict[str, tuple[Pointer, dict[str, Any]]]:
    """Return the 2xx responses of an operation by status, references followed."""
    found: dict[str, tuple[Pointer, dict[str, Any]]] = {}
    for status, node in at(operation, "responses").items():
        if re.fullmatch("2([0-9][0-9]|XX)", status):
            at_, response = spec.follow((*pointer, "responses", status), node)
            found[status] = at_, at(response)
    return dict(sorted(found.items()))


def _answer(receiver: Receiver, pointer: Pointer, operation: dict[str, Any]) -> _Answer:
    answer = _Answer()
    responses = successes(receiver.registry.spec, pointer, operation)
    owner = names.class_name(str(operation.get("operationId", "")))
    contents = [(at_, at(response, "content")) for at_, response in responses.values()]
    for at_, content in contents:
        if SSE in content and not answer.events:
            media = (*at_, "content", SSE)
            _events(receiver, media, at(content, SSE), owner, answer)
    with_json = [(at_, content) for at_, content in contents if JSON in content]
    if "204" in responses or not any(content for _, content in contents):
        answer.empty, answer.type = True, "None"
    elif with_json:
        at_, content = with_json[0]
        where = (*at_, "content", JSON, "schema")
        schema = at(content, JSON).get("schema")
        answer.cls, answer.many, answer.type = answer_of(receiver, where, schema, f"{owner}_answer")
        read = {answer_of(receiver, (*a, "content", JSON, "schema"), at(c, JSON).get("schema"), f"{owner}_answer")
                for a, c in with_json}  # fmt: skip
        if len(read) > 1:
            receiver.registry.note(with_json[1][0], "the 2xx answers have different schemas; give them the same one")
    return answer


def _events(receiver: Receiver, pointer: Pointer, media: dict[str, Any], owner: str, answer: _Answer) -> None:
    spec, note = receiver.registry.spec, receiver.registry.note
    pointer = (*pointer, "schema")
    pointer, node = spec.follow(pointer, media.get("schema"))
    branches = [
        ((*pointer, key, str(index)), branch)
        for key in ("oneOf", "anyOf")
        for index, branch in enumerate(entries(at(node).get(key)))
    ] or [(pointer, node)]
    for where, branch in branches:
        branch_at, envelope = spec.follow(where, branch)
        data_at, data = spec.follow((*branch_at, "properties", "data"), at(envelope, "properties").get("data"))
        event = shape(spec, branch_at, at(envelope, "properties").get("event")).values or ["message"]
        if isinstance(at(data).get("const"), str):
            if answer.done and answer.done != names.quoted(data["const"]):
                note(where, "a stream has one constant that ends it; remove the other")
            answer.done = names.quoted(data["const"])
            continue
        payload = (*data_at, "contentSchema")
        found = shape(spec, payload, at(data).get("contentSchema"))
        if at(data).get("contentMediaType") != JSON or found.kind != "object":
            text = "an event's `data` must be `type: string` with `contentMediaType: application/json` and a "
            note(where, f"{text}`contentSchema` that is an object; describe it so, or as a `const`")
            continue
        cls = receiver.class_of(found, f"{owner}_{event[0]}_event", payload, feed=False)
        for name in event:
            if answer.events.setdefault(names.quoted(name), cls) != cls:
                note(where, f"two payloads for the event {name!r}; make them one schema")
    answer.streams = " | ".join(dict.fromkeys(answer.events.values()))
    if not answer.events:
        note(pointer, "a stream without any event; describe one by its envelope: `event` and `data`")


def _operation(sender: Sender, pointer: Pointer, operation: dict[str, Any], answer: _Answer) -> OperationPlan:
    _, path, method = pointer
    id_ = str(operation.get("operationId", ""))
    planner = Arguments(sender, pointer, id_)
    arguments = planner.plan(operation)
    if sender.registry.taken.get(id_.upper(), ())[:1] != ("paths",):  # Else it is a duplicate, which is reported.
        sender.registry.claim(id_.upper(), pointer)
    return OperationPlan(
        id=id_,
        constant=id_.upper(),
        method=method.upper(),
        path=names.quoted(path),
        arguments=arguments,
        summary=prose.paragraphs(
            prose.sentence(" ".join(str(operation.get("summary") or f"Call `{method.upper()} {path}`").split()))
        ),
        description=prose.paragraphs(operation.get("description")),
        raises=_raises(arguments),
        answer=answer.cls,
        returns=answer.type,
        many=answer.many,
        empty=answer.empty,
        events=answer.events,
        done=answer.done,
        streams=answer.streams,
        stream_field=_stream_field(sender, pointer, operation, answer, arguments),
        repeatable=method in _REPEATABLE,
        headers=sorted(argument.literal.lower() for argument in arguments if argument.place == "header"),
        parts=_parts(path, arguments, body_optional=planner.body_optional),
    )


def _stream_field(
    sender: Sender, pointer: Pointer, operation: dict[str, Any], answer: _Answer, arguments: list[Argument]
) -> str:
    if not (answer.type and answer.streams):
        return ""
    wanted = operation.get("x-stream-field")
    for argument in arguments:
        if argument.place == "body" and argument.literal == names.quoted(str(wanted)):
            if set(names.alternatives(argument.type)) - {"None"} == {"bool", "Unset"}:
                return argument.name
            text = f"x-stream-field names {wanted!r}, which is no optional boolean; make it one"
            sender.registry.note((*pointer, "x-stream-field"), text)
            return ""
    text = "the answer is JSON or a stream; name the boolean of the body that chooses, in `x-stream-field`"
    sender.registry.note((*pointer, "x-stream-field"), text)
    return ""


def _parts(path: str, arguments: list[Argument], *, body_optional: bool) -> list[tuple[str, str]]:
    def given(*places: str) -> list[Argument]:
        return [argument for argument in arguments if argument.place in places]

    def mapping(place: str, beside: str = "") -> str:
        pairs = ", ".join(f"{argument.literal}: {argument.value}" for argument in given(place))
        further = "".join(f", {argument.value}" for argument in given(beside))
        return f"{{{pairs}}}{further}"

    parts = [("path", _call_path(path, arguments))]
    if given("query", "spread"):
        parts.append(("query", f"pairs({mapping('query', 'spread')})"))
    if given("header"):
        parts.append(("headers", f"header_fields({mapping('header')})"))
    if given("whole"):
        parts.append(("body", "None if body is UNSET else plain(body)" if body_optional else "plain(body)"))
    elif given("body", "extra"):
        parts.append(("body", f"body_of({mapping('body', 'extra')}){' or None' if body_optional else ''}"))
    return parts


def _call_path(path: str, arguments: list[Argument]) -> str:
    values = {argument.literal[1:-1]: argument for argument in arguments if argument.place == "path"}
    if not values:
        return names.quoted(path)
    parts = re.split(r"\{([^{}]*)\}", path)
    text = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            text += names.quoted(part)[1:-1]
        elif part in values:
            text += f"{{segment('{values[part].name}', {values[part].value})}}"
    return f'f"{text}"'


def _raises(arguments: list[Argument]) -> str:
    due = [f"`{argument.name}`" for argument in arguments if argument.value.startswith("due(")]
    said = [f"{_either(due)} is None or empty"] if due else []
    path = [f"`{argument.name}`" for argument in arguments if argument.place == "path"]
    if path:
        said.append(f"{_either(path)} is None, empty, or cannot stand in a URL")
    if any(argument.place in ("extra", "spread") for argument in arguments):
        said.append("a further name is one that was given as an argument")
    return f"{', or '.join(said)}." if said else ""


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
