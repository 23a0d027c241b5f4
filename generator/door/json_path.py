"""JSONPath as overlays use it: names, indexes, wildcards, descendants, and filters that compare one field."""

from __future__ import annotations

import json
import re
from typing import Any

from ..problems import GenerationError, Pointer
from ..spec import is_array, is_object

_STEP = re.compile(
    r"""\.\.(?P<deep>[\w$-]+|\*)|\.(?P<name>[\w$-]+)|(?P<all>\.\*|\[\*\])|\[(?P<index>\d+)\]"""
    r"""|\[(?P<quoted>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\]"""
    r"""|\[\?\(?\s*@\.(?P<field>[\w$-]+)\s*==\s*(?P<value>'[^']*'|"[^"]*"|true|false|null|-?\d+)\s*\)?\]"""
)


def find(root: Any, path: str) -> list[Pointer]:
    """Return the pointers of the nodes that `path` selects.

    Raises:
        GenerationError: It uses more of JSONPath than this module has.

    """
    if not path.startswith("$"):
        raise GenerationError(f"target {path!r} must start with `$`")
    found: list[tuple[Pointer, Any]] = [((), root)]
    position = 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            known = ".name, ['name'], [0], [*], ..name or [?(@.name == 'x')]"
            raise GenerationError(f"target {path!r}: {path[position:]!r} is not understood; use {known}")
        found = [inner for one in found for inner in _next(one, step)]
        position = step.end()
    return [pointer for pointer, _ in found]


def _next(one: tuple[Pointer, Any], step: re.Match[str]) -> list[tuple[Pointer, Any]]:
    below = _children(one)
    if step["deep"]:
        everything = [one]
        for each in everything:  # It grows while it is walked.
            everything.extend(_children(each))
        return [each for each in everything[1:] if step["deep"] in ("*", each[0][-1])]
    if step["all"]:
        return below
    if step["field"]:
        wanted = _literal(step["value"])
        return [each for each in below if is_object(each[1]) and each[1].get(step["field"], ...) == wanted]
    name = step["name"] or step["index"] or _unquoted(step["quoted"])
    return [each for each in below if each[0][-1] == name]


def _children(one: tuple[Pointer, Any]) -> list[tuple[Pointer, Any]]:
    pointer, node = one
    if is_object(node):
        return [((*pointer, key), value) for key, value in node.items()]
    if is_array(node):
        return [((*pointer, str(index)), value) for index, value in enumerate(node)]
    return []


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _literal(text: str) -> Any:
    return text[1:-1] if text[0] in "'\"" else json.loads(text)
