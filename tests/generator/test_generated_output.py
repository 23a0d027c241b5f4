"""What is made of the less usual parts of a document."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from generator_kit import ROOT, SMALL
from pydantic import TypeAdapter

from generator.__main__ import main

ODD = Path(__file__).parent / "odd.yaml"
RUNTIME = {file.name: file for file in (ROOT / "generator" / "runtime").glob("[!_]*.py")}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the package of the odd document, importable as `odd`."""
    folder = tmp_path_factory.mktemp("odd")
    assert main(["--spec", str(ODD), "--output", str(folder / "odd")]) == 0
    sys.path.insert(0, str(folder))
    yield folder / "odd"
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == "odd"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def api(odd: Path) -> ModuleType:
    """Return its operations."""
    return importlib.import_module("odd.api")


@pytest.fixture(scope="module")
def models(odd: Path) -> ModuleType:
    """Return its objects."""
    return importlib.import_module("odd.models")


def test_every_file_names_the_command_that_makes_it(odd: Path) -> None:
    """A reader who opens any file learns not to edit it, and what to run; no path of this machine is in it."""
    for file in odd.glob("*.[pj]*"):
        text = file.read_text(encoding="utf-8")
        if text:
            source = file.name if file.name in RUNTIME else "odd.yaml"
            assert f"{source}. Do not edit: change that file and run" in text
            assert "python -m generator --spec odd.yaml --output odd" in text
            assert str(odd.parent) not in text


def test_text_of_the_document_stays_text(api: ModuleType) -> None:
    """Quotes, backslashes, templates and newlines in descriptions reach a docstring as they are, and run nothing."""
    said = api.get_toy.__doc__
    assert 'Sum """ + \\N{BULLET} {{ 7*7 }} {% raw %}' in said
    assert "back\\slashes \\u0041, {braces}, ünïcödé" in said
    assert "code   stays" in said


def test_direction_marks_do_not_reach_the_code(api: ModuleType) -> None:
    """Invisible marks that would make code read as something else are left out."""
    assert "\u202e" not in Path(str(api.__file__)).read_text(encoding="utf-8")


def test_literals_are_exactly_the_document_s(api: ModuleType) -> None:
    """A name or default with any character is sent as the document has it."""
    call = api.inline(body="b", kind="fixed")
    assert call.body == {"body": "b", "kind": "fixed", "from": 'x"y\n\u202e', "require": "a"}


def test_path_parameters_are_quoted_and_counted(api: ModuleType) -> None:
    """An integer is written out, a string quoted."""
    assert api.get_toy(3, "a/b?", must=True).path == "/pets/3/toys/a%2Fb%3F"


def test_a_path_parameter_that_would_go_elsewhere_is_refused(api: ModuleType) -> None:
    """None, nothing and dots address another resource."""
    for wrong in (None, "", ".", "..", "a\n"):
        with pytest.raises(ValueError, match="toy_name"):
            api.get_toy(3, wrong, must=True)


def test_query_parameters_are_text(api: ModuleType) -> None:
    """A boolean is true or false, a date ISO 8601, a list repeated; what was not given is not sent."""
    call = api.get_toy(3, "t", must=False, since=datetime(2026, 1, 2, tzinfo=UTC), tags=["x", "y"], rest={"z": 1})
    assert call.query == (
        ("must", "false"),
        ("since", "2026-01-02T00:00:00+00:00"),
        ("tags", "x"),
        ("tags", "y"),
        ("z", "1"),
    )


def test_a_name_that_is_given_twice_is_refused(api: ModuleType) -> None:
    """Which of the two is meant cannot be known."""
    with pytest.raises(ValueError, match="since is given twice"):
        api.get_toy(3, "t", must=True, since="x", rest={"since": "y"})
    with pytest.raises(ValueError, match="body is given twice"):
        api.inline(body="b", kind="fixed", extra_body={"body": "c"})


