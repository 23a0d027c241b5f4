"""What a change of the document means: each kind singly and in pairs, in both directions."""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from document_edits import ALSO, CORE, EDITS, edited

from generator import source
from generator.__main__ import main
from generator.diff.changes import Change
from generator.diff.kinds import KINDS, demanded, highest
from generator.diff.operations import compare
from generator.spec import Spec


def spec(text: str) -> Spec:
    """Return a document."""
    return Spec("d.yaml", "d.yaml", source.parse(text, "d.yaml"), source.locator(text, "d.yaml"))


def kinds(old: str, new: str) -> set[str]:
    """Return the kinds of the changes between two documents; without places, which take longer to find."""
    made = [Spec("d", "d", parsed(text), lambda: {(): (1, 1)}) for text in (old, new)]
    return {one.kind for one in compare(*made)}


@functools.lru_cache(maxsize=4)
def parsed(text: str) -> Any:
    """Return the value of a document."""
    return source.parse(text, "d")


def also(kind: str | None) -> set[str]:
    """Return the kinds that a change is."""
    return {kind, *ALSO.get(kind, ())} if kind else set()


def test_the_document_generates(tmp_path: Path) -> None:
    """So that other tools can compare what is generated of it."""
    (tmp_path / "core.yaml").write_text(CORE)
    assert main(["--spec", str(tmp_path / "core.yaml"), "--output", str(tmp_path / "core")]) == 0


@pytest.mark.parametrize("edit", EDITS, ids=[f"{one[0]}-{n}" for n, one in enumerate(EDITS)])
def test_a_change_is_what_it_is_in_both_directions(edit: tuple[str, str | None, str, str]) -> None:
    """One edit is one kind, and its reverse another; nothing else is found."""
    forward, backward, _, _ = edit
    assert kinds(CORE, edited(edit)) == also(forward)
    assert kinds(edited(edit), CORE) == also(backward)


HIDDEN = [
    {"operation-renamed", "operation-moved"},  # Of one operation: nothing tells that it is the same.
    {"answer-class-renamed", "answer-representation-changed"},  # Of a class that is no longer the answer's.
    {"request-field-made-read-only", "request-deprecated"},  # Of a field that is no longer sent.
]


@pytest.mark.long
def test_changes_in_pairs_are_both_found() -> None:
    """Whatever else changes, each is found."""
    tried, lost = 0, list[object]()
    for one, two in itertools.combinations(EDITS, 2):
        try:
            new = edited(one, two)
            assert edited(two, one) == new
        except AssertionError:
            continue  # They touch the same text.
        tried += 1
        unseen = (also(one[0]) | also(two[0])) - kinds(CORE, new)
        if unseen and {one[0], two[0]} not in HIDDEN:
            lost.append((one[0], two[0], unseen))
    assert lost == []
    assert tried > 2000


def test_the_documentation_counts_the_kinds() -> None:
    """The number is that of the table."""
    text = (Path(__file__).parents[2] / "docs" / "generator.md").read_text("utf-8")
    assert f"`diff` knows {len(KINDS)} kinds of change" in text


def test_every_kind_is_shown() -> None:
    """Sixty and more; what griffe finds is shown in a test of its own, and a stream that comes or goes below."""
    shown = {kind for one in EDITS for kind in (*also(one[0]), *also(one[1]))}
    assert len(shown) > 80
    assert {kind for kind in KINDS.keys() - shown if not kind.startswith("python-")} == {
        "body-arguments-changed",
        "body-required-added",
        "stream-added",
        "stream-removed",
    }


def test_a_stream_and_a_required_body_come_and_go() -> None:
    """They change what a function takes and returns."""
    first = CORE.index("            text/event-stream")
    without = CORE[:first] + CORE[CORE.index("\n", first) + 1 :]
    assert "stream-removed" in kinds(CORE, without)
    assert "stream-added" in kinds(without, CORE)
    body = "operationId: plain, requestBody: {required: true, content: {application/json: {schema: {type: object}}}}"
    assert kinds(CORE, CORE.replace("operationId: plain", body)) == {"body-required-added"}


@pytest.mark.parametrize(
    "schema",
    [
        "{type: [object, 'null'], properties: {u: {type: string}}}",
        "{oneOf: [{$ref: '#/components/schemas/Part'}, {$ref: '#/components/schemas/Other'}]}",
    ],
)
def test_a_body_that_is_one_argument_breaks_the_calls_that_give_its_fields(schema: str) -> None:
    """Though its server takes more than before; and the other way round."""
    new = CORE.replace("{type: object, properties: {u: {type: string}}}", schema)
    assert "body-arguments-changed" in kinds(CORE, new) & kinds(new, CORE)


