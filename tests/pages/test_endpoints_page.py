"""What the documentation says of endpoints, beyond its examples: each claim held against the SDK."""

from __future__ import annotations

import inspect
import json
import re
from inspect import Parameter
from typing import Any, get_type_hints

import httpx
import pytest
from recorded import Answering

import pareta
from pareta import (
    APIStatusError,
    AsyncEndpoints,
    AsyncMetrics,
    AsyncPareta,
    BadRequestError,
    CallOptions,
    ConflictError,
    DeployStream,
    Endpoint,
    EndpointNotReadyError,
    Endpoints,
    InsufficientCreditsError,
    Metrics,
    NotFoundError,
    Pareta,
    ParetaError,
)
from pareta.sandbox import Sandbox

TASK = "contract-key-fields"
ASK = [{"role": "user", "content": "Which law governs?"}]
DIMENSIONS = ("performance", "uptime", "cost", "quality", "activity")
BOTH = pytest.mark.parametrize("endpoints", [Endpoints, AsyncEndpoints])


@BOTH
def test_deploy_has_the_documented_signature(endpoints: type) -> None:
    """Deploy takes task, model, name and wait by keyword, with their defaults, anything else, and no hardware."""
    parameters = inspect.signature(endpoints.deploy).parameters.values()
    documented = [each for each in parameters if each.name not in {*CallOptions.__annotations__, "on_progress"}]
    assert [(each.name, each.kind, each.default) for each in documented] == [
        ("self", Parameter.POSITIONAL_OR_KEYWORD, Parameter.empty),
        ("task", Parameter.KEYWORD_ONLY, Parameter.empty),
        ("model", Parameter.KEYWORD_ONLY, "recommended"),
        ("name", Parameter.KEYWORD_ONLY, None),
        ("wait", Parameter.KEYWORD_ONLY, False),
        ("extra", Parameter.VAR_KEYWORD, Parameter.empty),
    ]


@pytest.mark.parametrize("wait", [True, False])
def test_deploy_takes_nothing_by_position(pa: Pareta, *, wait: bool) -> None:
    """A task that is given by position is refused."""
    deploy: Any = pa.endpoints.deploy
    with pytest.raises(TypeError):
        deploy(TASK, wait=wait)


def test_deploy_requires_a_task(pa: Pareta) -> None:
    """Without a task, deploy is refused as any call that lacks an argument."""
    deploy: Any = pa.endpoints.deploy
    with pytest.raises(TypeError, match="task"):
        deploy(wait=True)


@pytest.mark.parametrize("wait", [True, False])
def test_an_empty_task_raises_before_any_request(answering: Answering, *, wait: bool) -> None:
    """An empty task is a ValueError, and nothing goes out."""
    recorded = answering(lambda _: httpx.Response(500))
    with pytest.raises(ValueError, match="task"):
        recorded.client.endpoints.deploy(task="", wait=wait)
    assert recorded.requests == []


def test_deploy_passes_further_keywords_to_the_server(answering: Answering) -> None:
    """Task and model are always sent, a name only when given, and a further keyword as it is."""
    recorded = answering(lambda _: httpx.Response(422, json={"detail": "no"}))
    for further in ({}, {"name": "mine", "region": "eu-central", "labels": {"team": "legal"}}):
        with pytest.raises(BadRequestError):
            recorded.client.endpoints.deploy(task=TASK, **further)
    plain, more = (json.loads(request.content) for request in recorded.requests)
    assert plain == {"task": TASK, "model": "recommended"}
    assert more == {**plain, "name": "mine", "region": "eu-central", "labels": {"team": "legal"}}


def test_the_model_read_back_is_the_alias_that_recommended_stands_for(pa: Pareta) -> None:
    """`model="recommended"` deploys what `tasks.recommended` names: an alias of the form {family}-{rank}."""
    endpoint = pa.endpoints.deploy(task=TASK, wait=True)
    assert endpoint.model == pa.tasks.recommended(TASK)
    assert re.fullmatch(r"[a-z]+-\d+", endpoint.model or "")


def test_deploy_takes_any_alias_of_the_leaderboard(pa: Pareta) -> None:
    """Every open model of a task can be deployed by its alias, and reads back under it."""
    for entry in pa.tasks.leaderboard(TASK).models:
        assert pa.endpoints.deploy(task=TASK, model=entry.name, wait=True).model == entry.name


