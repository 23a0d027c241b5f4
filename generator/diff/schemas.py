"""Compares two schemas as what is sent, or as what is received."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from .. import names
from ..problems import Pointer
from ..shapes import Member, Shape, is_open, properties, shape
from ..spec import Spec, at, entries
from .changes import Changes

Side = Literal["request", "answer"]

_LOW, _HIGH = (
    ("minimum", "exclusiveMinimum", "minLength", "minItems"),
    ("maximum", "exclusiveMaximum", "maxLength", "maxItems"),
)


@attrs.define(eq=False)
class SchemaComparer:
    """Compares schemas in pairs; each pair once for each side."""

    changes: Changes
    _seen: set[tuple[Side, Pointer, Pointer]] = attrs.field(factory=set[tuple[Side, Pointer, Pointer]])

    def compare(self, side: Side, old: Pointer, new: Pointer, nodes: tuple[Any, Any], name: str) -> None:
        """Compare the schemas at `old` and `new`; `name` is the Python name that they belong to."""
        before, after = shape(self.changes.old, old, nodes[0]), shape(self.changes.new, new, nodes[1])
        pair = side, before.pointer, after.pointer
        known = self._own(before, after) if pair in self._seen else []
        placed = [{**one.schema, **at(node), "nullable": one.nullable}
                  for one, node in zip((before, after), nodes, strict=True)]  # fmt: skip
        self._place(side, placed, known, (old, new), name)
        if pair in self._seen:
            return
        self._seen.add(pair)
        if before.component and after.component and before.component != after.component:
            what = f"schema {before.component!r} is {after.component!r}"
            python = f"models.{names.class_name(before.component)}"
            python += "Param" if side == "request" and before.kind != "string" else ""
            self._add(f"{side}-class-renamed", what, before, after, python)
        self._types(side, before, after, name)

    def _own(self, before: Shape, after: Shape) -> list[dict[str, Any]]:
        """Return what two schemas say themselves, wherever they are referred to."""
        pairs = (self.changes.old, before), (self.changes.new, after)
        return [{**one.schema, "nullable": shape(spec, one.pointer, one.schema).nullable} for spec, one in pairs]

    def _add(self, kind: str, what: str, old: Shape, new: Shape, *python: str) -> None:
        self.changes.add(kind, what, old.pointer, new.pointer, *python)

    def _types(self, side: Side, before: Shape, after: Shape, name: str) -> None:
        old, new = _json_types(before), _json_types(after)
        what = f"{name}: {_text(before)} is {_text(after)}"
        if before.kind == "object" and after.kind == "object":
            self._objects(side, before, after, name)
        elif _is_union(before) or _is_union(after):
            self._unions(side, before, after, name)
        elif kind := _type_change(side, before, after):
            self._add(f"{side}-{kind}", what, before, after, name)
        if old & new and before.kind not in ("object", "union"):
            self._values(side, before, after, name)
            self._bounds(side, before, after, name)
        if before.kind == after.kind and before.kind in ("array", "map") and before.members and after.members:
            self._inner(side, before, after, name)

    def _inner(self, side: Side, before: Shape, after: Shape, name: str) -> None:
        key = "items" if before.kind == "array" else "additionalProperties"
        nodes = before.schema.get(key), after.schema.get(key)
        self.compare(side, (*before.pointer, key), (*after.pointer, key), nodes, f"{name}[]")

    def _objects(self, side: Side, before: Shape, after: Shape, name: str) -> None:
        cls = names.class_name(after.component or "") if after.component else name
        owner = f"models.{cls}{'Param' if side == 'request' else ''}" if after.component else name
        known = {one.wire for one in properties(self.changes.new, after)}
        old, new = _members(side, self.changes.old, before), _members(side, self.changes.new, after)
        for wire, member in old.items():
            if wire not in new:
                kind, text = "removed", f"{owner} no longer has {wire!r}"
                if wire in known:
                    kind, text = "made-read-only", f"{owner}: {wire!r} is read-only"
                self.changes.add(f"{side}-field-{kind}", text, member.pointer, None, _field(owner, member))
        for wire, member in new.items():
            if wire not in old:
                kind = "required-added" if member.required and side == "request" else "added"
                text = f"{owner} has {wire!r}"
                self.changes.add(f"{side}-field-{kind}", text, None, member.pointer, _field(owner, member))
            else:
                self._member(side, owner, old[wire], member)
        if side == "request" and is_open(self.changes.old, before) != is_open(self.changes.new, after):
            opened = is_open(self.changes.new, after)
            self._add(
                f"request-{'opened' if opened else 'closed'}", f"{owner}: undeclared fields", before, after, owner
            )
        if side == "answer" and before.schema.get("x-representation") != after.schema.get("x-representation"):
            self._add("answer-representation-changed", f"{owner}: `x-representation`", before, after, owner)

    def _member(self, side: Side, owner: str, old: Member, new: Member) -> None:
        name = _field(owner, new)
        text = f"{owner}: {new.wire!r}"
        if old.required != new.required:
            made = "required" if new.required else "optional"
            self.changes.add(f"{side}-field-made-{made}", f"{text} is {made}", old.pointer, new.pointer, name)
        if _python(old) != _python(new):
            what = f"{text} is {_python(new)} in Python"
            self.changes.add(f"{side}-field-renamed-in-python", what, old.pointer, new.pointer, _field(owner, old))
        self.compare(side, old.pointer, new.pointer, (old.schema, new.schema), name)

    def _place(
        self,
        side: Side,
        placed: list[dict[str, Any]],
        known: list[dict[str, Any]],
        places: tuple[Pointer, Pointer],
        name: str,
    ) -> None:
        """Compare what a place can say beside its reference, but for what is `known` of the schemas themselves."""
        old, new = placed

        def differs(key: str) -> bool:
            pair = [one.get(key, ...) for one in placed]
            return pair[0] != pair[1] and pair != [one.get(key, ...) for one in known]

        if differs("nullable"):
            self.changes.add(
                f"{side}-null-{'added' if new['nullable'] else 'removed'}", f"{name} and null", *places, name
            )
        if differs("deprecated") and new.get("deprecated") is True:
            self.changes.add(f"{side}-deprecated", f"{name} is deprecated", *places, name)
        if side == "answer" and differs("description"):
            self.changes.add("answer-described", f"the description of {name}", *places, name)
        if side == "request" and differs("default"):
            what = f"the default of {name} is {new.get('default', 'none')!r}, was {old.get('default', 'none')!r}"
            self.changes.add("request-default-changed", what, *places, name)
        if side == "request" and differs("x-send-default"):
            self.changes.add("request-send-default-changed", f"`x-send-default` of {name}", *places, name)

    def _values(self, side: Side, before: Shape, after: Shape, name: str) -> None:
        if "const" in before.schema and "const" in after.schema and side == "answer":
            if before.schema["const"] != after.schema["const"]:
                self._add("answer-constant-changed", f"{name} is {after.schema['const']!r}", before, after, name)
            return
        old, new = _enum(before), _enum(after)
        if old == new:
            return
        if not old or not new:  # Any value was or is allowed.
            kind = "removed" if new else "added"
            self._add(f"{side}-value-{kind}", f"{name}: values are {'listed' if new else 'free'}", before, after, name)
            return
        for value in [one for one in new if one not in old]:
            self._add(f"{side}-value-added", f"{name} can be {value!r}", before, after, name)
        for value in [one for one in old if one not in new]:
            self._add(f"{side}-value-removed", f"{name} cannot be {value!r}", before, after, name)

    def _bounds(self, side: Side, before: Shape, after: Shape, name: str) -> None:
        for keys, sign in ((_LOW, 1), (_HIGH, -1)):
            for key in keys:
                old, new = before.schema.get(key), after.schema.get(key)
                if old == new:
                    continue
                tighter = old is None or (new is not None and (new - old) * sign > 0)
                kind = "answer-bound-changed" if side == "answer" else "request-bound-tightened"
                kind = kind if tighter or side == "answer" else "request-bound-loosened"
                self._add(kind, f"{name}: {key} is {new}, was {old}", before, after, name)
        for key in ("pattern", "format"):
            if side == "request" and before.schema.get(key) != after.schema.get(key) and before.kind == after.kind:
                self._add(f"request-{key}-changed", f"{name}: {key} is {after.schema.get(key)}", before, after, name)

    def _unions(self, side: Side, before: Shape, after: Shape, name: str) -> None:
        old, new = _alternatives(before), _alternatives(after)
        is_open = sum(one.kind == "object" for one in old.values()) > 1  # Of answers: such a union has `View`, too.
        for key in [one for one in new if one not in old]:
            kind = (
                "alternative-added" if side == "request" or (is_open and new[key].kind == "object") else "type-widened"
            )
            self._add(f"{side}-{kind}", f"{name} can be {key}", before, after, name)
        for key in [one for one in old if one not in new]:
            self._add(f"{side}-alternative-removed", f"{name} cannot be {key}", before, after, name)
        for key in [one for one in old if one in new]:
            nodes = old[key].schema, new[key].schema
            self.compare(side, old[key].pointer, new[key].pointer, nodes, f"models.{names.class_name(key)}")


def _is_union(found: Shape) -> bool:
    return found.kind == "union" and any(one.kind in ("object", "array", "map") for one in found.members)


def _members(side: Side, spec: Spec, found: Shape) -> dict[str, Member]:
    """Return the properties of an object that are sent, or received, by name."""
    members = {one.wire: one for one in properties(spec, found)}
    if side == "request":
        members = {wire: one for wire, one in members.items() if at(one.schema).get("readOnly") is not True}
    return members


def _type_change(side: Side, before: Shape, after: Shape) -> str:
    """Return the kind of a change of type, without its side; empty if there is none."""
    old, new = _json_types(before), _json_types(after)
    if old == new or ("any" in old and "any" in new):
        if before.kind != after.kind and "datetime" in (before.kind, after.kind):
            return "format-changed"
        differs = before.kind != after.kind and side == "answer" and "any" not in old | new
        return "type-changed" if differs else ""  # A map and an object, for example.
    if "any" in new or (new > old and "any" not in old) or (old, new) == ({"integer"}, {"number"}):
        return "type-widened"
    if side == "answer" and "any" in old and not _is_plain(after):  # It was the JSON as it came.
        return "type-changed"
    narrowed = "any" in old or new < old or (old, new) == ({"number"}, {"integer"})
    return "type-narrowed" if narrowed else "type-changed"


def _is_plain(found: Shape) -> bool:
    """Return whether a value is read as the JSON that it is."""
    return found.kind in ("any", "string", "integer", "number", "boolean") or (
        found.kind in ("map", "array", "union") and all(_is_plain(one) for one in found.members)
    )


def _alternatives(found: Shape) -> dict[str, Shape]:
    named: dict[str, Shape] = {}
    for one in found.members if found.kind == "union" else [found]:
        name = one.component or _text(one)
        named[f"{name} {len(named) + 1}" if name in named else name] = one  # Inline objects, for example.
    return named


def _json_types(found: Shape) -> set[str]:
    if found.kind == "union":
        return {kind for one in found.members for kind in _json_types(one)}
    return {{"datetime": "string", "map": "object"}.get(found.kind, found.kind)}


def _text(found: Shape) -> str:
    return " or ".join(sorted(_json_types(found))) if found.kind != "datetime" else "date-time"


def _enum(found: Shape) -> list[Any]:
    return [found.schema["const"]] if "const" in found.schema else [*found.values] or entries(found.schema.get("enum"))


def _python(member: Member) -> str:
    return names.attribute(str(at(member.schema).get("x-name", member.wire)))


def _field(owner: str, member: Member) -> str:
    return f"{owner}.{_python(member)}"
