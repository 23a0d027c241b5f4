"""An OpenAPI document as JSON values with positions; other modules validate it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeGuard

import attrs

from .problems import Pointer, Problem

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def at(node: Any, *keys: str) -> dict[str, Any]:
    """Return the object at `keys` below `node`; an empty one if there is none."""
    for key in keys:
        node = node.get(key) if is_object(node) else None
    return node if is_object(node) else {}


def entries(node: Any) -> list[Any]:
    """Return `node` if it is an array; otherwise an empty one."""
    return node if is_array(node) else []


def is_object(node: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether `node` is a JSON object."""
    return isinstance(node, dict)


def is_array(node: Any) -> TypeGuard[list[Any]]:
    """Return whether `node` is a JSON array."""
    return isinstance(node, list)


@attrs.frozen(eq=False, slots=False)
class Spec:
    """An OpenAPI document, which finds the position of a value when a problem is reported."""

    file: str
    """The path that problems print."""
    name: str
    """The name that generated files print. It is the same on every machine."""
    root: dict[str, Any]
    locate: Callable[[], Mapping[Pointer, tuple[int, int]]]

    @cached_property
    def positions(self) -> Mapping[Pointer, tuple[int, int]]:
        """The position of each value. Finding them takes longer than reading the document."""
        return self.locate()

    @property
    def sha256(self) -> str:
        """The hash of the canonical JSON. Comments and layout do not change it."""
        text = json.dumps(self.root, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def problem(self, pointer: Pointer, text: str) -> Problem:
        """Return the problem at `pointer`, or at its nearest ancestor that has a position."""
        while pointer not in self.positions:
            pointer = pointer[:-1]
        return Problem(self.file, *self.positions[pointer], text)

    def operations(self) -> Iterator[tuple[Pointer, dict[str, Any]]]:
        """Yield each operation with its pointer, `("paths", path, method)`."""
        for path in at(self.root, "paths"):
            for method in METHODS:
                if isinstance(at(self.root, "paths", path).get(method), dict):
                    yield ("paths", path, method), at(self.root, "paths", path, method)

    def find(self, ref: str) -> tuple[Pointer, Any] | None:
        """Resolve a local `$ref` to its pointer and value; None if it does not exist."""
        if not ref.startswith("#/"):
            return None
        pointer = tuple(part.replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/"))
        node: Any = self.root
        for key in pointer:
            items = entries(node)
            if key in at(node):
                node = at(node)[key]
            elif key.isdecimal() and int(key) < len(items):
                node = items[int(key)]
            else:
                return None
        return pointer, node

    def follow(self, pointer: Pointer, node: Any) -> tuple[Pointer, Any]:
        """Resolve the references of `node`, to any depth; return it unchanged if one does not exist."""
        seen: set[str] = set()
        while isinstance(ref := at(node).get("$ref"), str):
            found = self.find(ref)
            if found is None or ref in seen:
                break
            seen.add(ref)
            pointer, node = found
        return pointer, node
