"""The objects of the API as a user reads them: typed, lenient, and never less than the server sent."""

import copy
import json
import pickle
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pareta import (
    APIResponseError,
    ChatCompletion,
    Endpoint,
    EndpointCost,
    Leaderboard,
    Model,
    ModelList,
    Response,
    Task,
    TaskMatch,
)
from pareta._content.response import Headers
from pareta._models import LIST_ENDPOINTS, ResponseOrigin
from pareta_generated import models as generated

RESPONSE = Response(
    method="GET",
    url="https://api.pareta.ai/v1/x",
    status_code=200,
    headers=Headers([(b"X-Request-Id", b"req_7")]),
    content=b"kept nowhere",
)
LISTED = {"object": "list", "data": [{"id": "ep_1", "owned_by": "pareta", "created": 7}, {"id": "ep_2", "newer": True}]}
COMPLETION = {
    "id": "c1",
    "choices": [{"index": 0, "message": {"content": "Hi"}, "novel": 1}],
    "usage": {"total_tokens": 7.0},
}


def answered(kind: Any, raw: Any) -> Any:
    """Read `raw` as the answer of a call."""
    return kind.from_dict(raw, ResponseOrigin.of(raw, RESPONSE))


@pytest.mark.parametrize("raw", [{}, {"id": None}, {"id": 7}, {"id": ["a"]}, {"id": {"a": 1}}, {"id": True}])
def test_what_is_absent_null_or_of_another_type_reads_as_none(raw: dict[str, Any]) -> None:
    """A field that is not what it should be reads as None, and stays in the raw JSON."""
    model = Model.from_dict(raw)
    assert model.id is None
    assert model.to_dict() == raw


@pytest.mark.parametrize(
    ("sent", "read"), [(7, 7), (7.0, 7), (7.5, None), ("7", None), (True, None), (None, None), (10**30, 10**30)]
)
def test_integers(sent: object, read: int | None) -> None:
    """An integer may be written 7.0; anything else is none."""
    assert Model.from_dict({"created": sent}).created == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-01-10T09:00:00Z", datetime(2026, 1, 10, 9, tzinfo=UTC)),
        ("2026-01-10T09:00:00.123456+00:00", datetime(2026, 1, 10, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2026-01-10T10:00:00+01:00", datetime(2026, 1, 10, 9, tzinfo=UTC)),
        ("2026-01-10T09:00:00", datetime(2026, 1, 10, 9, tzinfo=UTC)),
        ("2026-01-10", datetime(2026, 1, 10, tzinfo=UTC)),
        ("20260110T090000Z", datetime(2026, 1, 10, 9, tzinfo=UTC)),
        ("2026-01-09T24:00:00Z", datetime(2026, 1, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (1767690000, None),
        (None, None),
    ],
)
def test_date_times_are_aware(sent: object, read: datetime | None) -> None:
    """Every ISO 8601 form is an aware datetime, UTC where it names no zone; anything else is None."""
    found = Endpoint.from_dict({"created_at": sent}).created_at
    assert found == read
    assert found is None or found.utcoffset() is not None
    assert found is None or found - found == timedelta()


def test_lists_and_nested_objects_may_be_missing() -> None:
    """A list that is missing is empty, a required object is an empty view, an optional one is None."""
    assert Leaderboard.from_dict({}).models == []
    assert Leaderboard.from_dict({"models": None}).models == []
    assert ChatCompletion.from_dict({}).usage.total_tokens is None
    assert ChatCompletion.from_dict({"choices": [{}]}).choices[0].message.content is None
    assert TaskMatch.from_dict({"chosen": None}).chosen is None


def test_unknown_fields_and_values_are_kept() -> None:
    """What a newer server adds is there: fields in the raw JSON, values as they are."""
    endpoint = Endpoint.from_dict({"status": "hibernating", "novel": {"a": [1]}})
    assert endpoint.status == "hibernating"
    assert not endpoint.is_live
    assert endpoint["novel"] == endpoint.get("novel") == {"a": [1]}
    assert endpoint.get("other") is None
    assert endpoint.get("other", 7) == 7
    with pytest.raises(KeyError):
        endpoint["other"]


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (lambda: answered(ChatCompletion, {"choices": 7}).choices, r"\$\.choices: expected an array, found a number"),
        (
            lambda: answered(ChatCompletion, {"choices": [{}, 7]}).choices,
            r"\$\.choices\[1\]: expected dict, found a number",
        ),
        (
            lambda: answered(ChatCompletion, {"usage": []}).usage,
            r"\$\.usage: expected an object \(Usage\), found an array",
        ),
        (
            lambda: answered(ChatCompletion, {"choices": [{"message": "x"}]}).choices[0].message,
            r"\$\.choices\[0\]\.message",
        ),
        (lambda: answered(ModelList, {"data": None}), r"\$\.data: expected an array, found null"),
        (lambda: answered(ModelList, {}), r"\$\.data: expected an array"),
        (lambda: answered(ModelList, []), r"\$: expected an object \(ModelList\), found an array"),
        (lambda: answered(Endpoint, None), r"\$: expected an object \(Endpoint\), found null"),
        (lambda: answered(EndpointCost, "x"), r"\$: expected an object \(EndpointCost\), found a string"),
        (lambda: answered(EndpointCost, {"groups": {}}).groups, r"\$\.groups: expected an array, found an object"),
    ],
)
def test_another_shape_is_named_by_its_path(read: Any, path: str) -> None:
    """A nested value of another shape raises where it is read, with its JSON path and the call."""
    with pytest.raises(APIResponseError, match=path) as caught:
        read()
    assert "GET https://api.pareta.ai/v1/x, request req_7" in str(caught.value)
    assert (caught.value.status_code, caught.value.request_id) == (200, "req_7")


