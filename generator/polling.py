"""Plans how the work that an operation starts is followed, where it has `x-polling`."""

from __future__ import annotations

import ast
from typing import Any

import attrs

from . import names
from .extension import Extension
from .plan import Argument, OperationPlan, Property
from .problems import Pointer
from .spec import at, entries, is_array
from .views import ViewPlanner

_FIELDS = frozenset({"operation", "parameter", "id", "state", "done", "failed", "interval"})
_STATES = {"string": str, "boolean": bool, "integer": int}


def plan(
    views: ViewPlanner, pointer: Pointer, operation: dict[str, Any], planned: dict[str, OperationPlan]
) -> OperationPlan:
    """Return the plan of an operation with how its work is followed. Report what of the extension is wrong."""
    starts = planned[str(operation["operationId"])]
    if "x-polling" not in operation:
        return starts
    found = Extension(views, (*pointer, "x-polling"), at(operation["x-polling"]))
    for field in sorted(found.node.keys() - _FIELDS):
        found.report(field, f"there is no field {field!r}; use {', '.join(sorted(_FIELDS))}")
    if not _is_object(starts) or starts.pages:
        text = "the answer must be one JSON object, and no page; describe it so, or remove the extension"
        found.report("", text)
        return starts
    if any(one.name == "on_progress" for one in starts.arguments):
        found.report("", "an argument is `on_progress`, as that of the method that waits; name it by `x-name`")
    _property(found, "id", starts.only.cls, {"string": str, "integer": int, "scalars": str})
    polls = planned.get(found.text("operation"))
    if polls is None or polls is starts or not _is_object(polls):
        text = f"{found.text('operation')!r} is not the id of another operation whose answer is one JSON object"
        found.report("operation", f"{text}; name the one that reads the state")
        return starts
    poll = _poll(found, starts, polls)
    if state := _property(found, "state", polls.only.cls, _STATES):
        _states(found, state)
    interval = found.node.get("interval", 2)
    if isinstance(interval, bool) or not isinstance(interval, int | float) or interval <= 0:
        found.report("interval", "the interval is a number of seconds above 0; correct or remove it")
    elif "interval" in found.node:
        found.arguments["interval"] = repr(interval)
    if not found.correct:
        return starts
    views.registry.claim(f"{starts.constant}_POLLING", found.pointer)
    return attrs.evolve(starts, polling=found.code(), poll=poll, poll_type=polls.result_type)


def _is_object(one: OperationPlan) -> bool:
    return bool(one.only.cls) and not one.only.is_list and not one.event_type


def _poll(found: Extension, starts: OperationPlan, polls: OperationPlan) -> str:
    """Return the function that makes the call which polls, with the arguments that both operations have."""
    wire = found.text("parameter")
    taken = next((one for one in polls.arguments if one.literal == names.literal(wire)), None)
    if taken is None:
        text = f"{polls.id} has no parameter {wire!r}" if wire else "no `parameter`"
        found.report("parameter", f"{text}; name the one of {polls.id} that takes the id")
        return ""
    found.arguments["parameter"] = names.literal(taken.name)
    needed = [one.name for one in polls.arguments if not one.default and one is not taken]
    for name in needed:
        if not any(_is_given(one, name) for one in starts.arguments):
            found.report("operation", f"{polls.id} requires {name!r}, which {starts.id} does not; it cannot poll alone")
    shared = ", ".join(f"{name}={name}" for name in needed)
    return f"functools.partial({polls.id}, {shared})" if shared else polls.id


def _is_given(one: Argument, name: str) -> bool:
    return one.name == name and not one.default


def _property(found: Extension, field: str, cls: str, kinds: dict[str, type]) -> Property | None:
    """Return the property that a field names, of one of these kinds."""
    one = found.property_at(field, cls)
    if field not in found.node:
        found.report("", f"no `{field}`; name the property of the answer that holds it")
    elif one and one.kind not in kinds:
        allowed = " or ".join(kind for kind in kinds if kind != "scalars")
        found.report(field, f"`{field}` is a {allowed}; name such a property")
        return None
    return one


def _states(found: Extension, state: Property) -> None:
    """Check the values of the state that end the work."""
    known = _values(found.views, state.type)
    for field in ("done", "failed"):
        values = found.node.get(field, [])
        if not is_array(values) or (field == "done" and not values):
            found.report(field, f"`{field}` is a list of values of the state; write one")
        elif wrong := [one for one in values if type(one) is not _STATES[state.kind]]:
            found.report(field, f"{wrong[0]!r} is no {state.kind}, as the state is; correct it")
        elif strange := [one for one in values if known and one not in known]:
            found.report(field, f"the state is never {strange[0]!r}; use one of {', '.join(known)}")
        elif values:
            found.arguments[field] = names.literal_tuple([_literal(one) for one in values])
    if both := [one for one in entries(found.node.get("done")) if one in entries(found.node.get("failed"))]:
        found.report("failed", f"{both[0]!r} is in `done`, too; remove one")


def _literal(value: Any) -> str:
    return names.literal(value) if isinstance(value, str) else repr(value)


def _values(views: ViewPlanner, type_: str) -> list[str]:
    """Return the strings that a type lists; none if it lists none."""
    aliases = {one.name: one.type for one in views.enums.planned.values()}
    members = [part for one in names.union_members(type_) for part in names.union_members(aliases.get(one, one))]
    listed = next((one for one in members if one.startswith("Literal[")), "Literal[]")
    return list(ast.literal_eval(listed.removeprefix("Literal")))
