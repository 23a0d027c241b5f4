"""What the tests of the generator share: a small document, and what a run leaves behind."""

from __future__ import annotations

import hashlib
import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
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


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on this machine; give the base URL."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}"
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


@contextmanager
def imported(package: Path) -> Iterator[ModuleType]:
    """Import the client of a generated package, and forget it afterwards."""
    sys.path.insert(0, str(package.parent))
    try:
        yield importlib.import_module(f"{package.name}.client")
    finally:
        sys.path.remove(str(package.parent))
        for name in [name for name in sys.modules if name.partition(".")[0] == package.name]:
            del sys.modules[name]