def test_a_name_is_optional(pa: Pareta) -> None:
    """A name that is given is the endpoint's; without one a new one is made up each time."""
    named = pa.endpoints.deploy(task=TASK, name="contracts", wait=True)
    first, second = (pa.endpoints.deploy(task=TASK, wait=True) for _ in range(2))
    assert (named.name, named.id) == ("contracts", "contracts")
    assert len({first.name, second.name, named.name}) == 3


def test_wait_returns_the_live_endpoint(pa: Pareta) -> None:
    """`wait=True` returns an Endpoint that is live and answers at once."""
    endpoint = pa.endpoints.deploy(task=TASK, wait=True)
    assert type(endpoint) is Endpoint
    assert endpoint.is_live
    assert pa.chat.completions.create(model=endpoint.id, messages=ASK).choices[0].message.content


def test_a_failed_deploy_raises_when_it_is_waited_for(pa: Pareta) -> None:
    """An `error` event raises a ParetaError with the event's message on `wait=True`."""
    failing = pa.with_options(headers={"x-sandbox-scenario": "deploy-fails; message=no capacity"})
    with pytest.raises(ParetaError, match="no capacity"):
        failing.endpoints.deploy(task=TASK, wait=True)


def test_a_failed_deploy_is_yielded_when_it_is_streamed(pa: Pareta) -> None:
    """An `error` event is handed to the caller on `wait=False`, and ends the iteration."""
    failing = pa.with_options(headers={"x-sandbox-scenario": "deploy-fails; message=no capacity"})
    *progress, last = failing.endpoints.deploy(task=TASK)
    assert {event["event"] for event in progress} == {"progress"}
    assert last == {"event": "error", "data": {"message": "no capacity"}}


def test_progress_is_an_iterator_of_plain_events(pa: Pareta) -> None:
    """Without `wait` deploy returns an iterator of `{"event": str, "data": dict}`, ended by `complete`."""
    events = pa.endpoints.deploy(task=TASK)
    assert isinstance(events, DeployStream)
    assert next(events)["event"] == "progress"
    *_, last = rest = list(events)
    for event in rest:
        assert type(event) is dict
        assert event.keys() == {"event", "data"}
        assert (type(event["event"]), type(event["data"])) == (str, dict)
    assert last["event"] == "complete"
    assert type(last["data"]["endpoint"]) is dict
    assert last["data"]["endpoint"]["status"] == "live"


@pytest.mark.parametrize("wait", [True, False])
def test_a_stream_that_ends_without_complete_raises(answering: Answering, *, wait: bool) -> None:
    """A deploy stream that just ends is a ParetaError, waited for or streamed."""
    events = 'event: progress\ndata: {"stage": "pulling weights", "pct": 45}\n\n'
    head = {"content-type": "text/event-stream"}
    client = answering(lambda _: httpx.Response(200, headers=head, text=events)).client
    with pytest.raises(ParetaError):
        list(client.endpoints.deploy(task=TASK, wait=wait))  # type: ignore[arg-type]  # With wait it never returns.


def test_list_is_a_list_of_every_endpoint(pa: Pareta) -> None:
    """It returns a plain list of Endpoint in any status, where `models.list` has the live ones alone."""
    listed = pa.endpoints.list()
    assert type(listed) is list
    assert {type(each) for each in listed} == {Endpoint}
    assert {"live", "stopped"} <= {each.status for each in listed}
    assert {model.id for model in pa.models.list()} == {each.id for each in listed if each.url and each.is_live}


def test_an_endpoint_has_the_documented_fields(pa: Pareta) -> None:
    """The fields of the documentation's table are properties of the documented types."""
    hints = {name: get_type_hints(member.fget) for name, member in inspect.getmembers(Endpoint, _is_property)}
    for name in ("id", "name", "model", "task", "url"):
        assert hints[name]["return"] == str | None
    assert hints["is_live"]["return"] is bool
    endpoint = pa.endpoints.retrieve("ep_a1b2c3")
    assert (endpoint.id, endpoint.name, endpoint.model) == ("ep_a1b2c3", "ep_a1b2c3", "qwen-2")
    assert (endpoint.status, endpoint.task, endpoint.is_live) == ("live", TASK, True)
    assert endpoint.url


@pytest.mark.parametrize("status", ["live", "starting", "stopped", "failed", "a newer one", None])
def test_is_live_says_whether_the_status_is_live(status: str | None) -> None:
    """`is_live` is a bool, True for the status `live` alone."""
    assert Endpoint.from_dict({"status": status}).is_live is (status == "live")
    assert Endpoint.from_dict({}).is_live is False


