"""Objects of the API in pydantic, FastAPI, dataclasses, pandas, rich and IPython; objects of theirs as arguments."""

from __future__ import annotations

import copy
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pydantic
import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from IPython.core.interactiveshell import InteractiveShell
from modes import Mode
from openai import NOT_GIVEN, OpenAI
from openai.types.chat import ChatCompletionMessage
from rich.console import Console

import pareta
from pareta import ChatCompletion, Endpoint, EndpointCost, Message, Model, ModelList, Pareta
from pareta.sandbox import Sandbox
from pareta_generated import api, models

ASK: list[Any] = [{"role": "user", "content": "Who signs? Alder & Pine signs."}]
SEEDED = "ep_seed01"
VIEWS = [getattr(pareta, name) for name in pareta.__all__ if hasattr(getattr(pareta, name), "to_json")]


@pytest.fixture
def pa(sandbox: Sandbox) -> Iterator[Pareta]:
    """Give a client of the sandbox."""
    with Pareta(api_key=sandbox.api_key, base_url=sandbox.base_url) as client:
        yield client


# pydantic


class Job(pydantic.BaseModel):
    """A model of a user's, with objects of the API in it."""

    endpoint: Endpoint
    answers: list[ChatCompletion] = []
    cost: EndpointCost | None = None


def test_pydantic_takes_and_gives_an_answer(pa: Pareta) -> None:
    """A field of a model takes an object as it is, or its JSON; the model is dumped, copied and read back whole."""
    endpoint = pa.endpoints.retrieve(SEEDED)
    answer = pa.chat.completions.create(model=SEEDED, messages=ASK)
    cost = pa.endpoints.metrics(SEEDED).cost(group_by="day")
    job = Job(endpoint=endpoint, answers=[answer], cost=cost)
    assert job.endpoint is endpoint
    assert job.model_dump() == {"endpoint": dict(endpoint), "answers": [answer.to_dict()], "cost": cost}
    assert type(job.model_dump()["cost"]) is dict
    again = Job.model_validate_json(job.model_dump_json())
    assert (again, copy.deepcopy(job), job.model_copy(deep=True)) == (job, job, job)
    assert again.answers[0].choices[0].message.content == "Alder & Pine signs."
    assert again.endpoint.is_live


def test_pydantic_says_what_is_no_object_of_the_api() -> None:
    """What is no JSON object, or of another shape than the class can read, is an error of validation at its place."""
    with pytest.raises(pydantic.ValidationError) as caught:
        Job.model_validate({"endpoint": "ep_1", "answers": [{}, 7]})
    assert [error["loc"] for error in caught.value.errors()] == [("endpoint",), ("answers", 1)]
    with pytest.raises(pydantic.ValidationError, match=r"\$\.data: expected an array, found null"):
        pydantic.TypeAdapter(ModelList).validate_python({"data": None})


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_pydantic_has_the_document_s_schema(kind: Any) -> None:
    """The JSON Schema of a class is the document's, with its fields and types, and refers to nothing outside it."""
    schema = pydantic.TypeAdapter(kind).json_schema()
    found = schema["$defs"][kind.__name__] if "$defs" in schema else schema
    assert (found["title"], found["type"]) == (kind.__name__, "object")
    properties = {name for name, value in vars(getattr(models, kind.__name__)).items() if isinstance(value, property)}
    assert len(found["properties"]) == len(properties)
    assert "#/components" not in json.dumps(schema)
    assert '"x-' not in json.dumps(schema)


def test_pydantic_tells_classes_of_one_name_apart() -> None:
    """The document's class and ours of its name can stand in one model; they have one schema."""

    class Both(pydantic.BaseModel):
        ours: Endpoint
        theirs: models.Endpoint

    raw = {"id": "ep_1"}
    both = Both.model_validate({"ours": raw, "theirs": raw})
    assert (type(both.ours), type(both.theirs)) == (Endpoint, models.Endpoint)
    assert list(Both.model_json_schema()["$defs"]) == ["Endpoint"]


