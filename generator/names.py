"""Names of the document as names of Python; whether two of them collide is another module's question."""

from __future__ import annotations

import keyword
import re
import unicodedata

# A property may hide a builtin (`object`, `type`), but not one that the generated annotations name.
_TYPE_NAMES = frozenset({"bool", "datetime", "dict", "float", "int", "list", "property", "str", "tuple", "types"})
# What the body of a generated function calls.
_FUNCTION_NAMES = frozenset(
    {"body_of", "datetime", "dict", "due", "header_fields", "models", "overload", "pairs", "plain", "segment", "str"}
)
RESERVED_FUNCTIONS = _FUNCTION_NAMES | _TYPE_NAMES | {"annotations", "frozenset", "operation"}
"""What `api.py` itself uses, so that no operation may have it as its name."""
RESERVED_CLASSES = frozenset(
    {
        *("Any", "False", "Literal", "Mapping", "None", "Required", "Sequence", "True", "TypeAlias", "TypedDict"),
        *("Call", "Feed", "JSON", "Operation", "Origin", "Request", "StreamCall", "UNSET", "Unset", "View"),
        *("GENERATOR", "OPERATIONS", "SPEC_SHA256", "SPEC_VERSION"),
    }
)
"""What the generated modules themselves use, so that no class may have it as its name."""


def snake(wire: str) -> str:
    """Return `wire` in snake_case, nothing in it but what an identifier may hold; maybe empty."""
    return "_".join(_words(wire)).lower()


def attribute(wire: str) -> str:
    """Return the name of the property that reads the field `wire`."""
    return _identifier(snake(wire), _TYPE_NAMES)


def argument(wire: str) -> str:
    """Return the name of the argument that sends the field `wire`."""
    return _identifier(snake(wire), _FUNCTION_NAMES)


def class_name(wire: str) -> str:
    """Return the name of the class for the schema `wire`: its own, where that is one."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*", wire):
        return wire
    name = "".join(word if word.isupper() else word.capitalize() for word in _words(wire))
    return name if name.isidentifier() else f"Schema{name}"


def quoted(text: str) -> str:
    """Return a literal of `text` in double quotes: exactly `text`, in ASCII, on one line."""
    return f'"{"".join(map(_escaped, text))}"'


def literal(values: list[str]) -> str:
    """Return the type of a string that is one of `values`."""
    return f"Literal[{', '.join(map(quoted, values))}]"


def alternatives(type_: str) -> list[str]:
    """Return the members of a union that is written `A | B`, without taking brackets or strings apart."""
    parts, depth = [""], 0
    for piece in re.findall(r'"(?:[^"\\]|\\.)*"| \| |.', type_):
        depth += (piece == "[") - (piece == "]")
        if piece == " | " and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def identifiers(type_: str) -> set[str]:
    """Return the names that a type is made of, without the strings in it."""
    return set(re.findall(r"\w+", re.sub(r'"(?:[^"\\]|\\.)*"', "", type_)))


def union(*types: str) -> str:
    """Return the union of `types`, each member once, None and Unset last."""
    members = dict.fromkeys(part for type_ in types for part in alternatives(type_))
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
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
