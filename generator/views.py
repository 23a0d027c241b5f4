"""Plans the view classes of the responses, and how each property is read."""

from __future__ import annotations

from typing import Any

import attrs

from . import answer_readers, names, prose
from .plan import Alias, Kind, Property, ReaderPlan, ResponsePlan, ViewPlan
from .problems import Pointer, Problem
from .shapes import SCALARS, Member, Shape, properties, shape
from .spec import Spec, at

_SCALARS = answer_readers.TYPES
_PLAIN = ("string", "integer", "number")
_CHECKED = {"string": "str", "datetime": "str", "integer": "int", "number": "(int, float)", "boolean": "bool"}


@attrs.define(eq=False)
class Registry:
    """Every class name that `models.py` defines, with its schema."""

    spec: Spec
    problems: list[Problem]
    taken: dict[str, Pointer] = attrs.field(factory=dict[str, Pointer])

    def claim(self, name: str, pointer: Pointer) -> str:
        """Reserve `name` for the schema at `pointer`; report a collision."""
        other = self.taken.setdefault(name, pointer)
        if name in names.RESERVED_CLASSES:
            self.report(pointer, f"name {name!r} is reserved by the generated code; rename the schema or operation")
        elif other != pointer:
            where = f"#/{'/'.join(other)}"
            self.report(pointer, f"name {name!r} is also the name of {where}; rename one of them")
        return name

    def report(self, pointer: Pointer, text: str) -> None:
        """Report a problem."""
        self.problems.append(self.spec.problem(pointer, text))


@attrs.define(eq=False)
class Enums:
    """The named string enums: one type for requests and responses."""

    registry: Registry
    planned: dict[Pointer, Alias] = attrs.field(factory=dict[Pointer, Alias])

    def type_of(self, found: Shape) -> str:
        """Return the type of a string. An enum is open, since a newer server can send more values."""
        if not found.values or found.constant:
            return "str"
        text = f"{names.literal_type(found.values)} | str"
        if not found.component:
            return text
        if found.pointer not in self.planned:
            name = self.registry.claim(names.class_name(found.component), found.pointer)
            self.planned[found.pointer] = Alias(name, text, prose.paragraphs(found.schema.get("description")))
        return self.planned[found.pointer].name