def test_without_pydantic_nothing_of_it_is_loaded() -> None:
    """Objects are read and printed without pydantic; its hooks are never called."""
    code = """
import sys
sys.modules["pydantic_core"] = sys.modules["pydantic"] = sys.modules["numpy"] = None
from pareta import Endpoint
from pareta_generated import api
print(Endpoint.from_dict({"id": "ep_1"}).to_json())
print(api.deploy_endpoint(task="t", extra_body={"x": Endpoint.from_dict({"id": 1})}).body["x"])
print([name for name in sys.modules if name.startswith(("pareta_generated.pydantic", "importlib.resources"))])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ['{"id":"ep_1"}', "{'id': 1}", "[]"]


# FastAPI


@pytest.fixture
def app(pa: Pareta) -> TestClient:
    """Give a service of a user's: it returns objects of the API, and takes them."""
    service = FastAPI()

    @service.get("/endpoints")
    def endpoints() -> list[Endpoint]:
        return pa.endpoints.list()

    @service.get("/models")
    def callable_models() -> ModelList:
        return pa.models.list()

    @service.get("/cost")
    def cost() -> EndpointCost:
        return pa.endpoints.metrics(SEEDED).cost()

    @service.get("/plain")
    def plain():  # type: ignore[no-untyped-def]  # noqa: ANN202  # As people write it.
        return {"endpoint": pa.endpoints.retrieve(SEEDED), "cost": pa.endpoints.metrics(SEEDED).cost()}

    @service.post("/ask")
    def ask(message: Annotated[Message, Body()]) -> Message:
        return pa.chat.completions.create(model=SEEDED, messages=[message]).choices[0].message

    @service.post("/jobs")
    def jobs(jobs: list[Job]) -> list[Job]:
        return jobs

    return TestClient(service)


def test_fastapi_returns_answers(pa: Pareta, app: TestClient) -> None:
    """What a function returns is the server's JSON, with an annotation and without."""
    endpoint = pa.endpoints.retrieve(SEEDED)
    assert app.get("/endpoints").json() == [each.to_dict() for each in pa.endpoints.list()]
    assert app.get("/models").json() == pa.models.list().to_dict()
    assert app.get("/cost").json()["endpoint_id"] == SEEDED
    assert app.get("/plain").json() == {"endpoint": endpoint.to_dict(), "cost": app.get("/cost").json()}


def test_fastapi_takes_what_an_answer_is(app: TestClient) -> None:
    """A body is read as an object of the API, alone or in a model, and what is none is a 422 that names the place."""
    assert app.post("/ask", json=ASK[0]).json()["content"] == "Alder & Pine signs."
    jobs = [{"endpoint": {"id": "ep_1"}, "answers": [{"novel": None}], "cost": None}]
    assert app.post("/jobs", json=jobs).json() == jobs
    assert app.post("/ask", json="Hello?").json()["detail"][0]["loc"] == ["body"]
    assert app.post("/jobs", json=[{"endpoint": 7}]).json()["detail"][0]["loc"] == ["body", 0, "endpoint"]


