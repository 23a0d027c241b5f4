"""Plans how a nested value of a response is read: its type, and the expression of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import names
from .problems import Pointer
from .shapes import SCALARS, Shape, properties, shape
from .spec import at, entries

if TYPE_CHECKING:
    from .views import ViewPlanner

TYPES = {"string": "str", "datetime": "datetime", "integer": "int", "number": "float", "boolean": "bool"}
_ANY = ("Any", "readers.AnyValue()")


def plan(views: ViewPlanner, found: Shape, fallback: str, where: Pointer) -> tuple[str, str]:
    """Return the type of a value, and the expression of its reader. An object without a name is named `fallback`."""
    type_, reader = _plan(views, found, fallback, where)
    if found.nullable and type_ != "Any":
        return names.union(type_, "None"), f"readers.Nullable({reader})"
    return type_, reader


def _plan(  # noqa: PLR0911  # One for each kind.
    views: ViewPlanner, found: Shape, fallback: str, where: Pointer
) -> tuple[str, str]:
    match found.kind:
        case "string":
            return views.enums.type_of(found), 'readers.Scalar("string")'
        case "datetime" | "integer" | "number" | "boolean":
            return TYPES[found.kind], f'readers.Scalar("{found.kind}")'
        case "object" if not views.is_dict_view(found):
            cls = views.class_of(found, fallback, where, dict_view=False)
            return cls, f"readers.ObjectOf({cls})"
        case "map":
            type_, reader = plan(views, found.members[0], f"{fallback}_value", where) if found.members else _ANY
            return f"dict[str, {type_}]", f"readers.MapOf({reader})"
        case "array":
            type_, reader = plan(views, found.members[0], f"{fallback}_item", where)
            return f"list[{type_}]", f"readers.ListOf({reader})"
        case "union":
            return _union(views, found, fallback, where)
        case _:
            return _ANY


def _union(views: ViewPlanner, found: Shape, fallback: str, where: Pointer) -> tuple[str, str]:
    objects = [one for one in found.members if one.kind == "object"]
    arrays = [one for one in found.members if one.kind == "array"]
    if any(one.kind in ("any", "union") or views.is_dict_view(one) for one in found.members):
        return _ANY
    planned = [_plan(views, one, fallback, where) for one in found.members if one.kind in SCALARS]
    if len(planned) > 1:  # "7" is a string and 7 an integer, but the order of the document decides on datetimes.
        planned.sort(key=lambda one: one[1] == 'readers.Scalar("number")')
    if objects:
        planned.append(_objects(views, found, objects, fallback, where))
    elif maps := [one for one in found.members if one.kind == "map"]:
        planned.append(_plan(views, maps[0], fallback, where) if len(maps) == 1 else ("dict[str, Any]", _map_of_any()))
    if arrays:
        items = [item for one in arrays for item in one.members]
        item = items[0] if len(items) == 1 else Shape("union", found.pointer, {}, members=items)
        planned.append(_plan(views, Shape("array", found.pointer, {}, members=[item]), fallback, where))
    readers = ", ".join(reader for _, reader in planned)
    return names.union(*(type_ for type_, _ in planned)), (
        planned[0][1] if len(planned) == 1 else f"readers.OneOf(({readers}))"
    )


def _map_of_any() -> str:
    return "readers.MapOf(readers.AnyValue())"


def _objects(views: ViewPlanner, found: Shape, objects: list[Shape], fallback: str, where: Pointer) -> tuple[str, str]:
    """Return the union of the objects. It is open, since a newer server can send another."""
    classes = [
        views.class_of(one, f"{fallback}_{index}", where, dict_view=False) for index, one in enumerate(objects, 1)
    ]
    if len(classes) == 1:
        return classes[0], f"readers.ObjectOf({classes[0]})"
    type_ = names.union(*classes, "View")
    key = at(found.schema, "discriminator").get("propertyName")
    if isinstance(key, str) and (tags := _tags(views, found, objects, classes, key)):
        listed = ", ".join(f"{names.literal(tag)}: {cls}" for tag, cls in tags.items())
        return type_, f"readers.Tagged({names.literal(key)}, {{{listed}}})"
    candidates = ", ".join(_candidate(views, one, cls) for one, cls in zip(objects, classes, strict=True))
    return type_, f"readers.Fitting(({candidates},))"


def _tags(views: ViewPlanner, found: Shape, objects: list[Shape], classes: list[str], key: str) -> dict[str, str]:
    """Return the class by the discriminator's value: of its mapping, of constants, else of component names."""
    by_pointer = {one.pointer: cls for one, cls in zip(objects, classes, strict=True)}
    tags: dict[str, str] = {}
    for tag, target in at(found.schema, "discriminator", "mapping").items():
        ref = target if "/" in str(target) else f"#/components/schemas/{target}"
        pointer, _ = views.registry.spec.follow((), {"$ref": ref})
        if pointer in by_pointer:
            tags[tag] = by_pointer[pointer]
    for one, cls in zip(objects, classes, strict=True):
        member = next((each for each in properties(views.registry.spec, one) if each.wire == key), None)
        values = shape(views.registry.spec, member.pointer, member.schema).values if member else []
        mapped = cls in tags.values()
        for value in values or ([one.component] if one.component and not mapped else []):
            tags.setdefault(value, cls)
    return tags


def _candidate(views: ViewPlanner, one: Shape, cls: str) -> str:
    members = properties(views.registry.spec, one)
    required = sorted(member.wire for member in members if member.required)
    constants: list[str] = []
    for member in members:
        schema = at(shape(views.registry.spec, member.pointer, member.schema).schema)
        values: list[Any] = [schema["const"]] if "const" in schema else entries(schema.get("enum"))
        if values and member.required and all(isinstance(value, str | int) for value in values):
            listed = ", ".join(names.literal(v) if isinstance(v, str) else repr(v) for v in values)
            constants.append(f"{names.literal(member.wire)}: ({listed},)")
    parts = [cls]
    if required:
        parts.append(f"required=frozenset({{{', '.join(map(names.literal, required))}}})")
    if constants:
        parts.append(f"constants={{{', '.join(constants)}}}")
    if known := sorted(member.wire for member in members):
        parts.append(f"known=frozenset({{{', '.join(map(names.literal, known))}}})")
    return f"readers.Candidate({', '.join(parts)})"
