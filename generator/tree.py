"""Compares the generated files with the files on disk, and replaces those that differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from .problems import GenerationError

_MARK = "SPEC_SHA256 = "


@attrs.frozen
class Package:
    """A generated directory, which contains `files` and nothing else."""

    path: Path
    files: Mapping[str, str]


@attrs.frozen
class Module:
    """A generated file in a directory that also contains other files."""

    path: Path
    text: str


def diff(package: Package, modules: list[Module]) -> list[str]:
    """Return the lines of a unified diff from the files on disk to the generated files."""
    return [line for path, old, new in _changes(package, modules) for line in _unified(package, path, old, new)]


def check_target(path: Path) -> None:
    """Refuse a directory that cannot be a package, or that contains other files."""
    if not path.name.isidentifier():
        raise GenerationError(f"{path.name!r} cannot be imported; name the output like a Python package")
    if path.is_dir() and any(path.iterdir()):
        init = path / "__init__.py"
        if not init.is_file() or _MARK not in init.read_text(encoding="utf-8", errors="replace"):
            raise GenerationError(f"{path} contains other files; name another directory, or empty it")
    elif path.exists() and not path.is_dir():
        raise GenerationError(f"{path} is not a directory; name another")


def write(package: Package, modules: list[Module]) -> None:
    """Replace the files that differ."""
    _replace(_changes(package, modules))


def replace(modules: list[Module]) -> None:
    """Write files of any directory."""
    _replace((module.path, None, module.text.encode()) for module in modules)


def _replace(changes: Iterable[tuple[Path, bytes | None, bytes | None]]) -> None:
    """Write all files beside their targets before replacing the first."""
    written: dict[Path, Path] = {}
    obsolete: list[Path] = []
    try:
        for path, _, new in changes:
            if new is None:
                obsolete.append(path)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            written[path] = path.with_name(f".{path.name}.new")
            written[path].write_bytes(new)
        for path, temporary in written.items():
            temporary.replace(path)
        for path in obsolete:
            path.unlink()
    except OSError as error:
        raise GenerationError(f"{error.filename} cannot be written: {error.strerror or error}") from None
    finally:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)


def _changes(package: Package, modules: list[Module]) -> Iterator[tuple[Path, bytes | None, bytes | None]]:
    """Yield each path whose content changes, with its old and its new content. None means no file."""
    generated = {package.path / name: text.encode() for name, text in package.files.items()}
    generated |= {module.path: module.text.encode() for module in modules}
    existing = [path for path in package.path.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in sorted({*generated, *existing}):
        old, new = path.read_bytes() if path.is_file() else None, generated.get(path)
        if old != new:
            yield path, old, new


def _unified(package: Package, path: Path, old: bytes | None, new: bytes | None) -> Iterator[str]:
    inside = path.is_relative_to(package.path)
    name = path.relative_to(package.path.parent).as_posix() if inside else "/".join(path.parts[-3:])
    before, after = (
        [] if content is None else content.decode(errors="replace").splitlines(keepends=True) for content in (old, new)
    )
    from_ = "/dev/null" if old is None else f"committed/{name}"
    to = "/dev/null" if new is None else f"generated/{name}"
    yield from difflib.unified_diff(before, after, from_, to) if before or after else (f"--- {from_}\n", f"+++ {to}\n")