def test_a_view_made_by_hand_raises_the_same_exception() -> None:
    """A view needs no answer behind it."""
    with pytest.raises(APIResponseError, match=r"\$\.choices"):
        _ = ChatCompletion.from_dict({"choices": 7}).choices


def test_nested_views_are_built_once_and_know_the_request() -> None:
    """A list of views is the same list each time, and each view in it carries the request id."""
    completion = answered(ChatCompletion, COMPLETION)
    assert completion.choices is completion.choices
    assert completion.usage is completion.usage
    assert completion.choices[0].message.request_id == completion.usage.request_id == completion.request_id == "req_7"


@pytest.mark.parametrize("count", [0, 1, 4, 5, 300])
def test_a_list_of_any_length_is_of_views(count: int) -> None:
    """Each entry of a list is a view like any other, and a list of them is a plain list."""
    raw: dict[str, Any] = {"data": [{"id": f"m{number}", "created": number} for number in range(count)]}
    models = answered(ModelList, raw).data
    assert type(models) is list
    assert models == [Model.from_dict(entry) for entry in raw["data"]]
    assert [model.id for model in models] == [f"m{number}" for number in range(count)]
    assert {model.request_id for model in models} <= {"req_7"}
    assert [copy.copy(model) for model in models] == models


@pytest.mark.parametrize("odd", [None, 7, True, "x", []])
@pytest.mark.parametrize("at", [0, 3, 299])
def test_the_entry_of_another_shape_is_named(odd: object, at: int) -> None:
    """However long the list is, the first entry that is no object is named."""
    raw: list[Any] = [{}] * 299
    raw.insert(at, odd)
    with pytest.raises(APIResponseError, match=rf"\$\.data\[{at}\]: expected dict"):
        _ = answered(ModelList, {"data": raw}).data
    with pytest.raises(APIResponseError, match=rf"\$\[{at}\]: expected an object \(Endpoint\)"):
        LIST_ENDPOINTS().read(raw, ResponseOrigin(raw, RESPONSE))


def test_entries_may_be_dicts_of_another_class() -> None:
    """Who makes a view by hand may hand it any dict."""
    entries = [EndpointCost({"id": f"m{number}"}) for number in range(9)]
    assert Model.from_dict(entries[0]).id == "m0"
    assert [model.id for model in ModelList.from_dict({"data": entries}).data][-1] == "m8"
    assert LIST_ENDPOINTS().read(entries, ResponseOrigin(entries))[8].id == "m8"


def test_to_dict_is_a_copy_of_ones_own() -> None:
    """Changing what `to_dict` returns changes neither the view nor the answer."""
    completion = answered(ChatCompletion, COMPLETION)
    copied = completion.to_dict()
    copied["choices"][0]["message"]["content"] = "changed"
    assert completion.choices[0].message.content == "Hi"
    assert completion.to_dict() == COMPLETION


