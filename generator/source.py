"""Reads a document as JSON values, JSON or YAML; refuses what JSON cannot express."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .problems import Problem, RefusedError
from .spec import Spec, is_array, is_object
from .yaml_events import MAX_DEPTH, Reader, events

_ESCAPE = re.compile(r"\\(?:(ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|.)", re.IGNORECASE)
"""An escape; a surrogate pair is its group."""


def load(path: Path, file: str, name: str, *, merge: bool = False) -> Spec:
    """Read the document at `path`. Problems print it as `file`, generated code as `name`.

    With `merge`, the merge keys of YAML 1.1 are taken.
    """
    text = read_text(path, file)
    root = parse(text, file, merge=merge)
    if not is_object(root):
        what = "the document is empty" if root is None else "the document is not a mapping"
        raise RefusedError([Problem(file, 1, 1, f"{what}; start it with `openapi: 3.1.0`")])
    return Spec(file, name, root, locator(text, file, merge=merge))


def parse(text: str, file: str, *, merge: bool = False) -> Any:
    """Return the value of a JSON or YAML text.

    Raises:
        RefusedError: It is neither, or it has a value that JSON does not have.

    """
    found = _json(text, file) if text.lstrip()[:1] in ("{", "[") else None
    if found is not None:
        return found
    try:
        return Reader(file, merge=merge).read(events(text, file))
    except RefusedError:
        # A problem may name another place.
        return Reader(file, merge=merge, with_positions=True).read(events(_joined(text), file))


def locator(text: str, file: str, *, merge: bool = False) -> Callable[[], dict[tuple[str, ...], tuple[int, int]]]:
    """Return a function that finds the position of each value, which takes as long as reading the text again."""

    def locate() -> dict[tuple[str, ...], tuple[int, int]]:
        reader = Reader(file, merge=merge, with_positions=True)
        with contextlib.suppress(RefusedError):  # JSON that is not YAML: the positions up to here are known.
            reader.read(events(_joined(text), file))
        return reader.positions

    return locate


def _joined(text: str) -> str:
    """Return a text with the surrogate pairs of JSON written as YAML writes the characters that they are."""

    def character(found: re.Match[str]) -> str:
        pair = found[0].replace("\\u", "")
        return f"\\U{ord(bytes.fromhex(pair).decode('utf-16-be')):08x}" if found[1] else found[0]

    return _ESCAPE.sub(character, text) if "\\ud" in text.lower() else text


def read_text(path: Path, file: str) -> str:
    """Return the text of a file in UTF-8."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RefusedError([Problem(file, 1, 1, f"cannot be read: {reason}; name a readable file")]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise RefusedError([Problem(file, line, column, "not UTF-8; save the file in that encoding")]) from None


def _json(text: str, file: str) -> Any:
    """Return the value of a JSON text; None where the YAML reader has to say what is wrong with it."""
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_refused, parse_float=_finite)
        if "\\ud" in text.lower():  # A surrogate, which may be a lone one.
            json.dumps(found, ensure_ascii=False).encode()
    except _ConstantError as error:
        place = max(text.find(str(error)), 0)
        line, column = text.count("\n", 0, place) + 1, place - (text.rfind("\n", 0, place) + 1) + 1
        wrong = f"{error} is not a JSON number; write a finite number, or quote it"
        raise RefusedError([Problem(file, line, column, wrong)]) from None
    except (ValueError, RecursionError):
        return None
    return found if _depth(found) <= MAX_DEPTH else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


class _ConstantError(ValueError):
    """NaN or Infinity, which `json` would read."""


def _refused(text: str) -> None:
    raise _ConstantError(text)


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(text)
    return found


def _depth(value: Any) -> int:
    """Return how deep a value nests; it does not recurse."""
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        level = [
            inner
            for node in level
            for inner in (node.values() if is_object(node) else node if is_array(node) else ())
            if isinstance(inner, dict | list)
        ]
    return depth
