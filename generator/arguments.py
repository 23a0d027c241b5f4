"""Plans the arguments of an operation's function from its parameters and its request body."""

from __future__ import annotations

from typing import Any

import attrs

from . import media, names, prose
from .bodies import Body
from .plan import Argument, Location
from .problems import Pointer
from .shapes import SCALARS, Shape, properties, shape
from .spec import Spec, at, entries
from .typed_dicts import TypedDictPlanner

# OpenAPI ignores these three as parameters.
_NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
_DEFAULT_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_STYLES = {
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "cookie": ("form",),
}


@attrs.frozen
class _Parameter:
    """A parameter that has a schema."""

    pointer: Pointer
    node: dict[str, Any]
    found: Shape
    name: str
    style: str
    explode: bool
    doc: str


@attrs.define(eq=False)
class Arguments:
    """Plans the arguments of one operation, in the order of its function's signature."""

    typed_dicts: TypedDictPlanner
    operation: Pointer
    owner: str
    planned: list[Argument] = attrs.field(factory=list[Argument])
    taken: dict[str, tuple[str, str]] = attrs.field(factory=dict[str, tuple[str, str]])
    """The place and the wire name of each argument, by its name."""
    body: Body = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.body = Body(self.typed_dicts, self.operation, self.owner, self.name)

    @property
    def _spec(self) -> Spec:
        return self.typed_dicts.registry.spec

    def plan(self, operation: dict[str, Any]) -> list[Argument]:
        """Return the arguments: path parameters, required arguments, optional arguments."""
        declared = parameters_of(self._spec, self.operation, operation)
        for pointer, parameter in sorted(declared.values(), key=lambda one: one[1].get("in") != "path"):
            self._parameter(pointer, parameter)
        self.planned += self.body.plan(operation)
        self.planned.sort(key=lambda one: _rank(one, self.operation[1]))
        return self.planned

    def name(self, node: dict[str, Any], wire: str, place: str, pointer: Pointer) -> str:
        """Return the argument's name. Where another place has it, as a path its `id`, the later one says its place."""
        found = names.argument(str(node.get("x-name", wire)))
        if self.taken.setdefault(found, (place, wire))[0] != place:
            found = f"{found.rstrip('_')}_{place}"
        other = self.taken.setdefault(found, (place, wire))
        if other != (place, wire):
            both = f"{other[0]} {other[1]!r} and {place} {wire!r}"
            self._report(pointer, f"argument {found!r} would be both {both}; name one of them by `x-name`")
        return found

    def _report(self, pointer: Pointer, text: str) -> None:
        self.typed_dicts.registry.report(pointer, text)

    def _parameter(self, pointer: Pointer, parameter: dict[str, Any]) -> None:
        wire, location = str(parameter.get("name", "")), parameter.get("in")
        if location == "header" and wire.lower() in _NOT_PARAMETERS:
            return
        if location not in _STYLES:
            text = f"parameter {wire!r} is in {location!r}; use path, query, header or cookie"
            self._report(pointer, text)
            return
        name = self.name(parameter, wire, str(location), pointer)
        if (content := at(parameter, "content")) and "schema" not in parameter:
            self._content(pointer, parameter, content, name)
            return
        node = parameter.get("schema")
        if node is None:
            self._report(pointer, f"parameter {wire!r} has no schema; describe it with `schema`")
            return
        found = shape(self._spec, (*pointer, "schema"), node)
        style = str(parameter.get("style", _DEFAULT_STYLES[location]))
        explode = parameter.get("explode", style in ("form", "deepObject")) is True
        if style not in _STYLES[location]:
            listed = " or ".join(_STYLES[location])
            text = f"parameter {wire!r} has style {style!r}, which {location} does not have; use {listed}"
            self._report((*pointer, "style"), text)
        elif style != "deepObject" and nested(self._spec, found):
            text = f"parameter {wire!r} holds objects, which style {style!r} cannot write; describe it by `content`"
            self._report(pointer, text)
        doc = prose.documented(parameter, found.schema, at(node))
        one = _Parameter(pointer, parameter, found, name, style, explode, doc)
        if location == "path":
            self._path(one)
        elif found.kind in ("object", "map") and location == "query" and style == "form" and explode:
            required = parameter.get("required") is True
            type_, default = ("Mapping[str, Any]", "") if required else ("Mapping[str, Any] | None", "None")
            self.planned.append(Argument(name, "query_object", names.literal(wire), type_, default, name, doc))
        else:
            self._text(one)

    def _text(self, one: _Parameter) -> None:
        parameter, found, name, style = one.node, one.found, one.name, one.style
        wire, required = str(parameter["name"]), parameter.get("required") is True
        location: Location = parameter["in"]
        type_ = self.typed_dicts.type_of((*one.pointer, "schema"), parameter["schema"], f"{self.owner}_{wire}")
        if not required:
            type_ = names.union(type_, "None")
        literal, value = names.literal(wire), name
        plain = is_scalar(found) or (found.kind in ("array", "any") and location != "header" and one.explode)
        if location == "header" and not plain:
            value = f"styles.styled_text({literal}, {name}{', explode=True' if one.explode else ''})"
        elif not (plain and style == "form") and not is_scalar(found):
            value = f"styles.styled_query({literal}, {name}, {names.literal(style)}, explode={one.explode})"
            location = "query_styled" if location == "query" else "cookie_styled"
        self.planned.append(Argument(name, location, literal, type_, "" if required else "None", value, one.doc))

    def _path(self, one: _Parameter) -> None:
        parameter, found, name, style = one.node, one.found, one.name, one.style
        wire, type_ = str(parameter["name"]), "str | None"
        if style == "simple" and not found.nullable and found.kind in ("string", "any"):
            value = f"quote_segment('{name}', {name})"
        elif style == "simple" and not found.nullable and found.kind == "integer":
            type_, value = "int | None", f"quote_segment('{name}', None if {name} is None else str({name}))"
        else:
            plain = self.typed_dicts.type_of((*one.pointer, "schema"), parameter["schema"], f"{self.owner}_{wire}")
            type_ = names.union(plain, "None")
            options = "" if style == "simple" else f", '{style}'"
            options += ", explode=True" if one.explode else ""
            named = wire if style == "matrix" else name
            value = f"styles.styled_segment({_single(named)}, {name}{options})"
        self.planned.append(Argument(name, "path", names.literal(wire), type_, "", value, one.doc))

    def _content(self, pointer: Pointer, parameter: dict[str, Any], content: dict[str, Any], name: str) -> None:
        wire, required = str(parameter["name"]), parameter.get("required") is True
        declared = next(iter(content))
        if parameter["in"] == "path" or media.kind(declared) != "json":
            text = f"parameter {wire!r} has content {declared!r}; only JSON, and not in a path, can be generated"
            self._report(pointer, f"{text}: use `schema`")
            return
        where, node = (*pointer, "content", declared, "schema"), at(content, declared).get("schema")
        type_ = self.typed_dicts.type_of(where, node, f"{self.owner}_{wire}")
        type_ = type_ if required else names.union(type_, "None")
        doc = prose.documented(parameter, shape(self._spec, where, node).schema)
        default = "" if required else "None"
        self.planned.append(
            Argument(name, parameter["in"], names.literal(wire), type_, default, f"styles.json_text({name})", doc)
        )


