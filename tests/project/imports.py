"""Which modules a module imports, read from its source: nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]


@attrs.frozen
class Import:
    """One imported module, by its full name, and where that stands."""

    module: str
    name: str
    line: int
    lazy: bool
    """Whether it stands in a function."""
    typing_only: bool
    """Whether only type checkers see it."""

    @property
    def top(self) -> str:
        """The distribution's module, `a` of `a.b.c`."""
        return self.name.partition(".")[0]

    def within(self, package: str) -> bool:
        """Return whether what is imported is a package or stands in it."""
        return self.name == package or self.name.startswith(f"{package}.")


@cache
def modules(package: str) -> dict[str, Path]:
    """Return the modules of a package of this project, by their full names."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    assert found, f"no package {package}"
    return found


def imports(module: str, path: Path) -> list[Import]:
    """Return what a module imports, wherever in it that stands."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return list(_walk(ast.parse(path.read_text("utf-8")), module, package, lazy=False, typing_only=False))


def all_imports(package: str) -> list[Import]:
    """Return what the modules of a package import."""
    return [each for module, path in modules(package).items() for each in imports(module, path)]


def _walk(node: ast.AST, module: str, package: str, *, lazy: bool, typing_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inside = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        guarded = typing_only or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
        if isinstance(child, ast.Import | ast.ImportFrom):
            for name in _names(child, package):
                yield Import(module, name, child.lineno, lazy, typing_only)
        else:
            yield from _walk(child, module, package, lazy=inside, typing_only=guarded)


def _names(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, *([base] if base else [])])
    for alias in node.names:
        yield f"{base}.{alias.name}" if _is_module(f"{base}.{alias.name}") else base


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()
