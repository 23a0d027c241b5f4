"""JSON Schemas of Python types, and JSON values read as these types."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Required,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

_SCALARS: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


class _UnknownTypeError(TypeError):
    """A type that only pydantic can read."""


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type: a dataclass, a TypedDict, a pydantic model, or what they consist of.

    Raises:
        TypeError: It has no schema; the text names the field.

    """
    try:
        return _schema(kind, _name(kind))
    except _UnknownTypeError as unknown:
        adapter = _pydantic(kind, unknown)
    return dict(adapter.json_schema())


def read_as(kind: Any, value: Any) -> Any:
    """Return a JSON value as a type.

    Raises:
        ValueError: It does not fit; the text names the place.
        TypeError: The type cannot be read.

    """
    try:
        _schema(kind, _name(kind))
    except _UnknownTypeError as unknown:
        return _pydantic(kind, unknown).validate_python(value)
    return _read(kind, value, "$")


_TAGS: dict[Any, str] = {
    Annotated: "annotated",
    Required: "annotated",
    NotRequired: "annotated",
    Union: "union",
    UnionType: "union",
    Literal: "literal",
    list: "array",
    Sequence: "array",
    tuple: "array",
    dict: "map",
    Mapping: "map",
}


def _tag(kind: Any) -> str:
    """Return which of the forms below a type has; empty for one that only pydantic knows."""
    arguments = get_args(kind)
    tag = "scalar" if kind in _SCALARS else "any" if kind is Any else _TAGS.get(get_origin(kind), "")
    if not tag and isinstance(kind, type):
        some = cast("Any", kind)
        tag = "enum" if issubclass(some, Enum) else "object" if is_dataclass(some) or is_typeddict(some) else ""
    if get_origin(kind) is tuple and (len(arguments) != 2 or arguments[1] is not ...):
        return ""
    if tag == "map" and arguments[0] is not str:
        return ""
    return "" if tag == "annotated" and not all(isinstance(each, str) for each in arguments[1:]) else tag


def _schema(kind: Any, where: str, above: tuple[Any, ...] = ()) -> dict[str, Any]:
    arguments = get_args(kind)
    match _tag(kind):
        case "scalar":
            made: dict[str, Any] = {"type": _SCALARS[kind]}
        case "any":
            made = {}
        case "annotated":
            made = _schema(arguments[0], where, above)
            made |= {"description": " ".join(arguments[1:])} if arguments[1:] else {}
        case "union":
            made = {"anyOf": [_schema(each, where, above) for each in arguments]}
        case "literal":
            made = {"enum": list(arguments)}
        case "array":
            made = {"type": "array", "items": _schema(arguments[0], where, above)}
        case "map":
            made = {"type": "object", "additionalProperties": _schema(arguments[1], where, above)}
        case "enum":
            made = {"enum": [each.value for each in kind]}
        case "object" if kind not in above:
            made = _object_schema(kind, where, (*above, kind))
        case _:
            raise _UnknownTypeError(where)
    return made


def _object_schema(kind: Any, where: str, above: tuple[Any, ...]) -> dict[str, Any]:
    members = _members(kind)
    schema = {
        "type": "object",
        "properties": {name: _schema(each, f"{where}.{name}", above) for name, (each, _) in members.items()},
        "required": [name for name, (_, required) in members.items() if required],
        "additionalProperties": False,
    }
    text = kind.__doc__ or ""
    if not text or text.startswith(f"{kind.__name__}("):  # The docstring that dataclasses make.
        return schema
    return {"description": inspect.cleandoc(text), **schema}


def _members(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return the fields of a dataclass or TypedDict: their types, and whether each is required."""
    hints = get_type_hints(kind, include_extras=True)
    if is_typeddict(kind):
        marks = {Required: True, NotRequired: False}  # In a string, the class itself does not see them.
        known = kind.__required_keys__
        return {name: (hint, marks.get(get_origin(hint), name in known)) for name, hint in hints.items()}
    return {
        each.name: (hints[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
        if each.init
    }


def _read(kind: Any, value: Any, path: str) -> Any:
    arguments, tag = get_args(kind), _tag(kind)
    if tag == "annotated":
        return _read(arguments[0], value, path)
    if tag == "union":
        return _read_union(arguments, value, path)
    if isinstance(value, list) and tag == "array":
        items = enumerate(cast("list[Any]", value))  # type: ignore[redundant-cast]  # Pyright needs it.
        read = [_read(arguments[0], each, f"{path}[{index}]") for index, each in items]
        return tuple(read) if get_origin(kind) is tuple else read
    if isinstance(value, dict) and tag in ("map", "object"):
        fields_of = cast("dict[str, Any]", value)
        return _read_map(arguments[1], fields_of, path) if tag == "map" else _read_object(kind, fields_of, path)
    return _read_scalar(kind, tag, value, path)


def _read_scalar(kind: Any, tag: str, value: Any, path: str) -> Any:
    known: tuple[Any, ...] = ()
    if tag in ("literal", "enum"):
        known = get_args(kind) if tag == "literal" else tuple(each.value for each in kind)
    exact = type(value) is kind or (kind is float and type(value) is int)
    if tag == "any" or exact or any(value == each and type(value) is type(each) for each in known):
        return kind(value) if tag == "enum" else value
    expected = " or ".join(map(repr, known)) or _name(kind)
    raise ValueError(f"{path}: expected {expected}, found {json.dumps(value, ensure_ascii=False)[:200]}")


def _read_map(kind: Any, value: dict[str, Any], path: str) -> Any:
    return {name: _read(kind, each, f"{path}.{name}") for name, each in value.items()}


def _read_union(kinds: Sequence[Any], value: Any, path: str) -> Any:
    problems: list[str] = []
    for kind in kinds:
        try:
            return _read(kind, value, path)
        except ValueError as error:
            problems.append(str(error))
    raise ValueError(max(problems, key=lambda text: len(text.partition(": ")[0])))  # The one that came furthest.


def _read_object(kind: Any, value: dict[str, Any], path: str) -> Any:
    members = _members(kind)
    for name, (_, required) in members.items():
        if required and name not in value:
            raise ValueError(f"{path}.{name}: it is missing")
    for name in value:
        if name not in members:
            raise ValueError(f"{path}.{name}: {_name(kind)} has no such field")
    return kind(**{name: _read(members[name][0], each, f"{path}.{name}") for name, each in value.items()})


def _pydantic(kind: Any, unknown: _UnknownTypeError) -> Any:
    try:
        from pydantic import TypeAdapter  # No dependency: for types that are not of the standard library's kind.
    except ImportError:
        raise TypeError(f"{unknown}: its type has no JSON schema; use a simpler one, or install pydantic") from None
    return TypeAdapter(kind)


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", None) or str(kind).replace("typing.", "")
