"""The tests of tests/conformance find every bug that is planted in a copy of the SDK."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sdk_bugs import PATCHES, Patch

CHOSEN = [patch for patch in PATCHES if patch.quick or os.environ.get("FULL")]
ROOT = Path(__file__).parent.parent.parent


def check_copy(to: Path, patch: Patch, *, planted: bool) -> subprocess.CompletedProcess[str]:
    """Run the test that finds a bug on a copy of the SDK."""
    for package in ("pareta", "pareta_generated"):
        shutil.copytree(ROOT / package, to / package)  # With the bytecode, which is of the same times and sizes.
    if planted:
        file = to / patch.file
        file.write_text(file.read_text(encoding="utf-8").replace(patch.old, patch.new), encoding="utf-8")
    # What plugins others have installed costs seconds to load.
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = {**os.environ, **plugins, "PYTHONPATH": f"{to}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-qx", "--noconftest", "-p", "no:cacheprovider", "-o", "pythonpath="]
    test = f"{ROOT / 'tests' / 'conformance' / f'test_{patch.part}.py'}::{patch.found_by}"
    return subprocess.run([*command, test], cwd=to, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("patch", CHOSEN, ids=str)
def test_the_intended_test_finds_a_planted_bug(patch: Patch, tmp_path: Path) -> None:
    """The intended test fails."""
    run = check_copy(tmp_path, patch, planted=True)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr


def test_a_copy_without_a_bug_passes(tmp_path: Path) -> None:
    """An unchanged copy has no failures."""
    run = check_copy(tmp_path, next(patch for patch in PATCHES if "does_not_end" in patch.found_by), planted=False)
    assert run.returncode == pytest.ExitCode.OK, run.stdout + run.stderr


@pytest.mark.parametrize("patch", PATCHES, ids=str)
def test_each_replaced_text_occurs_once(patch: Patch) -> None:
    """Each bug changes exactly one place."""
    assert (ROOT / patch.file).read_text(encoding="utf-8").count(patch.old) == 1


def test_there_are_at_least_ten_bugs() -> None:
    """At least ten bugs are planted, with unique names."""
    assert len({patch.name for patch in PATCHES}) == len(PATCHES) >= 10