def test_fastapi_s_page_has_the_document_s_schemas(app: TestClient) -> None:
    """The OpenAPI document of the service describes the objects as the document of the API does."""
    document = app.get("/openapi.json").json()
    components = document["components"]["schemas"]
    listed = document["paths"]["/endpoints"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert listed["items"] == {"$ref": "#/components/schemas/Endpoint"}
    assert components["Endpoint"]["properties"]["created_at"]["format"] == "date-time"
    assert components["ModelList"]["properties"]["data"]["items"]["properties"]["id"]["type"] == "string"
    assert components["EndpointCost"]["description"]
    assert {"Endpoint", "ModelList", "EndpointCost", "Message", "Job", "ChatCompletion"} <= components.keys()


# dataclasses and pandas


def test_a_dataclass_holds_answers(pa: Pareta) -> None:
    """`asdict` of a dataclass copies the objects in it."""

    @dataclass
    class Row:
        endpoint: Endpoint
        at: datetime

    row = Row(pa.endpoints.retrieve(SEEDED), datetime(2026, 1, 10, tzinfo=UTC))
    assert asdict(row) == {"endpoint": row.endpoint, "at": row.at}
    assert json.loads(json.dumps(asdict(row)["endpoint"], default=dict))["id"] == SEEDED


def test_pandas_tabulates_answers(pa: Pareta) -> None:
    """A frame of endpoints has their fields as columns; one of metrics takes the objects as they are."""
    endpoints = pa.endpoints.list()
    frame = pd.DataFrame(each.to_dict() for each in endpoints)
    assert list(frame["id"]) == [each.id for each in endpoints]
    assert set(frame.columns) == {key for each in endpoints for key in each.keys()}  # noqa: SIM118
    costs = pd.DataFrame([pa.endpoints.metrics(each.id).cost() for each in endpoints])
    assert costs["spend_micro_usd"].sum() >= 0


# rich and IPython


def test_rich_prints_the_fields() -> None:
    """An object is laid out by its fields, and the objects in it by theirs; metrics as the dict that they are."""
    console = Console(file=io.StringIO(), width=100, color_system=None)
    console.print(ChatCompletion.from_dict({"id": "c1", "choices": [{"index": 0, "message": {"content": "Hi"}}]}))
    console.print(EndpointCost({"spend_micro_usd": 420}))
    console.print(ModelList.from_dict({"data": [{"id": "m"}], "new": {"a": 1}}))
    console.print(ChatCompletion.from_dict({"choices": 7, "usage": []}))
    assert console.file.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "ChatCompletion(id='c1', choices=[Choice(index=0, message=Message(content='Hi'))])",
        "EndpointCost({'spend_micro_usd': 420})",
        "ModelList(data=[Model(id='m')], new={'a': 1})",
        "ChatCompletion(choices=7, usage=[])",
    ]


def test_ipython_shows_the_fields() -> None:
    """The value of a cell is laid out in the same way."""
    shell = InteractiveShell()
    shell.user_ns |= {"endpoint": Endpoint.from_dict({"id": "ep_1", "status": "live"}), "cost": EndpointCost({"a": 1})}
    answer = {"id": "c1", "choices": [{"index": 0, "message": {"content": "Hello. " * 20}}]}
    shell.user_ns["answer"] = ChatCompletion.from_dict(answer)

    def shown(cell: str) -> list[str]:
        return str(shell.display_formatter.format(shell.run_cell(cell).result)[0]["text/plain"]).splitlines()

    assert shown("endpoint") == ["Endpoint(id='ep_1', status='live')"]
    assert shown("cost") == ["EndpointCost({'a': 1})"]
    assert [line.strip().partition("=")[0] for line in shown("answer")] == [
        *("ChatCompletion(", "id", "choices", "index", "message", "content")
    ]


# Their objects as arguments


class Size(Enum):
    """An enum of a user's."""

    SMALL = "small"


