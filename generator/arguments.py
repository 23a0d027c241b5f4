"""Plans the arguments of an operation's function from its parameters and its request body."""

from __future__ import annotations

from typing import Any

import attrs

from . import names, prose
from .plan import Argument, Location
from .problems import Pointer
from .shapes import Member, Shape, properties, shape
from .spec import Spec, at, entries
from .typed_dicts import TypedDictPlanner

# OpenAPI ignores these three as parameters.
_NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})


@attrs.define(eq=False)
class Arguments:
    """Plans the arguments of one operation, in the order of its function's signature."""

    typed_dicts: TypedDictPlanner
    operation: Pointer
    owner: str
    planned: list[Argument] = attrs.field(factory=list[Argument])
    body_optional: bool = False

    @property
    def _spec(self) -> Spec:
        return self.typed_dicts.registry.spec

    def plan(self, operation: dict[str, Any]) -> list[Argument]:
        """Return the arguments: path parameters, required arguments, optional arguments."""
        declared = parameters_of(self._spec, self.operation, operation)
        for pointer, parameter in declared.values():
            self._parameter(pointer, parameter)
        self._body(operation)
        self._order(self.operation[1])
        return self.planned

    def _order(self, path: str) -> None:
        seen: dict[str, Argument] = {}
        for one in self.planned:
            other = seen.setdefault(one.name, one)
            if other is not one:
                both = f"{other.location} {other.literal} and {one.location} {one.literal}"
                self._report(self.operation, f"argument {one.name!r} would be both {both}; rename one of them")
        self.planned.sort(key=lambda one: _rank(one, path))

    def _report(self, pointer: Pointer, text: str) -> None:
        self.typed_dicts.registry.report(pointer, text)

    def _parameter(self, pointer: Pointer, parameter: dict[str, Any]) -> None:
        wire, location = str(parameter.get("name", "")), parameter.get("in")
        node = parameter.get("schema")
        if location == "header" and wire.lower() in _NOT_PARAMETERS:
            return
        if location not in ("path", "query", "header"):
            self._report(
                pointer, f"parameter {wire!r} is in {location!r}; only path, query and header can be generated"
            )
            return
        if node is None:
            self._report(pointer, f"parameter {wire!r} has no schema; describe it with `schema`")
            return
        found = shape(self._spec, (*pointer, "schema"), node)
        name, literal = names.argument(wire), names.literal(wire)
        doc = _doc(parameter, found.schema, at(node))
        if location == "path":
            self._path(pointer, name, literal, found, doc)
        elif found.kind in ("object", "map") and location == "query":
            if parameter.get("style", "form") != "form" or parameter.get("explode", True) is not True:
                self._report(
                    pointer, f"parameter {wire!r} is an object; only `style: form` with `explode` can be generated"
                )
            type_ = "Mapping[str, Any] | None"
            self.planned.append(Argument(name, "query_object", literal, type_, "None", name, doc))
        else:
            if parameter.get("style", "form") not in ("form", "simple") or parameter.get("explode") is False:
                text = f"parameter {wire!r} has a style that cannot be generated; leave out `style` and `explode`"
                self._report(pointer, text)
            self._text_parameter(pointer, parameter, found, doc)

    def _text_parameter(self, pointer: Pointer, parameter: dict[str, Any], found: Shape, doc: str) -> None:
        wire, required = str(parameter["name"]), parameter.get("required") is True
        location: Location = "query" if parameter["in"] == "query" else "header"
        if found.kind in ("object", "map") or (location == "header" and found.kind == "array"):
            self._report(pointer, f"{location} parameter {wire!r} is not a scalar; give it a scalar type")
            return
        type_ = self.typed_dicts.type_of((*pointer, "schema"), parameter["schema"], f"{self.owner}_{wire}")
        if not required:
            type_ = names.union(type_, "None")
        name = names.argument(wire)
        self.planned.append(Argument(name, location, names.literal(wire), type_, "" if required else "None", name, doc))

    def _path(self, pointer: Pointer, name: str, literal: str, found: Shape, doc: str) -> None:
        if found.kind in ("string", "any"):
            self.planned.append(Argument(name, "path", literal, "str | None", "", name, doc))
        elif found.kind == "integer":
            value = f"None if {name} is None else str({name})"
            self.planned.append(Argument(name, "path", literal, "int | None", "", value, doc))
        else:
            self._report(pointer, "a path parameter must be a string or an integer; change its type")

    def _body(self, operation: dict[str, Any]) -> None:
        pointer, node = self._spec.follow((*self.operation, "requestBody"), operation.get("requestBody"))
        media = at(node, "content", "application/json")
        if not media:
            return
        self.body_optional = at(node).get("required") is not True
        pointer = (*pointer, "content", "application/json", "schema")
        found = shape(self._spec, pointer, media.get("schema"))
        if found.kind != "object" or found.nullable:
            type_ = self.typed_dicts.type_of(pointer, media.get("schema"), f"{self.owner}_body")
            default = "UNSET" if self.body_optional else ""
            type_ = names.union(type_, "Unset") if default else type_
            doc = _doc(at(node), found.schema)
            self.planned.append(Argument("body", "body", '"body"', type_, default, "body", doc))
            return
        for member in properties(self._spec, found):
            if at(member.schema).get("readOnly") is not True:
                self._field(member)
        if found.schema.get("additionalProperties") not in (None, False):
            doc = "Fields of the body that the document does not declare."
            self.planned.append(
                Argument("extra_body", "extra_body", "", "Mapping[str, Any] | None", "None", "extra_body", doc)
            )

    def _field(self, member: Member) -> None:
        found = shape(self._spec, member.pointer, member.schema)
        node, name = at(member.schema), names.argument(member.wire)
        type_ = self.typed_dicts.type_of(member.pointer, member.schema, f"{self.owner}_{member.wire}")
        schema = {**found.schema, **node}
        always = member.required or node.get("x-send-default") is True
        value, default = name, ""
        if (
            always
            and not found.nullable
            and (
                (found.kind == "string" and _positive(schema.get("minLength")))
                or (found.kind == "array" and _positive(schema.get("minItems")))
            )
        ):
            value = f"require({names.literal(name)}, {name})"
            type_ = names.union(type_, "None") if found.kind == "string" else type_
        if not always:
            type_, default = names.union(type_, "Unset"), "UNSET"
        elif "default" in schema:
            default = self._default(member, schema["default"])
        elif not member.required:
            self._report(member.pointer, f"property {member.wire!r} has `x-send-default` and no default; give it one")
        doc = _doc(node, found.schema, node)
        self.planned.append(Argument(name, "body_field", names.literal(member.wire), type_, default, value, doc))

    def _default(self, member: Member, value: Any) -> str:
        if isinstance(value, str):
            return names.literal(value)
        if value is None or isinstance(value, bool | int | float):
            return repr(value)
        text = f"the default of {member.wire!r} is always sent, so it must be a scalar; remove it"
        self._report((*member.pointer, "default"), text)
        return "None"


