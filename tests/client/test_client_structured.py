"""Answers as Python types, and Python functions as tools: schemas, values, a loop of calls, streamed or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest
from modes import Mode
from pydantic import BaseModel
from wire import Wire, answer, delta, event, stream

from pareta import APIResponseError, ChatCompletion, arguments_of, run_tools, run_tools_async
from pareta._schemas import read_as, schema_of
from pareta._tools import tools_of
from pareta.sandbox import Sandbox

Serve = Callable[..., Wire]
QUESTION = [{"role": "user", "content": "Who signs, and for how much? Alder & Pine GmbH signs for 420 dollars."}]


class Currency(Enum):
    """A currency."""

    EUR = "eur"
    USD = "usd"


class Party(TypedDict):
    """Who signs."""

    name: str
    role: NotRequired[Literal["buyer", "seller"]]


@dataclass
class Contract:
    """A contract."""

    total: float
    parties: list[Party]
    currency: Currency = Currency.EUR
    ends: str | None = None
    notes: dict[str, int] = field(default_factory=dict)


class Line(BaseModel):
    """A line of an order."""

    item: str
    count: int | None = None


class Order(BaseModel):
    """An order."""

    total: float
    lines: list[Line]
    first: Line | None = None
    parties: list[str]
    due: date | None = None


@dataclass
class Node:
    """A tree, whose schema refers to itself."""

    children: list[Node]


KINDS = [Contract, Party, Order]


def completion(content: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """Return a completion, as raw JSON."""
    return {"choices": [{"index": 0, "finish_reason": finish, "message": {"content": content, **message}}]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
def test_an_answer_comes_as_the_type_that_was_asked_for(mode: Mode, sandbox: Sandbox, kind: Any, streams: bool) -> None:
    """`response_format` sends the schema of a type, and `parsed` reads the answer as that type."""
    create = mode.client(sandbox.base_url, api_key=sandbox.api_key).chat.completions.create
    answered = mode.run(create(model="ep_a1b2c3", messages=QUESTION, response_format=kind, stream=streams))
    whole = mode.run(answered.completion()) if streams else answered
    assert isinstance(whole, ChatCompletion)
    parsed = whole.parsed(kind)
    sent = sandbox.requests[-1].body["response_format"]["json_schema"]
    assert sent == {"name": kind.__name__, "schema": schema_of(kind)}
    assert type(parsed) is (dict if kind is Party else kind)


def test_the_schema_of_a_dataclass_is_closed_and_complete() -> None:
    """Fields without a default are required; nested types, enums, options and docstrings are in the schema."""
    assert schema_of(Contract) == {
        "description": "A contract.",
        "type": "object",
        "properties": {
            "total": {"type": "number"},
            "parties": {
                "type": "array",
                "items": {
                    "description": "Who signs.",
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "role": {"enum": ["buyer", "seller"]}},
                    "required": ["name"],
                    "additionalProperties": False,
                },
            },
            "currency": {"enum": ["eur", "usd"]},
            "ends": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "notes": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "required": ["total", "parties"],
        "additionalProperties": False,
    }


def test_values_are_read_as_their_types() -> None:
    """Nested values, defaults, enums and options come as the annotations say."""
    raw = {"total": 3, "parties": [{"name": "A", "role": "buyer"}], "currency": "usd", "notes": {"pages": 2}}
    read = read_as(Contract, raw)
    assert read == Contract(3, [{"name": "A", "role": "buyer"}], Currency.USD, None, {"pages": 2})
    assert read_as(tuple[int, ...], [1, 2]) == (1, 2)
    assert read_as(Annotated[int | str, "a number or a name"], "x") == "x"
    assert read_as(date, "2026-05-01") == date(2026, 5, 1)
    assert schema_of(Node)["$ref"] == "#/$defs/Node"
    assert read_as(Node, {"children": [{"children": []}]}) == Node([Node([])])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({"total": "3", "parties": []}, '$.total: expected float, found "3"'),
        ({"total": True, "parties": []}, "$.total: expected float, found true"),
        ({"parties": []}, "$.total: it is missing"),
        ({"total": 3, "parties": [{"name": 1}]}, "$.parties[0].name: expected str, found 1"),
        ({"total": 3, "parties": [{"name": "A", "role": "guest"}]}, "expected 'buyer' or 'seller', found"),
        ({"total": 3, "parties": [], "currency": "chf"}, "$.currency: expected 'eur' or 'usd', found"),
        ({"total": 3, "parties": [], "ends": 5}, "$.ends: expected"),
        ({"total": 3, "parties": [], "notes": {"a": 1.5}}, "$.notes.a: expected int, found 1.5"),
        ({"total": 3, "parties": [], "more": 1}, "$.more: Contract has no such field"),
        ([], "$: expected Contract, found []"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_place(raw: Any, text: str) -> None:
    """The error names the path, what was expected and what came."""
    with pytest.raises(ValueError, match=r"^\$") as refused:
        read_as(Contract, raw)
    assert text in str(refused.value)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (completion('{"total": 3'), "The answer is no Contract: "),
        (completion('{"total": 3, "par', "length"), "it is incomplete, by finish_reason 'length'"),
        (completion(None, refusal="I will not."), "refused: 'I will not.'"),
        (completion('{"total": "much", "parties": []}'), "$.total: expected float"),
        (completion(None, "tool_calls", tool_calls=[]), "there is no text"),
        ({"choices": []}, "there is no text"),
    ],
)
def test_an_answer_that_is_something_else_shows_what_came(mode: Mode, wire: Serve, body: Any, text: str) -> None:
    """A cut answer, a refusal, and a value of another shape are APIResponseErrors with the text and the call."""
    client = mode.client(wire(answer(body)).url)
    came = mode.run(client.chat.completions.create(model="ep_1", messages=QUESTION, response_format=Contract))
    with pytest.raises(APIResponseError) as refused:
        came.parsed(Contract)
    assert text in str(refused.value)
    assert "[200 to POST http" in str(refused.value)
    content = came.choices[0].message.content if came.choices else None
    assert content is None or repr(content) in str(refused.value)
    assert refused.value.request_id == "req_wire"


REFUSALS = [
    {"choices": [{"index": 0, "delta": {"refusal": text}, "finish_reason": finish}]}
    for text, finish in [("I will", None), (" not.", "stop")]
]


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([delta('{"total"'), delta(finish="length")], "by finish_reason 'length'"),
        ([event(each) for each in REFUSALS], "refused: 'I will not.'"),
    ],
    ids=["cut", "refused"],
)
def test_a_streamed_answer_that_is_cut_or_refused_is_not_parsed(
    mode: Mode, wire: Serve, events: list[Any], text: str
) -> None:
    """The whole of a stream is read by the same rules."""
    client = mode.client(wire(stream(*events, event("[DONE]"))).url)
    chunks = mode.run(
        client.chat.completions.create(model="ep_1", messages=QUESTION, response_format=Contract, stream=True)
    )
    with pytest.raises(APIResponseError, match=text):
        mode.run(chunks.completion()).parsed(Contract)


# Functions as tools.

SCRIPT = """
[[answer]]
when = "compare"
call = [{name = "weather", arguments = {city = "Bern", days = 2}}, {name = "population", arguments = {city = "Rome"}}]

