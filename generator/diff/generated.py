"""Compares what is generated from two documents: the names of the classes, and the form of the arguments."""

from __future__ import annotations

from .. import names, operations as planner
from ..plan import Plan
from ..problems import Pointer
from ..spec import Spec, at
from .changes import Changes


def compare(changes: Changes) -> None:
    """Add the classes that are gone, and the bodies that are one argument now, or no longer."""
    old, new = _plan(changes.old), _plan(changes.new)
    renamed = {name for one in changes.found.values() if one.kind.endswith("class-renamed") for name in one.names}
    kept = set(new.models.names)
    for name in old.models.names:
        if name not in kept and f"models.{name}" not in renamed:
            changes.add("class-removed", f"class {name} is gone", _place(changes.old, name), None, f"models.{name}")
    places = {str(operation.get("operationId")): pointer for pointer, operation in changes.new.operations()}
    before = {one.id: _is_whole(old, one.id) for one in old.operations}
    for one in new.operations:
        whole = _is_whole(new, one.id)
        if None not in (whole, before.get(one.id)) and whole != before[one.id]:
            what = f"the body of {one.id} is {'`body`' if whole else 'a keyword for each field'}"
            changes.add("body-arguments-changed", what, None, (*places[one.id], "requestBody"), f"api.{one.id}")


def _plan(spec: Spec) -> Plan:
    return planner.plan(spec, {False: frozenset(), True: frozenset()}, [])


def _place(spec: Spec, name: str) -> Pointer:
    for component in at(spec.root, "components", "schemas"):
        if names.class_name(component) in (name, name.removesuffix("Param")):
            return "components", "schemas", component
    return ("components", "schemas")  # It stands inline.


def _is_whole(plan: Plan, id_: str) -> bool | None:
    """Return whether the body of an operation is one argument; None if it has no body."""
    places = {each.location for one in plan.operations if one.id == id_ for each in one.arguments}
    return "body" in places if places & {"body", "body_field", "extra_body"} else None