def parameters_of(
    spec: Spec, pointer: Pointer, operation: dict[str, Any]
) -> dict[tuple[str, str], tuple[Pointer, dict[str, Any]]]:
    """Return the parameters of an operation and of its path item, by location and name."""
    declared: dict[tuple[str, str], tuple[Pointer, dict[str, Any]]] = {}
    for above, node in ((pointer[:2], at(spec.root, *pointer[:2])), (pointer, operation)):
        for index, one in enumerate(entries(node.get("parameters"))):
            found, parameter = spec.follow((*above, "parameters", str(index)), one)
            if "name" in at(parameter):
                declared[str(parameter.get("in")), str(parameter["name"])] = found, parameter
    return declared


def _rank(one: Argument, path: str) -> tuple[int, int]:
    """Return the sort key of an argument: path order, then required, then optional by location."""
    if one.location == "path":
        return 0, path.find(f"{{{one.literal[1:-1]}}}")
    if not one.default:
        return 1, 0
    return 2, ("body", "body_field", "query", "header", "query_object", "extra_body").index(one.location)


def _positive(value: Any) -> bool:
    return isinstance(value, int) and value > 0


def _doc(described: dict[str, Any], schema: dict[str, Any], node: dict[str, Any] | None = None) -> str:
    text = prose.sentence(prose.description(described) or prose.description(schema))
    return " ".join(part for part in (text, prose.limits({**schema, **(node or {})}, text)) if part)