[[answer]]
when = "badly"
call = [{name = "weather", arguments = {days = "two"}}, {name = "nothing"}]

[[answer]]
text = "Rome is larger."
"""


def weather(city: Annotated[str, "The name of a city."], days: int = 1) -> str:
    """Forecast the weather."""
    return f"sun in {city} for {days} days"


def population(city: str) -> dict[str, int]:
    """Count the people."""
    return {city: 2_800_000}


async def population_async(city: str) -> dict[str, int]:
    """Count the people."""
    return population(city)


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[Sandbox]:
    """Run a sandbox whose model asks for functions."""
    script = tmp_path / "script.toml"
    script.write_text(SCRIPT)
    with Sandbox(seed=7, pace=0, engine=script) as sandbox:
        yield sandbox


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
def test_a_loop_over_tools_runs_to_its_end(mode: Mode, scripted: Sandbox, streams: bool) -> None:
    """Two functions are asked for in one turn, run, and answered; the next turn is the answer."""
    create = mode.client(scripted.base_url, api_key=scripted.api_key).chat.completions.create
    messages: list[Any] = [{"role": "user", "content": "Compare Bern and Rome."}]
    turns = []
    while True:
        answered = mode.run(create(model="ep_a1b2c3", messages=messages, tools=[weather, population], stream=streams))
        message = (mode.run(answered.completion()) if streams else answered).choices[0].message
        messages.append(message)
        turns.append([call.function.name for call in message.tool_calls])
        if not message.tool_calls:
            break
        messages += run_tools(message, [weather, population])
    assert turns == [["weather", "population"], []]
    assert [each["content"] for each in messages[2:4]] == ["sun in Bern for 2 days", '{"Rome": 2800000}']
    assert message.content == "Rome is larger."


def test_async_functions_are_awaited(async_mode: Mode, scripted: Sandbox) -> None:
    """`run_tools_async` takes functions of both kinds."""
    population_async.__name__ = "population"
    client = async_mode.client(scripted.base_url, api_key=scripted.api_key)
    asked = client.chat.completions.create(
        model="ep_a1b2c3", messages=[{"role": "user", "content": "Compare."}], tools=[weather, population_async]
    )
    message = async_mode.run(asked).choices[0].message
    results = async_mode.run(run_tools_async(message, [weather, population_async]))
    assert [each["content"] for each in results] == ["sun in Bern for 2 days", '{"Rome": 2800000}']


def test_the_model_is_told_what_is_wrong_with_a_call(mode: Mode, scripted: Sandbox) -> None:
    """Arguments that do not fit, and a function that is not there, become messages, not exceptions."""
    client = mode.client(scripted.base_url, api_key=scripted.api_key)
    asked = client.chat.completions.create(
        model="ep_a1b2c3", messages=[{"role": "user", "content": "Ask badly."}], tools=[weather]
    )
    message = mode.run(asked).choices[0].message
    said = [json.loads(each["content"])["error"] for each in run_tools(message, [weather])]
    assert said == [
        "the arguments of weather(): 'city' is missing",
        "there is no function 'nothing'; there are weather",
    ]
    with pytest.raises(ValueError, match="'city' is missing"):
        arguments_of(message.tool_calls[0], weather)


def test_a_function_becomes_a_tool() -> None:
    """Its name, docstring and annotated parameters are the tool; a dict stays as it is."""
    ready = {"type": "function", "function": {"name": "ready"}}
    assert tools_of([weather, ready]) == [
        {
            "type": "function",
            "function": {
                "name": "weather",
                "description": "Forecast the weather.",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "city": {"type": "string", "description": "The name of a city."},
                        "days": {"type": "integer"},
                    },
                    "required": ["city"],
                    "additionalProperties": False,
                },
            },
        },
        ready,
    ]


def untyped(city):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D103
    return city


def starred(*cities: str) -> None:
    """Take any number."""


@pytest.mark.parametrize(
    ("function", "text"),
    [(untyped, "has no type for 'city'; annotate it"), (starred, "name each parameter"), (lambda: 1, "has no name")],
    ids=["untyped", "starred", "lambda"],
)
def test_a_function_that_cannot_be_described_is_refused(mode: Mode, wire: Serve, function: Any, text: str) -> None:
    """The error says what to change; nothing is sent."""
    server = wire(answer({}))
    with pytest.raises(TypeError, match=text):
        mode.run(mode.client(server.url).chat.completions.create(model="e", messages=QUESTION, tools=[function]))
    assert server.received == []
