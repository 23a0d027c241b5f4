"""Reduces a schema to the parts that a Python type can express; it chooses no names."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from .problems import Pointer
from .spec import Spec, at, entries

Kind = Literal["string", "datetime", "integer", "number", "boolean", "object", "map", "array", "union", "any"]
SCALARS = frozenset({"string", "datetime", "integer", "number", "boolean"})

_TYPES: dict[str, Kind] = {"integer": "integer", "number": "number", "boolean": "boolean"}


@attrs.frozen(eq=False)
class Shape:
    """A schema with its references resolved and null separated."""

    kind: Kind
    pointer: Pointer
    """The pointer of the schema behind the references."""
    schema: dict[str, Any]
    nullable: bool = False
    values: list[str] = attrs.field(factory=list[str])
    """The allowed strings, if the schema lists them."""
    constant: bool = False
    members: list[Shape] = attrs.field(factory=list["Shape"])
    """The alternatives of a union, the items of an array, or the values of a map."""

    @property
    def component(self) -> str | None:
        """The component name of the schema, or None."""
        named = len(self.pointer) == 3 and self.pointer[:2] == ("components", "schemas")
        return self.pointer[2] if named else None


@attrs.frozen(eq=False)
class Member:
    """One property of an object schema."""

    wire: str
    pointer: Pointer
    schema: Any
    required: bool


def shape(spec: Spec, pointer: Pointer, node: Any, above: tuple[Pointer, ...] = ()) -> Shape:
    """Return the shape of the schema `node` at `pointer`."""
    pointer, node = spec.follow(pointer, node)
    schema = at(node)
    if pointer in above or not schema:  # A recursive union or array has no more exact type.
        return Shape("any", pointer, schema)
    above = (*above, pointer)
    if at(schema, "properties"):
        return Shape("object", pointer, schema, "null" in entries(schema.get("type")))
    for key in ("allOf", "anyOf", "oneOf"):
        if members := entries(schema.get(key)):
            inner = [shape(spec, (*pointer, key, str(i)), member, above) for i, member in enumerate(members)]
            return _all_of(spec, pointer, schema, inner) if key == "allOf" else _union(pointer, schema, inner)
    named = schema.get("type")
    kinds = [str(one) for one in entries(named)] if isinstance(named, list) else [str(named)] if named else []
    if not kinds:
        kinds = _implied_types(schema)
    nullable = "null" in kinds
    members = [_typed(spec, pointer, schema, kind, above) for kind in kinds if kind != "null"]
    if len(members) == 1:
        only: Shape = attrs.evolve(members[0], nullable=nullable)
        return only
    if not members:
        return Shape("any", pointer, schema, nullable)
    return Shape("union", pointer, schema, nullable, members=members)


def properties(spec: Spec, found: Shape) -> list[Member]:
    """Return the properties of an object: its own, those of its `allOf`, and those of its alternatives."""
    members: dict[str, Member] = {}
    _collect(spec, found.pointer, found.schema, members, set())
    return list(members.values())


def is_open(spec: Spec, found: Shape, above: frozenset[Pointer] = frozenset()) -> bool:
    """Return whether the schema, or a part of its `allOf` or alternatives, asks for undeclared properties."""
    if found.pointer in above:
        return False
    if found.schema.get("additionalProperties") not in (None, False) or "patternProperties" in found.schema:
        return True
    above = above | {found.pointer}
    parts = [
        (*found.pointer, key, str(index), part)
        for key in ("allOf", "oneOf", "anyOf")
        for index, part in enumerate(entries(found.schema.get(key)))
    ]
    inner = [spec.follow(pointer, node) for *pointer_, node in parts if (pointer := tuple(pointer_))]
    return any(is_open(spec, Shape("object", pointer, at(node)), above) for pointer, node in inner)


def _collect(
    spec: Spec, pointer: Pointer, node: Any, members: dict[str, Member], seen: set[Pointer], *, optional: bool = False
) -> None:
    pointer, node = spec.follow(pointer, node)
    if pointer in seen:
        return
    seen.add(pointer)
    schema = at(node)
    for index, part in enumerate(entries(schema.get("allOf"))):
        _collect(spec, (*pointer, "allOf", str(index)), part, members, seen, optional=optional)
    for key in ("oneOf", "anyOf"):  # Of these, the properties of one only are sent.
        for index, part in enumerate(entries(schema.get(key))):
            _collect(spec, (*pointer, key, str(index)), part, members, seen, optional=True)
    required = entries(schema.get("required"))
    for wire, member in at(schema, "properties").items():
        if wire not in members or not optional:
            was = wire in members and members[wire].required
            members[wire] = Member(
                wire, (*pointer, "properties", wire), member, was or (wire in required and not optional)
            )
    for wire in required:
        if isinstance(wire, str) and wire in members and not optional:
            members[wire] = attrs.evolve(members[wire], required=True)


def _all_of(spec: Spec, pointer: Pointer, schema: dict[str, Any], inner: list[Shape]) -> Shape:
    typed = [one for one in inner if one.kind != "any"]
    nullable = bool(typed) and all(one.nullable for one in typed)
    beside = schema.keys() & {"required", "oneOf", "anyOf", "additionalProperties", "patternProperties"}
    if len(typed) == 1 and not (beside and typed[0].kind in ("object", "map")):
        return typed[0] if len(inner) == 1 else attrs.evolve(typed[0], nullable=nullable)
    if typed and all(_is_object(one) for one in typed):
        found = Shape("object", pointer, schema, nullable)
        return found if properties(spec, found) else Shape("map", pointer, schema, nullable)
    if typed and all(one.kind == typed[0].kind and one.kind in SCALARS for one in typed):
        return typed[0]
    return Shape("any", pointer, schema)


def _is_object(found: Shape) -> bool:
    return found.kind in ("object", "map") or (
        found.kind == "union" and all(one.kind in ("object", "map") for one in found.members)
    )


def _union(pointer: Pointer, schema: dict[str, Any], inner: list[Shape]) -> Shape:
    members = [one for one in inner if one.schema.get("type") != "null" and one.schema.get("const", ...) is not None]
    nullable = len(members) < len(inner) or any(one.nullable for one in members)
    nullable = (nullable and schema.get("type") in (None, "null")) or "null" in entries(schema.get("type"))
    if len(members) == 1:
        return attrs.evolve(members[0], nullable=nullable)
    if not members:
        return Shape("any", pointer, schema, nullable)
    if all(one.kind == "string" and one.values for one in members):
        values = [value for one in members for value in one.values]
        return Shape("string", pointer, schema, nullable, list(dict.fromkeys(values)))
    if all(one.kind == "any" for one in members):  # The alternatives only say which fields go together.
        kinds: dict[str, Kind] = {**_TYPES, "string": "string", "object": "map"}
        named = schema.get("type")
        kind: Kind = kinds.get(named, "any") if isinstance(named, str) else "any"
        return Shape(kind, pointer, schema, nullable)
    flat = [part for one in members for part in (one.members if one.kind == "union" and not one.component else [one])]
    scalars = {one.kind for one in flat if one.kind in SCALARS and not one.values}
    kept = [one for i, one in enumerate(flat) if not _repeats(flat[:i], one)]
    if len(kept) == 1 and len(scalars) == 1:
        return attrs.evolve(kept[0], nullable=nullable)
    return Shape("union", pointer, schema, nullable, members=kept)


def _repeats(before: list[Shape], one: Shape) -> bool:
    """Return whether a plain scalar, or the same schema, was an alternative already."""
    if one.kind in SCALARS and not one.values:
        return any(other.kind == one.kind and not other.values for other in before)
    return any(other.pointer == one.pointer and other.kind == one.kind for other in before)


def _typed(spec: Spec, pointer: Pointer, schema: dict[str, Any], kind: str, above: tuple[Pointer, ...]) -> Shape:
    if kind == "string":
        listed: list[Any] = [schema["const"]] if "const" in schema else entries(schema.get("enum"))
        values = [value for value in listed if isinstance(value, str)]
        is_datetime = schema.get("format") == "date-time" and not values
        return Shape(
            "datetime" if is_datetime else "string", pointer, schema, values=values, constant="const" in schema
        )
    if kind == "array":
        node = None if "prefixItems" in schema else schema.get("items")  # The items of a tuple differ.
        return Shape("array", pointer, schema, members=[shape(spec, (*pointer, "items"), node, above)])
    if kind == "object":
        values_at, node = (*pointer, "additionalProperties"), schema.get("additionalProperties")
        if "patternProperties" in schema:
            node = None
        return Shape("map", pointer, schema, members=[shape(spec, values_at, node, above)])
    return Shape(_TYPES.get(kind, "any"), pointer, schema)


_JSON_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def _json_name(value: Any) -> str:
    return next((name for kind, name in _JSON_NAMES.items() if isinstance(value, kind)), "any")


def _implied_types(schema: dict[str, Any]) -> list[str]:
    """Return the JSON types of a schema without `type`."""
    if "const" in schema or "enum" in schema:
        values: list[Any] = [schema["const"]] if "const" in schema else entries(schema["enum"])
        return list(dict.fromkeys(_json_name(value) for value in values))
    if "items" in schema or "prefixItems" in schema:
        return ["array"]
    return ["object"] if "additionalProperties" in schema or "patternProperties" in schema else []
