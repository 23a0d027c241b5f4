"""The generator as a function of a document."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from generator_kit import Generate, Run  # noqa: E402  # Found through the line above.

from generator.__main__ import main  # noqa: E402


@pytest.fixture
def generate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Generate:
    """Generate a document's text, or a file's bytes, into `tmp_path`."""

    def run(document: str | bytes, *arguments: str, name: str = "pets") -> Run:
        spec, package = tmp_path / f"{name}.yaml", tmp_path / name
        spec.write_bytes(document.encode() if isinstance(document, str) else document)
        capsys.readouterr()
        code = main(["--spec", str(spec), "--output", str(package), *arguments])
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err.replace(str(tmp_path) + "/", ""), package)

    return run