@pytest.mark.parametrize("key", [0, -1, slice(0, 1), None, b"id", ("id",)])
def test_keys_are_strings(key: Any) -> None:
    """A view is not indexed by number, a list of models neither."""
    for view in (Model.from_dict({"id": "x"}), ModelList.from_dict(LISTED)):
        with pytest.raises(TypeError, match="keys are strings"):
            view[key]


def test_a_model_by_its_place_is_pointed_to() -> None:
    """An index of a list of models says what to write instead."""
    with pytest.raises(TypeError, match=r"keys are strings, not int; for a model by its place, use \.data\[-1\]$"):
        ModelList.from_dict(LISTED)[-1]  # type: ignore[index]
    with pytest.raises(TypeError, match=r"not slice; for a model by its place, use \.data\[…\]$"):
        ModelList.from_dict(LISTED)[:2]  # type: ignore[index]


def test_views_are_not_iterable() -> None:
    """Iterating a view is a mistake, which is said: a list of models alone is a collection."""
    with pytest.raises(TypeError, match="keys are strings"):
        list(Model.from_dict({"id": "x"}))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "view", [answered(ChatCompletion, COMPLETION), ModelList.from_dict(LISTED), EndpointCost({"groups": []})]
)
def test_a_view_goes_where_a_dict_goes(view: Any) -> None:
    """Its keys are the wire's and its values the raw JSON, in `dict()`, in `**`, in `in` and in `keys()`."""
    raw = view.to_dict()
    assert dict(view) == {**view} == dict(**view) == raw
    assert list(view.keys()) == list(raw)
    assert all(key in view for key in raw)
    assert "other" not in view
    assert json.dumps(view, default=dict) == json.dumps(raw)


def test_a_dict_of_a_view_is_a_copy_as_of_a_dict() -> None:
    """What is added to it is not added to the view; nested values are shared, and `to_dict` shares none."""
    endpoint = Endpoint.from_dict({"id": "ep_1", "novel": {"a": 1}})
    copied = dict(endpoint)
    copied["id"] = "changed"
    assert endpoint.id == "ep_1"
    assert copied["novel"] is endpoint["novel"]
    assert endpoint.to_dict()["novel"] is not endpoint["novel"]


@pytest.mark.parametrize("kind", [ChatCompletion, EndpointCost])
def test_to_json_is_the_server_s_json_as_text(kind: Any) -> None:
    """The text is compact or indented, holds the characters themselves, and can always be written as UTF-8."""
    raw = {"id": "ü", "n": [1, {"x": None}], "half": "a"}
    assert kind.from_dict(raw).to_json() == '{"id":"ü","n":[1,{"x":null}],"half":"a"}'
    assert kind.from_dict(raw).to_json(indent=2) == json.dumps(raw, indent=2, ensure_ascii=False)
    halves = kind.from_dict({"text": "\ud83d\ude00 \ud800"}).to_json()
    assert json.loads(halves.encode()) == {"text": "\U0001f600 \ud800"}


def test_a_dataclass_with_views_is_a_dict_with_views() -> None:
    """`dataclasses.asdict` copies what it does not know; metrics, which are dicts, stay of their class."""

    @dataclass
    class Row:
        endpoint: Endpoint
        costs: list[EndpointCost]

    row = Row(answered(Endpoint, {"id": "ep_1", "novel": {}}), [EndpointCost({"requests": 2})])
    made = asdict(row)
    assert made == {"endpoint": row.endpoint, "costs": row.costs}
    assert made["endpoint"]["novel"] is not row.endpoint["novel"]
    assert (made["endpoint"].request_id, made["costs"][0].requests) == ("req_7", 2)


def test_views_are_equal_by_what_the_server_sent() -> None:
    """Equality is that of the JSON and the class, and views have no hash."""
    assert Model.from_dict({"id": "x"}) == Model.from_dict({"id": "x"})
    assert Model.from_dict({"id": "x"}) != Model.from_dict({"id": "y"})
    assert Model.from_dict({"id": "x"}) != Task.from_dict({"id": "x"})
    assert Model.from_dict({"id": "x"}) != {"id": "x"}
    with pytest.raises(TypeError, match="unhashable"):
        hash(Model.from_dict({}))


