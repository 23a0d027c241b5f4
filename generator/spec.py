"""An OpenAPI document as JSON values, with the position of each; whether it makes sense is asked elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

import attrs

from .problems import Pointer, Problem

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def at(node: Any, *keys: str) -> dict[str, Any]:
    """Return the object that `keys` lead to, or an empty one: a broken document has none."""
    found: Any = node
    for key in keys:
        found = _object(found).get(key)
    return _object(found)


def entries(node: Any) -> list[Any]:
    """Return `node` where it is an array, else an empty one."""
    return node if _is_array(node) else []


def _object(node: Any) -> dict[str, Any]:
    return node if _is_object(node) else {}


def _is_object(node: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(node, dict)


def _is_array(node: Any) -> TypeGuard[list[Any]]:
    return isinstance(node, list)


@attrs.frozen(eq=False)
class Spec:
    """An OpenAPI document, and where each of its values stands."""

    file: str
    """The path that problems give it."""
    name: str
    """What generated files call it: nothing that differs from machine to machine."""
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
                if isinstance(at(self.root, "paths", path).get(method), dict):
                    yield ("paths", path, method), at(self.root, "paths", path, method)

    def find(self, ref: str) -> tuple[Pointer, Any] | None:
        """Return what a local `$ref` names, with its pointer; None where there is nothing."""
        if not ref.startswith("#/"):
            return None
        pointer = tuple(part.replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/"))
        node: Any = self.root
        for key in pointer:
            items = entries(node)
            if key in _object(node):
                node = _object(node)[key]
            elif key.isdecimal() and int(key) < len(items):
                node = items[int(key)]
            else:
                return None
        return pointer, node

    def follow(self, pointer: Pointer, node: Any) -> tuple[Pointer, Any]:
        """Return what `node` stands for, through any number of references; itself where one dangles."""
        seen: set[str] = set()
        while isinstance(ref := _object(node).get("$ref"), str):
            found = self.find(ref)
            if found is None or ref in seen:
                break
            seen.add(ref)
            pointer, node = found
        return pointer, node
