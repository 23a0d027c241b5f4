"""Brings other files into the document: their parts become components, and path items stand where they are used."""

from __future__ import annotations

import copy
import posixpath
import re
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import attrs

from .. import source
from ..problems import Pointer, RefusedError
from ..spec import at, entries
from .document import Import, below, pointer_of, ref_of

_KINDS = {"parameters": "parameters", "responses": "responses", "headers": "headers", "examples": "examples",
          "links": "links", "callbacks": "callbacks", "requestBody": "requestBodies", "schema": "schemas"}  # fmt: skip


def bundle(work: Import, path: Path) -> None:
    """Bring in what `$ref`s to other files name; `path` is the document's own file."""
    bundler = _Bundler(work, path.resolve())
    bundler.visit(work.root, (), "")
    work.stop_if_refused()
    for path_, item in list(at(work.root, "paths").items()):
        _path_item(work, path_, item)
    work.stop_if_refused()


def _path_item(work: Import, path: str, item: Any) -> None:
    ref = at(item).get("$ref")
    if not isinstance(ref, str):
        return
    pointer, found = work.spec.follow(("paths", path), item)
    if "$ref" in at(found):
        work.refuse(("paths", path, "$ref"), f"{ref!r} does not exist; correct it")
        return
    beside = {key: value for key, value in at(item).items() if key != "$ref"}
    work.root["paths"][path] = {**copy.deepcopy(at(found)), **beside}
    work.note(("paths", path), f"path item {ref_of(pointer)} stands here now, in place of its `$ref`")


@attrs.define(eq=False)
class _Bundler:
    work: Import
    path: Path
    loaded: dict[str, Any] = attrs.field(factory=dict[str, Any])
    placed: dict[tuple[str, str, str], str] = attrs.field(factory=dict[tuple[str, str, str], str])

    def visit(self, node: Any, pointer: Pointer, file: str) -> None:
        """Bring in what the references below `node`, which comes from `file`, name."""
        stack: list[tuple[Any, Pointer, bool]] = [(node, pointer, False)]
        while stack:
            here, where, named = stack.pop()
            stack.extend((item, (*where, str(index)), False) for index, item in enumerate(entries(here)))
            ref = at(here).get("$ref")
            if isinstance(ref, str) and (file or not ref.startswith("#")) and not named:
                self._follow(here, ref, where, file)
            stack.extend((value, (*where, key), inner) for key, value, inner in below(here, named=named))

    def _follow(self, here: dict[str, Any], ref: str, where: Pointer, file: str) -> None:
        name, _, fragment = ref.partition("#")
        if re.match(r"[a-z]+:", name):
            self.work.refuse((*where, "$ref"), f"{ref!r} is on the network; download it beside the document")
            return
        target = posixpath.normpath(PurePosixPath(file).parent / unquote(name)) if name else file
        if target == self.path.name:  # Another file refers back to the document.
            here["$ref"] = f"#{fragment}"
            return
        found = self._load(target, where)
        steps = pointer_of(f"#{fragment}") if fragment.strip("/") else ()
        for key in steps:
            items = entries(found)
            found = items[int(key)] if key.isdecimal() and int(key) < len(items) else at(found).get(key)
        if found is None:
            self.work.refuse((*where, "$ref"), f"{ref!r} does not exist; correct it, or add its target")
            return
        kind = "pathItems" if where[:1] == ("paths",) and len(where) == 2 else self._kind(where)
        part = (kind, target, fragment)
        if part not in self.placed:
            stem = steps[-1] if steps else PurePosixPath(target).stem
            self.placed[part] = placed = self._name(kind, stem, found)
            value = copy.deepcopy(found)
            self.work.components(kind)[placed] = value
            self.work.note((*where, "$ref"), f"{target} is part of this document now")
            self.visit(value, ("components", kind, placed), target)
        here["$ref"] = ref_of(("components", kind, self.placed[part]))

    def _kind(self, where: Pointer) -> str:
        if where[:1] == ("components",) and len(where) == 3:
            return where[1]
        for step in reversed(where):
            if step in _KINDS and not (step == "parameters" and where[-2:-1] != ("parameters",)):
                return _KINDS[step]
        return "schemas"

    def _load(self, target: str, where: Pointer) -> Any:
        if target not in self.loaded:
            path = self.path.parent / target
            try:
                self.loaded[target] = source.parse(source.read_text(path, target), target, merge=True)
            except RefusedError as refused:
                self.work.refused += refused.problems
                self.work.refuse((*where, "$ref"), f"{target} cannot be read; put it beside the document")
                self.loaded[target] = None
        return self.loaded[target]

    def _name(self, kind: str, stem: str, value: Any) -> str:
        known = self.work.components(kind)
        base = re.sub(r"[^A-Za-z0-9._-]", "_", stem)
        name, number = base, 2
        while name in known and known[name] != value:
            name, number = f"{base}_{number}", number + 1
        return name
