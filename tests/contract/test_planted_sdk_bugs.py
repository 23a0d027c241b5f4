"""The suite finds every bug that is planted in a copy of the SDK, by the intended check."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sdk_bugs import PATCHES, Patch

CHOSEN = PATCHES if os.environ.get("FULL") == "1" else tuple(patch for patch in PATCHES if patch.quick)
ROOT = Path(__file__).parent.parent.parent


def copied(to: Path) -> Path:
    """Copy the SDK."""
    for package in ("pareta", "pareta_generated"):
        shutil.copytree(ROOT / package, to / package, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def check_copy(tree: Path, *parts: str) -> subprocess.CompletedProcess[str]:
    """Check a copy of the SDK in a subprocess."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "EXAMPLES": "6", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tests.conformance", *parts]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("patch", CHOSEN, ids=str)
def test_the_intended_check_finds_a_planted_bug(patch: Patch, tmp_path: Path) -> None:
    """The intended check fails."""
    tree = copied(tmp_path)
    file = tree / patch.file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(patch.old, patch.new), encoding="utf-8")
    run = check_copy(tree, patch.part)
    assert run.returncode == 1, run.stderr
    assert f"FAILED  {patch.found_by}  " in run.stdout


@pytest.mark.parametrize("patch", PATCHES, ids=str)
def test_each_replaced_text_occurs_once(patch: Patch) -> None:
    """Each bug changes exactly one place."""
    assert (ROOT / patch.file).read_text(encoding="utf-8").count(patch.old) == 1


def test_a_copy_without_a_bug_passes(tmp_path: Path) -> None:
    """An unchanged copy has no failures."""
    run = check_copy(copied(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr


def test_there_are_at_least_ten_bugs() -> None:
    """At least ten bugs are planted, with unique names."""
    assert len(PATCHES) >= 10
    assert len({patch.name for patch in PATCHES}) == len(PATCHES)
