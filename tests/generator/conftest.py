"""A small document, and the generator as a function of it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from generator.__main__ import main  # noqa: E402  # Found through the line above.

SMALL = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths:
  /pets/{pet_id}:
    get:
      operationId: retrieve_pet
      parameters:
        - {name: pet_id, in: path, required: true, schema: {type: string}}
        - {name: depth, in: query, schema: {type: integer}}
      responses:
        '200':
          description: The pet.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
  /pets:
    post:
      operationId: create_pet
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/NewPet'}
      responses:
        '201':
          description: The pet.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
components:
  schemas:
    Pet:
      type: object
      required: [id]
      properties:
        id: {type: string}
        born: {type: string, format: date-time}
    NewPet:
      type: object
      required: [name]
      properties:
        name: {type: string, minLength: 1}
"""


class Run(NamedTuple):
    """What a run of the generator left behind."""

    code: int
    out: str
    err: str
    package: Path


Generate = Callable[..., Run]


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


def digest(folder: Path) -> str:
    """Return a hash of every name, time and byte below `folder`, but for Python's caches."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if "__pycache__" in path.parts:
            continue
        found.update(f"{path.relative_to(folder)} {path.stat().st_mtime_ns} {path.is_file()}\n".encode())
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()
