"""Compares what is generated with what stands in the tree, and puts it there whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from .problems import GenerationError

_MARK = "SPEC_SHA256 = "
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@attrs.frozen
class Package:
    """A generated directory: `files`, and nothing else."""

    path: Path
    files: Mapping[str, str]

    def current(self) -> dict[str, bytes]:
        """Return the files that stand there now, without what Python leaves behind."""
        return {
            file.relative_to(self.path).as_posix(): file.read_bytes()
            for file in sorted(self.path.rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts
        }


@attrs.frozen
class Module:
    """A generated file among files that are not."""

    path: Path
    text: str

    def current(self) -> bytes | None:
        """Return what stands there now."""
        return self.path.read_bytes() if self.path.is_file() else None


def diff(package: Package, modules: list[Module]) -> list[str]:
    """Return a unified diff, line by line, from what stands there to what is generated."""
    lines: list[str] = []
    current = package.current()
    for name in sorted({*current, *package.files}):
        new = package.files.get(name)
        lines += _difference(f"{package.path.name}/{name}", current.get(name), new)
    for module in modules:
        lines += _difference("/".join(module.path.parts[-3:]), module.current(), module.text)
    return lines


def _difference(name: str, old: bytes | None, new: str | None) -> Iterator[str]:
    if old is not None and new is not None and old == new.encode():
        return
    before = [] if old is None else old.decode(errors="replace").splitlines(keepends=True)
    after = [] if new is None else new.splitlines(keepends=True)
    from_ = "/dev/null" if old is None else f"committed/{name}"
    to = "/dev/null" if new is None else f"generated/{name}"
    yield from difflib.unified_diff(before, after, from_, to) if before or after else (f"--- {from_}\n", f"+++ {to}\n")


def check_target(path: Path) -> None:
    """Refuse a directory that cannot be a generated package, or that holds something else."""
    if not path.name.isidentifier():
        raise GenerationError(f"{path.name!r} cannot be imported; name the output like a Python package")
    if path.is_dir() and any(path.iterdir()):
        init = path / "__init__.py"
        if not init.is_file() or _MARK not in init.read_text(encoding="utf-8", errors="replace"):
            raise GenerationError(f"{path} holds something that was not generated; name another directory, or empty it")
    elif path.exists() and not path.is_dir():
        raise GenerationError(f"{path} is no directory; name another")


def write(package: Package, modules: list[Module]) -> None:
    """Put everything in place. Where that fails, or the process dies, what stood there before still does."""
    _sweep(package.path)
    made = _make_parent(package.path)
    beside = package.path.with_name(f".{package.path.name}.{os.getpid()}")
    undo = [(module, module.current()) for module in modules]
    try:
        _fill(beside, package.files)
        _put(beside, package.path)
        try:
            for module in modules:
                _replace(module.path, module.text.encode())
        except BaseException:
            _put(beside, package.path)
            for module, content in undo:
                with contextlib.suppress(OSError):
                    _replace(module.path, content)
            raise
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise GenerationError(f"{package.path} cannot be written: {error.strerror or error}; it is as it was") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _make_parent(path: Path) -> list[Path]:
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GenerationError(f"{path.parent} cannot be made: {error.strerror or error}") from None
    return missing


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())


def _put(new: Path, path: Path) -> None:
    """Swap two directories; `new` is gone, or what stood at `path`, afterwards."""
    if not path.exists():
        if new.exists():
            new.rename(path)
        return
    if not new.exists():
        path.rename(new)  # Back to nothing, where there was nothing.
        return
    if _exchange(new, path):
        return
    old = new.with_name(f"{new.name}.old")
    path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        old.rename(path)
        raise
    old.rename(new)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step, which no death of the process divides; False where the system cannot."""
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    done: int = exchange(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0


def _replace(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Tidy up after an earlier run that was killed: put back what it moved away, remove what it made."""
    if not path.parent.is_dir():
        return
    for left in sorted(path.parent.glob(f".{path.name}.*")):
        found = re.fullmatch(r"\.\w+\.(\d+)(\.old)?", left.name)
        if found is None or not left.is_dir() or _alive(int(found[1])):
            continue
        if found[2] and not path.exists():
            left.rename(path)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # There is no asking without a signal there.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
