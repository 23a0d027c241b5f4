"""python -m generator.stable PYTHON...: check that each generates the committed bytes, and calls a server."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
_NEEDED = frozenset({"jsonschema-rs", "openapi-python-client", "PyYAML", "ruff"})


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the result is the exit code."""
    parser = argparse.ArgumentParser(prog="python -m generator.stable", description=__doc__)
    parser.add_argument("pythons", nargs="+", metavar="PYTHON", help="an interpreter, such as python3.13")
    failed = [python for python in parser.parse_args(arguments).pythons if not _works(python)]
    return int(bool(failed))


def requirements() -> list[str]:
    """Return the requirements of the SDK and of the generator, with the project's version pins."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for group in project["optional-dependencies"].values() for one in group]
    return sorted({*project["dependencies"], *(one for one in extras if re.split(r"[^\w.-]", one)[0] in _NEEDED)})


def _works(python: str) -> bool:
    """Return whether `python`, in a new virtual environment, generates the same bytes and calls a server."""
    with tempfile.TemporaryDirectory() as folder:
        _run([python, "-m", "venv", folder])
        inside = str(Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python")
        _run([inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements()])
        version = _run([inside, "--version"]).stdout.strip()
        checks = [_run([inside, "-B", "-m", "generator", "--check"], seed=seed) for seed in ("0", "1")]
        call = _run([inside, "-B", "-W", "error", "-m", "tests.smoke"], seed="0")
    same = all(check.returncode == 0 for check in checks)
    said = "same bytes" if same else "different bytes, or an error"
    sys.stdout.write(f"{version}: {said}; {'both clients call' if call.returncode == 0 else 'a client fails'}\n")
    for done in (*checks, call):
        sys.stderr.write(done.stdout + done.stderr)
    return same and call.returncode == 0


def _run(command: list[str], seed: str = "random") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(  # noqa: S603  # The caller names the interpreters.
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=seed == "random"
    )


if __name__ == "__main__":
    sys.exit(main())