def test_every_field_of_an_endpoint_may_be_missing() -> None:
    """What the server leaves out reads as None."""
    endpoint = Endpoint.from_dict({})
    assert [getattr(endpoint, name) for name in ("id", "name", "model", "status", "task", "url")] == [None] * 6


def test_a_stopped_endpoint_does_not_serve_until_it_is_started(pa: Pareta) -> None:
    """Inference on a stopped endpoint is EndpointNotReadyError, 503; after `start` it serves again."""
    state = pa.endpoints.stop("ep_a1b2c3")
    assert isinstance(state, dict)
    with pytest.raises(EndpointNotReadyError) as caught:
        pa.chat.completions.create(model="ep_a1b2c3", messages=ASK)
    assert caught.value.status_code == 503
    assert isinstance(pa.endpoints.start("ep_a1b2c3"), dict)
    assert pa.endpoints.wait_until_live("ep_a1b2c3").is_live
    assert pa.chat.completions.create(model="ep_a1b2c3", messages=ASK).choices


def test_delete_returns_none_and_removes_for_good(pa: Pareta) -> None:
    """Delete returns None, and the endpoint is not found afterwards."""
    delete: Any = pa.endpoints.delete
    assert delete("ep_a1b2c3") is None
    with pytest.raises(NotFoundError):
        pa.endpoints.retrieve("ep_a1b2c3")


def test_metrics_is_a_handle_that_sends_nothing(answering: Answering) -> None:
    """`metrics(id)` returns a handle with the five dimensions, and no request goes out for it."""
    recorded = answering(lambda _: httpx.Response(500))
    handle = recorded.client.endpoints.metrics("ep_a1b2c3")
    assert type(handle) is Metrics
    assert [name for name, _ in inspect.getmembers(handle, inspect.ismethod) if name[0] != "_"] == sorted(DIMENSIONS)
    assert recorded.requests == []


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_dimension_returns_raw_json(pa: Pareta, dimension: str) -> None:
    """Each dimension returns a dict that dumps as the JSON it came as."""
    reading = getattr(pa.endpoints.metrics("ep_a1b2c3"), dimension)()
    assert isinstance(reading, dict)
    assert json.loads(json.dumps(reading)) == reading


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_dimension_passes_any_parameter_into_the_query(answering: Answering, dimension: str) -> None:
    """Keywords that nobody has heard of stand in the query string."""
    recorded = answering(lambda _: httpx.Response(200, json={}))
    handle = recorded.client.endpoints.metrics("ep_a1b2c3")
    getattr(handle, dimension)(window="24h", group_by="day", anything="x", flags=["a", "b"])
    url = recorded.requests[0].url
    assert url.path == f"/v1/endpoints/ep_a1b2c3/{dimension}"
    assert sorted(url.params.multi_items()) == [
        ("anything", "x"),
        ("flags", "a"),
        ("flags", "b"),
        ("group_by", "day"),
        ("window", "24h"),
    ]


def test_cost_says_what_an_endpoint_spent_and_saved(pa: Pareta, sandbox: Sandbox) -> None:
    """Cost holds spend and savings against the frontier: what was debited, and no balance."""
    before = sandbox.balance
    pa.chat.completions.create(model="ep_a1b2c3", messages=ASK)
    cost = pa.endpoints.metrics("ep_a1b2c3").cost()
    assert cost["spend_micro_usd"] == cost.spend_micro_usd == before - sandbox.balance
    assert cost["savings_micro_usd"] == cost["frontier_baseline_micro_usd"] - cost["spend_micro_usd"]
    assert not [key for key in cost if "balance" in key]


def test_each_completion_is_debited(pa: Pareta, sandbox: Sandbox) -> None:
    """Completions, streamed or not, debit the balance; nothing else does."""
    balances = [sandbox.balance]
    for stream in (False, True):
        answer = pa.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=stream)
        if isinstance(answer, pareta.ChatStream):
            answer.completion()
        balances.append(sandbox.balance)
    assert balances[0] > balances[1] > balances[2]
    pa.models.list()
    pa.endpoints.stop("ep_a1b2c3")
    pa.endpoints.deploy(task=TASK, wait=True)
    assert sandbox.balance == balances[2]


