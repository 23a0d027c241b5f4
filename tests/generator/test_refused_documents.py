"""Documents that cannot be generated rightly: what is said of them, and that nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from generator_kit import SMALL, Generate, digest

ENVELOPE = (
    "                properties: {data: {type: string, contentMediaType: application/json,"
    " contentSchema: {$ref: '#/components/schemas/Pet'}}}\n"
)
# What is replaced in the small document, by what, and how the refusal begins.
BROKEN = {
    "YAML syntax": ("info: {title: Pets,", "info: {title: Pets,:", "pets.yaml:2:20: not YAML: "),
    "tab indentation": ("\n  /pets:", "\n\t/pets:", "pets.yaml:16:1: not YAML: "),
    "duplicate key": (
        "        id: {type: string}",
        "        id: {type: string}\n        id: {type: integer}",
        "pets.yaml:37:9: key 'id' is a duplicate of the one in line 36; remove one",
    ),
    "OpenAPI 3.0": ("openapi: 3.1.0", "openapi: 3.0.3", "pets.yaml:1:1: OpenAPI 3.0.3 cannot be generated from"),
    "Swagger": ("openapi: 3.1.0", "swagger: '2.0'", "pets.yaml:1:1: OpenAPI 2.0 cannot be generated from"),
    "no version": ("openapi: 3.1.0\n", "", "pets.yaml:1:1: no `openapi` at the root"),
    "dangling reference": (
        "'#/components/schemas/NewPet'",
        "'#/components/schemas/Nope'",
        "pets.yaml:23:22: '#/components/schemas/Nope' does not exist",
    ),
    "reference to another file": (
        "'#/components/schemas/NewPet'",
        "'other.yaml#/NewPet'",
        "pets.yaml:23:22: 'other.yaml#/NewPet' is outside this document",
    ),
    "reference to itself": (
        "        born: {type: string, format: date-time}",
        "        loop: {$ref: '#/components/schemas/Loop'}\n    Loop: {$ref: '#/components/schemas/Loop'}",
        "pets.yaml:37:16: '#/components/schemas/Loop' refers to itself",
    ),
    "duplicate operationId": (
        "operationId: create_pet",
        "operationId: retrieve_pet",
        "pets.yaml:18:7: operationId 'retrieve_pet' is also used by GET /pets/{pet_id}; rename one of them",
    ),
    "missing operationId": ("      operationId: create_pet\n", "", "pets.yaml:17:5: no operationId"),
    "operationId in camel case": (
        "operationId: create_pet",
        "operationId: createPet",
        "pets.yaml:18:7: operationId 'createPet' is not in snake_case",
    ),
    "operationId that is a keyword": (
        "operationId: create_pet",
        "operationId: import",
        "pets.yaml:18:7: operationId 'import' is reserved by the generated code",
    ),
    "operationId that is a builtin": (
        "operationId: create_pet",
        "operationId: list",
        "pets.yaml:18:7: operationId 'list' is reserved by the generated code",
    ),
    "no responses": (
        "      responses:\n        '201':",
        "      x-was:\n        '201':",
        "pets.yaml:17:5: no responses",
    ),
    "no success": ("'201':", "'404':", "pets.yaml:24:7: no 2xx response"),
    "undeclared path parameter": (
        "/pets/{pet_id}:",
        "/pets/{pet_id}/{toy}:",
        "pets.yaml:5:5: path parameter 'toy' is not declared",
    ),
    "path parameter that is not in the path": (
        "/pets/{pet_id}:",
        "/pets/one:",
        "pets.yaml:8:11: path parameter 'pet_id' is not in the path",
    ),
    "unbalanced path": (
        "/pets/{pet_id}:",
        "/pets/{pet_id}}:",
        "pets.yaml:4:3: path '/pets/{pet_id}}' has an unbalanced brace",
    ),
    "unknown type": ("schema: {type: integer}", "schema: {type: strng}", "pets.yaml:9:45: type 'strng' does not exist"),
    "required without property": (
        "required: [name]",
        "required: [name, age]",
        "pets.yaml:40:24: required 'age' is not among the properties",
    ),
    "body that streams": (
        "          application/json:\n            schema: {$ref: '#/components/schemas/NewPet'}",
        "          text/event-stream:\n            schema: {$ref: '#/components/schemas/NewPet'}",
        "pets.yaml:22:11: a request body of 'text/event-stream' cannot be generated",
    ),
    "two properties of one name": (
        "        id: {type: string}",
        "        id: {type: string}\n        petName: {type: string}\n        pet_name: {type: string}",
        "pets.yaml:38:9: property 'pet_name' has the Python name of 'petName'; name one of them by `x-name`",
    ),
    "two schemas of one name": (
        "    NewPet:\n      type: object\n      required: [name]\n      properties:\n",
        (
            "    pet: {type: object, properties: {a: {type: integer}}}\n    NewPet:\n      type: object\n"
            "      required: [name]\n      properties:\n        other: {$ref: '#/components/schemas/pet'}\n"
            "        third: {$ref: '#/components/schemas/Pet'}\n"
        ),
        "pets.yaml:32:5: name 'PetParam' is also the name of",
    ),
    "schema with a name of the runtime": (
        "        born: {type: string, format: date-time}",
        "        born: {$ref: '#/components/schemas/View'}\n    View: {type: object, properties: {a: {type: integer}}}",
        "pets.yaml:38:5: name 'View' is reserved by the generated code",
    ),
    "argument for two things": (
        "        - {name: depth, in: query, schema: {type: integer}}",
        "        - {name: pet-age, in: query, schema: {}}\n        - {name: pet_age, in: query, schema: {}}",
        "pets.yaml:10:11: argument 'pet_age' would be both query 'pet-age' and query 'pet_age'; name one of them by",
    ),
    "parameter of no place": (
        "name: depth, in: query",
        "name: depth, in: body",
        "pets.yaml:9:11: parameter 'depth' is in 'body'; use path, query, header or cookie",
    ),
    "nullable of 3.0": (
        "        id: {type: string}",
        "        id: {type: string, nullable: true}",
        "pets.yaml:36:28: `nullable` is OpenAPI 3.0",
    ),
    "field in the wrong case": (
        "      operationId: create_pet",
        "      operationID: create_pet",
        "pets.yaml:18:7: 'operationID' is not an OpenAPI field here",
    ),
    "misspelt field": (
        "      operationId: create_pet",
        "      operationId: create_pet\n      sumary: Create",
        "pets.yaml:19:7: 'sumary' is not an OpenAPI field here",
    ),
    "no title": ("title: Pets, ", "", 'pets.yaml:2:1: "title" is a required property'),
    "merge key": ("    Pet:\n", "    Pet:\n      <<: {}\n", "pets.yaml:33:7: merge keys"),
    "path item by reference": (
        "  /pets:\n    post:",
        "  /other: {$ref: '#/components/pathItems/Other'}\n  /pets:\n    post:",
        "pets.yaml:16:12: `$ref`: a path item by reference cannot be generated",
    ),
    "not a number": ("type: integer}", "type: integer, maximum: .nan}", "pets.yaml:9:69: .nan is not a JSON number"),
    "no string as key": ("        id: {type: string}", "        ~: {type: string}", "pets.yaml:36:9: a key must be"),
    "stream without payload": (
        "application/json:\n              schema: {$ref: '#/components/schemas/Pet'}\n  /pets:",
        "text/event-stream:\n              schema: {properties: {data: {contentMediaType: text/csv}}}\n  /pets:",
        "pets.yaml:15:15: an event's `data` must be",
    ),
    "x-terminal outside a stream": (
        "    NewPet:\n      type: object\n",
        "    NewPet:\n      type: object\n      x-terminal: true\n",
        "pets.yaml:40:7: `x-terminal` belongs in the schema of a stream's event",
    ),
    "x-terminal on an operation": (
        "      operationId: create_pet\n",
        "      operationId: create_pet\n      x-terminal: true\n",
        "pets.yaml:19:7: `x-terminal` belongs in the schema of a stream's event",
    ),
    "x-terminal that is no boolean": (
        "application/json:\n              schema: {$ref: '#/components/schemas/Pet'}\n  /pets:",
        f"text/event-stream:\n              schema:\n                x-terminal: end\n{ENVELOPE}  /pets:",
        "pets.yaml:16:17: `x-terminal` is a boolean",
    ),
    "x-terminal beside a reference": (
        "application/json:\n              schema: {$ref: '#/components/schemas/Pet'}\n  /pets:",
        (
            "text/event-stream:\n              schema:\n                $ref: '#/components/schemas/Pet'\n"
            "                x-terminal: true\n  /pets:"
        ),
        "pets.yaml:17:17: `x-terminal` belongs in the schema of a stream's event",
    ),
    "event that is terminal and is not": (
        "application/json:\n              schema: {$ref: '#/components/schemas/Pet'}\n  /pets:",
        (
            "text/event-stream:\n              schema:\n                oneOf:\n"
            f"                - x-terminal: true\n  {ENVELOPE}                -\n  {ENVELOPE}  /pets:"
        ),
        "pets.yaml:20:19: event 'message' has `x-terminal` in one envelope only",
    ),
    "answer in two forms": (
        "              schema: {$ref: '#/components/schemas/Pet'}\n  /pets:",
        (
            "              schema: {$ref: '#/components/schemas/Pet'}\n            text/event-stream:\n"
            "              schema: {properties: {data: {type: string, contentMediaType: application/json,\n"
            "                contentSchema: {$ref: '#/components/schemas/Pet'}}}}\n  /pets:"
        ),
        "pets.yaml:5:5: the response is JSON or a stream; name the body's boolean",
    ),
    "dict view within a view": (
        "        born: {type: string, format: date-time}",
        (
            "        born: {$ref: '#/components/schemas/Times'}\n"
            "    Times: {type: object, x-representation: mapping, properties: {a: {type: integer}}}"
        ),
        "pets.yaml:37:9: a schema with `x-representation: mapping` cannot be inside a view",
    ),
    "unknown schema in x-accepts": (
        "name: {type: string, minLength: 1}",
        "name: {type: string, minLength: 1, x-accepts: [Owner]}",
        "pets.yaml:42:56: x-accepts names 'Owner'",
    ),
    "default that cannot be an argument": (
        "name: {type: string, minLength: 1}",
        "name: {type: array, items: {type: string}, x-send-default: true, default: [a]}",
        "pets.yaml:42:74: the default of 'name' is always sent, so it must be a scalar",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_document_is_refused_at_the_place_that_breaks_it(generate: Generate, kind: str) -> None:
    """The first line of the refusal is file, line, column, what is wrong and what to do; there is no traceback."""
    old, new, expected = BROKEN[kind]
    assert old in SMALL
    run = generate(SMALL.replace(old, new, 1))
    assert run.code == 1
    assert expected in run.err
    assert run.err.startswith("pets.yaml:")
    assert all(";" in line for line in run.err.splitlines())
    assert "Traceback" not in run.err
    assert not run.package.exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "pets.yaml:1:1: the document is empty"),
        (b"# nothing\n", "pets.yaml:1:1: the document is empty"),
        (b"- a\n- b\n", "pets.yaml:1:1: the document is not a mapping"),
        (b"just text\n", "pets.yaml:1:1: the document is not a mapping"),
        (b"openapi: 3.1.0\ninfo: \xff\xfe\n", "pets.yaml:2:7: not UTF-8"),
        (b"a: &x [*x]\n", "pets.yaml:1:8: an alias is inside its own anchor"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, "pets.yaml:1:1003: the document nests too deeply"),
        (b"a: " + b"[" * 200 + b"]" * 200, "pets.yaml:1:154: the document is too large or too deep"),
        (b"a: !!binary aGk=\n", "pets.yaml:1:4: a value tagged 'binary' is not JSON"),
        (b'a: "\\ud800"\n', "pets.yaml:1:7: not YAML: found invalid Unicode"),
        (b'{"a": "\\ud800"}', "pets.yaml:1:10: not YAML: found invalid Unicode"),
        (b'{"a": 1, "a": 2}', "pets.yaml:1:10: key 'a' is a duplicate of the one in line 1; remove one"),
        (b'{"a": NaN}', "pets.yaml:1:7: NaN is not a JSON number"),
        (b"a: 1\n---\nb: 2\n", "pets.yaml:2:1: not YAML"),
        (b"a: \x00\n", "pets.yaml:1:"),
    ],
)
def test_what_is_no_document_is_refused(generate: Generate, content: bytes, expected: str) -> None:
    """Whatever bytes a file holds, the answer is one line that names their place."""
    run = generate(content)
    assert (run.code, run.err[: len(expected)]) == (1, expected)


@pytest.mark.long
def test_aliases_that_multiply_are_refused_quickly(generate: Generate) -> None:
    """A few lines of YAML cannot fill the memory."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    run = generate("\n".join(lines))
    assert (run.code, "too large" in run.err) == (1, True)


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal names the file as it was given."""
    from generator.__main__ import main

    missing = tmp_path / "none.yaml"
    assert main(["--spec", str(missing), "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == (
        f"{missing}:1:1: cannot be read: No such file or directory; name a readable file\n"
    )


def test_every_problem_is_reported_in_one_run_in_the_order_of_lines(generate: Generate) -> None:
    """Nobody mends a document one error at a time: the rules of structure, names and views are all asked."""
    text = SMALL.replace("operationId: retrieve_pet", "operationId: retrievePet")
    text = text.replace("schema: {type: integer}", "schema: {type: strng}")
    text = text.replace("required: [name]", "required: [name, age]")
    text = text.replace("        id: {type: string}", "        id: {type: string}\n        i-d: {}\n        i_d: {}")
    text = text.replace("'201':", "'404':")
    run = generate(text)
    places = [line.split(": ")[0] for line in run.err.splitlines()]
    assert places == ["pets.yaml:6:7", "pets.yaml:9:45", "pets.yaml:24:7", "pets.yaml:38:9", "pets.yaml:42:24"]


def test_a_refused_document_changes_nothing(generate: Generate) -> None:
    """The package of the last good document stays, byte for byte and with its times."""
    good = generate(SMALL)
    assert good.code == 0
    (good.package.parent / "pets.yaml").unlink()
    before = digest(good.package.parent)
    for old, new, _ in BROKEN.values():
        assert generate(SMALL.replace(old, new, 1)).code == 1
    (good.package.parent / "pets.yaml").unlink()
    assert digest(good.package.parent) == before
