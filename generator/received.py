"""Plans the classes of what answers carry: which there are, and how each property is read."""

from __future__ import annotations

from typing import Any

import attrs

from . import names, prose
from .plan import Alias, Kind, Property, Received
from .problems import Pointer, Problem
from .shapes import SCALARS, Member, Shape, properties, shape
from .spec import Spec, at

_SCALARS = {"string": "str", "moment": "datetime", "integer": "int", "number": "float", "boolean": "bool"}
_CHECKED = {"string": "str", "moment": "str", "integer": "int", "number": "(int, float)", "boolean": "bool"}


@attrs.define(eq=False)
class Registry:
    """Every class name that `models.py` defines, and the schema that each is of."""

    spec: Spec
    problems: list[Problem]
    taken: dict[str, Pointer] = attrs.field(factory=dict[str, Pointer])

    def claim(self, name: str, pointer: Pointer) -> str:
        """Take `name` for the schema at `pointer`, or say who has it."""
        other = self.taken.setdefault(name, pointer)
        if name in names.RESERVED_CLASSES:
            self.note(pointer, f"name {name!r} is one that the generated code uses; rename the schema or operation")
        elif other != pointer:
            where = f"#/{'/'.join(other)}"
            self.note(pointer, f"name {name!r} collides with that of {where}; rename one of them")
        return name

    def note(self, pointer: Pointer, text: str) -> None:
        """Report a problem."""
        self.problems.append(self.spec.problem(pointer, text))


@attrs.define(eq=False)
class Enums:
    """The string enums that the document names: a type for what is sent and what is received."""

    registry: Registry
    planned: dict[Pointer, Alias] = attrs.field(factory=dict[Pointer, Alias])

    def type_of(self, found: Shape) -> str:
        """Return the type of a string: open, since a newer server may know more values."""
        if not found.values or found.constant:
            return "str"
        text = f"{names.literal(found.values)} | str"
        if not found.component:
            return text
        if found.pointer not in self.planned:
            name = self.registry.claim(names.class_name(found.component), found.pointer)
            self.planned[found.pointer] = Alias(name, text, prose.paragraphs(found.schema.get("description")))
        return self.planned[found.pointer].name


@attrs.define(eq=False)
class Receiver:
    """Collects the views and feeds that the answers lead to."""

    registry: Registry
    enums: Enums
    hidden: dict[bool, frozenset[str]]
    """The members that no property may hide, of a view (False) and of a feed (True)."""
    planned: dict[Pointer, Received] = attrs.field(factory=dict[Pointer, Received])

    def is_feed(self, found: Shape) -> bool:
        """Return whether the document wants the schema as a dict with properties."""
        return found.schema.get("x-representation") == "mapping"

    def class_of(self, found: Shape, otherwise: str, where: Pointer, *, feed: bool) -> str:
        """Return the class that reads objects of the schema; named `otherwise` where the document does not."""
        planned = self.planned.get(found.pointer)
        if self.is_feed(found) and not feed:
            text = "a schema with `x-representation: mapping` cannot stand within a view; mark the outer one too"
            self.registry.note(where, text)
        if planned is None:
            name = self.registry.claim(names.class_name(found.component or otherwise), found.pointer)
            planned = Received(
                name, feed, prose.paragraphs(prose.about(found.schema)) or f"{name}, as the document describes it."
            )
            self.planned[found.pointer] = planned
            spec = self.registry.spec
            seen: dict[str, str] = {}
            for member in properties(spec, found):
                planned.properties.append(self._property(planned, member, seen))
        elif planned.feed != feed:
            text = (
                f"{planned.name} is used both within a feed (`x-representation: mapping`) and outside; make two schemas"
            )
            self.registry.note(where, text)
        return planned.name

    def _property(self, owner: Received, member: Member, seen: dict[str, str]) -> Property:
        note = self.registry.note
        name = names.attribute(member.wire)
        if name in seen:
            note(member.pointer, f"property {member.wire!r} has the Python name of {seen[name]!r}; rename one of them")
        elif name in self.hidden[owner.feed] or member.wire in self.hidden[owner.feed]:
            what = "feed" if owner.feed else "view"
            note(member.pointer, f"property {member.wire!r} would hide a member of every {what}; rename it")
        elif member.wire.startswith("_"):
            note(member.pointer, f"property {member.wire!r} begins with an underscore, as a view's own do; rename it")
        seen.setdefault(name, member.wire)
        found = shape(self.registry.spec, member.pointer, member.schema)
        kind, type_, of = self._read(owner, member, found)
        doc = prose.paragraphs(prose.about(at(member.schema)) or prose.about(found.schema))
        return Property(name, names.quoted(member.wire), type_, kind, of, doc)

    def _read(  # noqa: PLR0911  # One for each kind.
        self, owner: Received, member: Member, found: Shape
    ) -> tuple[Kind, str, str]:
        match found.kind:
            case "string":
                return "string", f"{self.enums.type_of(found)} | None", "str"
            case "moment" | "integer" | "number" | "boolean":
                return found.kind, f"{_SCALARS[found.kind]} | None", ""
            case "object":
                cls = self.class_of(found, f"{owner.name}_{member.wire}", member.pointer, feed=owner.feed)
                if member.required and not found.nullable:
                    return "one_due", cls, cls
                return "one", f"{cls} | None", cls
            case "map":
                return "mapping", "dict[str, Any] | None", ""
            case "array":
                return self._many(owner, member, found.members[0])
            case "union" if all(one.kind in SCALARS for one in found.members):
                kinds = sorted({kind for one in found.members for kind in _loose(one)})
                return "scalars", f"{' | '.join(kinds)} | None", " | ".join(kinds)
            case _:
                return "any", "Any", ""

    def _many(self, owner: Received, member: Member, item: Shape) -> tuple[Kind, str, str]:
        if item.kind == "object" and not item.nullable:
            cls = self.class_of(item, f"{owner.name}_{member.wire}_item", member.pointer, feed=owner.feed)
            return "many", f"list[{cls}]", cls
        if item.kind in SCALARS and not item.nullable:
            return "values", f"list[{'str' if item.kind == 'moment' else _SCALARS[item.kind]}]", _CHECKED[item.kind]
        if item.kind == "map" and not item.nullable:
            return "values", "list[dict[str, Any]]", "dict"
        return "values", "list[Any]", "object"


def _loose(found: Shape) -> list[str]:
    return {"number": ["float", "int"], "moment": ["str"]}.get(found.kind) or [_SCALARS[found.kind]]


def answer_of(receiver: Receiver, pointer: Pointer, schema: Any, otherwise: str) -> tuple[str, bool, str]:
    """Return what reads a JSON answer: its class or "", whether it is an array of them, and its type."""
    spec = receiver.registry.spec
    found = shape(spec, pointer, schema)
    item = found.members[0] if found.kind == "array" else found
    many = found.kind == "array" and not found.nullable
    if item.kind != "object" or found.nullable or item.nullable:
        return "", many, "list[Any]" if many else "Any"
    name = f"{otherwise}_item" if many else otherwise
    cls = receiver.class_of(item, name, pointer, feed=receiver.is_feed(item))
    return cls, many, f"list[{cls}]" if many else cls
