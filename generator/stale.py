"""Finds what names an operation that the document no longer has, and renames operations wherever they are named."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs

from . import source
from .problems import GenerationError, Problem, RefusedError
from .reach import HANDLERS, SPECS
from .spec import Spec, at

_GENERATED = ("pareta_generated", "typescript/src/generated", "pareta/_sync", "pareta/_async/methods.py")
_HISTORY = ("CHANGELOG.md", "docs/migrating.md")  # They may name what is gone.


@attrs.frozen
class Stale:
    """What names operations that are gone."""

    problems: list[Problem]
    renamed: frozenset[str]
    """The operations that have another name now, and are called by the old one somewhere."""


def find(spec: Spec, project: Path, document: str) -> Stale:
    """Return what names an operation that the document had at the last release or commit, or that it never had."""
    ids = {str(operation.get("operationId")) for _, operation in spec.operations()}
    release = _git(project, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*").strip()
    before = [pair for commit in (release, "HEAD") if commit for pair in _ids(project, document, commit).items()]
    now = {pointer: str(operation.get("operationId")) for pointer, operation in spec.operations()}
    gone = {id_: now.get(pointer, "") for pointer, id_ in before if id_ not in ids}
    problems: list[Problem] = []
    renamed: set[str] = set()
    for old, new in gone.items():
        for file, line, column in _named(project, old, document):
            what = f"is {new!r} now; write that" if new else "is gone from the document; remove this"
            problems.append(Problem(file, line, column, f"operation {old!r} {what}"))
            renamed.add(new)
    for file, line, id_ in (*_handlers(project), *_specs(project)):
        if id_ not in ids and id_ not in gone:
            problems.append(Problem(file, line, 1, f"operation {id_!r} is not in the document; correct or remove this"))
    return Stale(problems, frozenset(renamed))


def rename(project: Path, document: str, old: str, new: str) -> list[str]:
    """Rename an operation in the document and wherever it is named. Return the files that changed."""
    names = re.compile(rf"(?<![A-Za-z0-9_])(_?)({old}|{old.upper()})\b")
    files = [document, *dict.fromkeys(file for file, _, _ in _named(project, old, document))]
    for file in files:
        text = (project / file).read_text(encoding="utf-8")
        changed = names.sub(lambda found: found[1] + (new.upper() if found[2].isupper() else new), text)
        (project / file).write_text(changed, encoding="utf-8", newline="\n")
    return files


def main(arguments: list[str], project: Path, document: str) -> int:
    """Run `python -m generator rename OLD NEW`; the result is the exit code."""
    if len(arguments) != 2 or not all(re.fullmatch("[a-z][a-z0-9_]*", one) for one in arguments):
        raise GenerationError("name the operation and its new name in snake_case: `rename OLD NEW`")
    spec = source.load(project / document, document, document)
    ids = [str(operation.get("operationId")) for _, operation in spec.operations()]
    for id_, expected in zip(arguments, (True, False), strict=True):
        if (id_ in ids) != expected:
            raise GenerationError(f"{document} has {'no' if expected else 'an'} operation {id_}; correct the name")
    print("\n".join(rename(project, document, *arguments)))  # noqa: T201  # The result of the command.
    return 0


def _ids(project: Path, document: str, commit: str) -> dict[tuple[str, ...], str]:
    """Return the operations of a commit, by path and method; none outside a repository."""
    text = _git(project, "show", f"{commit}:./{document}")
    try:
        root = at(source.parse(text, document)) if text else {}
    except RefusedError:
        root = {}
    spec = Spec(document, document, root, lambda: {(): (1, 1)})
    return {pointer: str(operation.get("operationId")) for pointer, operation in spec.operations()}


def _named(project: Path, id_: str, document: str) -> Iterator[tuple[str, int, int]]:
    """Yield where an operation is named by hand. A module that has a function of this name means that."""
    left_out = [f":!{file}" for file in (*_GENERATED, *_HISTORY, document)]
    lines = _git(project, "grep", "--untracked", "-Inw", "--column", "--null", "-F", id_, "--", ".", *left_out)
    own: dict[str, bool] = {}
    for found in lines.splitlines():
        file, line, column = re.split("[\0:]", found, maxsplit=3)[:3]
        if file not in own:
            own[file] = f"def {id_}(" in (project / file).read_text(encoding="utf-8")
        if not own[file]:
            yield file, int(line), int(column)


def _git(project: Path, *arguments: str) -> str:
    command = ["git", "-C", str(project), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    except OSError:  # There is no git.
        return ""


def _handlers(project: Path) -> Iterator[tuple[str, int, str]]:
    """Yield the operations of the sandbox's table, whose values are its methods."""
    for node in _nodes(project / HANDLERS):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                method = value.func if isinstance(value, ast.Call) else value
                is_own = isinstance(method, ast.Attribute) and isinstance(method.value, ast.Name)
                if isinstance(key, ast.Constant) and is_own and ast.unparse(method).startswith("self."):
                    yield HANDLERS, key.lineno, str(key.value)


def _specs(project: Path) -> Iterator[tuple[str, int, str]]:
    """Yield the operations of the conformance run's calls."""
    for node in _nodes(project / SPECS):
        if isinstance(node, ast.keyword) and node.arg == "operation" and isinstance(node.value, ast.Constant):
            yield SPECS, node.value.lineno, str(node.value.value)


def _nodes(file: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8")))) if file.exists() else []
