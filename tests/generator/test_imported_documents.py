"""The door: a document as it comes, and what is made of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from generator_kit import ROOT, Generate

from generator import source
from generator.__main__ import main
from generator.door.json_path import find
from generator.door.operation_ids import operation_id
from generator.door.yaml_writer import dump

OLD = """\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets/{petId}:
    parameters:
      - {name: petId, in: path, required: true, schema: {type: integer, minimum: 0, exclusiveMinimum: true}}
    get:
      operationId: pets.getOne
      responses:
        '200':
          description: The pet.
          content:
            application/json:
              schema:
                type: object
                properties:
                  id: {type: integer, example: 7}
                  owner: {type: object, nullable: true, properties: {name: {type: string, nullable: true}}}
                  kind: {nullable: true, allOf: [{$ref: '#/components/schemas/Kind'}]}
    delete:
      responses: {}
components:
  schemas:
    Kind: {type: string, enum: [cat, dog]}
"""


class Imported(NamedTuple):
    """What an import left behind."""

    code: int
    out: str
    err: str
    document: Any
    output: Path

    def schema(self, name: str) -> Any:
        """Return a named schema."""
        return self.document["components"]["schemas"][name]


@pytest.fixture
def take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Import a document's text, with other files beside it."""

    def run(text: str, *arguments: str, **files: str) -> Imported:
        (tmp_path / "pets.yaml").write_text(text)
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(content)
        output = tmp_path / "openapi" / "upstream.yaml"
        output.parent.mkdir(exist_ok=True)
        if "fixes" in files:
            (output.parent / "fixes.yaml").write_text(files["fixes"])
        capsys.readouterr()
        code = main(["import", str(tmp_path / "pets.yaml"), "-o", str(output), *arguments])
        said = capsys.readouterr()
        out, err = (text.replace(f"{tmp_path}/", "") for text in (said.out, said.err))
        made = source.load(output, "up", "up").root if output.exists() else None
        return Imported(code, out, err, made, output)

    return run


