"""Plans the types of what requests carry: TypedDicts, and unions of them."""

from __future__ import annotations

import keyword

import attrs

from . import names, prose
from .plan import Alias, Field, Sent
from .problems import Pointer
from .received import Enums, Receiver, Registry
from .shapes import Shape, properties, shape
from .spec import at, entries

_SCALARS = {"string": "str", "moment": "datetime | str", "integer": "int", "number": "float", "boolean": "bool"}


@attrs.define(eq=False)
class Sender:
    """Collects the TypedDicts and unions that the requests lead to. Every answer is planned before."""

    registry: Registry
    enums: Enums
    receiver: Receiver
    planned: dict[Pointer, Sent] = attrs.field(factory=dict[Pointer, Sent])
    aliases: dict[Pointer, Alias | None] = attrs.field(factory=dict[Pointer, "Alias | None"])
    """None while one is being made."""
    _waiting: list[tuple[Sent, Shape]] = attrs.field(factory=list[tuple[Sent, Shape]])

    def type_of(self, pointer: Pointer, node: object, otherwise: str) -> str:
        """Return the type of an argument or of a key; its objects are named after `otherwise` where need be."""
        found = shape(self.registry.spec, pointer, node)
        accepted = [
            name
            for index, wanted in enumerate(entries(at(node).get("x-accepts")))
            for name in self._accepted((*pointer, "x-accepts", str(index)), wanted)
        ]
        if accepted and found.kind == "array":  # Said of the list, meant of its entries.
            item = self.type_of((*found.pointer, "items"), found.schema.get("items"), f"{otherwise}_item")
            parts = [f"Sequence[{names.union(item, *accepted)}]"]
        else:
            parts = [*self._parts(found, otherwise), *accepted]
        return names.union(*parts, *(["None"] if found.nullable else []))

    def finish(self) -> None:
        """Plan the keys of every object: last, so that a schema may lead back to itself."""
        while self._waiting:
            sent, found = self._waiting.pop(0)
            for member in properties(self.registry.spec, found):
                if at(member.schema).get("readOnly") is True:
                    continue
                type_ = self.type_of(member.pointer, member.schema, f"{sent.name.removesuffix('Param')}_{member.wire}")
                said = prose.about(at(member.schema)) or prose.about(
                    shape(self.registry.spec, member.pointer, member.schema).schema
                )
                whole = f"Required[{type_}]" if member.required else type_
                sent.fields.append(Field(member.wire, names.quoted(member.wire), whole, prose.paragraphs(said)))
            types = names.identifiers(" ".join(field.type for field in sent.fields))
            sent.functional = any(_unwritable(field.wire, types) for field in sent.fields)

    def _parts(self, found: Shape, otherwise: str) -> list[str]:  # noqa: PLR0911  # One for each kind.
        match found.kind:
            case "string" if found.constant and found.values:
                return [names.literal(found.values)]  # Closed: it tells the members of a union apart.
            case "string":
                return [self.enums.type_of(found)]
            case "moment" | "integer" | "number" | "boolean":
                return [_SCALARS[found.kind]]
            case "object":
                return self._object(found, otherwise)
            case "map":
                return [f"Mapping[str, {self._values_of(found, otherwise)}]"]
            case "array" if found.component is None:
                inner = (*found.pointer, "items")
                return [f"Sequence[{self.type_of(inner, found.schema.get('items'), f'{otherwise}_item')}]"]
            case "array" | "union" if found.component is not None:
                return [self._alias(found, otherwise)]
            case "union":
                return self._union(found, otherwise)
            case _:
                return ["Any"]

    def _values_of(self, found: Shape, otherwise: str) -> str:
        values = found.schema.get("additionalProperties")
        if not at(values):
            return "Any"
        return self.type_of((*found.pointer, "additionalProperties"), values, f"{otherwise}_value")

    def _object(self, found: Shape, otherwise: str) -> list[str]:
        if found.pointer not in self.planned:
            name = f"{names.class_name(found.component or otherwise)}Param"
            sent = Sent(
                self.registry.claim(name, found.pointer),
                prose.paragraphs(prose.about(found.schema)) or f"{name}, as the document describes it.",
            )
            self.planned[found.pointer] = sent
            self._waiting.append((sent, found))
        parts = [self.planned[found.pointer].name]
        received = self.receiver.planned.get(found.pointer)
        return [*parts, received.name] if received else parts

    def _union(self, found: Shape, otherwise: str) -> list[str]:
        parts: list[str] = []
        for index, member in enumerate(found.members):
            if member.kind == "array" and member.component is None:
                parts += self._parts(member, otherwise)
            else:
                parts += self._parts(member, member.component or f"{otherwise}_{index + 1}")
        return list(dict.fromkeys(parts))

    def _alias(self, found: Shape, otherwise: str) -> str:
        if found.pointer not in self.aliases:
            self.aliases[found.pointer] = None
            name = self.registry.claim(f"{names.class_name(found.component or otherwise)}Param", found.pointer)
            if found.kind == "array":
                inner = (*found.pointer, "items")
                parts = [f"Sequence[{self.type_of(inner, found.schema.get('items'), f'{otherwise}_item')}]"]
            else:
                parts = self._union(found, found.component or otherwise)
            alias = Alias(name, names.union(*parts), prose.paragraphs(prose.about(found.schema)))
            # Made again, and so placed after the aliases that it names.
            del self.aliases[found.pointer]
            self.aliases[found.pointer] = alias
        planned = self.aliases[found.pointer]
        return planned.name if planned else "Any"  # An alias within itself is JSON, and no more can be said.

    def _accepted(self, pointer: Pointer, name: object) -> list[str]:
        received = self.receiver.planned.get(("components", "schemas", str(name)))
        if received is None:
            self.registry.note(
                pointer, f"x-accepts names {name!r}, which is no schema that an answer carries; correct it"
            )
            return []
        return [received.name]


def _unwritable(wire: str, types: set[str]) -> bool:
    """Return whether a class cannot have the key: no name, a mangled one, or one that hides a type beside it."""
    plain = wire.isascii() and wire.isidentifier()  # Python reads other letters as what they are like.
    return not plain or keyword.iskeyword(wire) or wire.startswith("__") or wire in types
