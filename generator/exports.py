"""Writes the public names into `pareta/__init__.py`. Each is said once, where it is defined."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap

from .problems import GenerationError

INIT = Path("pareta/__init__.py")
BEGIN = "# From here on written by `make generate`: what `@public` marks, and the document's objects."
END = "# To here."
OBJECTS = "pareta_generated.models"


def module(project: Path, generated: Mapping[Path, str], objects: Iterable[str]) -> str:
    """Return `pareta/__init__.py` with the public names, unformatted.

    Args:
        project: The project's directory.
        generated: The text of the modules that are generated, by path.
        objects: The names that `pareta_generated.models` defines.

    """
    text = (project / INIT).read_text(encoding="utf-8")
    before, begun, rest = text.partition(f"{BEGIN}\n")
    _, ended, after = rest.partition(f"{END}\n")
    if not (begun and ended):
        raise GenerationError(f"{INIT} has lost a line that marks the public names: {BEGIN!r}, {END!r}")
    homes = _homes(project / INIT.parent, generated)
    ours = {name for names in homes.values() for name in names}
    homes[OBJECTS] = sorted(set(objects) - ours)
    return before + begun + "\n".join(_lines(homes)) + f"\n{ended}{after}"


def _homes(package: Path, generated: Mapping[Path, str]) -> dict[str, list[str]]:
    """Return the public classes of the package's private modules, by the name of the module."""
    paths = {*package.glob("_[!_]*.py"), *package.glob("_[!_]*/*.py"), *generated}
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        text = generated[path] if path in generated else path.read_text(encoding="utf-8")
        tree = ast.parse(text, path.name)
        if names := sorted(_public(tree)):
            found[".".join(path.relative_to(package.parent).with_suffix("").parts)] = names
    return found


def _public(tree: ast.Module) -> Iterator[str]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if isinstance(node, kinds) and "public" in map(ast.unparse, node.decorator_list):
            yield node.name


def _lines(homes: Mapping[str, list[str]]) -> Iterator[str]:
    yield "if TYPE_CHECKING:"
    for home, names in homes.items():
        where = home.removeprefix(str(INIT.parent)) if home != OBJECTS else home
        yield f"    from {where} import {', '.join(f'{name} as {name}' for name in names)}"
    yield ""
    yield "# Where each public name is. `import pareta` loads none of them: no HTTP library and no generated module."
    yield "_HOMES = {"
    for home, names in sorted(homes.items()):
        parts = [f'"{line} "' for line in wrap(" ".join(names), 96)]
        parts[-1] = parts[-1].replace(' "', '"')
        yield f'"{home}": {parts[0] if len(parts) == 1 else f"({chr(10).join(parts)})"},'
    yield "}"
