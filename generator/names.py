"""Converts names of the document to Python names; other modules find collisions."""

from __future__ import annotations

import keyword
import re
import unicodedata

from .problems import Pointer

# A property may shadow a builtin (`object`, `type`), but not one that the generated annotations use.
_TYPE_NAMES = frozenset(
    {"bool", "datetime", "dict", "float", "int", "list", "property", "readers", "str", "tuple", "types"}
)
# Names that the body of a generated function uses.
_FUNCTION_NAMES = frozenset(
    {
        *("encode_body", "encode_headers", "encode_query", "quote_segment", "require", "to_json_value"),
        *("bodies", "datetime", "dict", "extra_body", "functools", "models", "overload", "paging", "polling"),
        *("readers", "str", "styles", "warnings"),
    }
)
RESERVED_FUNCTIONS = _FUNCTION_NAMES | _TYPE_NAMES | {"annotations", "frozenset", "operation"}
"""Names that `api.py` uses itself. No operation may have one of them."""
RESERVED_CLASSES = frozenset(
    {
        *("Any", "False", "Literal", "Mapping", "None", "Required", "Sequence", "True", "TypeAlias", "TypedDict"),
        *(
            "Call",
            "DictView",
            "JSON",
            "Operation",
            "Origin",
            "Request",
            "Result",
            "StreamCall",
            "UNSET",
            "Unset",
            "View",
        ),
        *("GENERATOR", "OPERATIONS", "SPEC_SHA256", "SPEC_VERSION"),
    }
)
"""Names that the generated modules use themselves. No class may have one of them."""
CLIENT_CLASSES = frozenset(
    {
        *("AsyncClient", "AsyncIterator", "AsyncPareta", "AsyncStream", "Awaitable", "CallOptions", "Callable"),
        *("Client", "Iterator", "Pareta", "Self", "Stream", "Unpack"),
    }
)
"""Names that `client.py` uses, too."""


def snake_case(wire: str) -> str:
    """Return `wire` in snake_case, without characters that an identifier cannot contain; it can be empty."""
    return "_".join(_words(wire)).lower()


def attribute(wire: str) -> str:
    """Return the name of the property that reads the field `wire`."""
    return _identifier(snake_case(wire), _TYPE_NAMES)


def argument(wire: str) -> str:
    """Return the name of the argument that sends the field `wire`."""
    return _identifier(snake_case(wire), _FUNCTION_NAMES)


def class_name(wire: str) -> str:
    """Return the class name for the schema `wire`: `wire` itself if it is in PascalCase."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", wire):
        return wire
    name = "".join(word if word.isupper() else word.capitalize() for word in _words(wire))
    return name if name.isidentifier() else f"Schema{name}"


def json_pointer(pointer: Pointer) -> str:
    """Return a JSON pointer as text, such as `/components/schemas/Pet`."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in pointer)


def literal(text: str) -> str:
    """Return a Python string literal of `text`: in double quotes, in ASCII, on one line."""
    return f'"{"".join(map(_escaped, text))}"'


def literal_type(values: list[str]) -> str:
    """Return the `Literal` type of `values`."""
    return f"Literal[{', '.join(map(literal, values))}]"


def union_members(type_: str) -> list[str]:
    """Split a union type `A | B` into its members. It does not split brackets or strings."""
    parts, depth = [""], 0
    for piece in re.findall(r'"(?:[^"\\]|\\.)*"| \| |.', type_):
        depth += (piece == "[") - (piece == "]")
        if piece == " | " and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def identifiers(type_: str) -> set[str]:
    """Return the identifiers in a type, without those in strings."""
    return set(re.findall(r"\w+", re.sub(r'"(?:[^"\\]|\\.)*"', "", type_)))


def literal_tuple(literals: list[str]) -> str:
    """Return the tuple of literals as code; the formatter keeps it on a line."""
    return f"({', '.join(literals)}{',' if len(literals) == 1 else ''})"


def union(*types: str) -> str:
    """Return the union of `types`: each member once, None and Unset last."""
    members = dict.fromkeys(part for type_ in types for part in union_members(type_))
    return " | ".join(
        sorted(members, key=lambda member: ("None", "Unset").index(member) + 1 if member in ("None", "Unset") else 0)
    )


def _words(wire: str) -> list[str]:
    text = unicodedata.normalize("NFKC", wire)
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z])([A-Z][a-z])", r"\1 \2", text)
    return re.findall(r"[^\W_]+", text)


def _identifier(name: str, taken: frozenset[str]) -> str:
    if not name.isidentifier():
        name = f"field_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in taken or name == "self" else name


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if " " <= char <= "~":
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