def test_a_field_that_is_not_sent_is_no_change_of_a_request() -> None:
    """Whether it comes, goes or changes."""
    none = "        old: {type: string}\n"
    fields = ["", none.replace("}", ", readOnly: true}"), none.replace("string}", "integer, readOnly: true}")]
    for one, two in itertools.permutations([CORE.replace(none, field) for field in fields], 2):
        assert kinds(one, two) == set()


def test_a_class_that_is_gone_is_named_with_its_place() -> None:
    """In the old document; the errors' classes, too."""
    new = CORE.replace(", content: {application/problem+json: {schema: {$ref: '#/components/schemas/Problem'}}}", "")
    line = CORE[: CORE.index("    Problem: {")].count("\n") + 1
    found = [(one.kind, one.where, one.names) for one in compare(spec(CORE), spec(new))]
    assert found == [("class-removed", f"d.yaml:{line}", ("models.Problem",))]


def test_a_change_names_place_and_python() -> None:
    """The line is that of the new document; of what is gone, that of the old one."""
    found = compare(spec(CORE), spec(CORE.replace("        extra: {type: string}\n", "")))
    assert [(one.kind, one.where, one.names) for one in found] == [
        ("answer-field-removed", f"d.yaml:{CORE[: CORE.index('extra: {')].count(chr(10)) + 1}", ("models.Thing.extra",))
    ]
    assert str(found[0]).endswith("(answer-field-removed: its property is gone) [models.Thing.extra]")


PLACES = {
    "answer-deprecated": "{$ref: '#/components/schemas/Owner', deprecated: true}",
    "answer-described": "{$ref: '#/components/schemas/Owner', description: The second.}",
    "answer-null-added": "{anyOf: [{$ref: '#/components/schemas/Owner'}, {type: 'null'}]}",
}


@pytest.mark.parametrize("kind", PLACES)
def test_what_a_place_says_beside_a_reference_is_compared(kind: str) -> None:
    """Where others refer to the same schema, too: the change is that of this place."""
    old = CORE.replace("extra: {type: string}", "extra: {$ref: '#/components/schemas/Owner'}")
    new = CORE.replace("extra: {type: string}", f"extra: {PLACES[kind]}")
    line = CORE[: CORE.index("extra: {")].count("\n") + 1
    assert [(one.kind, one.where, one.names) for one in compare(spec(old), spec(new))] == [
        (kind, f"d.yaml:{line}", ("models.Thing.extra",))
    ]


def test_what_a_schema_says_itself_is_said_once() -> None:
    """However many places refer to it."""
    old = CORE.replace("extra: {type: string}", "extra: {$ref: '#/components/schemas/Owner'}")
    new = old.replace("Owner: {type: object", "Owner: {type: [object, 'null'], description: D., deprecated: true")
    found = [one.kind for one in compare(spec(old), spec(new))]
    assert sorted(found) == ["answer-deprecated", "answer-described", "answer-null-added"]


def test_documents_that_do_not_generate_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of operations without a name only one would be seen; each problem of both is said."""
    for name in ("old", "new"):
        (tmp_path / f"{name}.yaml").write_text(CORE.replace("operationId: plain, ", ""))
    assert main(["diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.rpartition("/")[2].partition(":")[0] for line in said] == ["new.yaml", "old.yaml"]
    assert all("no operationId, which names the function" in line for line in said)


@pytest.mark.parametrize(
    ("version", "bump", "expected"),
    [
        ("0.3.0", "major", "0.4.0"),
        ("0.3.0", "minor", "0.3.1"),
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
    ],
)
def test_a_bump_demands_a_version(version: str, bump: str, expected: str) -> None:
    """Before 1.0 what breaks raises the minor version."""
    assert demanded(version, bump) == expected  # type: ignore[arg-type]
    assert highest(["patch", bump, "patch"]) == bump  # type: ignore[list-item]


def test_two_documents_are_compared_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As text, JSON and Markdown."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(CORE)
    new.write_text(CORE.replace("        extra: {type: string}\n", "").replace("enum: [x, y]", "enum: [x, y, z]"))
    assert main(["diff", str(old), str(new)]) == 0
    assert capsys.readouterr().out.endswith("1 breaking, 0 risky, 1 safe: major\n")
    assert main(["diff", str(old), str(new), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["bump"], [one["level"] for one in shown["changes"]]) == ("major", ["breaking", "safe"])
    assert main(["diff", str(old), str(new), "--format", "markdown"]) == 0
    assert "### Breaking\n\n- models.Thing no longer has 'extra'" in capsys.readouterr().out


def test_changes_sort_by_what_they_break() -> None:
    """What breaks comes first."""
    found: list[Change] = compare(spec(CORE), spec(edited(EDITS[0], EDITS[5], EDITS[8])))
    assert [one.rule.level for one in found] == ["breaking", "risky", "safe"]
