"""What the tests of the generator share: a small document, and what a run leaves behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
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
