"""python -m generator.release VERSION: check, build, try the wheel, tag. Nothing leaves this machine."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import Any

from .diff import command, report
from .diff.changes import Change
from .diff.kinds import demanded
from .problems import GenerationError

PROJECT = Path(__file__).resolve().parent.parent
SPEC = "openapi/pareta.yaml"
PYTHONS = ("python3.11", "python3.12", "python3.13")
_USE = "import pareta; print(pareta.__version__)"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m generator.release", description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--dist", type=Path, default=PROJECT / "dist")
    parser.add_argument("--no-tag", action="store_true", help="build and try only")
    parser.add_argument("--ready", action="store_true", help="say what is not ready; build nothing")
    options = parser.parse_args(arguments)
    try:
        base = ready(options.version)
        if not options.ready:
            release(options.version, base, options.dist, tag=not options.no_tag)
    except GenerationError as stopped:
        sys.stderr.write(f"release: {stopped}\n")
        return 1
    return 0


def ready(version: str) -> str:
    """Return the tag of the last release; empty without one.

    Raises:
        GenerationError: Something is not ready.

    """
    base = command.last_tag(PROJECT)
    found = problems(version, base, _run("git", "status", "--porcelain"), _run("git", "tag", "--list", f"v{version}"))
    for python in PYTHONS:
        try:
            _run(python, "--version")
        except (GenerationError, FileNotFoundError):
            found.append(f"{python} does not run here, and the wheel is tried in it: install it")
    if found:
        raise GenerationError("; ".join(found))
    return base


def release(version: str, base: str, dist: Path, *, tag: bool) -> None:
    """Make a release of the commit that is checked out.

    Raises:
        GenerationError: The wheel does not build or does not work; nothing is tagged.

    """
    for old in [path for name in ("*.whl", "*.tar.gz", "notes.md", "sbom.json") for path in dist.glob(name)]:
        old.unlink()
    _run(sys.executable, "-m", "build", "--outdir", str(dist), str(PROJECT))
    wheel = next(dist.glob("*.whl"))
    for python in PYTHONS:
        _say(f"{python}: {_tried(python, wheel, version)}")
    changes, _ = command.since(PROJECT, SPEC, base) if base else ([], "")
    entry = (PROJECT / command.CHANGELOG).read_text(encoding="utf-8").split("\n## ", 2)[1].strip()
    (dist / "notes.md").write_text(notes(entry, changes), encoding="utf-8")
    (dist / "sbom.json").write_text(json.dumps(sbom(wheel, version), indent=2) + "\n", encoding="utf-8")
    if tag:
        _run("git", "tag", "--annotate", f"v{version}", "--message", f"Release {version}")
    _say(f"{wheel.name}, notes.md and sbom.json are in {dist.name}/{f'; v{version} is tagged' if tag else ''}")


def notes(entry: str, changes: list[Change]) -> str:
    """Return the notes of a release: its entry of the changelog, and every change that the diff knows."""
    _, _, listed = report.markdown(changes).partition("\n")
    return f"## {entry}\n{listed}"


def problems(version: str, base: str, dirty: str, tagged: str) -> list[str]:
    """Return what is not ready."""
    found: list[str] = []
    ours = command.read_version(PROJECT)
    if ours != version:
        found.append(f"{command.VERSION} says {ours}: write {version}")
    if dirty:
        found.append("the tree has changes: commit them")
    if tagged:
        found.append(f"v{version} exists: choose another version")
    head = (PROJECT / command.CHANGELOG).read_text(encoding="utf-8").split("\n## ", 2)
    if len(head) < 2 or not re.match(rf"{re.escape(version)}\b(?!.*unreleased)", head[1].partition("\n")[0]):
        found.append(f"{command.CHANGELOG} has no dated entry for {version} on top: date it")
    if base:
        changes, released = command.since(PROJECT, SPEC, base)
        lowest = demanded(released, report.bump(changes)) if changes else released
        found += command.lagging(PROJECT, changes, lowest, released)
    return found


def sbom(wheel: Path, version: str) -> dict[str, Any]:
    """Return what the wheel needs as a CycloneDX document."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(archive.read(name))
    needed = [one for one in metadata.get_all("Requires-Dist", []) if "extra ==" not in one]
    parts = [re.match(r"([\w.-]+)\s*(.*)", one) for one in sorted(needed)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "name": str(metadata["Name"]),
                "version": version,
                "purl": f"pkg:pypi/{metadata['Name']}@{version}",
                "licenses": [{"license": {"id": str(metadata["License-Expression"])}}],
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
            }
        },
        "components": [
            {"type": "library", "name": one[1], "purl": f"pkg:pypi/{one[1].lower()}",
             "properties": [{"name": "requirement", "value": one[2]}]} for one in parts if one
        ],
    }  # fmt: skip


def _tried(python: str, wheel: Path, version: str) -> str:
    """Install the wheel into an empty environment, and call a server there."""
    with tempfile.TemporaryDirectory() as folder:
        _run(python, "-m", "venv", folder)
        inside = str(Path(folder) / "bin" / "python")
        _run(inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
        shown = _run(inside, "-I", "-W", "error", "-c", _USE)
        _run(inside, "-I", "-W", "error", str(PROJECT / "tests" / "smoke.py"))
    if shown != version:
        raise GenerationError(f"the wheel says {shown or 'nothing'} in {python}, not {version}")
    return "installs, imports, and both clients call"


def _run(*words: str, cwd: Path = PROJECT) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603  # Our own words.
    if done.returncode:
        raise GenerationError(f"{' '.join(words[:4])}: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout.strip()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
