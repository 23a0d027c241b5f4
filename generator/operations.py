"""Plans the operations: the function of each, and how its response is read."""

from __future__ import annotations

import re
from typing import Any

import attrs

from . import names, prose
from .arguments import Arguments
from .plan import Argument, Models, OperationPlan, Plan
from .problems import Pointer, Problem
from .shapes import shape
from .spec import Spec, at, entries
from .typed_dicts import TypedDictPlanner
from .views import Enums, Registry, ViewPlanner, response_of

_IDEMPOTENT = frozenset({"get", "head", "put", "delete", "options"})
JSON, SSE = "application/json", "text/event-stream"


@attrs.define(eq=False)
class _Response:
    """The successful response of an operation."""

    cls: str = ""
    is_list: bool = False
    no_content: bool = False
    type: str = ""
    events: dict[str, str] = attrs.field(factory=dict[str, str])
    terminal: list[str] = attrs.field(factory=list[str])
    done: str = ""
    event_type: str = ""


def plan(spec: Spec, reserved: dict[bool, frozenset[str]], problems: list[Problem]) -> Plan:
    """Return the plan of the package. Add to `problems` what cannot be generated."""
    registry = Registry(spec, problems)
    enums = Enums(registry)
    views = ViewPlanner(registry, enums, reserved)
    typed_dicts = TypedDictPlanner(registry, enums, views)
    responses = [_response(views, pointer, operation) for pointer, operation in spec.operations()]
    operations = [
        _operation(typed_dicts, pointer, operation, response)
        for (pointer, operation), response in zip(spec.operations(), responses, strict=True)
    ]
    typed_dicts.finish()
    models = Models(
        list(enums.planned.values()),
        list(views.planned.values()),
        list(typed_dicts.planned.values()),
        [alias for alias in typed_dicts.aliases.values() if alias],
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


def envelopes(spec: Spec, pointer: Pointer, media: dict[str, Any]) -> list[tuple[Pointer, Pointer, dict[str, Any]]]:
    """Return the event envelopes of a stream: the pointer in its schema, the pointer behind references, the schema."""
    pointer, node = spec.follow((*pointer, "schema"), media.get("schema"))
    listed = [
        ((*pointer, key, str(index)), branch)
        for key in ("oneOf", "anyOf")
        for index, branch in enumerate(entries(at(node).get(key)))
    ]
    found = [(where, *spec.follow(where, branch)) for where, branch in listed or [(pointer, node)]]
    return [(where, found_at, at(envelope)) for where, found_at, envelope in found]


def _response(views: ViewPlanner, pointer: Pointer, operation: dict[str, Any]) -> _Response:
    response = _Response()
    responses = successes(views.registry.spec, pointer, operation)
    owner = names.class_name(str(operation.get("operationId", "")))
    contents = [(at_, at(one, "content")) for at_, one in responses.values()]
    for at_, content in contents:
        if SSE in content and not response.events:
            media = (*at_, "content", SSE)
            _events(views, media, at(content, SSE), owner, response)
    with_json = [(at_, content) for at_, content in contents if JSON in content]
    if "204" in responses or not any(content for _, content in contents):
        response.no_content, response.type = True, "None"
    elif with_json:
        at_, content = with_json[0]
        where = (*at_, "content", JSON, "schema")
        schema = at(content, JSON).get("schema")
        response.cls, response.is_list, response.type = response_of(views, where, schema, f"{owner}_response")
        read = {response_of(views, (*a, "content", JSON, "schema"), at(c, JSON).get("schema"), f"{owner}_response")
                for a, c in with_json}  # fmt: skip
        if len(read) > 1:
            views.registry.report(with_json[1][0], "the 2xx responses have different schemas; use one schema")
    return response


def _events(views: ViewPlanner, pointer: Pointer, media: dict[str, Any], owner: str, response: _Response) -> None:
    spec, report = views.registry.spec, views.registry.report
    for where, found_at, envelope in envelopes(spec, pointer, media):
        data_at, data = spec.follow((*found_at, "properties", "data"), at(envelope, "properties").get("data"))
        event = shape(spec, found_at, at(envelope, "properties").get("event")).values or ["message"]
        if isinstance(at(data).get("const"), str):
            if response.done and response.done != names.literal(data["const"]):
                report(where, "a stream has two constants as its end; remove one")
            response.done = names.literal(data["const"])
            continue
        payload = (*data_at, "contentSchema")
        found = shape(spec, payload, at(data).get("contentSchema"))
        if at(data).get("contentMediaType") != JSON or found.kind != "object":
            text = "an event's `data` must be `type: string` with `contentMediaType: application/json` and a "
            report(where, f"{text}`contentSchema` that is an object; describe it so, or as a `const`")
            continue
        cls = views.class_of(found, f"{owner}_{event[0]}_event", payload, dict_view=False)
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
        report((*pointer, "schema"), "the stream has no event; describe its envelope with `event` and `data`")


def _operation(
    typed_dicts: TypedDictPlanner, pointer: Pointer, operation: dict[str, Any], response: _Response
) -> OperationPlan:
    _, path, method = pointer
    id_ = str(operation.get("operationId", ""))
    planner = Arguments(typed_dicts, pointer, id_)
    arguments = planner.plan(operation)
    if typed_dicts.registry.taken.get(id_.upper(), ())[:1] != ("paths",):  # A duplicate is already reported.
        typed_dicts.registry.claim(id_.upper(), pointer)
    return OperationPlan(
        id=id_,
        constant=id_.upper(),
        method=method.upper(),
        path=names.literal(path),
        arguments=arguments,
        summary=prose.paragraphs(
            prose.sentence(" ".join(str(operation.get("summary") or f"Call `{method.upper()} {path}`").split()))
        ),
        description=prose.paragraphs(operation.get("description")),
        raises=_raises(arguments),
        response_type=response.cls,
        result_type=response.type,
        is_list=response.is_list,
        no_content=response.no_content,
        events=response.events,
        terminal=response.terminal,
        done=response.done,
        event_type=response.event_type,
        stream_field=_stream_field(typed_dicts.registry, pointer, operation, response, arguments),
        idempotent=method in _IDEMPOTENT,
        headers=sorted(argument.literal.lower() for argument in arguments if argument.location == "header"),
        parts=_parts(path, arguments, body_optional=planner.body_optional),
    )


def _stream_field(
    registry: Registry, pointer: Pointer, operation: dict[str, Any], response: _Response, arguments: list[Argument]
) -> str:
    if not (response.type and response.event_type):
        return ""
    wanted = operation.get("x-stream-field")
    for argument in arguments:
        if argument.location == "body_field" and argument.literal == names.literal(str(wanted)):
            if set(names.union_members(argument.type)) - {"None"} == {"bool", "Unset"}:
                return argument.name
            text = f"x-stream-field names {wanted!r}, which is not an optional boolean; make it one"
            registry.report((*pointer, "x-stream-field"), text)
            return ""
    text = "the response is JSON or a stream; name the body's boolean that selects it in `x-stream-field`"
    registry.report((*pointer, "x-stream-field"), text)
    return ""


def _parts(path: str, arguments: list[Argument], *, body_optional: bool) -> list[tuple[str, str]]:
    def given(*places: str) -> list[Argument]:
        return [argument for argument in arguments if argument.location in places]

    def mapping(location: str, extra: str = "") -> str:
        fields = ", ".join(f"{argument.literal}: {argument.value}" for argument in given(location))
        undeclared = "".join(f", {argument.value}" for argument in given(extra))
        return f"{{{fields}}}{undeclared}"

    parts = [("path", _call_path(path, arguments))]
    if given("query", "query_object"):
        parts.append(("query", f"encode_query({mapping('query', 'query_object')})"))
    if given("header"):
        parts.append(("headers", f"encode_headers({mapping('header')})"))
    if given("body"):
        parts.append(("body", f"{'None if body is UNSET else ' if body_optional else ''}to_json_value(body)"))
    elif given("body_field", "extra_body"):
        parts.append(
            ("body", f"encode_body({mapping('body_field', 'extra_body')}){' or None' if body_optional else ''}")
        )
    return parts


def _call_path(path: str, arguments: list[Argument]) -> str:
    values = {argument.literal[1:-1]: argument for argument in arguments if argument.location == "path"}
    if not values:
        return names.literal(path)
    parts = re.split(r"\{([^{}]*)\}", path)
    text = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            text += names.literal(part)[1:-1]
        elif part in values:
            text += f"{{quote_segment('{values[part].name}', {values[part].value})}}"
    return f'f"{text}"'


def _raises(arguments: list[Argument]) -> str:
    required = [f"`{argument.name}`" for argument in arguments if argument.value.startswith("require(")]
    reasons = [f"{_either(required)} is None or empty"] if required else []
    path = [f"`{argument.name}`" for argument in arguments if argument.location == "path"]
    if path:
        reasons.append(f"{_either(path)} is None, empty, or not allowed in a URL path")
    if any(argument.location in ("extra_body", "query_object") for argument in arguments):
        reasons.append("an undeclared name is also given as an argument")
    return f"{', or '.join(reasons)}." if reasons else ""


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