def test_headers_are_text_and_declared(api: ModuleType) -> None:
    """A header parameter is an argument, and the operation knows its name in lower case."""
    assert api.get_toy(3, "t", must=True, x_trace=7).headers == {"X-Trace": "7"}
    assert api.GET_TOY.headers == {"x-trace"}


def test_an_optional_body_is_left_out(api: ModuleType) -> None:
    """Nothing given, nothing sent."""
    assert api.anything().body is None
    assert api.anything(body={"value": "v"}).body == {"value": "v"}


def test_a_view_can_be_sent_back(api: ModuleType, models: ModuleType) -> None:
    """An object of a response is sent in a request unchanged."""
    pet = models.Pet.from_dict({"id": 1, "later": True})
    assert api.put_pets(body=[pet, {"id": 2}]).body == [{"id": 1, "later": True}, {"id": 2}]


def test_absent_null_and_mistyped_fields_read_as_nothing(models: ModuleType) -> None:
    """Reading a scalar never fails."""
    for raw in ({}, dict.fromkeys(("either", "size", "free", "list", "str")), {"either": True, "size": 3, "str": "?"}):
        response = models.InlineResponse.from_dict(raw)
        read = (response.either, response.size, response.free, response.str_, response.list_, response.inner.deep)
        assert read == (None, None, None, None, [], [])


def test_every_kind_of_property_reads(models: ModuleType) -> None:
    """Scalars, lists, maps, unions and nested objects, under names that Python allows."""
    raw: dict[str, Any] = {
        "inner": {"deep": [{"x": True}]},
        "list": [1, 2.5],
        "int": [1],
        "str": "2026-01-02T03:04:05Z",
        "dict": [{"a": 1}],
        "property": [["a"]],
        "either": 4,
        "either2": "t",
        "either3": {"value": "v"},
        "free": {"k": None},
        "flag": [False],
        "maybe": ["a", None],
        "size": "huge",
        "import": 7.0,
        "3d": 1.5,
    }
    response = models.InlineResponse.from_dict(raw)
    assert response.inner.deep[0].x is True
    assert (response.list_, response.int_, response.dict_, response.property_) == ([1, 2.5], [1], [{"a": 1}], [["a"]])
    assert response.str_ == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (response.either, response.either2, response.either3) == (4, "t", models.Tree.from_dict({"value": "v"}))
    assert (response.free, response.flag, response.maybe, response.size) == ({"k": None}, [False], ["a", None], "huge")
    assert (response.import_, response.field_3d) == (7, 1.5)
    assert response.to_dict() == raw


def test_a_dict_view_is_a_dict_with_properties(models: ModuleType) -> None:
    """It dumps, compares and prints as the JSON that it is."""
    metrics = models.Metrics.from_dict({"total": 2, "rows": [{"n": 1}]})
    assert metrics == {"total": 2, "rows": [{"n": 1}]}
    assert json.loads(json.dumps(metrics)) == metrics
    assert (metrics.total, metrics.rows[0].n, isinstance(metrics.rows[0], dict)) == (2, 1, True)


def test_an_object_that_a_dict_view_requires_is_never_none(models: ModuleType) -> None:
    """It is a dict view, too: an empty one if the server omits it."""
    absent, present = models.Metrics.from_dict({}), models.Metrics.from_dict({"range": {"days": 7}})
    assert (absent.range.days, present.range.days, isinstance(absent.range, dict)) == (None, 7, True)


def test_parts_of_a_schema_become_one_class(models: ModuleType) -> None:
    """The properties of `allOf` are those of the object."""
    pet = models.Pet.from_dict({"id": 1, "kind": "dog", "name": "Rex", "toys": [{"price": 1}]})
    assert (pet.id, pet.kind, pet.name, pet.toys[0].price) == (1, "dog", "Rex", 1)


