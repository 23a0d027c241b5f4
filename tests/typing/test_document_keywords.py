"""The keywords of the hand-written methods, held against the document: none is missing, none is made up."""

from __future__ import annotations

import inspect
import json
from functools import cache
from importlib.resources import files
from inspect import Parameter
from typing import Any, get_overloads

import pytest

import pareta_generated
from pareta import (
    AsyncCompletions,
    AsyncEndpoints,
    AsyncMetrics,
    AsyncTasks,
    CallOptions,
    Completions,
    Endpoints,
    Metrics,
    Pareta,
    Tasks,
)
from pareta_generated import api

BOTH_ENDPOINTS = pytest.mark.parametrize("endpoints", [Endpoints, AsyncEndpoints])
BOTH_COMPLETIONS = pytest.mark.parametrize("completions", [Completions, AsyncCompletions])
BOTH_TASKS = pytest.mark.parametrize("tasks", [Tasks, AsyncTasks])
BOTH_METRICS = pytest.mark.parametrize("metrics", [Metrics, AsyncMetrics])
DIMENSIONS = ("performance", "uptime", "cost", "quality", "activity")


@cache
def document() -> dict[str, Any]:
    """Read the document that the package was generated from."""
    loaded: dict[str, Any] = json.loads(files(pareta_generated).joinpath("openapi.json").read_text("utf-8"))
    return loaded


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    while "$ref" in node:
        place: Any = document()
        for key in node["$ref"].removeprefix("#/").split("/"):
            place = place[key]
        node = place
    return node


def operation(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return an operation and all its parameters, those of its path included."""
    for item in document()["paths"].values():
        for each in item.values():
            if isinstance(each, dict) and each.get("operationId") == name:
                parameters = [*item.get("parameters", ()), *each.get("parameters", ())]
                return each, [resolved(parameter) for parameter in parameters]
    raise AssertionError(f"no operation {name}")


def body(name: str) -> dict[str, Any]:
    """Return the schema of an operation's body."""
    return resolved(operation(name)[0]["requestBody"]["content"]["application/json"]["schema"])


def keywords(function: Any) -> dict[str, Any]:
    """Return the named parameters of a method with their defaults, without the options of one call."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return {
        each.name: each.default
        for each in parameters
        if each.kind is not Parameter.VAR_KEYWORD and each.name not in CallOptions.__annotations__
    }


def takes_more(function: Any) -> bool:
    """Return whether a function takes further keywords, and not the options of one call alone."""
    parameters = inspect.signature(function).parameters.values()
    return any(each.kind is Parameter.VAR_KEYWORD and each.annotation == "Any" for each in parameters)


@BOTH_COMPLETIONS
def test_create_takes_what_the_document_declares(completions: type) -> None:
    """The keywords of `create` are the properties of ChatCompletionRequest, in number and name; it takes more."""
    schema = body("create_chat_completion")
    given = keywords(completions.create)
    assert given.keys() == schema["properties"].keys()
    assert {name for name, default in given.items() if default is Parameter.empty} == set(schema["required"])
    assert {default for default in given.values() if default is not Parameter.empty} == {None}
    assert takes_more(completions.create) is schema["additionalProperties"] is True


@BOTH_ENDPOINTS
def test_deploy_takes_what_the_document_declares(endpoints: type) -> None:
    """The keywords of `deploy` are the properties of the body, but `wait` and `on_progress`; it takes more."""
    schema = body("deploy_endpoint")
    given = keywords(endpoints.deploy)
    assert (given.pop("wait"), given.pop("on_progress")) == (False, None)
    assert given.keys() == schema["properties"].keys()
    assert given["task"] is Parameter.empty
    assert given["model"] == schema["properties"]["model"]["default"] == "recommended"
    assert given["name"] is None
    assert takes_more(endpoints.deploy) is schema["additionalProperties"] is True


@BOTH_TASKS
def test_match_takes_what_the_document_declares(tasks: type) -> None:
    """The parameters of `match` are the properties of the request's body, with their defaults, and no others."""
    schema = body("match_task")
    given = keywords(tasks.match)
    assert given.keys() == schema["properties"].keys()
    assert given == {"query": Parameter.empty, "top_k": schema["properties"]["top_k"]["default"]}
    assert not takes_more(tasks.match)


@BOTH_TASKS
def test_task_methods_take_the_parameters_of_their_operations(tasks: type) -> None:
    """`retrieve`, `leaderboard` and `list` take the path and query parameters of their operations."""
    for method, name in (("retrieve", "retrieve_task"), ("leaderboard", "task_leaderboard"), ("list", "list_tasks")):
        function = getattr(tasks, method)
        assert keywords(function).keys() == {each["name"] for each in operation(name)[1]}
        assert not takes_more(function)


@BOTH_ENDPOINTS
def test_endpoint_methods_take_the_parameters_of_their_operations(endpoints: type) -> None:
    """`list`, `retrieve`, `start`, `stop` and `delete` take what stands in the path, and nothing more."""
    names = {"list": "list_endpoints"} | {verb: f"{verb}_endpoint" for verb in ("retrieve", "start", "stop", "delete")}
    for method, name in names.items():
        function = getattr(endpoints, method)
        assert keywords(function).keys() == {each["name"] for each in operation(name)[1] if each["in"] != "header"}
        assert not takes_more(function)


@BOTH_METRICS
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_dimension_takes_the_query_that_the_document_declares(metrics: type, dimension: str) -> None:
    """A dimension's keywords are the declared query parameters, None by default, and any others."""
    function = getattr(metrics, dimension)
    parameters = operation(f"endpoint_{dimension}")[1]
    declared = {each["name"] for each in parameters if each["in"] == "query" and each["schema"].get("type") != "object"}
    assert keywords(function) == dict.fromkeys(declared)
    assert takes_more(function)


@pytest.mark.parametrize(
    "method", [Completions.create, AsyncCompletions.create, Endpoints.deploy, AsyncEndpoints.deploy]
)
def test_each_overload_takes_the_same_keywords(method: Any) -> None:
    """The overloads of a method differ in the type and default of one keyword, not in which there are."""
    one = {"create": "stream", "deploy": "wait"}[method.__name__]
    overloads = get_overloads(method)
    assert len(overloads) == 3
    for each in overloads:
        assert keywords(each).keys() == keywords(method).keys()
        assert {**keywords(each), one: 0} == {**keywords(method), one: 0}
        mine, whole = inspect.signature(each).parameters, inspect.signature(method).parameters
        assert {name: mine[name].annotation for name in mine if name != one} == {
            name: whole[name].annotation for name in whole if name != one
        }


def test_every_operation_of_the_document_can_be_called() -> None:
    """Each operationId is a generated function, and takes the operation's parameters and body by their names."""
    for name in api.OPERATIONS:
        node, parameters = operation(name)
        expected = {each["name"].lower().replace("-", "_") for each in parameters}
        if "requestBody" in node:
            schema = body(name)
            expected |= schema["properties"].keys()
            if schema.get("additionalProperties"):
                expected.add("extra_body")
        assert inspect.signature(getattr(api, name)).parameters.keys() == expected


def test_from_env_refuses_a_misspelt_keyword(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the constructor does not take, `from_env` does not take either."""
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_test")
    with pytest.raises(TypeError, match="max_retires"):
        Pareta.from_env(max_retires=1)
