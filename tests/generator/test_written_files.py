"""How generated files are replaced, and how they are compared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from generator_kit import ROOT, SMALL, Generate, digest

from generator.problems import GenerationError
from generator.tree import Module, Package, write

FILES = {"__init__.py": 'SPEC_SHA256 = "a"\n', "models.py": "x = 1\n"}


def test_a_disk_that_is_full_leaves_the_old_package(tmp_path: Path) -> None:
    """All files are written beside their targets first; the error is one line, and no temporary file stays."""
    spec, target = tmp_path / "pets.yaml", tmp_path / "pets"
    spec.write_text(SMALL)
    command = [sys.executable, "-m", "generator", "--spec", str(spec), "--output", str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    spec.write_text(SMALL.replace("born", "hatched"))
    before = digest(target)
    limited = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
    limited += "runpy.run_module('generator', run_name='__main__')"
    run = subprocess.run(
        [sys.executable, "-c", limited, *command[3:]], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.endswith("cannot be written: File too large\n")
    assert len(run.stderr.splitlines()) == 1
    assert digest(target) == before


def test_a_module_that_cannot_be_written_leaves_the_package(tmp_path: Path) -> None:
    """The package and the derived modules are written before any of them is replaced."""
    package, blocked = Package(tmp_path / "made", FILES), tmp_path / "file"
    write(package, [])
    blocked.write_text("not a directory")
    before = digest(package.path)
    with pytest.raises(GenerationError, match=r"file.* cannot be written"):
        write(Package(package.path, {"__init__.py": "other\n"}), [Module(blocked / "bad.py", "x\n")])
    assert digest(package.path) == before


def test_only_files_that_differ_are_replaced(tmp_path: Path) -> None:
    """A file with the same content keeps its inode; no file is edited in place, so a reader never sees half of it."""
    package = Package(tmp_path / "made", FILES)
    write(package, [])
    same, changed = (package.path / name for name in FILES)
    before = same.stat().st_ino
    with changed.open() as reader:
        write(Package(package.path, {**FILES, "models.py": "x = 2\n"}), [])
        assert reader.read() == "x = 1\n"
    assert (same.stat().st_ino, changed.read_text()) == (before, "x = 2\n")


def test_a_temporary_file_of_a_killed_run_is_removed(tmp_path: Path) -> None:
    """It is not among the generated files, like any file that the output no longer has."""
    package = Package(tmp_path / "made", FILES)
    write(package, [])
    (package.path / ".models.py.new").write_text("x =")
    write(package, [])
    assert sorted(path.name for path in package.path.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("name", ["not-a-name", "2nd"])
def test_an_output_that_cannot_be_imported_is_refused(generate: Generate, name: str) -> None:
    """The directory's name is the package's."""
    run = generate(SMALL, name=name)
    assert (run.code, "cannot be imported" in run.err) == (1, True)


def test_a_directory_of_something_else_is_not_replaced(generate: Generate, tmp_path: Path) -> None:
    """A slip in --output does not cost a directory."""
    (tmp_path / "pets").mkdir()
    (tmp_path / "pets" / "thesis.txt").write_text("years of work")
    run = generate(SMALL)
    assert (run.code, "contains other files" in run.err) == (1, True)
    assert (tmp_path / "pets" / "thesis.txt").read_text() == "years of work"


def test_check_prints_a_diff_and_changes_nothing(generate: Generate, tmp_path: Path) -> None:
    """Exit code 1 and a unified diff when the package is not what the document says."""
    assert generate(SMALL).code == 0
    (tmp_path / "pets.yaml").unlink()
    before = digest(tmp_path)
    run = generate(SMALL.replace("born:", "hatched:"), "--check")
    assert run.code == 1
    assert "--- committed/pets/models.py\n+++ generated/pets/models.py\n" in run.out
    assert '+        return types.parse_datetime(self._raw.get("hatched"))\n' in run.out
    assert "run `python -m generator --spec pets.yaml --output pets`" in run.err
    (tmp_path / "pets.yaml").unlink()
    assert digest(tmp_path) == before


def test_check_finds_what_was_edited_added_and_removed(generate: Generate) -> None:
    """Each file counts, and so does the end of each line."""
    package = generate(SMALL).package
    (package / "api.py").write_bytes((package / "api.py").read_bytes().replace(b"\n", b"\r\n"))
    (package / "extra.py").write_text("x = 1\n")
    (package / "py.typed").unlink()
    run = generate(SMALL, "--check")
    assert run.code == 1
    for line in ("--- committed/pets/api.py", "--- committed/pets/extra.py", "+++ generated/pets/py.typed"):
        assert line in run.out
    assert generate(SMALL).code == 0
    assert generate(SMALL, "--check").code == 0
    assert not (package / "extra.py").exists()
