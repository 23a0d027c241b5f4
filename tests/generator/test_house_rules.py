"""The rules of our own document."""

from __future__ import annotations

from pathlib import Path

import pytest
from generator_kit import SMALL

from generator.__main__ import main

KEPT = """\
openapi: 3.1.0
info: {title: Pets, version: '1'}
tags: [{name: pets, description: Pets.}]
paths:
  /pets:
    post:
      operationId: create_pet
      tags: [pets]
      summary: Create a pet
      description: Makes one.
      parameters:
        - {name: Idempotency-Key, in: header, description: One key for one call., schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Pet'}
            examples: {rex: {value: {name: Rex}}}
      responses:
        '201':
          description: The pet.
          headers: {x-request-id: {description: Names the request., schema: {type: string}}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              examples: {rex: {value: {name: Rex}}}
        '401': {$ref: '#/components/responses/Wrong'}
        '422': {$ref: '#/components/responses/Wrong'}
components:
  responses:
    Wrong:
      description: It went wrong.
      headers: {x-request-id: {description: Names the request., schema: {type: string}}}
      content:
        application/json:
          schema: {$ref: '#/components/schemas/ErrorBody'}
          example: {detail: why}
  schemas:
    Pet:
      type: object
      description: A pet.
      properties:
        name: {type: string, description: Its name.}
    ErrorBody:
      type: object
      description: What went wrong.
      required: [detail]
      properties:
        detail: {type: string, description: Why.}
"""

BROKEN = {
    "two tags": ("tags: [pets]", "tags: [pets, more]", "6:5: an operation needs exactly one tag"),
    "an undeclared tag": ("tags: [pets]", "tags: [cats]", "6:5: an operation needs exactly one tag"),
    "no summary": ("      summary: Create a pet\n", "", "6:5: an operation needs a summary"),
    "no description": ("      description: Makes one.\n", "", "6:5: an operation needs a description"),
    "no 401": (
        "        '401': {$ref: '#/components/responses/Wrong'}\n",
        "",
        "19:7: status 401, for a missing or wrong key",
    ),
    "no 422": ("        '422': {$ref: '#/components/responses/Wrong'}\n", "", "19:7: status 422, for an invalid body"),
    "no request id": (
        "headers: {x-request-id: {",
        "headers: {x-other: {",
        "20:9: a response needs the header x-request-id",
    ),
    "no key": ("name: Idempotency-Key", "name: X-Key", "6:5: a POST needs an optional Idempotency-Key"),
    "a key with an example": (
        "One key for one call., schema",
        "One key., example: k, schema",
        "12:11: Idempotency-Key must be optional and without an example",
    ),
    "no example": ("            examples: {rex: {value: {name: Rex}}}\n", "", "16:11: a request body needs an example"),
    "an example that does not fit": (
        "{value: {name: Rex}}",
        "{value: {name: 7}}",
        "18:38: the example does not match the schema",
    ),
    "a property without description": (
        "name: {type: string, description: Its name.}",
        "name: {type: string}",
        "43:9: property 'name' has no description",
    ),
    "allOf": (
        "      description: A pet.\n",
        "      description: A pet.\n      allOf: []\n",
        "42:7: a schema must declare its",
    ),
    "an error without schema": (
        "          schema: {$ref: '#/components/schemas/ErrorBody'}\n",
        "",
        "31:5: an error needs a JSON body",
    ),
}


BROKEN |= {
    text: ("{name: Rex}", f"{{name: {text}}}", f"18:38: YAML 1.1 reads this as {read}")
    for text, read in {
        "off": "bool False",
        "Yes": "bool True",
        "2026-01-10": "date 2026-01-10",
        "2026-01-10T09:00:00Z": "datetime",
        "12:30:45": "int 45045",
        "014": "int 12",
        "0o14": "str 0o14",
        "1e3": "str 1e3",
    }.items()
}
BROKEN |= {
    "an unquoted ? in a flow mapping": (
        "{name: Rex}",
        "{name: Rex?}",
        "18:47: YAML 1.1 refuses this: expected ',' or '}', but got '?'; quote the text here",
    ),
    "a key that is a number": ("'201':", "201:", "20:9: YAML 1.1 reads this as the key 201; quote it"),
    "a key that is a boolean": ("{name: Rex}", "{name: Rex, on: x}", "18:49: YAML 1.1 reads this as the key True"),
}


def house(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Hold `text` against the rules; return the exit code and what is said, the file's name left out."""
    spec = tmp_path / "pets.yaml"
    spec.write_text(text)
    code = main(["--house", "--spec", str(spec)])
    return code, capsys.readouterr().err.replace(f"{spec}:", "")


def test_a_document_that_keeps_the_rules_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said of it, whatever stands in the directory: nothing is written."""
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "mine.txt").touch()
    monkeypatch.chdir(tmp_path)
    assert house(tmp_path, KEPT, capsys) == (0, "")


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_rule_is_named_where_it_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """File, line, column, the rule, and what to do."""
    old, new, expected = BROKEN[kind]
    assert old in KEPT
    code, said = house(tmp_path, KEPT.replace(old, new, 1), capsys)
    assert (code, expected in said) == (1, True), said


def test_a_document_without_our_manners_is_generated(tmp_path: Path) -> None:
    """House rules are no reason to refuse anyone else's document."""
    (tmp_path / "pets.yaml").write_text(SMALL)
    assert main(["--spec", str(tmp_path / "pets.yaml"), "--output", str(tmp_path / "pets")]) == 0