def is_scalar(found: Shape) -> bool:
    """Return whether a value is a scalar, or one of several."""
    return found.kind in SCALARS or (found.kind == "union" and all(map(is_scalar, found.members)))


def nested(spec: Spec, found: Shape) -> bool:
    """Return whether a parameter is too deep for a style that writes one level."""
    if found.kind == "union":
        return any(nested(spec, one) for one in found.members)
    if found.kind == "object":
        members = [shape(spec, one.pointer, one.schema) for one in properties(spec, found)]
    else:
        members = found.members
    inner = members if found.kind == "array" else [item for one in members for item in _items(one)]
    return not all(is_scalar(one) or one.kind == "any" for one in inner)


def _items(found: Shape) -> list[Shape]:
    return found.members if found.kind == "array" else [found]


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


_OPTIONAL = (
    "body",
    "body_field",
    "query",
    "query_styled",
    "header",
    "cookie",
    "query_object",
    "cookie_styled",
    "extra_body",
)


def _rank(one: Argument, path: str) -> tuple[int, int]:
    """Return the sort key of an argument: path order, then required, then optional by location."""
    if one.location == "path":
        return 0, path.find(f"{{{one.literal[1:-1]}}}")
    return (2, _OPTIONAL.index(one.location)) if one.default else (1, 0)


def _single(text: str) -> str:
    """Return a literal in single quotes, which an f-string in double quotes can contain."""
    return "'" + names.literal(text)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