class Ask(pydantic.BaseModel):
    """A message as a model of a user's."""

    role: str = "user"
    content: str = pydantic.Field(alias="text")
    name: str | None = None
    at: datetime | None = None


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int64(7), 7),
        (np.uint8(7), 7),
        (np.bool_(1), True),
        (np.str_("x"), "x"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array(1.5), 1.5),
        (np.array([Size.SMALL, Decimal("0.5")], dtype=object), ["small", 0.5]),
        ({np.int64(1): np.float16(0.5)}, {1: 0.5}),
        (pd.Timestamp("2026-01-10T09:00:00Z"), "2026-01-10T09:00:00+00:00"),
        (Ask(text="Hi"), {"role": "user", "text": "Hi"}),
        (
            [Ask(text="Hi", at=datetime(2026, 1, 10, tzinfo=UTC))],
            [{"role": "user", "text": "Hi", "at": "2026-01-10T00:00:00Z"}],
        ),
        (pydantic.RootModel[list[int]]([1]), [1]),
        (Job(endpoint=Endpoint.from_dict({"id": None})), {"endpoint": {"id": None}, "answers": []}),
    ],
)
def test_an_argument_of_a_library_is_sent_as_what_it_means(value: Any, meant: Any) -> None:
    """Numbers and arrays of NumPy, times of pandas and models of pydantic are sent as their JSON."""
    body: Any = api.create_chat_completion(model="m", messages=ASK, extra_body={"x": value}).body
    assert body["x"] == meant
    assert json.loads(json.dumps(body))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.float32("nan"), "x[0]: cannot send nan, for which JSON has no value; pass None or leave it out"),
        (np.array([1.0, np.inf]), "x[0][1]: cannot send inf"),
        (np.complex64(1), "x[0]: cannot send a value of type complex64; pass numbers or text"),
        (np.datetime64("2026-01-10"), "x[0]: cannot send a value of type datetime64[D]; pass numbers or text"),
        (pd.NaT, "x[0]: cannot send NaT, for which JSON has no value; pass None or leave it out"),
        (pd.NA, "x[0]: cannot send a value of type NAType, for which JSON has no value; pass None or leave it out"),
        (NOT_GIVEN, "x[0]: cannot send a value of type NotGiven, for which JSON has no value; pass None or leave it"),
        (pd.Series([1]), "x[0]: cannot send a value of type Series; pass its tolist()"),
        (pd.DataFrame({"a": [1]}), "x[0]: cannot send a value of type DataFrame; pass its to_dict()"),
        (Ask, "x[0]: cannot send the class Ask; pass a dict, list, str, number or bool"),
        (Job.model_construct(endpoint=object()), "x[0]: cannot send a value of type Job: "),
    ],
)
def test_an_argument_of_a_library_without_json_is_refused(value: Any, said: str) -> None:
    """The error names the argument, its path, the type, and what to pass instead."""
    with pytest.raises(ValueError, match="cannot send") as caught:
        api.create_chat_completion(model="m", messages=ASK, extra_body={"x": [value]})
    assert str(caught.value).startswith(said)


def test_messages_of_openai_s_client_go_on_here(mode: Mode, sandbox: Sandbox) -> None:
    """What OpenAI's client received, and what was made by hand from its classes, are sent as they are there."""
    theirs = OpenAI(api_key=sandbox.api_key, base_url=f"{sandbox.base_url}/v1", max_retries=0)
    first = theirs.chat.completions.create(model=SEEDED, messages=ASK).choices[0].message
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    asked = ChatCompletionMessage.model_validate({"role": "assistant", "content": None, "tool_calls": [call]})
    theirs.close()
    messages = [*ASK, first, asked, {"role": "tool", "tool_call_id": "call_1", "content": "42"}, *ASK]
    body: Any = api.create_chat_completion(model=SEEDED, messages=messages).body
    assert body["messages"][1:3] == [
        {"role": "assistant", "content": "Alder & Pine signs."},
        {"role": "assistant", "tool_calls": [call]},
    ]
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key)
    answer = mode.run(client.chat.completions.create(model=SEEDED, messages=messages))
    assert answer.choices[0].message.content == "Alder & Pine signs."


def test_numbers_of_numpy_are_sent(mode: Mode, sandbox: Sandbox) -> None:
    """A temperature of a grid, and a count of a column, are numbers to the server."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key)
    create = client.chat.completions.create
    for temperature in np.linspace(0, 1, 3, dtype=np.float32):
        mode.run(create(model=SEEDED, messages=ASK, temperature=temperature, max_tokens=np.int64(5)))


def test_a_model_is_a_row_of_its_own() -> None:
    """A list of models is no table of itself: its models are."""
    listed = ModelList.from_dict({"data": [{"id": "a"}, {"id": "b"}]})
    assert list(pd.DataFrame(each.to_dict() for each in listed)["id"]) == ["a", "b"]
    assert isinstance(listed.data[0], Model)