def test_a_status_decides_whether_there_is_something_to_read(api: ModuleType, models: ModuleType) -> None:
    """JSON beside 204 is read; 204 gives None."""
    call, origin = api.anything(), models.types.Origin({})
    assert call.read({"any": 1}, origin, 200) == {"any": 1}
    assert call.read(None, origin, 204) is None


def test_events_come_from_their_envelopes(api: ModuleType, models: ModuleType) -> None:
    """Names, payloads and the end of a stream are what the schema says of one event."""
    toy = models.Toy
    assert api.TALK.events == {"word": models.Tree, 'stop"': toy, "failed": toy, "message": toy}
    assert api.TALK.done == "[DONE]"


def test_terminal_events_come_from_the_document(api: ModuleType) -> None:
    """`x-terminal` marks the envelope of an event that ends the stream; without it, no event does."""
    assert api.TALK.terminal == {'stop"', "failed"}
    assert api.LIST_PETS.terminal == frozenset()


def test_a_field_chooses_between_answer_and_stream(api: ModuleType) -> None:
    """`x-stream-field` is a boolean of the body."""
    assert type(api.talk(text="t", stream=True)).__name__ == "StreamCall"
    assert type(api.talk(text="t")).__name__ == "Call"


def test_the_document_goes_along(odd: Path) -> None:
    """`openapi.json` is the document, and says what it was generated from."""
    document = json.loads((odd / "openapi.json").read_text(encoding="utf-8"))
    assert document.pop("x-source")["file"] == "odd.yaml"
    assert document["info"]["title"].startswith("Odd")


def test_a_schema_within_itself_generates(models: ModuleType) -> None:
    """A tree is read to any depth, when it is asked for."""
    tree = models.Tree.from_dict({"children": [{"left": {"value": "leaf"}}]})
    assert tree.children[0].left.value == "leaf"


def test_pydantic_reads_the_document_s_schemas(models: ModuleType) -> None:
    """The JSON Schema of a class is the document's, wherever that stands, and refers to nothing; a circle ends."""
    tree = TypeAdapter(models.Tree).json_schema()["properties"]
    assert tree == {"value": {"type": "string"}, "left": {}, "children": {"type": "array", "items": {}}}
    deep = TypeAdapter(models.InlineResponseInner).json_schema()
    assert deep["properties"]["deep"]["items"]["properties"] == {"x": {"type": "boolean"}}
    base, more = TypeAdapter(models.Pet).json_schema()["allOf"]
    assert base["properties"]["id"] == {"type": "integer"}
    assert more["properties"]["toys"]["items"]["properties"]["color"]["enum"] == ["red", "green", "it's"]
    assert "x-representation" not in TypeAdapter(models.Metrics).json_schema()
    assert TypeAdapter(models.types.View).json_schema() == {"title": "View", "type": "object"}


def test_the_runtime_is_copied_with_a_notice(odd: Path) -> None:
    """Below its docstring, each module is what type checkers and linters have checked."""
    made = {name: file for name, file in RUNTIME.items() if (odd / name).exists()}
    for name, file in made.items():
        copy, source = (path.read_text(encoding="utf-8").split('"""', 2) for path in (odd / name, file))
        assert (copy[1].split("\n")[0], copy[2]) == (source[1], source[2])
    unused = ("bodies", "credentials", "paging", "polling", "signatures", "styles")
    assert made.keys() == RUNTIME.keys() - {f"{name}.py" for name in unused}


def test_our_own_package_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """What is committed is what the generator makes of the document."""
    assert (main(["--check"]), capsys.readouterr().out) == (0, "")


def test_the_small_document_needs_no_more_than_it_says(tmp_path: Path) -> None:
    """Nothing is imported that is not used, so strict type checkers have nothing to say."""
    (tmp_path / "pets.yaml").write_text(SMALL)
    assert main(["--spec", str(tmp_path / "pets.yaml"), "--output", str(tmp_path / "pets")]) == 0
    assert "overload" not in (tmp_path / "pets" / "api.py").read_text()
