"""Plans the view classes of the responses, and how each property is read."""

from __future__ import annotations

from typing import Any

import attrs

from . import names, prose
from .plan import Alias, Kind, Property, ViewPlan
from .problems import Pointer, Problem
from .shapes import SCALARS, Member, Shape, properties, shape
from .spec import Spec, at

_SCALARS = {"string": "str", "datetime": "datetime", "integer": "int", "number": "float", "boolean": "bool"}
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
        name = names.attribute(member.wire)
        if name in seen:
            report(member.pointer, f"property {member.wire!r} has the Python name of {seen[name]!r}; rename one")
        elif name in self.reserved[owner.dict_view] or member.wire in self.reserved[owner.dict_view]:
            kind = "DictView" if owner.dict_view else "View"
            report(member.pointer, f"property {member.wire!r} would override a member of {kind}; rename it")
        elif member.wire.startswith("_"):
            report(member.pointer, f"property {member.wire!r} starts with an underscore, which is private; rename it")
        seen.setdefault(name, member.wire)
        found = shape(self.registry.spec, member.pointer, member.schema)
        kind, type_, value_type = self._read(owner, member, found)
        doc = prose.paragraphs(prose.description(at(member.schema)) or prose.description(found.schema))
        return Property(name, names.literal(member.wire), type_, kind, value_type, doc)

    def _read(  # noqa: PLR0911  # One for each kind.
        self, owner: ViewPlan, member: Member, found: Shape
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
            case "map":
                return "mapping", "dict[str, Any] | None", ""
            case "array":
                return self._many(owner, member, found.members[0])
            case "union" if all(one.kind in SCALARS for one in found.members):
                kinds = sorted({kind for one in found.members for kind in _scalar_types(one)})
                return "scalars", f"{' | '.join(kinds)} | None", " | ".join(kinds)
            case _:
                return "any", "Any", ""

    def _many(self, owner: ViewPlan, member: Member, item: Shape) -> tuple[Kind, str, str]:
        if item.kind == "object" and not item.nullable:
            cls = self.class_of(item, f"{owner.name}_{member.wire}_item", member.pointer, dict_view=owner.dict_view)
            return "many", f"list[{cls}]", cls
        if item.kind in SCALARS and not item.nullable:
            return "values", f"list[{'str' if item.kind == 'datetime' else _SCALARS[item.kind]}]", _CHECKED[item.kind]
        if item.kind == "map" and not item.nullable:
            return "values", "list[dict[str, Any]]", "dict"
        return "values", "list[Any]", "object"


def _scalar_types(found: Shape) -> list[str]:
    return {"number": ["float", "int"], "datetime": ["str"]}.get(found.kind) or [_SCALARS[found.kind]]


def response_of(views: ViewPlanner, pointer: Pointer, schema: Any, fallback: str) -> tuple[str, bool, str]:
    """Return the class of a JSON response or "", whether the response is an array, and its type."""
    spec = views.registry.spec
    found = shape(spec, pointer, schema)
    item = found.members[0] if found.kind == "array" else found
    is_list = found.kind == "array" and not found.nullable
    if item.kind != "object" or found.nullable or item.nullable:
        return "", is_list, "list[Any]" if is_list else "Any"
    name = f"{fallback}_item" if is_list else fallback
    cls = views.class_of(item, name, pointer, dict_view=views.is_dict_view(item))
    return cls, is_list, f"list[{cls}]" if is_list else cls