@attrs.define(eq=False)
class ViewPlanner:
    """Collects the views and dict views that the responses use."""

    registry: Registry
    enums: Enums
    reserved: dict[bool, frozenset[str]]
    """The members that no property may override: of View (False) and of DictView (True)."""
    planned: dict[Pointer, ViewPlan] = attrs.field(factory=dict[Pointer, ViewPlan])
    readers: list[ReaderPlan] = attrs.field(factory=list[ReaderPlan])

    def is_dict_view(self, found: Shape) -> bool:
        """Return whether the schema has `x-representation: mapping`."""
        return found.schema.get("x-representation") == "mapping"

    def class_of(self, found: Shape, fallback: str, where: Pointer, *, dict_view: bool) -> str:
        """Return the class of an object schema. A schema without a name in the document is named `fallback`."""
        planned = self.planned.get(found.pointer)
        if self.is_dict_view(found) and not dict_view:
            text = "a schema with `x-representation: mapping` cannot be inside a view; mark the outer schema, too"
            self.registry.report(where, text)
        if planned is None:
            name = self.registry.claim(names.class_name(found.component or fallback), found.pointer)
            planned = ViewPlan(
                name,
                names.literal(names.json_pointer(found.pointer)),
                dict_view,
                prose.paragraphs(prose.description(found.schema)) or f"{name}, as declared by the document.",
            )
            self.planned[found.pointer] = planned
            spec = self.registry.spec
            seen: dict[str, str] = {}
            for member in properties(spec, found):
                planned.properties.append(self._property(planned, member, seen))
        elif planned.dict_view != dict_view:
            text = (
                f"{planned.name} is used inside and outside a schema with `x-representation: mapping`; make two schemas"
            )
            self.registry.report(where, text)
        return planned.name

    def _property(self, owner: ViewPlan, member: Member, seen: dict[str, str]) -> Property:
        report = self.registry.report
        wanted = at(member.schema).get("x-name", member.wire)
        name = names.attribute(str(wanted))
        if name in self.reserved[owner.dict_view]:
            name = f"{name}_"
        if name in seen:
            text = f"property {member.wire!r} has the Python name of {seen[name]!r}; name one of them by `x-name`"
            report(member.pointer, text)
        seen.setdefault(name, member.wire)
        found = shape(self.registry.spec, member.pointer, member.schema)
        kind, type_, value_type = self._read(owner, member, found, name)
        doc = prose.paragraphs(prose.description(at(member.schema)) or prose.description(found.schema))
        return Property(name, names.literal(member.wire), type_, kind, value_type, doc)

    def _read(  # noqa: PLR0911  # One for each kind.
        self, owner: ViewPlan, member: Member, found: Shape, name: str
    ) -> tuple[Kind, str, str]:
        match found.kind:
            case "string":
                return "string", f"{self.enums.type_of(found)} | None", "str"
            case "datetime" | "integer" | "number" | "boolean":
                return found.kind, f"{_SCALARS[found.kind]} | None", ""
            case "object":
                cls = self.class_of(found, f"{owner.name}_{member.wire}", member.pointer, dict_view=owner.dict_view)
                if member.required and not found.nullable:
                    return "one_required", cls, cls
                return "one", f"{cls} | None", cls
            case "map" if owner.dict_view or all(one.kind == "any" for one in found.members):
                return "mapping", "dict[str, Any] | None", ""
            case "array" if (plain := self._many(owner, member, found.members[0])) or owner.dict_view:
                return plain or ("values", "list[Any]", "object")
            case "union" if all(one.kind in SCALARS for one in found.members):
                kinds = sorted({kind for one in found.members for kind in _scalar_types(one)})
                return "scalars", f"{' | '.join(kinds)} | None", " | ".join(kinds)
            case "map" | "array" | "union" if not owner.dict_view:
                return self._nested(owner, member, found, name)
            case _:
                return "any", "Any", ""

    def _nested(self, owner: ViewPlan, member: Member, found: Shape, name: str) -> tuple[Kind, str, str]:
        type_, reader = answer_readers.plan(
            self, attrs.evolve(found, nullable=False), f"{owner.name}_{member.wire}", member.pointer
        )
        if type_ == "Any":
            return "any", "Any", ""
        constant = f"_{owner.name}_{name}"
        self.readers.append(ReaderPlan(constant, type_, reader))
        return ("reader_list", type_, constant) if found.kind == "array" else ("reader", f"{type_} | None", constant)

    def _many(self, owner: ViewPlan, member: Member, item: Shape) -> tuple[Kind, str, str] | None:
        if item.kind == "object" and not item.nullable:
            cls = self.class_of(item, f"{owner.name}_{member.wire}_item", member.pointer, dict_view=owner.dict_view)
            return "many", f"list[{cls}]", cls
        if item.kind in SCALARS and not item.nullable:
            return "values", f"list[{'str' if item.kind == 'datetime' else _SCALARS[item.kind]}]", _CHECKED[item.kind]
        if item.kind == "union" and not item.nullable and all(one.kind in _PLAIN for one in item.members):
            kinds = {kind for one in item.members for kind in _scalar_types(one)}
            return "values", f"list[{' | '.join(sorted(kinds))}]", f"({', '.join(sorted(kinds))})"
        if item.kind == "map" and not item.nullable and all(one.kind == "any" for one in item.members):
            return "values", "list[dict[str, Any]]", "dict"
        return ("values", "list[Any]", "object") if item.kind == "any" else None


def _scalar_types(found: Shape) -> list[str]:
    return {"number": ["float", "int"], "datetime": ["str"]}.get(found.kind) or [_SCALARS[found.kind]]


def response_of(views: ViewPlanner, pointer: Pointer, schema: Any, fallback: str) -> ResponsePlan:
    """Return how a JSON response is read."""
    found = shape(views.registry.spec, pointer, schema)
    item = found.members[0] if found.kind == "array" else found
    is_list = found.kind == "array" and not found.nullable
    if item.kind == "object" and not found.nullable and not item.nullable:
        name = f"{fallback}_item" if is_list else fallback
        cls = views.class_of(item, name, pointer, dict_view=views.is_dict_view(item))
        return ResponsePlan("json", f"list[{cls}]" if is_list else cls, cls, is_list=is_list)
    type_, reader = answer_readers.plan(views, found, fallback, pointer)
    if type_ == "Any":
        return ResponsePlan("json", "Any")
    if type_ == "list[Any]":
        return ResponsePlan("json", "list[Any]", is_list=True)
    return ResponsePlan("json", type_, reader=reader)
