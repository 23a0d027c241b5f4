"""How the generated package is put in place: whole, or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Generate, digest

from generator.problems import GenerationError
from generator.tree import Module, Package, write

FILES = {"__init__.py": 'SPEC_SHA256 = "a"\n', "models.py": "x = 1\n" * 5000}

# Rewrites one package without end, from one state to another and back.
REWRITING = """
import sys
from pathlib import Path
from generator.tree import Package, write
path = Path(sys.argv[1])
print("begun", flush=True)
while True:
    for letter in "ab":
        files = {"__init__.py": f'SPEC_SHA256 = "{letter}"', "one.py": letter * 9999, "two.py": letter * 9999}
        write(Package(path, files), [])
"""


def test_a_process_that_is_killed_leaves_the_old_package_or_the_new(tmp_path: Path) -> None:
    """At whatever moment it dies, the package is whole; a later run removes what it left beside."""
    chance = random.Random(7)
    target = tmp_path / "made"
    for _ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", REWRITING, str(target)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.08))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = {name: (target / name).read_text() for name in ("__init__.py", "one.py", "two.py")}
        letter = found["one.py"][0]
        assert found["one.py"] == found["two.py"] == letter * 9999
        assert found["__init__.py"] == f'SPEC_SHA256 = "{letter}"'
    write(Package(target, FILES), [])
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_run_that_is_killed_while_it_generates_leaves_nothing(tmp_path: Path) -> None:
    """All is made in memory, so that before the end there is nothing to leave."""
    spec, target = tmp_path / "pets.yaml", tmp_path / "pets"
    spec.write_text(SMALL)
    command = [sys.executable, "-m", "generator", "--spec", str(spec), "--output", str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    before = digest(target)
    spec.write_text(SMALL.replace("born", "hatched"))
    for delay in (0.2, 0.4, 0.55):
        process = subprocess.Popen(command, cwd=ROOT)
        time.sleep(delay)
        process.kill()
        process.wait()
        whole = "hatched" in (target / "models.py").read_text()
        assert whole or digest(target) == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["pets", "pets.yaml"]


def test_a_disk_that_is_full_leaves_the_old_package(tmp_path: Path) -> None:
    """A file that cannot be written whole is reported in one line, and nothing of it stays."""
    spec, target = tmp_path / "pets.yaml", tmp_path / "pets"
    spec.write_text(SMALL)
    command = [sys.executable, "-m", "generator", "--spec", str(spec), "--output", str(target)]
    subprocess.run(command, cwd=ROOT, check=True)
    spec.write_text(SMALL.replace("born", "hatched"))
    before = digest(tmp_path)
    limited = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)); "
    limited += "runpy.run_module('generator', run_name='__main__')"
    run = subprocess.run(
        [sys.executable, "-c", limited, *command[3:]], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert (run.returncode, digest(tmp_path)) == (1, before)
    assert "cannot be written: File too large; it is as it was" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_module_that_cannot_be_written_puts_the_package_back(tmp_path: Path) -> None:
    """The package and the derived modules change together."""
    target, blocked = tmp_path / "made", tmp_path / "file"
    write(Package(target, FILES), [])
    blocked.write_text("no directory")
    first = Module(tmp_path / "_sync" / "good.py", "new = 1\n")
    write(Package(target, FILES), [Module(first.path, "old = 1\n")])
    before = digest(tmp_path / "made"), first.path.read_text()
    with pytest.raises(GenerationError, match="it is as it was"):
        write(Package(target, {"__init__.py": "other\n"}), [first, Module(blocked / "bad.py", "x\n")])
    assert (digest(tmp_path / "made"), first.path.read_text()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_sync", "file", "made"]


def test_a_first_package_that_fails_leaves_no_directory(tmp_path: Path) -> None:
    """Parents that were made for it go too."""
    (tmp_path / "file").write_text("no directory")
    package = Package(tmp_path / "new" / "made", FILES)
    with pytest.raises(GenerationError):
        write(package, [Module(tmp_path / "file" / "bad.py", "x\n")])
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_litter_of_a_dead_process_is_removed(tmp_path: Path) -> None:
    """What a killed run left is known by its process's number; that of a living one is let be."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead, living = tmp_path / f".made.{process.pid}", tmp_path / f".made.{os.getppid()}"
    dead.mkdir()
    living.mkdir()
    write(Package(tmp_path / "made", FILES), [])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([living.name, "made"])


def test_a_package_that_was_moved_away_is_put_back_first(tmp_path: Path) -> None:
    """Where two names cannot be swapped in one step, a death between two renames is mended by the next run."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    write(Package(tmp_path / f".made.{process.pid}.old", FILES), [])
    with pytest.raises(GenerationError):
        write(Package(tmp_path / "made", {"a/b": ""}), [])
    assert (tmp_path / "made" / "models.py").read_text() == FILES["models.py"]


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
    assert (run.code, "something that was not generated" in run.err) == (1, True)
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
