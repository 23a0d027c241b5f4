"""Checks that readers of YAML 1.1, such as PyYAML, read a document as readers of 1.2 do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .problems import Pointer, Problem
from .spec import Spec, at, entries


def problems(spec: Spec, path: Path) -> list[Problem]:
    """Return where PyYAML refuses the file of `spec`, or reads another value."""
    try:
        theirs: Any = yaml.safe_load(path.read_text("utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return [Problem(spec.file, line, column, f"YAML 1.1 refuses this: {error.problem}; quote the text here")]
    return [
        spec.problem(where, f"YAML 1.1 reads this as {found}; quote it, or write it as JSON does")
        for where, found in _differences((), theirs, spec.root)
    ]


def _differences(pointer: Pointer, theirs: Any, ours: Any) -> Iterator[tuple[Pointer, str]]:
    if type(theirs) is not type(ours) or (not isinstance(ours, dict | list) and theirs != ours):
        yield pointer, f"{type(theirs).__name__} {theirs}"
        return
    for (key, value), (name, own) in zip(at(theirs).items(), at(ours).items(), strict=False):
        where = (*pointer, name)
        yield from _differences(where, value, own) if key == name else [(where, f"the key {key!r}")]
    for index, (value, own) in enumerate(zip(entries(theirs), entries(ours), strict=True)):
        yield from _differences((*pointer, str(index)), value, own)
