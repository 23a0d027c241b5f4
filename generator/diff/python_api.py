"""Compares the public Python API of two checkouts, by griffe."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ..problems import GenerationError
from .changes import Change

_KINDS = {
    "OBJECT_REMOVED": "python-removed",
    "PARAMETER_REMOVED": "python-parameter-removed",
    "PARAMETER_ADDED_REQUIRED": "python-parameter-required-added",
    "PARAMETER_MOVED": "python-parameter-moved",
    "PARAMETER_CHANGED_KIND": "python-parameter-kind-changed",
    "PARAMETER_CHANGED_REQUIRED": "python-parameter-made-required",
    "PARAMETER_CHANGED_DEFAULT": "python-default-changed",
    "ATTRIBUTE_CHANGED_TYPE": "python-return-changed",
    "OBJECT_CHANGED_KIND": "python-kind-changed",
    "RETURN_CHANGED_TYPE": "python-return-changed",
    "CLASS_REMOVED_BASE": "python-base-removed",
}


def compare(old: Path, new: Path, packages: list[str]) -> list[Change]:
    """Return what breaks between the packages below two directories."""
    import griffe

    found: dict[tuple[str, str], Change] = {}
    for name in packages:
        if not (old / name).is_dir():
            continue
        before, after = (
            griffe.load(name, search_paths=[root], allow_inspection=False, try_relative_path=False)
            for root in (old, new)
        )
        for one in griffe.find_breaking_changes(before, after):
            change = _change(one, new)
            if change is not None:
                found.setdefault((change.kind, change.what), change)
    return list(found.values())


def _change(one: Any, root: Path) -> Change | None:
    path: str = one.obj.path
    if any(part.startswith("_") and not part.startswith("__") for part in path.split(".")[-1:]):
        return None
    values = [_short(value) for value in (one.old_value, one.new_value)]
    what = f"{path}: {one.kind.value.rstrip('.').lower()}" + (f" ({values[0]} to {values[1]})" if any(values) else "")
    file = Path(str(one.obj.filepath))
    parts = file.parts[-2:] if not file.is_relative_to(root) else file.relative_to(root).parts
    return Change(_KINDS[one.kind.name], what, f"{'/'.join(parts)}:{one.obj.lineno or 1}", (path,))


def _short(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) < 60 else f"{text[:57]}…"


def checkout(project: Path, ref: str, names: list[str], folder: Path) -> None:
    """Write the files of a commit below `folder`."""
    packed = subprocess.run(  # noqa: S603  # The caller names the commit.
        ["git", "-C", str(project), "archive", "--format=tar", ref, "--", *names],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        text = packed.stderr.decode(errors="replace").strip()
        raise GenerationError(f"git cannot read {ref}: {text}; name a commit or a tag, as BASE=v1.0.0")
    with tempfile.TemporaryFile() as archive:
        import tarfile

        archive.write(packed.stdout)
        archive.seek(0)
        with tarfile.open(fileobj=archive) as tar:
            tar.extractall(folder, filter="data")
