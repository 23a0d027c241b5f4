"""Names operations in snake_case by a rule that looks at each alone; what it leaves open, fixes.yaml decides."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from typing import Any

from .. import names
from ..problems import Pointer
from ..spec import at, is_array
from .document import Import

_WORDS = {"get": "get", "post": "create", "put": "replace", "patch": "update", "delete": "delete"}


def rename(work: Import, before: Mapping[tuple[str, str], str], fixed: set[Pointer]) -> list[tuple[Pointer, str]]:
    """Name every operation. Return the names that are no operation's alone, to be pinned in fixes.yaml.

    `before` has the names of the last import by path and method: of several, the one that had the name keeps it.
    Operations in `fixed` have a name of fixes.yaml already.
    """
    wanted: dict[Pointer, str] = {}
    by_name: dict[str, list[Pointer]] = {}
    for pointer, operation in work.spec.operations():
        given = pointer in fixed and _clean(str(operation.get("operationId", "")))
        wanted[pointer] = given or operation_id(pointer, operation)
        by_name.setdefault(wanted[pointer], []).append(pointer)
    pinned: list[tuple[Pointer, str]] = []
    for name, pointers in list(by_name.items()):
        if len(pointers) < 2:
            continue
        had = [one for one in pointers if before.get((one[1], one[2])) == name]
        keeping = ([one for one in pointers if one in fixed] or had)[:1]
        if not keeping:
            del by_name[name]
        for pointer in [one for one in pointers if one not in keeping]:
            operation = at(work.root, *pointer)
            original = _clean(str(operation.get("operationId", "")))
            base = original if original not in ("", name) and original not in by_name else from_path(pointer)
            long, number = base, 2
            while long in by_name:  # `GET /users/{id}` and `GET /users/by_id`, for example.
                long, number = f"{base}_{number}", number + 1
            by_name[long] = [pointer]
            wanted[pointer] = long
            pinned.append((pointer, long))
            work.note(pointer, f"operationId {name!r} is also another operation's; this one is {long!r}, in fixes.yaml")
    renamed: dict[str, str] = {}
    for pointer, name in wanted.items():
        operation = at(work.root, *pointer)
        old = operation.get("operationId")
        if old != name:
            if isinstance(old, str):
                renamed[old] = name
            text = (
                f"operationId {old!r} is {name!r} now" if old else f"an operation without operationId is {name!r} now"
            )
            work.note((*pointer, "operationId"), text)
        rest = {key: value for key, value in operation.items() if key != "operationId"}
        operation.clear()
        operation.update({"operationId": name, **rest})
    _links(work, renamed)
    return pinned


def operation_id(pointer: Pointer, operation: dict[str, Any]) -> str:
    """Return the name of an operation: its operationId in snake_case, else made of its method and path."""
    declared = operation.get("operationId")
    if not isinstance(declared, str) or not _clean(declared):
        return from_path(pointer)
    suffix = f"{re.sub(r'[^0-9A-Za-z]', '_', pointer[1])}_{pointer[2]}"  # FastAPI writes function, path and method.
    if declared.endswith(suffix) and len(declared) > len(suffix):
        declared = declared[: -len(suffix)]
    return _clean(declared)


def from_path(pointer: Pointer) -> str:
    """Return a name of method and path, such as `get_users_by_id` for `GET /users/{id}`."""
    _, path, method = pointer
    parts = [part for part in re.split(r"[/?&=]", path) if part]
    words = [f"by_{part[1:-1]}" if re.fullmatch(r"\{[^{}]*\}", part) else part for part in parts]
    return _clean("_".join([_WORDS.get(method, method), *words]) or method)


def _clean(text: str) -> str:
    name = names.snake_case(text)
    name = re.sub(r"[^a-z0-9_]", "", name).strip("_")
    name = re.sub(r"__+", "_", name)
    if name and name[0].isdigit():
        name = f"operation_{name}"
    if keyword.iskeyword(name) or name in names.RESERVED_FUNCTIONS:
        return f"{name}_operation"
    return name


def _links(work: Import, renamed: Mapping[str, str]) -> None:
    """Rename the operations in links and in `x-polling`, which name them."""
    for _, operation in work.spec.operations():
        polling = at(operation, "x-polling")
        if polling.get("operation") in renamed:
            polling["operation"] = renamed[polling["operation"]]
    stack: list[Any] = [work.root.get("paths"), at(work.root, "components")]
    while stack:
        node = stack.pop()
        if is_array(node):
            stack.extend(node)
            continue
        for link in at(node, "links").values():
            if at(link).get("operationId") in renamed:
                link["operationId"] = renamed[link["operationId"]]
        stack.extend(at(node).values())
