"""Plans the types of requests: TypedDicts, and unions of them."""

from __future__ import annotations

import keyword

import attrs

from . import names, prose
from .plan import Alias, Field, TypedDictPlan
from .problems import Pointer
from .shapes import Shape, properties, shape
from .spec import at, entries
from .views import Enums, Registry, ViewPlanner

_SCALARS = {"string": "str", "datetime": "datetime | str", "integer": "int", "number": "float", "boolean": "bool"}


@attrs.define(eq=False)
class TypedDictPlanner:
    """Collects the TypedDicts and unions that the requests use. The views must be planned first."""

    registry: Registry
    enums: Enums
    views: ViewPlanner
    planned: dict[Pointer, TypedDictPlan] = attrs.field(factory=dict[Pointer, TypedDictPlan])
    aliases: dict[Pointer, Alias | None] = attrs.field(factory=dict[Pointer, "Alias | None"])
    """None while the alias is being planned."""
    _waiting: list[tuple[TypedDictPlan, Shape]] = attrs.field(factory=list[tuple[TypedDictPlan, Shape]])

    def type_of(self, pointer: Pointer, node: object, fallback: str) -> str:
        """Return the type of an argument or a key. Objects without a name in the document are named `fallback`."""
        found = shape(self.registry.spec, pointer, node)
        accepted = [
            name
            for index, wanted in enumerate(entries(at(node).get("x-accepts")))
            for name in self._accepted((*pointer, "x-accepts", str(index)), wanted)
        ]
        if accepted and found.kind == "array":  # Declared on the array, but it applies to the items.
            item = self.type_of((*found.pointer, "items"), found.schema.get("items"), f"{fallback}_item")
            parts = [f"Sequence[{names.union(item, *accepted)}]"]
        else:
            parts = [*self._parts(found, fallback), *accepted]
        return names.union(*parts, *(["None"] if found.nullable else []))

    def finish(self) -> None:
        """Plan the keys of every object. It comes last, so that a schema can refer to itself."""
        while self._waiting:
            planned, found = self._waiting.pop(0)
            for member in properties(self.registry.spec, found):
                if at(member.schema).get("readOnly") is True:
                    continue
                type_ = self.type_of(
                    member.pointer, member.schema, f"{planned.name.removesuffix('Param')}_{member.wire}"
                )
                doc = prose.description(at(member.schema)) or prose.description(
                    shape(self.registry.spec, member.pointer, member.schema).schema
                )
                whole = f"Required[{type_}]" if member.required else type_
                planned.fields.append(Field(member.wire, names.literal(member.wire), whole, prose.paragraphs(doc)))
            types = names.identifiers(" ".join(field.type for field in planned.fields))
            planned.functional = any(_unwritable(field.wire, types) for field in planned.fields)

    def _parts(self, found: Shape, fallback: str) -> list[str]:  # noqa: PLR0911  # One for each kind.
        match found.kind:
            case "string" if found.constant and found.values:
                return [names.literal_type(found.values)]  # Closed, since it distinguishes the members of a union.
            case "string":
                return [self.enums.type_of(found)]
            case "datetime" | "integer" | "number" | "boolean":
                return [_SCALARS[found.kind]]
            case "object":
                return self._object(found, fallback)
            case "map":
                return [f"Mapping[str, {self._values_of(found, fallback)}]"]
            case "array" if found.component is None:
                inner = (*found.pointer, "items")
                return [f"Sequence[{self.type_of(inner, found.schema.get('items'), f'{fallback}_item')}]"]
            case "array" | "union" if found.component is not None:
                return [self._alias(found, fallback)]
            case "union":
                return self._union(found, fallback)
            case _:
                return ["Any"]

    def _values_of(self, found: Shape, fallback: str) -> str:
        values = found.schema.get("additionalProperties")
        if not at(values):
            return "Any"
        return self.type_of((*found.pointer, "additionalProperties"), values, f"{fallback}_value")

    def _object(self, found: Shape, fallback: str) -> list[str]:
        if found.pointer not in self.planned:
            name = f"{names.class_name(found.component or fallback)}Param"
            planned = TypedDictPlan(
                self.registry.claim(name, found.pointer),
                prose.paragraphs(prose.description(found.schema)) or f"The object `{name}`.",
            )
            self.planned[found.pointer] = planned
            self._waiting.append((planned, found))
        parts = [self.planned[found.pointer].name]
        view = self.views.planned.get(found.pointer)
        return [*parts, view.name] if view else parts

    def _union(self, found: Shape, fallback: str) -> list[str]:
        parts: list[str] = []
        for index, member in enumerate(found.members):
            if member.kind == "array" and member.component is None:
                parts += self._parts(member, fallback)
            else:
                parts += self._parts(member, member.component or f"{fallback}_{index + 1}")
        return list(dict.fromkeys(parts))

    def _alias(self, found: Shape, fallback: str) -> str:
        if found.pointer not in self.aliases:
            self.aliases[found.pointer] = None
            name = self.registry.claim(f"{names.class_name(found.component or fallback)}Param", found.pointer)
            if found.kind == "array":
                inner = (*found.pointer, "items")
                parts = [f"Sequence[{self.type_of(inner, found.schema.get('items'), f'{fallback}_item')}]"]
            else:
                parts = self._union(found, found.component or fallback)
            alias = Alias(name, names.union(*parts), prose.paragraphs(prose.description(found.schema)))
            # Inserted again, to follow the aliases that it refers to.
            del self.aliases[found.pointer]
            self.aliases[found.pointer] = alias
        planned = self.aliases[found.pointer]
        return planned.name if planned else "Any"  # A recursive alias has no more exact type.

    def _accepted(self, pointer: Pointer, name: object) -> list[str]:
        view = self.views.planned.get(("components", "schemas", str(name)))
        if view is None:
            self.registry.report(pointer, f"x-accepts names {name!r}, which is not a schema of a response; correct it")
            return []
        return [view.name]


def _unwritable(wire: str, types: set[str]) -> bool:
    """Return whether a class cannot declare the key: not an identifier, mangled, or the name of a type it uses."""
    identifier = wire.isascii() and wire.isidentifier()  # Python normalizes other letters.
    return not identifier or keyword.iskeyword(wire) or wire.startswith("__") or wire in types
