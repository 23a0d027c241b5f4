"""Names schemas: references to what is no component, objects that stand inline, and names that Python cannot have."""

from __future__ import annotations

import re
from typing import Any

from .. import names
from ..arguments import parameters_of
from ..problems import Pointer
from ..shapes import properties, shape
from ..spec import at, entries
from ..walk import objects, schemas
from .document import Import, pointer_of, ref_of, rewrite_refs

_KINDS = {"schema": "schemas", "parameters": "parameters", "requestBody": "requestBodies", "responses": "responses",
          "headers": "headers"}  # fmt: skip


def name_schemas(work: Import) -> None:
    """Name what has to have a name, and rename what cannot have its own."""
    _hoist_targets(work)
    _hoist_inline(work)
    _rename(work)
    _properties(work)
    for pointer, operation in work.spec.operations():
        _parameters(work, pointer, operation)


def _hoist_targets(work: Import) -> None:
    """Move the targets of references that are no components into `components`."""
    moved: dict[str, str] = {}
    for _ in range(20):  # A moved target can refer to another.
        found = dict.fromkeys(
            str(node["$ref"])
            for _, node in (*objects(work.spec), *schemas(work.spec))
            if isinstance(node.get("$ref"), str) and node["$ref"].startswith("#/")
        )
        open_ = [ref for ref in found if len(pointer_of(ref)) != 3 or pointer_of(ref)[:1] != ("components",)]
        if not open_:
            return
        for ref in open_:
            target = work.spec.find(ref)
            if target is None:
                continue
            pointer, node = target
            kind = next((_KINDS[step] for step in reversed(pointer) if step in _KINDS), "schemas")
            name = _free(work, kind, "".join(names.class_name(step) for step in _telling(pointer)))
            moved[ref] = ref_of(("components", kind, name))
            work.components(kind)[name] = dict(at(node)) if isinstance(node, dict) else node
            work.note(pointer, f"what {ref} refers to is the component {name!r} now")
            if isinstance(node, dict):
                at(node).clear()
                node["$ref"] = moved[ref]
        rewrite_refs(work.root, lambda ref: moved.get(ref, ref))


def _telling(pointer: Pointer) -> list[str]:
    """Return the steps of a pointer that tell what it points to."""
    steps = pointer[2:] if pointer[:1] == ("components",) else pointer[1:]
    skipped = {"properties", "schema", "content", "allOf", "anyOf", "oneOf", "$defs", "paths"}
    return [step for step in steps if step not in skipped and re.search("[A-Za-z]", step)] or ["Schema"]


def _hoist_inline(work: Import) -> None:
    """Move objects that stand inline into `components`, under the name of where they stand."""
    owners: dict[Pointer, str] = {
        ("components", "schemas", name): name for name in at(work.root, "components", "schemas")
    }
    for pointer, operation in work.spec.operations():
        owners[pointer] = str(operation["operationId"])
    found = [one for one in schemas(work.spec) if len(one[0]) > 3]
    moved: list[tuple[Pointer, dict[str, Any], str]] = []
    for pointer, schema in sorted(found, key=lambda one: len(one[0])):
        if not at(schema, "properties") or not _is_place(work, pointer) or "$ref" in schema:
            continue
        owner = next((owners[pointer[:n]] for n in range(len(pointer), 2, -1) if pointer[:n] in owners), None)
        above = next((n for n in range(len(pointer), 2, -1) if pointer[:n] in owners), 3)
        if owner is None or "contentSchema" in pointer or media_skips(pointer):
            continue
        name = _free(work, "schemas", names.class_name("_".join([owner, *_place(pointer[above:])])))
        owners[pointer] = name
        moved.append((pointer, schema, name))
    for pointer, schema, name in moved:
        work.components("schemas")[name] = dict(schema)
        schema.clear()
        schema["$ref"] = ref_of(("components", "schemas", name))
        work.note(pointer, "objects that stood inline are named schemas now")


def media_skips(pointer: Pointer) -> bool:
    """Return whether a schema is that of a body's arguments or of events, which need no name."""
    return pointer[-1] == "schema" and ("requestBody" in pointer or "requestBodies" in pointer)


def _is_place(work: Import, pointer: Pointer) -> bool:
    """Return whether an object here is a value of its own: a body, a property, an item, a member of a union."""
    if pointer[-1] in ("schema", "items", "additionalProperties") or pointer[-2] == "properties":
        return True
    union = work.spec.find(ref_of(pointer[:-2]))
    return pointer[-2] in ("oneOf", "anyOf") and not at(union and union[1], "properties")


