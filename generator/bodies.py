"""Plans the arguments of a request body, and how they become one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs

from . import media, names, prose
from .media import Media
from .plan import Argument
from .problems import Pointer
from .shapes import Member, Shape, is_open, properties, shape
from .spec import Spec, at
from .typed_dicts import TypedDictPlanner


@attrs.define(eq=False)
class Body:
    """The request body of one operation."""

    typed_dicts: TypedDictPlanner
    operation: Pointer
    owner: str
    name: Callable[[dict[str, Any], str, str, Pointer], str]
    """Names an argument, by its schema, its wire name, its place and its pointer."""
    optional: bool = False
    media: str = ""
    """The media type that is sent; empty without a body."""
    kind: Media = "json"
    """How the body is sent."""
    files: list[str] = attrs.field(factory=list[str])
    """The literals of the fields of a multipart form that are files."""
    styles: dict[str, str] = attrs.field(factory=dict[str, str])
    """The style and explode, as code, of the fields of a form that have one, by literal."""
    types: dict[str, str] = attrs.field(factory=dict[str, str])
    """The literal of the content type of the parts of a multipart form that have one, by literal."""
    nullable: bool = False
    """Whether the body is one argument, and null is a value of it."""

    @property
    def options(self) -> str:
        """How a form is encoded, as further arguments in code."""
        text = f", files=frozenset({{{', '.join(self.files)}}})" if self.files else ""
        for keyword, values in (("types", self.types), ("styles", self.styles)):
            listed = ", ".join(f"{literal}: {value}" for literal, value in values.items())
            text += f", {keyword}={{{listed}}}" if listed else ""
        return text

    @property
    def _spec(self) -> Spec:
        return self.typed_dicts.registry.spec

    def plan(self, operation: dict[str, Any]) -> list[Argument]:
        """Return the arguments of the body."""
        pointer, node = self._spec.follow((*self.operation, "requestBody"), operation.get("requestBody"))
        content = at(node, "content")
        self.media = media.best(content)
        described, pointer_ = at(content, self.media), (*pointer, "content", self.media)
        self.kind = media.kind(self.media, described)
        if not self.media or (self.kind == "bytes" and self.media.startswith("multipart/")):
            for refused in content:
                text = f"a request body of {refused!r} cannot be generated; describe it as JSON, a form, text or bytes"
                self._report((*pointer, "content", refused), text)
            return []
        self.optional = at(node).get("required") is not True
        pointer = pointer_
        if self.kind in ("text", "bytes"):
            return [self._raw(at(node))]
        if self.kind in ("form", "multipart"):
            self._encoding(pointer, at(described, "encoding"))
        found = shape(self._spec, (*pointer, "schema"), described.get("schema"))
        if self._is_whole(found):
            return [self._whole((*pointer, "schema"), described.get("schema"), found, at(node))]
        members = [one for one in properties(self._spec, found) if at(one.schema).get("readOnly") is not True]
        fields = [self._field(member) for member in members]
        if is_open(self._spec, found):
            doc = "Fields of the body that the document does not declare."
            type_ = "Mapping[str, Any] | None"
            fields.append(Argument("extra_body", "extra_body", "", type_, "None", "extra_body", doc))
        return fields

    def _report(self, pointer: Pointer, text: str) -> None:
        self.typed_dicts.registry.report(pointer, text)

    def _is_whole(self, found: Shape) -> bool:
        """Return whether the body is one argument: it is no object, or one of several objects."""
        if found.kind == "object" and not found.nullable:
            return False
        return self.kind == "json" or found.kind in ("object", "union", "map", "any")

    def _raw(self, node: dict[str, Any]) -> Argument:
        type_ = "str" if self.kind == "text" else "bodies.RawParam"
        default = "UNSET" if self.optional else ""
        doc = prose.documented(node, {})
        return Argument(
            "body", "body", '"body"', names.union(type_, "Unset") if default else type_, default, "body", doc
        )

    def _whole(self, pointer: Pointer, node: Any, found: Shape, body: dict[str, Any]) -> Argument:
        type_ = self.typed_dicts.type_of(pointer, node, f"{self.owner}_body")
        self.nullable = self.kind == "json" and (found.nullable or found.kind == "any")
        if self.kind != "json":
            type_ = "Mapping[str, Any]"  # Files may be among the values.
        return self._argument(type_, prose.documented(body, found.schema))

    def _argument(self, type_: str, doc: str) -> Argument:
        default = "UNSET" if self.optional else ""
        type_ = names.union(type_, "Unset") if default else type_
        return Argument("body", "body", '"body"', type_, default, "body", doc)

    def _encoding(self, pointer: Pointer, encoding: dict[str, Any]) -> None:
        for name, found in encoding.items():
            node, where, literal = at(found), (*pointer, "encoding", name), names.literal(name)
            declared, style = str(node.get("contentType", "")), node.get("style", "form")
            if style not in ("form", "spaceDelimited", "pipeDelimited", "deepObject"):
                self._report(where, f"style {style!r} does not exist in a form; use `deepObject`")
            if node.keys() & {"style", "explode"}:  # Then the content type does not count.
                explode = node.get("explode", style in ("form", "deepObject")) is True
                self.styles[literal] = f"({names.literal(str(style))}, {explode})"
            elif self.kind == "form" and declared and media.kind(declared) == "json":
                self.styles[literal] = '("json", False)'
            elif self.kind == "multipart" and re.fullmatch(r"[\w.+-]+/[\w.+-]+", declared):
                self.types[literal] = names.literal(declared)  # One of several is chosen with the file.
            for header, part in at(node, "headers").items():
                if at(self._spec.follow(where, part)[1]).get("required") is True:
                    text = f"header {header!r} of a part cannot be sent; make it optional"
                    self._report((*where, "headers", header), text)

    def _file_type(self, member: Member) -> str:
        """Return the type of a file of a multipart form, or an empty string."""
        _, node = self._spec.follow(member.pointer, member.schema)
        if media.is_binary(node):
            return "bodies.FileParam"
        found = shape(self._spec, member.pointer, member.schema)
        if found.kind == "array" and media.is_binary(found.members[0].schema):
            return "Sequence[bodies.FileParam]"
        parts = found.members if found.kind == "union" else []
        if parts and any(media.is_binary(one.schema) for one in parts):
            return "bodies.FileParam | str"
        return ""

    def _field(self, member: Member) -> Argument:
        found = shape(self._spec, member.pointer, member.schema)
        node = at(member.schema)
        name = self.name(node, member.wire, "body", member.pointer)
        type_ = self._file_type(member) if self.kind == "multipart" else ""
        if type_:
            self.files.append(names.literal(member.wire))
        else:
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
        elif "default" in schema and (node.get("x-send-default") is True or _is_scalar(schema["default"])):
            default = self._default(member, schema["default"])
        elif not member.required:
            self._report(member.pointer, f"property {member.wire!r} has `x-send-default` and no default; give it one")
        doc = prose.documented(node, found.schema, node)
        return Argument(name, "body_field", names.literal(member.wire), type_, default, value, doc)

    def _default(self, member: Member, value: Any) -> str:
        if isinstance(value, str):
            return names.literal(value)
        if _is_scalar(value):
            return repr(value)
        text = f"the default of {member.wire!r} is always sent, so it must be a scalar; remove it"
        self._report((*member.pointer, "default"), text)
        return "None"


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, str | bool | int | float)


def _positive(value: Any) -> bool:
    return isinstance(value, int) and value > 0