@pytest.mark.parametrize("again", [lambda view: pickle.loads(pickle.dumps(view)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize(
    ("kind", "raw"),
    [(ChatCompletion, COMPLETION), (ModelList, LISTED), (Endpoint, {"name": "x"}), (EndpointCost, {"a": [1]})],
)
def test_views_and_feeds_survive_pickling(again: Any, kind: Any, raw: Any) -> None:
    """A copy through pickle is equal, of the same class, and knows its request."""
    view = answered(kind, copy.deepcopy(raw))
    copied = again(view)
    assert copied == view
    assert type(copied) is type(view)
    assert copied.request_id == "req_7"


def test_a_part_of_an_answer_is_pickled_alone() -> None:
    """The pickle of a nested view does not hold the rest of the answer."""
    raw = {"choices": [{"message": {"content": "Hi"}}], "padding": "x" * 10_000}
    message = answered(ChatCompletion, raw).choices[0].message
    assert len(pickle.dumps(message)) < 2_000
    assert pickle.loads(pickle.dumps(message)).content == "Hi"


def test_the_repr_shows_what_came() -> None:
    """The repr names the class and the fields, and stays short."""
    assert repr(Model.from_dict({"id": "x", "created": 7})) == "Model(id='x', created=7)"
    assert len(repr(Model.from_dict({"id": "x" * 10_000}))) < 500


def test_a_model_list_is_a_light_collection() -> None:
    """It is iterable, countable and searchable by element, and false when it is empty."""
    models = ModelList.from_dict(LISTED)
    assert [model.id for model in models] == ["ep_1", "ep_2"]
    assert list(models) == models.data
    assert len(models) == 2
    assert models
    assert models["data"] == LISTED["data"]
    assert models.to_dict() == LISTED
    assert models.data[0] in models
    assert Model.from_dict({"id": "ep_3"}) not in models
    assert not ModelList.from_dict({"data": []})
    assert isinstance(models, generated.ModelList)


@pytest.mark.parametrize(
    ("raw", "endpoint_id", "task", "live"),
    [
        ({"id": "a", "name": "b", "taskName": "t", "task": "u", "status": "live"}, "a", "t", True),
        ({"name": "b", "task": "u", "status": "LIVE"}, "b", "u", False),
        ({"id": None, "name": "b", "taskName": None, "task": "u"}, "b", "u", False),
        ({"id": 7, "name": 7, "taskName": 7, "task": 7, "status": 7}, None, None, False),
        ({}, None, None, False),
    ],
)
def test_an_endpoint_reads_on(raw: dict[str, Any], endpoint_id: str | None, task: str | None, live: bool) -> None:
    """The id falls back to the name, the task to its other spelling, and only `live` is live."""
    endpoint = Endpoint.from_dict(raw)
    assert (endpoint.id, endpoint.task, endpoint.is_live) == (endpoint_id, task, live)


def test_a_feed_is_a_dict_in_every_respect() -> None:
    """A metric feed is the server's JSON as a plain dict, with typed properties beside."""
    raw = {"endpoint_id": "ep_1", "spend_micro_usd": 420, "groups": [{"requests": 2}], "novel": 1}
    cost = answered(EndpointCost, copy.deepcopy(raw))
    assert isinstance(cost, dict)
    assert cost == raw
    assert json.loads(json.dumps(cost)) == raw
    assert repr(cost) == f"EndpointCost({raw!r})"
    assert eval(repr(cost)) == cost
    assert f"{cost}" == f"{raw}"
    assert {**cost} == raw
    assert (cost.spend_micro_usd, cost["spend_micro_usd"], cost["novel"]) == (420, 420, 1)
    assert cost.groups[0].requests == 2
    assert cost.request_id == cost.groups[0].request_id == "req_7"
    assert cost.savings_micro_usd is None
    assert cost.to_dict() == raw
    assert type(cost.to_dict()) is dict
    assert EndpointCost(raw).groups[0].requests == 2
    assert EndpointCost(raw).request_id is None


def test_reading_costs_the_same_whatever_the_size() -> None:
    """Wrapping an answer looks at its outermost shape alone."""
    raw: dict[str, Any] = {"data": [7] * 1_000_000}
    listed = ModelList.from_dict(raw)
    assert listed["data"] is raw["data"]
