"""Applies an OpenAPI Overlay 1.0 document: each action must match, and must say why it is there."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from .. import names, source
from ..problems import GenerationError, Pointer, Problem, RefusedError
from ..spec import Spec, at, entries, is_array, is_object
from . import json_path
from .document import Import
from .yaml_writer import dump

_HEAD = """\
overlay: 1.0.0
info:
  title: What the published document leaves open or gets wrong
  version: 1.0.0
actions:
"""
_FIELDS = {"target", "description", "update", "remove"}


@attrs.frozen(kw_only=True)
class Fix:
    """An action that was applied, and what it found."""

    where: Problem
    """The place of its target in the overlay."""
    target: str
    reason: str
    places: list[Pointer]
    written: list[Pointer]
    """What its update writes, below each place; nothing if it removes."""
    selected: str
    """The digest of what the target selected."""
    overwritten: dict[str, Any]
    """The values that it overwrote or removed, by JSON pointer; of arrays and objects the digests."""
    superfluous: bool
    """Whether the document said the same without it."""


def load(path: Path, file: str) -> Spec:
    """Read an overlay, and check its form."""
    spec = source.load(path, file, file)
    problems: list[Problem] = []
    if not str(spec.root.get("overlay", "")).startswith("1.0"):
        problems.append(spec.problem(("overlay",), "no Overlay 1.0 document; start it with `overlay: 1.0.0`"))
    for index, action in enumerate(entries(spec.root.get("actions"))):
        where = ("actions", str(index))
        for key in at(action):
            if key not in _FIELDS and not key.startswith("x-"):
                text = f"{key!r} is no field of an action; use {', '.join(sorted(_FIELDS))}"
                problems.append(spec.problem((*where, key), text))
        if not isinstance(at(action).get("target"), str):
            problems.append(spec.problem(where, "an action needs a `target`; write a JSONPath"))
        if not at(action).get("description"):
            problems.append(spec.problem(where, "an action needs a reason; write it as `description`"))
        if ("update" in at(action)) == (at(action).get("remove") is True):
            problems.append(spec.problem(where, "an action is an `update` or `remove: true`; write one of them"))
    if problems:
        raise RefusedError(problems)
    return spec


def apply(work: Import, overlay: Spec, *, strict: bool = True) -> list[Fix]:
    """Apply every action in order, and return what each found.

    Raises:
        RefusedError: A target matches nothing, and `strict` is true.

    """
    problems: list[Problem] = []
    fixes: list[Fix] = []
    for index, action in enumerate(entries(overlay.root.get("actions"))):
        where, target = ("actions", str(index), "target"), str(action["target"])
        try:
            found = json_path.find(work.root, target)
        except GenerationError as error:
            problems.append(overlay.problem(where, f"{error}"))
            continue
        if not found and strict:
            text = f"target {target!r} matches nothing in the new document; correct it, or remove the action"
            problems.append(overlay.problem(where, text))
        reason = " ".join(str(action["description"]).split())
        nodes = [(pointer, _node(work.root, pointer)) for pointer in found]
        overwritten = {
            names.json_pointer(at_): digest(value) if is_array(value) or is_object(value) else value
            for pointer, node in nodes
            for at_, value in _overwritten(pointer, node, action)
        }
        fix = Fix(
            where=overlay.problem(where, ""),
            target=target,
            reason=reason,
            places=found,
            written=[leaf for pointer in found for leaf in _leaves(pointer, action.get("update", {}))],
            selected=digest([node for _, node in nodes]),
            overwritten=overwritten,
            superfluous=all(_says(node, action.get("update", ...)) for _, node in nodes),
        )
        fixes.append(fix)
        for pointer in reversed(found):
            _act(work.root, pointer, action)
            work.note(pointer, f"fixed: {reason}")
    if problems:
        raise RefusedError(problems)
    return fixes


def _leaves(pointer: Pointer, update: Any) -> Iterator[Pointer]:
    if not is_object(update):
        yield pointer
    for key, value in at(update).items():
        yield from _leaves((*pointer, key), value)


def _overwritten(pointer: Pointer, node: Any, action: dict[str, Any]) -> Iterator[tuple[Pointer, Any]]:
    """Yield the values that an action replaces or removes."""
    update = action.get("update")
    if is_object(node) and is_object(update):
        for key in [key for key in update if key in node]:
            yield from _overwritten((*pointer, key), node[key], {"update": update[key]})
    elif not (is_array(node) and "update" in action):  # Arrays are added to.
        yield pointer, node


def _says(node: Any, update: Any) -> bool:
    """Return whether an update would change nothing that `node` says. A name stays given, whatever they call it."""
    if is_object(node) and is_object(update):
        return "operationId" not in update and all(
            key in node and _says(node[key], value) for key, value in update.items()
        )
    if is_array(node):
        return all(one in node for one in (update if is_array(update) else [update]))
    return bool(node == update)


def extended(path: Path, actions: list[dict[str, Any]]) -> str:
    """Return the text of the overlay at `path`, or of a new one, with more actions.

    Raises:
        RefusedError: Actions cannot be added to it as text.

    """
    text = source.read_text(path, path.name).rstrip("\n") + "\n" if path.exists() else _HEAD
    spec = Spec(path.name, path.name, at(source.parse(text, path.name)), source.locator(text, path.name))
    wanted = {**spec.root, "actions": [*entries(spec.root.get("actions")), *actions]}
    first = re.search(r"^actions:(?:.*\n)+?( *)- ", text, re.MULTILINE)
    text = re.sub(r"^actions: *(\[\]|null) *$", "actions:", text, flags=re.MULTILINE)
    text += "".join(f"{first[1] if first else '  '}{line}\n" for line in dump(actions).splitlines())
    with contextlib.suppress(RefusedError):
        if source.parse(text, path.name) == wanted:
            return text
    why = "names of operations cannot be added here; make `actions` the last key, a list in block style"
    raise RefusedError([spec.problem(("actions",), why)])


def digest(value: Any) -> str:
    """Return a short hash of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _node(root: Any, pointer: tuple[str, ...]) -> Any:
    for key in pointer:
        root = root[int(key)] if is_array(root) else at(root)[key]
    return root


def _act(root: Any, pointer: tuple[str, ...], action: dict[str, Any]) -> None:
    if not pointer:
        _merge(root, action.get("update"))
        return
    parent, key = _node(root, pointer[:-1]), pointer[-1]
    place: Any = int(key) if is_array(parent) else key
    if action.get("remove") is True:
        del parent[place]
    elif is_object(parent[place]) and is_object(action["update"]):
        _merge(parent[place], action["update"])
    elif is_array(parent[place]):
        entries(parent[place]).append(copy.deepcopy(action["update"]))
    else:
        parent[place] = copy.deepcopy(action["update"])


def _merge(node: dict[str, Any], update: Any) -> None:
    for key, value in at(update).items():
        if is_object(value) and is_object(node.get(key)):
            _merge(node[key], value)
        elif is_array(value) and is_array(node.get(key)):
            missing = [one for one in value if one not in node[key]]  # So that a superfluous fix does no harm.
            node[key] = [*entries(node[key]), *copy.deepcopy(missing)]
        else:
            node[key] = copy.deepcopy(value)
