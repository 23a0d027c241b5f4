"""python -m generator diff: what changed since a release, and which version that demands."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from .. import lint, source
from ..problems import GenerationError, RefusedError
from . import operations, python_api, report
from .changes import Change
from .kinds import demanded

PACKAGES = ["pareta", "pareta_generated"]
VERSION, CHANGELOG = "pareta/_version.py", "CHANGELOG.md"
_FORMATS = {"text": report.text, "json": report.as_json, "markdown": report.markdown}


def main(arguments: list[str], project: Path, spec: str) -> int:
    """Run the command line; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m generator diff", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="two documents; else ours since BASE")
    parser.add_argument("--base", default="", metavar="REF", help="a commit or tag; the last tag by default")
    parser.add_argument("--format", choices=_FORMATS, default="text")
    parser.add_argument("--check", action="store_true", help="fail if version or changelog lag behind")
    options = parser.parse_args(arguments)
    if len(options.files) not in (0, 2):
        parser.error("name two documents, or none")
    if options.files:
        old, new = (source.load(path, str(path), path.name) for path in options.files)
        if problems := [*lint.problems(old), *lint.problems(new)]:
            raise RefusedError(problems)  # Of operations without names, for example, only one would be compared.
        sys.stdout.write(_FORMATS[options.format](operations.compare(old, new)))
        return 0
    base = options.base or last_tag(project)
    if not base:
        sys.stdout.write("no release yet: no tag of this repository is a version\n")
        return 0
    changes, released = since(project, spec, base)
    version = demanded(released, report.bump(changes)) if changes else released
    if not options.check:
        sys.stdout.write(_FORMATS[options.format](changes, version))
        return 0
    wrong = lagging(project, changes, version, released)
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return int(bool(wrong))


def since(project: Path, spec: str, base: str) -> tuple[list[Change], str]:
    """Return the changes of document and Python API since a commit, and the version that it had."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python_api.checkout(project, base, [*PACKAGES, str(Path(spec).parent)], folder)
        old = source.load(folder / spec, f"{base}:{spec}", spec)
        new = source.load(project / spec, spec, spec)
        changes = operations.compare(old, new) + python_api.compare(folder, project, PACKAGES)
        return changes, read_version(folder)


def lagging(project: Path, changes: list[Change], version: str, released: str) -> list[str]:
    """Return what is missing in version and changelog for these changes."""
    found: list[str] = []
    ours = read_version(project)
    if _parts(ours) < _parts(version):
        cause = next((one for one in changes if one.rule.bump == report.bump(changes)), None)
        text = f"{VERSION}: version {ours} is too low, since {released} was released: write {version}, or a higher one"
        found.append(f"{text}. The first cause: {cause}")
    head = (project / CHANGELOG).read_text(encoding="utf-8").split("\n## ", 2)
    entry = head[1] if len(head) > 1 else ""
    if any(one.rule.bump != "patch" for one in changes) and not re.match(rf"{re.escape(ours)}\b|Unreleased", entry):
        found.append(f"{CHANGELOG}:1: no entry for {ours}; `make diff FORMAT=markdown` drafts one")
    return found


def last_tag(project: Path) -> str:
    """Return the last tag that is a version; empty without one."""
    command = ["git", "-C", str(project), "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def read_version(root: Path) -> str:
    """Return the version of a checkout."""
    found = re.search(r'__version__ = "([^"]+)"', (root / VERSION).read_text(encoding="utf-8"))
    if found is None:
        raise GenerationError(f'{VERSION} has no version; write `__version__ = "1.0.0"`')
    return found[1]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