def test_a_document_of_3_0_generates_after_it_is_imported(take: Any, generate: Generate) -> None:
    """Null is a type, bounds are numbers, names are in snake_case, and inline objects are named."""
    imported = take(OLD)
    assert imported.code == 0
    item = imported.document["paths"]["/pets/{petId}"]
    assert (item["get"]["operationId"], item["delete"]["operationId"]) == ("pets_get_one", "delete_pets_by_pet_id")
    assert item["parameters"][0]["schema"] == {"type": "integer", "exclusiveMinimum": 0}
    whole = imported.schema("PetsGetOneResponse")["properties"]
    assert whole["id"] == {"type": "integer", "examples": [7]}
    assert whole["owner"] == {"$ref": "#/components/schemas/PetsGetOneResponseOwner"}
    assert imported.schema("PetsGetOneResponseOwner")["type"] == ["object", "null"]
    assert whole["kind"] == {"anyOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]}
    assert generate(imported.output.read_text()).code == 0


def test_each_thing_that_was_done_is_said_by_line(take: Any) -> None:
    """The place is that of the document as it came; what is many is said once."""
    lines = take(OLD).err.splitlines()
    assert "pets.yaml:1:1: OpenAPI 3.0.3 is written as 3.1.0" in lines
    assert "pets.yaml:8:7: operationId 'pets.getOne' is 'pets_get_one' now" in lines
    assert any(line.startswith("pets.yaml:18:19:") and "type null (and 2 more such)" in line for line in lines)
    assert any(line.startswith("pets.yaml:20:5: no 2xx response") for line in lines)


IDS = {
    ("read_items_items__item_id__get", "/items/{item_id}", "get"): "read_items",
    ("pets.getOne", "/x", "get"): "pets_get_one",
    ("list-all-pets", "/x", "get"): "list_all_pets",
    ("listV2Pets", "/x", "get"): "list_v2_pets",
    ("import", "/x", "post"): "import_operation",
    ("list", "/x", "get"): "list_operation",
    ("2fa/check", "/x", "get"): "operation_2fa_check",
    (None, "/v1/users/{id}", "get"): "get_v1_users_by_id",
    (None, "/v1/users", "post"): "create_v1_users",
    (None, "/", "delete"): "delete",
}


@pytest.mark.parametrize("given", IDS, ids=str)
def test_a_name_follows_from_the_operation_alone(given: tuple[str | None, str, str]) -> None:
    """So it stays when neighbours come and go."""
    id_, path, method = given
    assert operation_id(("paths", path, method), {"operationId": id_} if id_ else {}) == IDS[given]


TWO = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a: {get: {operationId: read_a_get, responses: {'204': {description: d}}}}
"""


def test_two_operations_of_one_name_are_pinned(take: Any) -> None:
    """The one that had the name keeps it; the other one's is written into fixes.yaml, where it stays."""
    assert take(TWO).document["paths"]["/a"]["get"]["operationId"] == "read"
    both = f"{TWO}  /b: {{get: {{operationId: read_b_get, responses: {{'204': {{description: d}}}}}}}}\n"
    for _ in range(2):
        made = take(both).document["paths"]
        assert [made[path]["get"]["operationId"] for path in made] == ["read", "read_b_get"]
    assert (take(both).output.parent / "fixes.yaml").read_text().count("$.paths['/b'].get") == 1


def test_two_paths_of_one_name_are_told_apart(take: Any, generate: Generate) -> None:
    """By a number, which is pinned once; the next import adds nothing."""
    none = "{get: {responses: {'204': {description: d}}}}"
    text = f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /u/{{id}}: {none}\n  /u/by_id: {none}\n"
    text = text.replace("get: {r", "get: {parameters: [{name: id, in: path, schema: {type: string}}], r", 1)
    fixes = list[str]()
    for _ in range(3):
        imported = take(text)
        paths = imported.document["paths"]
        assert [paths[path]["get"]["operationId"] for path in paths] == ["get_u_by_id", "get_u_by_id_2"]
        fixes.append((imported.output.parent / "fixes.yaml").read_text())
    assert fixes[0] == fixes[1] == fixes[2]
    assert generate(imported.output.read_text()).code == 0


FIXES = """\
overlay: 1.0.0
info: {title: Fixes, version: 1.0.0}
actions:
  - target: $.paths['/a'].get
    description: It lists.
    update: {operationId: list_a, summary: List}
  - target: $.paths[?(@.x-y == 'z')]
    description: Nobody calls it.
    remove: true
"""


def test_fixes_are_applied_on_each_import(take: Any) -> None:
    """An update is merged into what the target selects, and a removed node is gone."""
    text = f"{TWO}  /b: {{x-y: z, get: {{responses: {{'204': {{description: d}}}}}}}}\n"
    imported = take(text, fixes=FIXES)
    assert imported.code == 0
    assert list(imported.document["paths"]) == ["/a"]
    assert imported.document["paths"]["/a"]["get"]["operationId"] == "list_a"
    assert "pets.yaml:4:8: fixed: It lists." in imported.err


@pytest.mark.parametrize("form", ["actions:\n- ", "actions: # Ours.\n\n    - ", "actions: []", "actions:"])
def test_a_name_is_pinned_in_the_form_that_is_there(take: Any, form: str) -> None:
    """With the indentation of the other actions; the file is read again by the next import."""
    both = f"{TWO}  /b: {{get: {{operationId: read_b_get, responses: {{'204': {{description: d}}}}}}}}\n"
    mine = f"{form}{{target: $.info, description: d, update: {{x-list: [1]}}}}\n" if form[-1] == " " else f"{form}\n"
    for fixes in ({"fixes": f"overlay: 1.0.0\ninfo: {{title: F, version: 1.0.0}}\n{mine}"}, {}):
        imported = take(both, **fixes)
        assert imported.code == 0, imported.err
        made = imported.document["paths"]
        assert [made[path]["get"]["operationId"] for path in made] == ["read_a_get", "read_b_get"]


@pytest.mark.parametrize(
    "form", ["actions: [{target: $.info, description: d, update: {a: 1}}]\n", "actions: []\nx-a: 1\n"]
)
def test_a_file_that_cannot_take_a_name_stays_as_it_was(take: Any, form: str) -> None:
    """Nothing is written, and the line of `actions` says what to do."""
    both = f"{TWO}  /b: {{get: {{operationId: read_b_get, responses: {{'204': {{description: d}}}}}}}}\n"
    fixes = f"overlay: 1.0.0\ninfo: {{title: F, version: 1.0.0}}\n{form}"
    imported = take(both, fixes=fixes)
    assert (imported.code, imported.document) == (1, None)
    assert imported.err.endswith("fixes.yaml:3:1: names of operations cannot be added here; "
                                 "make `actions` the last key, a list in block style\n")  # fmt: skip
    assert (imported.output.parent / "fixes.yaml").read_text() == fixes


def test_a_fix_that_no_longer_matches_is_an_error(take: Any) -> None:
    """It names the action's line, and nothing is written."""
    imported = take(TWO, fixes=FIXES)
    assert (imported.code, imported.document) == (1, None)
    assert imported.err.startswith("fixes.yaml:7:5: target \"$.paths[?(@.x-y == 'z')]\" matches nothing")


def test_a_fix_has_a_reason_and_one_effect(take: Any) -> None:
    """What an overlay leaves out or misspells is said by line."""
    imported = take(TWO, fixes="overlay: 1.0.0\nactions:\n  - {target: $.info, updat: {a: 1}}\n")
    assert [line.split(": ", 1)[1] for line in imported.err.splitlines()] == [
        "an action is an `update` or `remove: true`; write one of them",
        "an action needs a reason; write it as `description`",
        "'updat' is no field of an action; use description, remove, target, update",
    ]


STORE = """\
openapi: 3.0.3
info: {title: Store, version: '1'}
paths:
  /orders/{id}:
    get:
      operationId: get_order_orders__id__get
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  /orders:
    post:
      operationId: make_order_orders_post
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/NewOrder'}}}}
      responses:
        '200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
components:
  schemas:
    Order:
      type: object
      properties: {id: {type: string}, total: {type: integer}, note: {type: string}}
    NewOrder: {type: object, properties: {total: {type: integer}, tags: {type: array, items: {type: string}}}}
"""
STORE_FIXES = """\
overlay: 1.0.0
info: {title: Fixes, version: 1.0.0}
actions:
  - target: $.paths['/orders'].post
    description: What it does has a name.
    update: {operationId: create_order, tags: [orders]}
  - target: $.components.schemas.Order.properties.note
    description: The server sends null.
    update: {type: [string, 'null']}
  - target: $.components.schemas.Order.properties.total
    description: In cents.
    update: {type: integer, description: Cents.}
"""
STORE_2 = (
    STORE.replace("make_order_orders_post", "buy_orders_post")
    .replace("note: {type: string}", "note: {type: string, nullable: true}")
    .replace("total: {type: integer}, tags", "tags")
    .replace(
        "{id: {type: string}, total: {type: integer}", "{id: {type: string}, at: {type: string}, total: {type: number}"
    )
)


@pytest.mark.parametrize("known", ["the last import", "the document as it came"])
def test_a_new_upstream_is_shown_beside_the_former_and_the_fixes(take: Any, tmp_path: Path, known: str) -> None:
    """What they changed by what it breaks, what the fixes touch, and what collides: changed, or superfluous."""
    (tmp_path / "former.yaml").write_text(STORE)
    arguments = [] if known == "the last import" else ["--from", str(tmp_path / "former.yaml")]
    first = take(STORE, fixes=STORE_FIXES)
    assert first.out == (
        "Our fixes touch:\n"
        "fixes.yaml:4: $.paths['/orders'].post: operationId, tags (What it does has a name.)\n"
        "fixes.yaml:7: $.components.schemas.Order.properties.note: type (The server sends null.)\n"
        "fixes.yaml:10: $.components.schemas.Order.properties.total: type, description (In cents.)\n"
    )
    theirs, _, collisions = take(STORE_2, *arguments).out.split("\n\n")
    since = "former.yaml" if arguments else "the last import into upstream.yaml"
    file = "former.yaml:21" if arguments else "upstream.yaml (before):57"
    gone = "models.NewOrderParam no longer has 'total' (request-field-removed: its keyword or key is gone)"
    assert theirs.splitlines() == [
        f"They changed since {since}:",
        f"{file}: breaking: {gone} [models.NewOrderParam.total]",
        "upstream.yaml:47: safe: models.Order has 'at' (answer-field-added: a property more) [models.Order.at]",
        "1 breaking, 0 risky, 1 safe: major",
    ]
    id_, total = "/paths/~1orders/post/operationId", "/components/schemas/Order/properties/total/type"
    assert [line.split(": ", 2)[2] for line in collisions.splitlines()[1:]] == [
        f'they changed {id_}, which it overwrites, from "make_order_orders_post" to "buy_orders_post"; look at the fix',
        "the new document says so itself; remove the action",
        f'they changed {total}, which it overwrites, from "integer" to "number"; look at the fix',
    ]  # fmt: skip


def test_an_import_of_the_same_document_has_nothing_to_show(take: Any) -> None:
    """But for what the fixes touch; a fix that came meanwhile is said to be among the changes."""
    take(STORE)
    assert take(STORE).out == (
        "They changed since the last import into upstream.yaml:\n0 breaking, 0 risky, 0 safe: patch\n"
    )
    mixed = take(STORE, fixes=STORE_FIXES).out
    assert "among it; --from tells them apart.\n" in mixed
    assert "breaking: operation make_order is create_order" in mixed
    assert "collide" not in mixed
    assert take(STORE, fixes=STORE_FIXES).out.startswith("They changed since the last import into upstream.yaml:\n0 ")


def test_a_change_beside_what_a_fix_overwrites_is_said(take: Any) -> None:
    """Whether the fix is still right, a person has to see."""
    take(STORE, fixes=STORE_FIXES)
    out = take(STORE.replace("      requestBody", "      summary: Buy\n      requestBody"), fixes=STORE_FIXES).out
    assert out.endswith("['/orders'].post: they changed what it selects, beside what it overwrites; look at the fix\n")


def test_what_changed_upstream_is_json_on_request(take: Any) -> None:
    """With the kinds of `diff`, and the bump that they demand."""
    take(STORE, fixes=STORE_FIXES)
    shown = json.loads(take(STORE_2, "--json").out)
    assert shown["theirs"]["bump"] == "major"
    assert [one["kind"] for one in shown["theirs"]["changes"]] == ["request-field-removed", "answer-field-added"]
    assert shown["fixes"][0] == {"where": "fixes.yaml:4", "target": "$.paths['/orders'].post", "places": 1,
                                 "reason": "What it does has a name.", "writes": ["operationId", "tags"]}  # fmt: skip
    assert [one["kind"] for one in shown["collisions"]] == ["changed", "superfluous", "changed"]


def test_a_document_that_does_not_generate_is_imported_and_not_compared(take: Any) -> None:
    """It says why, by line; what is wrong can be corrected in fixes.yaml."""
    take(STORE)
    out = take(STORE.replace("/orders/{id}", "/orders/{order_id}")).out
    assert out.startswith("What they changed since the last import into upstream.yaml cannot be told:\nupstream.yaml:")


def test_other_files_become_part_of_the_document(take: Any) -> None:
    """Path items stand where they are used; schemas are components, with what they refer to."""
    text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a: {$ref: 'item.yaml#/a'}\n"
    item = (
        "a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema:"
        " {$ref: 'item.yaml#/Thing'}}}}}}}\nThing: {type: object, properties: {next: {$ref: '#/Thing'}}}\n"
    )
    imported = take(text, item=item)
    assert imported.code == 0
    assert imported.schema("Thing") == {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/Thing"}},
    }
    assert "get" in imported.document["paths"]["/a"]


NAMES = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses:
        default: {$ref: 'item.yaml#/responses/default'}
components:
  schemas:
    pet: {type: object, properties: {a: {type: string}}}
    Pet:
      type: object
      default: {value: {$ref: '#/components/schemas/pet'}}
      properties:
        value: {$ref: './x/../item.yaml#/Thing'}
        enum: {$ref: 'item.yaml#/Thing'}
        default: {$ref: '#/components/schemas/pet'}
        example: {type: object, properties: {properties: {type: object, default: {$ref: 'none.yaml'}}}}
"""


def test_properties_and_responses_may_have_the_names_of_keywords(take: Any, generate: Generate) -> None:
    """What is below `value`, `enum` or `default` is followed where that is a name; values stay as they are."""
    content = "{application/json: {schema: {$ref: 'pets.yaml#/components/schemas/pet'}}}"
    item = "Thing: {type: object, properties: {b: {type: string}}}\n"
    item += f"responses: {{default: {{description: d, content: {content}}}}}\n"
    imported = take(NAMES, item=item)
    assert imported.code == 0, imported.err
    pet = imported.schema("Pet")
    assert [pet["properties"][name] for name in ("value", "enum", "default")] == [
        {"$ref": "#/components/schemas/Thing"},
        {"$ref": "#/components/schemas/Thing"},
        {"$ref": "#/components/schemas/Pet2"},
    ]
    assert pet["default"] == {"value": {"$ref": "#/components/schemas/pet"}}
    assert set(imported.document["components"]["schemas"]) == {"Pet", "Pet2", "PetExample", "Thing"}
    assert "response_type=Pet2" in (generate(imported.output.read_text()).package / "api.py").read_text()


MERGED = """\
openapi: 3.1.0
info: {title: T, version: '1'}
x-base: &base {type: object, description: Base., properties: {a: {type: string}}}
x-more: &more {description: More., required: [a]}
paths:
  /a: {get: {responses: {'204': {description: d}}}}
components:
  schemas:
    One:
      <<: *base
      description: One.
    Two: {<<: [*more, *base]}
    Three: {<<: MERGES}
"""


def test_merge_keys_are_written_out(take: Any) -> None:
    """An own key wins, then the first mapping that has it; what is no mapping is refused."""
    imported = take(MERGED.replace("MERGES", "*more"))
    assert imported.code == 0, imported.err
    base = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert imported.schema("One") == {**base, "description": "One."}
    assert imported.schema("Two") == {**base, "description": "More.", "required": ["a"]}
    said = "pets.yaml:13:13: a merge key (`<<`) takes a mapping, or a list of mappings; write one\n"
    assert take(MERGED.replace("MERGES", "[*more, 1]")).err == said


def test_a_default_response_is_brought_to_3_1(take: Any) -> None:
    """As a response of any other status."""
    answer = "{description: d, content: {application/json: {schema: {type: string, nullable: true}}}}"
    text = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n"
    made = take(f"{text}  /a: {{get: {{responses: {{default: {answer}}}}}}}\n").document["paths"]["/a"]["get"]
    assert made["responses"]["default"]["content"]["application/json"]["schema"] == {"type": ["string", "null"]}


@pytest.mark.parametrize("ref", ["none.yaml", "item.yaml#/nope", "https://a.test/x.yaml"])
def test_a_file_that_is_not_there_is_refused(take: Any, ref: str) -> None:
    """By the place of the reference."""
    text = f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /a: {{$ref: '{ref}'}}\n"
    imported = take(text, item="a: 1\n")
    assert (imported.code, imported.document) == (1, None)
    assert "pets.yaml:4:8: " in imported.err


def test_an_operation_can_be_skipped(take: Any, generate: Generate) -> None:
    """It is listed in the document and in the package; what only it needs is left out, too."""
    text = OLD.replace("  schemas:\n", "  schemas:\n    Odd: {type: object, properties: {a: {$dynamicRef: '#x'}}}\n")
    text = text.replace("responses: {}", "responses: {'200': {description: d, content: {application/json: {schema: "
                        "{$ref: '#/components/schemas/Odd'}}}}}")  # fmt: skip
    assert generate(take(text).output.read_text()).code == 1
    imported = take(text, "--skip", "delete_pets_by_pet_id")
    run = generate(imported.output.read_text())
    assert (run.code, "Odd" in imported.document["components"]["schemas"]) == (0, False)
    assert 'SKIPPED = ("delete_pets_by_pet_id",)' in (run.package / "__init__.py").read_text()
    assert take(text, "--skip", "nope").err.endswith("--skip nope: no operation has this operationId; correct it\n")


def test_a_stream_is_selected_by_the_boolean_of_the_body(take: Any) -> None:
    """Where there is none, the stream is left out, and said to be."""
    media = "{application/json: {schema: {}}, text/event-stream: {schema: {type: object, properties: {a: {}}}}}"
    text = (
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a: {post: {operationId: a, requestBody: {content:"
        " {application/json: {schema: {type: object, properties: {stream: {type: boolean}}}}}},"
        f" responses: {{'200': {{description: d, content: {media}}}}}}}}}\n"
    )
    assert take(text).document["paths"]["/a"]["post"]["x-stream-field"] == "stream"
    without = take(text.replace("{stream: {type: boolean}}", "{b: {}}"))
    assert "text/event-stream beside JSON is left out" in without.err


ITEM = "{$ref: '#/components/schemas/Item'}"
EVENT = f"{{properties: {{data: {{contentMediaType: application/json, contentSchema: {ITEM}}}, event: NAME}}}}"


@pytest.mark.parametrize(
    ("media", "item", "is_envelope"),
    [
        ("application/jsonl", ITEM, False),
        ("text/event-stream", EVENT.replace("NAME", "{type: string}"), False),
        ("text/event-stream", EVENT.replace("NAME", "{const: e}"), True),
    ],
)
def test_the_items_of_a_stream_are_its_schema(take: Any, media: str, item: str, is_envelope: bool) -> None:
    """As FastAPI publishes them; an envelope stays where it names its event, and is its payload otherwise."""
    imported = take(
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a: {get: {operationId: a, responses: {'200':"
        f" {{description: d, content: {{{media}: {{itemSchema: {item}}}}}}}}}}}}}\n"
        "components: {schemas: {Item: {type: object, properties: {a: {}}}}}\n"
    )
    assert "`itemSchema` is written as `schema`" in imported.err
    payload = {"$ref": "#/components/schemas/Item"}
    made = imported.document["paths"]["/a"]["get"]["responses"]["200"]["content"][media]["schema"]
    assert (made == payload) != is_envelope


def test_names_that_collide_are_told_apart(take: Any, generate: Generate) -> None:
    """The one that is written as its Python name keeps it; schemas, properties and parameters alike."""
    text = (
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /a: {get: {operationId: a, parameters: ["
        "{name: petName, in: query, schema: {}}, {name: pet_name, in: query, schema: {}}], responses: {'200':"
        " {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}}}}}\ncomponents:\n"
        "  schemas:\n    pet: {type: object, properties: {dogName: {type: string}, dog_name: {type: string}}}\n"
        "    Pet: {type: object, properties: {a: {$ref: '#/components/schemas/View'}}}\n"
        "    View: {type: object, properties: {b: {type: string}}}\n    Stream: {type: object}\n"
    )
    imported = take(text)
    assert list(imported.document["components"]["schemas"]) == ["Pet2", "Pet", "ViewSchema", "StreamSchema"]
    assert imported.schema("Pet2")["properties"]["dogName"]["x-name"] == "dog_name_2"
    assert imported.document["paths"]["/a"]["get"]["parameters"][0]["x-name"] == "pet_name_2"
    assert generate(imported.output.read_text()).code == 0


PEDANTRY = {
    "required that is no property": ("{type: object, required: [a], properties: {b: {}}}", {"a": {}, "b": {}}),
    "type that does not exist": ("{type: object, properties: {a: {type: int}}}", {"a": {"type": "integer"}}),
    "type that says nothing": ("{type: object, properties: {a: {type: any}}}", {"a": {}}),
    "boolean required": ("{type: object, properties: {a: {type: string, required: true}}}", {"a": {"type": "string"}}),
    "unknown keyword": ("{type: object, properties: {a: {type: string, optional: true}}}", {"a": {"type": "string"}}),
    "value listed twice": ("{type: object, properties: {a: {enum: [x, x]}}}", {"a": {"enum": ["x"]}}),
    "property of a condition": ("{then: {properties: {a: {}}}, properties: {b: {}}}", {"a": {}, "b": {}}),
}  # fmt: skip


@pytest.mark.parametrize("kind", PEDANTRY)
def test_what_nobody_means_is_corrected(take: Any, kind: str) -> None:
    """A slip of a published document does not stop its import."""
    schema, expected = PEDANTRY[kind]
    imported = take(f"{TWO}components:\n  schemas:\n    S: {schema}\n")
    assert imported.schema("S")["properties"] == expected
    assert imported.err


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        "true",
        "No",
        "1",
        "1e3",
        "~",
        "- a",
        "a: b",
        "a #b",
        " a",
        "a ",
        "é\n",
        "a\nb",
        "a\n\nb\n",
        "\ta",
        "'",
        '"',
        "\u2028",
        "😀",
        "😀\n\u2028",
    ],
)
def test_what_is_written_is_read_back(value: str) -> None:
    """Any JSON value survives being written as YAML."""
    whole = {"k": value, value or "e": [value, {"n": value}, [], {}, [[1, None]]], "x": [True, 1.5, None]}
    assert source.parse(dump(whole), "x") == whole
    assert source.parse(json.dumps(whole), "x") == whole


def test_a_surrogate_pair_of_json_is_a_character(take: Any) -> None:
    """As `json.dumps` writes an emoji; what stands behind it keeps its line, and a lone surrogate is refused at its."""
    info = '"info": {"title": "\\uD83D\\ude00 \\\\ud83d", "version": "1"}'
    text = f'{{"openapi": "3.0.0",\n{info},\n"paths": {{"/a": {{"get": {{}}}}}}}}'
    imported = take(text)
    assert imported.document["info"]["title"] == "😀 \\ud83d"
    assert "pets.yaml:3:18: an operation without operationId is 'get_a' now" in imported.err
    assert take(text.replace("get", "\\udead")).err.startswith("pets.yaml:3:21: not YAML: found invalid Unicode")


def test_json_path_selects_what_overlays_name() -> None:
    """Names, indexes, wildcards, descendants and a field's value."""
    root = {"a": [{"n": 1, "t": "x"}, {"n": 2}], "b": {"a": 3}}
    assert find(root, "$.a[?(@.t == 'x')].n") == [("a", "0", "n")]
    assert find(root, "$.a[*].n") == [("a", "0", "n"), ("a", "1", "n")]
    assert find(root, "$..a") == [("a",), ("b", "a")]
    assert find(root, "$['b'].a") == [("b", "a")]
    assert find(root, "$.none") == []


@pytest.mark.long
def test_500_operations_are_imported_and_generated_in_ten_seconds_of_processor_time(tmp_path: Path) -> None:
    """Five for each of the two; the document has two schemas an operation."""
    paths, schemas = {}, {}
    for n in range(500):
        ref = f"#/components/schemas/Thing{n}"
        content = {"application/json": {"schema": {"$ref": ref}}}
        paths[f"/things{n}/{{id}}"] = {
            "post": {
                "operationId": f"things{n}.create",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": content},
                "responses": {"200": {"description": "d", "content": content}},
            }
        }
        for part in range(2):
            properties = {f"field{k}": {"type": "string", "nullable": True} for k in range(10)}
            properties["next"] = {"$ref": f"{ref}p1" if part < 1 else ref}
            schemas[f"Thing{n}" + (f"p{part}" if part else "")] = {"type": "object", "properties": properties}
    document = {"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "paths": paths,
                "components": {"schemas": schemas}}  # fmt: skip
    (tmp_path / "big.json").write_text(json.dumps(document))
    up = str(tmp_path / "upstream.yaml")
    generate = ["--spec", up, "--output", str(tmp_path / "big")]
    for command in (["import", str(tmp_path / "big.json"), "-o", up], generate):
        began = os.times()
        subprocess.run([sys.executable, "-m", "generator", *command], cwd=ROOT, check=True, capture_output=True)
        ended = os.times()
        assert ended.children_user + ended.children_system - began.children_user - began.children_system < 5
