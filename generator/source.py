"""Reads a YAML file as JSON values with positions; refuses what JSON cannot express."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from .problems import Pointer, Problem, RefusedError
from .spec import Spec

MAX_NODES = 500_000
"""Nested aliases can expand a small file to more values than fit in memory."""
MAX_DEPTH = 150
"""Every later step can walk this depth without a RecursionError."""

_WORDS = {"true": True, "false": False}


def load(path: Path, file: str, name: str) -> Spec:
    """Read the document at `path`. Problems print it as `file`, generated code as `name`."""
    text = _text(path, file)
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # Reported below, with positions.
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        marked: Any = error
        mark = marked.problem_mark or marked.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(str(marked.problem or marked.context or "").split())
        raise RefusedError([Problem(file, line, column, f"not YAML: {what}; correct the syntax here")]) from None
    except RecursionError:
        deep = "the document nests too deeply to be read; flatten it"
        raise RefusedError([Problem(file, 1, 1, deep)]) from None
    except (YAMLError, ValueError) as error:
        what = " ".join(str(error).split())
        raise RefusedError([Problem(file, 1, 1, f"not YAML: {what}; correct the syntax")]) from None
    if node is None or node.id != "mapping":
        what = "the document is empty" if node is None else "the document is not a mapping"
        raise RefusedError([Problem(file, 1, 1, f"{what}; start it with `openapi: 3.1.0`")])
    reader = _Reader(file)
    root = reader.value(node, (), ())
    if reader.problems:
        raise RefusedError(reader.problems)
    return Spec(file, name, root, reader.positions)


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
    """Converts YAML nodes to JSON values, and records their positions."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.positions: dict[Pointer, tuple[int, int]] = {(): (1, 1)}
        self.problems: list[Problem] = []
        self.count = 0

    def value(self, node: Any, pointer: Pointer, above: tuple[Any, ...]) -> Any:
        """Return the value of `node`, whose ancestors are `above`."""
        self.count += 1
        if self.count > MAX_NODES or len(above) > MAX_DEPTH or any(node is one for one in above):
            if self.count <= MAX_NODES + 1:
                cyclic = any(node is one for one in above)
                deep = "an alias is inside its own anchor" if cyclic else "the document is too large or too deep"
                self.report(node, f"{deep}; write it with `$ref`")
            return None
        above = (*above, node)
        if node.id == "mapping":
            return self.mapping(node, pointer, above)
        if node.id == "sequence":
            found: list[Any] = []
            for index, item in enumerate(node.value):
                inner = (*pointer, str(index))
                self.positions[inner] = _position(item)
                found.append(self.value(item, inner, above))
            return found
        return self.scalar(node)

    def mapping(self, node: Any, pointer: Pointer, above: tuple[Any, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            if key.id != "scalar" or key.tag == "tag:yaml.org,2002:null":
                self.report(key, "a key must be a string; quote it")
                continue
            if key.tag == "tag:yaml.org,2002:merge":
                self.report(key, "merge keys (`<<`) belong to YAML 1.1; write the keys out, or use `$ref`")
                continue
            name = self.string(key)  # An unquoted status code is a string, too.
            if name in found:
                line, _ = self.positions[(*pointer, name)]
                self.report(key, f"key {name!r} is a duplicate of the one in line {line}; remove one")
                continue
            inner = (*pointer, name)
            self.positions[inner] = _position(key)
            found[name] = self.value(item, inner, above)
        return found

    def scalar(self, node: Any) -> Any:
        tag = str(node.tag).removeprefix("tag:yaml.org,2002:")
        text: str = node.value
        if tag == "null":
            return None
        if tag == "bool":
            return _WORDS.get(text.lower(), text)
        if tag in ("int", "float"):
            return self.number(node, tag, text.replace("_", ""))
        if tag in ("str", "timestamp"):  # YAML 1.2 has no dates.
            return self.string(node)
        self.report(node, f"a value tagged {tag!r} is not JSON; write a string, number, boolean or null")
        return None

    def number(self, node: Any, tag: str, text: str) -> int | float | None:
        try:
            base = 0 if text.lstrip("+-")[:2].lower() in ("0x", "0o") else 10
            found = int(text, base) if tag == "int" else float(text)
        except ValueError:
            found = math.nan
        if isinstance(found, float) and not math.isfinite(found):
            self.report(node, f"{text} is not a JSON number; write a finite number, or quote it")
            return None
        return found

    def string(self, node: Any) -> str:
        text: str = node.value
        if any("\ud800" <= char <= "\udfff" for char in text):
            self.report(node, "a lone surrogate is not a character; write the character itself")
            return ""
        return text

    def report(self, node: Any, text: str) -> None:
        self.problems.append(Problem(self.file, *_position(node), text))


def _position(node: Any) -> tuple[int, int]:
    mark = node.start_mark
    return mark.line + 1, mark.column + 1
