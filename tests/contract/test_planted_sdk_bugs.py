"""Every bug that is planted in a copy of the SDK is found, by the check that is made for it."""

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


def held(tree: Path, *parts: str) -> subprocess.CompletedProcess[str]:
    """Hold a copy of the SDK, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "EXAMPLES": "6", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pareta.contract.sdk", *parts]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("patch", CHOSEN, ids=str)
def test_a_planted_bug_is_named_by_its_own_check(patch: Patch, tmp_path: Path) -> None:
    """The copy fails, and the check that the bug is made for says so."""
    tree = copied(tmp_path)
    file = tree / patch.file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(patch.old, patch.new), encoding="utf-8")
    run = held(tree, patch.part)
    assert run.returncode == 1, run.stderr
    assert f"FAILED  {patch.found_by}  " in run.stdout


@pytest.mark.parametrize("patch", PATCHES, ids=str)
def test_the_place_where_a_bug_is_planted_is_there_once(patch: Patch) -> None:
    """A bug that cannot be planted, or in two places, is no test of anything."""
    assert (ROOT / patch.file).read_text(encoding="utf-8").count(patch.old) == 1


def test_a_copy_without_a_bug_holds(tmp_path: Path) -> None:
    """The copy as it is has nothing wrong with it."""
    run = held(copied(tmp_path))
    assert run.returncode == 0, run.stdout + run.stderr


def test_there_are_ten_bugs_and_more() -> None:
    """At least ten bugs are planted, each with a name of its own."""
    assert len(PATCHES) >= 10
    assert len({patch.name for patch in PATCHES}) == len(PATCHES)
