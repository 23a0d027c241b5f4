"""Reads an OpenAPI document as JSON values with the position of each; it does not judge what the document says."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from .problems import Pointer, Problem, RefusedError

MAX_NODES = 500_000
"""Aliases of aliases can make a small file describe more values than any memory holds."""
MAX_DEPTH = 150
"""What every later step can walk without running out of stack."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_WORDS = {"null": None, "true": True, "false": False}


def at(node: Any, *keys: str) -> dict[str, Any]:
    """Return the object that `keys` lead to, or an empty one: a broken document has none."""
    for key in keys:
        node = cast("dict[str, Any]", node).get(key) if isinstance(node, dict) else None
    return cast("dict[str, Any]", node) if isinstance(node, dict) else {}


def entries(node: Any) -> list[Any]:
    """Return `node` where it is an array, else an empty one."""
    return cast("list[Any]", node) if isinstance(node, list) else []


@attrs.frozen(eq=False)
class Spec:
    """An OpenAPI document, and where each of its values stands."""

    file: str
    """The name that problems and headers give it."""
    root: dict[str, Any]
    positions: Mapping[Pointer, tuple[int, int]]

    @property
    def sha256(self) -> str:
        """The hash of what the document says: comments and layout do not count."""
        text = json.dumps(self.root, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def problem(self, pointer: Pointer, text: str) -> Problem:
        """Return the problem at `pointer`, or at the nearest node above that has a position."""
        while pointer not in self.positions:
            pointer = pointer[:-1]
        return Problem(self.file, *self.positions[pointer], text)

    def operations(self) -> Iterator[tuple[Pointer, dict[str, Any]]]:
        """Yield each operation with its pointer, `("paths", path, method)`."""
        for path in at(self.root, "paths"):
            for method in _METHODS:
                operation = at(self.root, "paths", path).get(method)
                if isinstance(operation, dict):
                    yield ("paths", path, method), cast("dict[str, Any]", operation)

    def find(self, ref: str) -> tuple[Pointer, Any] | None:
        """Return what a local `$ref` names, with its pointer; None where there is nothing."""
        if not ref.startswith("#/"):
            return None
        pointer = tuple(part.replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/"))
        node: Any = self.root
        for key in pointer:
            if isinstance(node, dict) and key in node:
                node = cast("dict[str, Any]", node)[key]
            elif isinstance(node, list) and key.isdecimal() and int(key) < len(cast("list[Any]", node)):
                node = cast("list[Any]", node)[int(key)]
            else:
                return None
        return pointer, cast("Any", node)

    def follow(self, pointer: Pointer, node: Any) -> tuple[Pointer, Any]:
        """Return what `node` stands for, through any number of references; itself where one dangles."""
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(ref := cast("dict[str, Any]", node).get("$ref"), str):
            found = self.find(ref)
            if found is None or ref in seen:
                break
            seen.add(ref)
            pointer, node = found
        return pointer, node


def load(path: Path, file: str) -> Spec:
    """Read the document at `path`, which is to be called `file`; RefusedError where it is no JSON-like object."""
    text = _text(path, file)
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # Reported here, all of them, with positions.
    try:
        node = cast("Node | None", yaml.compose(text))  # pyright: ignore[reportUnknownMemberType]
    except MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(error.problem or error.context or "").split())
        raise RefusedError([Problem(file, line, column, f"not YAML: {what}; correct the syntax here")]) from None
    except RecursionError:
        text = "the document nests too deeply to be read; flatten it"
        raise RefusedError([Problem(file, 1, 1, text)]) from None
    except (YAMLError, ValueError) as error:
        what = " ".join(str(error).split())
        raise RefusedError([Problem(file, 1, 1, f"not YAML: {what}; correct the syntax")]) from None
    if not isinstance(node, MappingNode):
        what = "the document is empty" if node is None else "the document is no mapping"
        raise RefusedError([Problem(file, 1, 1, f"{what}; begin it with `openapi: 3.1.0`")])
    reader = _Reader(file)
    root = reader.value(node, (), ())
    if reader.problems:
        raise RefusedError(reader.problems)
    return Spec(file, root, reader.positions)


def _text(path: Path, file: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RefusedError([Problem(file, 1, 1, f"cannot be read: {reason}; name a readable file")]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise RefusedError([Problem(file, line, column, "not UTF-8; save the file in that encoding")]) from None
    return text


class _Reader:
    """Makes JSON values of YAML nodes, and keeps their positions."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.positions: dict[Pointer, tuple[int, int]] = {(): (1, 1)}
        self.problems: list[Problem] = []
        self.count = 0

    def value(self, node: Node, pointer: Pointer, above: tuple[Node, ...]) -> Any:
        """Return the value of `node`, which stands within the nodes `above`."""
        self.count += 1
        if self.count > MAX_NODES or len(above) > MAX_DEPTH or any(node is one for one in above):
            if self.count <= MAX_NODES + 1:
                cyclic = any(node is one for one in above)
                deep = "an alias stands within what it names" if cyclic else "the document is too large or too deep"
                self.note(node, f"{deep}; write it with `$ref`")
            return None
        above = (*above, node)
        if isinstance(node, MappingNode):
            return self.mapping(node, pointer, above)
        if isinstance(node, SequenceNode):
            found: list[Any] = []
            for index, item in enumerate(cast("list[Node]", node.value)):
                inner = (*pointer, str(index))
                self.positions[inner] = _position(item)
                found.append(self.value(item, inner, above))
            return found
        return self.scalar(cast("ScalarNode", node))

    def mapping(self, node: MappingNode, pointer: Pointer, above: tuple[Node, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in cast("list[tuple[Node, Node]]", node.value):
            if not isinstance(key, ScalarNode) or key.tag == "tag:yaml.org,2002:null":
                self.note(key, "a key must be a string; quote it")
                continue
            if key.tag == "tag:yaml.org,2002:merge":
                self.note(key, "merge keys (`<<`) belong to YAML 1.1; write the keys out, or use `$ref`")
                continue
            name = self.string(key)  # An unquoted status code is a key like any other.
            if name in found:
                line, _ = self.positions[(*pointer, name)]
                self.note(key, f"key {name!r} is a duplicate of the one in line {line}; remove one")
                continue
            inner = (*pointer, name)
            self.positions[inner] = _position(key)
            found[name] = self.value(item, inner, above)
        return found

    def scalar(self, node: ScalarNode) -> Any:
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        text = cast("str", node.value)
        if tag == "null":
            return None
        if tag == "bool":
            return _WORDS.get(text.lower(), text)
        if tag in ("int", "float"):
            return self.number(node, tag, text.replace("_", ""))
        if tag in ("str", "timestamp"):  # YAML 1.2 has no dates.
            return self.string(node)
        self.note(node, f"a value tagged {tag!r} is not JSON; write a string, number, boolean or null")
        return None

    def number(self, node: ScalarNode, tag: str, text: str) -> int | float | None:
        try:
            found = int(text, 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o") else 10) if tag == "int" else float(text)
        except ValueError:
            found = math.nan
        if isinstance(found, float) and not math.isfinite(found):
            self.note(node, f"{text} is no JSON number; write a finite one, or quote it")
            return None
        return found

    def string(self, node: ScalarNode) -> str:
        text = cast("str", node.value)
        if any("\ud800" <= char <= "\udfff" for char in text):
            self.note(node, "half of a surrogate pair is no character; write the character itself")
            return ""
        return text

    def note(self, node: Node, text: str) -> None:
        self.problems.append(Problem(self.file, *_position(node), text))


def _position(node: Node) -> tuple[int, int]:
    mark = node.start_mark
    return mark.line + 1, mark.column + 1