def test_the_client_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`from_env` reads the key and, where it is set, the base URL."""
    monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_test")
    monkeypatch.delenv("PARETA_BASE_URL", raising=False)
    with Pareta.from_env() as pa:
        assert pa.base_url == "https://api.pareta.ai"
    monkeypatch.setenv("PARETA_BASE_URL", "https://eu.example.com")
    with Pareta.from_env() as pa:
        assert pa.base_url == "https://eu.example.com"
    monkeypatch.delenv("PARETA_API_KEY")
    with pytest.raises(ParetaError, match="PARETA_API_KEY"):
        Pareta.from_env()


def test_the_asynchronous_client_mirrors_the_blocking_one() -> None:
    """Each method of endpoints is there in both, with the same parameters; those that send are coroutines."""
    for blocking, waiting in ((Endpoints, AsyncEndpoints), (Metrics, AsyncMetrics)):
        names = [name for name in dir(blocking) if not name.startswith("_")]
        assert names == [name for name in dir(waiting) if not name.startswith("_")]
        for name in names:
            mine, other = getattr(blocking, name), getattr(waiting, name)
            assert inspect.signature(mine).parameters == inspect.signature(other).parameters
            assert inspect.iscoroutinefunction(other) is (name not in {"metrics", "attach", "ephemeral"})
    assert set(dir(Endpoints)) >= {"deploy", "list", "retrieve", "start", "stop", "delete", "metrics"}


async def _metrics_of(sandbox: Sandbox) -> tuple[object, object]:
    async with AsyncPareta(api_key=sandbox.api_key, base_url=sandbox.base_url) as pa:
        handle = pa.endpoints.metrics("ep_a1b2c3")
        return handle, await handle.uptime()


def test_metrics_is_not_awaited(sandbox: Sandbox) -> None:
    """`AsyncPareta.endpoints.metrics` returns its handle at once; the dimension is awaited."""
    import asyncio  # Only this test needs it.

    handle, reading = asyncio.run(_metrics_of(sandbox))
    assert type(handle) is AsyncMetrics
    assert isinstance(reading, dict)


@pytest.mark.off_document("malformed parameters, to see them refused")
def test_an_unknown_task_or_malformed_parameters_are_bad_requests(pa: Pareta) -> None:
    """Deploying an unknown task or model, or with a malformed name, is BadRequestError, 400 or 422."""
    for arguments in ({"task": "no-such-task"}, {"task": TASK, "model": "no-such-model"}, {"task": TASK, "name": 7}):
        deploy: Any = pa.endpoints.deploy
        with pytest.raises(BadRequestError) as caught:
            deploy(**arguments)
        assert caught.value.status_code in (400, 422)


def test_an_empty_balance_is_insufficient_credits(pa: Pareta, sandbox: Sandbox) -> None:
    """At zero balance a completion is InsufficientCreditsError, 402; everything else goes on."""
    sandbox.balance = 0
    with pytest.raises(InsufficientCreditsError) as caught:
        pa.chat.completions.create(model="ep_a1b2c3", messages=ASK)
    assert caught.value.status_code == 402
    assert pa.models.list()
    assert pa.endpoints.deploy(task=TASK, wait=True).is_live


def test_an_unknown_endpoint_is_not_found(pa: Pareta) -> None:
    """Each method that takes an id answers NotFoundError, 404, for one that does not exist."""
    endpoints = pa.endpoints
    for method in (endpoints.retrieve, endpoints.start, endpoints.stop, endpoints.delete):
        with pytest.raises(NotFoundError) as caught:
            method("ep_none")
        assert caught.value.status_code == 404
    for dimension in DIMENSIONS:
        with pytest.raises(NotFoundError):
            getattr(endpoints.metrics("ep_none"), dimension)()


def test_a_seed_endpoint_conflicts(pa: Pareta) -> None:
    """Stopping or deleting a protected endpoint is ConflictError, 409."""
    for method in (pa.endpoints.stop, pa.endpoints.delete):
        with pytest.raises(ConflictError) as caught:
            method("ep_seed01")
        assert caught.value.status_code == 409


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequestError),
        (402, InsufficientCreditsError),
        (404, NotFoundError),
        (409, ConflictError),
        (422, BadRequestError),
        (503, EndpointNotReadyError),
    ],
)
def test_a_status_raises_its_exception(pa: Pareta, status: int, error: type[APIStatusError]) -> None:
    """Each row of the documentation's table of errors, from a server's answer."""
    asked = pa.with_options(headers={"x-sandbox-scenario": str(status)}, max_retries=0)
    with pytest.raises(ParetaError) as caught:
        asked.endpoints.retrieve("ep_a1b2c3")
    assert isinstance(caught.value, error)
    assert caught.value.status_code == status
    assert caught.value.detail


def _is_property(member: object) -> bool:
    return isinstance(member, property)
