"""Plans the operations: the function of each, and how its response is read."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import attrs

from . import media, names, pagination, polling, prose, responses, security, servers, webhooks
from .arguments import Arguments
from .plan import Argument, Models, OperationPlan, Plan
from .problems import Pointer, Problem
from .responses import Successes
from .spec import Spec
from .typed_dicts import TypedDictPlanner
from .views import Enums, Registry, ViewPlanner

_IDEMPOTENT = frozenset({"get", "head", "put", "delete", "options"})


def plan(spec: Spec, reserved: dict[bool, frozenset[str]], problems: list[Problem]) -> Plan:
    """Return the plan of the package. Add to `problems` what cannot be generated."""
    registry = Registry(spec, problems)
    servers.check(registry)
    security.check(registry, (), spec.root)
    enums = Enums(registry)
    views = ViewPlanner(registry, enums, reserved)
    typed_dicts = TypedDictPlanner(registry, enums, views)
    found = [responses.plan(views, pointer, operation) for pointer, operation in spec.operations()]
    errors = [responses.errors(views, pointer, operation) for pointer, operation in spec.operations()]
    events = webhooks.views_of(views)
    operations = [
        _operation(typed_dicts, pointer, operation, response, failures)
        for (pointer, operation), response, failures in zip(spec.operations(), found, errors, strict=True)
    ]
    planned = {one.id: one for one in operations}
    operations = [polling.plan(views, pointer, operation, planned) for pointer, operation in spec.operations()]
    sent = webhooks.plan(typed_dicts, events)
    typed_dicts.finish()
    models = Models(
        list(enums.planned.values()),
        list(views.planned.values()),
        views.readers,
        list(typed_dicts.planned.values()),
        [alias for alias in typed_dicts.aliases.values() if alias],
    )
    if sent and sent.name in models.names:
        sent = attrs.evolve(sent, name=registry.claim(f"Any{sent.name}", ("webhooks",)))
    return Plan(models, operations, sent)


def _operation(
    typed_dicts: TypedDictPlanner,
    pointer: Pointer,
    operation: dict[str, Any],
    response: Successes,
    errors: dict[str, str],
) -> OperationPlan:
    path, method = pointer[1].partition("#")[0], pointer[2]  # A fragment only tells operations apart.
    id_ = str(operation.get("operationId", ""))
    planner = Arguments(typed_dicts, pointer, id_)
    arguments = planner.plan(operation)
    content_type = media.sent(planner.body.media, planner.body.kind)
    registry = typed_dicts.registry
    if registry.taken.get(id_.upper(), ())[:1] != ("paths",):  # A duplicate is already reported.
        registry.claim(id_.upper(), pointer)
    pages = pagination.plan(typed_dicts.views, pointer, operation, response, arguments)
    return OperationPlan(
        id=id_,
        constant=id_.upper(),
        method=method.upper(),
        path=names.literal(path.partition("?")[0]),
        arguments=arguments,
        summary=prose.paragraphs(
            prose.sentence(" ".join(str(operation.get("summary") or f"Call `{method.upper()} {path}`").split()))
        ),
        description=prose.paragraphs(operation.get("description")),
        raises=_raises(arguments),
        responses=_by_status(response),
        errors=errors,
        result_type=response.type,
        accept=names.literal(response.accept) if response.accept else "",
        events=response.events,
        any_event=response.any_event,
        terminal=response.terminal,
        done=response.done,
        open_ended=response.open_ended,
        stream_type=names.literal(response.stream_type) if response.stream_type else "",
        event_type=response.event_type,
        stream_field=_stream_field(registry, pointer, operation, response, arguments),
        idempotent=method in _IDEMPOTENT,
        headers=sorted(argument.literal.lower() for argument in arguments if argument.location == "header"),
        content_type=names.literal(content_type) if content_type not in ("", media.JSON) else "",
        server=servers.server(registry, pointer, operation),
        authorization=security.is_authorized(registry.spec, operation),
        security=security.own(registry, pointer, operation),
        deprecated=operation.get("deprecated") is True,
        pages=pages.code,
        item_type=pages.item_type,
        parts=_parts(path, arguments, planner),
    )


def _by_status(response: Successes) -> dict[str, Any]:
    plain = response.plain
    if len(plain) > 1:
        return {names.literal(status): one for status, one in response.by_status.items()}
    return dict.fromkeys(['"2XX"'], plain[0]) if plain else {}


def _stream_field(
    registry: Registry, pointer: Pointer, operation: dict[str, Any], response: Successes, arguments: list[Argument]
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


def _parts(path: str, arguments: list[Argument], planner: Arguments) -> list[tuple[str, str]]:
    def given(*places: str) -> list[Argument]:
        return [argument for argument in arguments if argument.location in places]

    def mapping(location: str, *more: str) -> str:
        fields = [*more, *(f"{argument.literal}: {argument.value}" for argument in given(location))]
        return f"{{{', '.join(fields)}}}"

    path, _, fixed = path.partition("?")
    parts = [("path", _call_path(path, arguments))]
    if query := _query(fixed, arguments):
        parts.append(("query", query))
    if given("header", "cookie", "cookie_styled"):
        jar = ", ".join([mapping("cookie"), *(one.value for one in given("cookie_styled"))])
        cookie = (f'"Cookie": styles.cookies({jar})',) if given("cookie", "cookie_styled") else ()
        parts.append(("headers", f"encode_headers({mapping('header', *cookie)})"))
    body = planner.body
    if given("body"):
        value = {"text": "bodies.Raw(body)", "bytes": "bodies.Raw(body)",
                 "form": f"bodies.encode_form(body{body.options})",
                 "multipart": f"bodies.encode_multipart({{}}, body{body.options})",
                 }.get(body.kind, "to_json_value(body)")  # fmt: skip
        value = f"{'None if isinstance(body, Unset) else ' if body.optional else ''}{value}"
        parts.append(("body" if body.kind == "json" else "content", value))
        if body.nullable:
            parts.append(("content", 'bodies.Raw(b"null") if body is None else None'))
    elif given("body_field", "extra_body"):
        fields = f"{mapping('body_field')}{', extra_body' if given('extra_body') else ''}"
        if body.kind == "json":
            parts.append(("body", f"encode_body({fields}){' or None' if body.optional else ''}"))
        else:
            parts.append(("content", f"bodies.encode_{body.kind}({fields}{body.options})"))
    return parts


def _query(fixed: str, arguments: list[Argument]) -> str:
    """Return the expression of the query: simple parameters and objects, then those with a style of their own."""
    pairs = [f"{names.literal(name)}: {names.literal(value)}" for name, value in parse_qsl(fixed, True)]  # noqa: FBT003
    plain = [f"{one.literal}: {one.value}" for one in arguments if one.location == "query"]
    objects = [one.value for one in arguments if one.location == "query_object"]
    terms: list[str] = []
    if pairs or plain or objects:
        extra = f", styles.merge({', '.join(objects)})" if len(objects) > 1 else "".join(f", {one}" for one in objects)
        terms.append(f"encode_query({{{', '.join(pairs + plain)}}}{extra})")
    terms += [one.value for one in arguments if one.location == "query_styled"]
    return " + ".join(terms)


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
            text += f"{{{values[part].value}}}"
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