def _place(steps: Pointer) -> list[str]:
    found: list[str] = []
    for index, step in enumerate(steps):
        before = steps[index - 1] if index else ""
        if step == "responses":
            found.append("response")
        elif step == "requestBody":
            found.append("body")
        elif step == "items":
            found.append("item")
        elif step == "additionalProperties":
            found.append("value")
        elif before == "properties":
            found.append(step)
        elif before in ("oneOf", "anyOf"):
            found.append(str(int(step) + 1))
        elif before == "responses" and not step.startswith("2"):
            found.append(step)
    return found


def _free(work: Import, kind: str, name: str) -> str:
    known = work.components(kind)
    found, number = name, 2
    while found in known:
        found, number = f"{name}{number}", number + 1
    return found


def _rename(work: Import) -> None:
    """Rename the schemas whose class would be another's, or one that generated code uses itself."""
    section = at(work.root, "components", "schemas")
    constants = {str(operation["operationId"]).upper() for _, operation in work.spec.operations()}
    taken: dict[str, str] = {}
    renamed: dict[str, str] = {}
    exact = [name for name in section if names.class_name(name) == name]
    for name in [*exact, *(name for name in section if name not in exact)]:
        cls, number = names.class_name(name), 2
        wanted = cls
        if cls in names.RESERVED_CLASSES | names.CLIENT_CLASSES or cls in constants:
            wanted = cls = f"{cls}Schema"
        while cls in taken or f"{cls}Param" in taken or (cls.endswith("Param") and cls[:-5] in taken):
            cls, number = f"{wanted}{number}", number + 1
        taken[cls] = name
        if cls != names.class_name(name):
            renamed[name] = cls
            work.note(("components", "schemas", name), f"schema {name!r} is {cls!r} now: its class name is taken")
    if not renamed:
        return
    work.root["components"]["schemas"] = {renamed.get(name, name): node for name, node in section.items()}
    targets = {ref_of(("components", "schemas", old)): ref_of(("components", "schemas", new)) for old, new in
               renamed.items()}  # fmt: skip
    _keep_tags(work, renamed)
    rewrite_refs(work.root, lambda ref: targets.get(ref, ref))


def _keep_tags(work: Import, renamed: dict[str, str]) -> None:
    """Write out the discriminator values that were the names of renamed schemas."""
    for _, schema in schemas(work.spec):
        if not at(schema, "discriminator").get("propertyName"):
            continue
        mapping = at(schema, "discriminator", "mapping")
        for part in (*entries(schema.get("oneOf")), *entries(schema.get("anyOf"))):
            ref = str(at(part).get("$ref", ""))
            old = pointer_of(ref)[-1] if ref else ""
            if old in renamed and ref not in mapping.values() and old not in mapping.values():
                schema["discriminator"].setdefault("mapping", {})[old] = ref


def _properties(work: Import) -> None:
    """Name the properties whose Python names are the same; the one that is written so keeps it."""
    for pointer, schema in list(schemas(work.spec)):
        members = at(schema, "properties")
        if len(members) < 2 and "allOf" not in schema:
            continue
        known = {one.wire: one for one in properties(work.spec, shape(work.spec, pointer, schema))} or {}
        taken: dict[str, str] = {}
        wires = sorted(known or members, key=lambda wire: names.attribute(wire) != wire)
        for wire in wires:
            node = known[wire].schema if wire in known else members[wire]
            name = names.attribute(str(at(node).get("x-name", wire)))
            if name not in taken:
                taken[name] = wire
                continue
            number = 2
            while f"{name}_{number}" in taken:
                number += 1
            taken[f"{name}_{number}"] = wire
            if isinstance(node, dict):
                node["x-name"] = f"{name}_{number}"
                work.note(pointer, f"property {wire!r} is named {name}_{number}: {taken[name]!r} has its name")


def _parameters(work: Import, pointer: Pointer, operation: dict[str, Any]) -> None:
    """Name the parameters of one place whose Python names are the same; the one that is written so keeps it."""
    declared = parameters_of(work.spec, pointer, operation)
    taken: set[tuple[str, str]] = set()
    for place, wire in sorted(declared, key=lambda one: names.argument(one[1]) != one[1]):
        where, node = declared[place, wire]
        base = name = names.argument(str(node.get("x-name", wire)))
        number = 2
        while (place, name) in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add((place, name))
        if name != base:
            node["x-name"] = name
            work.note(where, f"{place} parameter {wire!r} is named {name}: another one has its name")
