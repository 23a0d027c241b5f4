"""Every public method, sync and async, against the sandbox."""

import importlib
import pickle
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from modes import Mode

from pareta import (
    APIResponseError,
    AuthenticationError,
    BadRequestError,
    ChatCompletion,
    ConflictError,
    DeployError,
    Endpoint,
    EndpointNotReadyError,
    InsufficientCreditsError,
    Leaderboard,
    Model,
    ModelList,
    NotFoundError,
    ParetaError,
    Task,
    TaskMatch,
    UnprocessableEntityError,
)
from pareta.sandbox import Sandbox
from pareta_generated import api, models as generated

ASK = [{"role": "user", "content": "Which law governs? This Agreement is governed by the laws of Delaware."}]
TASK = "contract-key-fields"


@pytest.fixture
def client(mode: Mode, sandbox: Sandbox) -> Any:
    """Give a client of the sandbox."""
    return mode.client(sandbox.base_url, api_key=sandbox.api_key)


def test_models_are_listed(mode: Mode, client: Any) -> None:
    """`models.list()` gives the live endpoints as a light collection of models."""
    models = mode.run(client.models.list())
    assert isinstance(models, ModelList)
    assert "ep_a1b2c3" in [model.id for model in models]
    assert len(models) == len(models.data)
    assert all(isinstance(model, Model) and model.created for model in models)
    assert {model.owned_by for model in models} > {"pareta"}
    assert models.request_id == models.data[0].request_id
    assert models.request_id.startswith("req_")


def test_endpoints_are_listed_and_retrieved(mode: Mode, client: Any) -> None:
    """`endpoints.list()` is a plain list of any status, and `retrieve` gives one of them."""
    endpoints = mode.run(client.endpoints.list())
    assert type(endpoints) is list
    assert {endpoint.status for endpoint in endpoints} >= {"live", "stopped"}
    one = mode.run(client.endpoints.retrieve("ep_a1b2c3"))
    assert isinstance(one, Endpoint)
    assert (one.id, one.task, one.is_live) == ("ep_a1b2c3", TASK, True)
    assert one in endpoints


def test_deploy_waits_for_the_live_endpoint(mode: Mode, client: Any) -> None:
    """`deploy(wait=True)` returns the endpoint, live and under its alias."""
    endpoint = mode.run(client.endpoints.deploy(task=TASK, wait=True))
    assert endpoint.is_live
    assert endpoint.url
    assert endpoint.task == TASK
    assert endpoint.model == mode.run(client.tasks.recommended(TASK))
    assert endpoint.request_id


def test_deploy_tells_its_progress(mode: Mode, client: Any) -> None:
    """`deploy()` gives plain dicts of a name and a dict, the last of them `complete`."""
    stream = mode.run(client.endpoints.deploy(task=TASK, name="mine"))
    assert stream.endpoint_id == "mine"
    assert stream.request_id
    events = list(mode.each(stream))
    assert all(type(event) is dict and type(event["data"]) is dict for event in events)
    assert [event["event"] for event in events[:-1]] == ["progress"] * (len(events) - 1)
    assert [event["data"]["pct"] for event in events[:-1]] == sorted(event["data"]["pct"] for event in events[:-1])
    assert events[-1]["event"] == "complete"
    assert events[-1]["data"]["endpoint"]["id"] == "mine"
    assert list(mode.each(stream)) == []


def test_an_endpoint_is_stopped_started_and_deleted(mode: Mode, client: Any) -> None:
    """`stop` and `start` return the raw JSON, `wait_until_live` the endpoint, and `delete` nothing."""
    stopped = mode.run(client.endpoints.stop("ep_a1b2c3"))
    assert stopped == {"id": "ep_a1b2c3", "status": "stopped"}
    assert isinstance(stopped, dict)
    with pytest.raises(EndpointNotReadyError) as caught:
        mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK))
    assert "endpoints.start(id)" in str(caught.value)
    assert mode.run(client.endpoints.start("ep_a1b2c3"))["id"] == "ep_a1b2c3"
    assert mode.run(client.endpoints.wait_until_live("ep_a1b2c3", poll_interval=0.001)).is_live
    assert mode.run(client.endpoints.delete("ep_a1b2c3")) is None
    with pytest.raises(NotFoundError):
        mode.run(client.endpoints.retrieve("ep_a1b2c3"))


def test_a_stopped_endpoint_is_not_waited_for(mode: Mode, client: Any) -> None:
    """`wait_until_live` of an endpoint that stays stopped says how to start it."""
    with pytest.raises(DeployError, match=r"endpoints\.start\('ep_d4e5f6'\)"):
        mode.run(client.endpoints.wait_until_live("ep_d4e5f6", poll_interval=0.001))


@pytest.mark.parametrize("dimension", ["performance", "uptime", "cost", "quality", "activity"])
def test_an_endpoint_is_measured(mode: Mode, client: Any, dimension: str) -> None:
    """The handle sends nothing; each of its methods returns a dict of the endpoint's figures."""
    metrics = client.endpoints.metrics("ep_a1b2c3")
    feed = mode.run(getattr(metrics, dimension)(window="24h", team="legal"))
    assert isinstance(feed, dict)
    assert feed["endpoint_id"] == "ep_a1b2c3"
    assert feed.request_id


def test_spend_is_grouped_by_day(mode: Mode, client: Any) -> None:
    """Parameters go into the query as they are."""
    cost = mode.run(client.endpoints.metrics("ep_a1b2c3").cost(group_by="day"))
    assert isinstance(cost["groups"], list)


@pytest.mark.off_document("a malformed window, to see it refused")
def test_metrics_know_what_they_refuse(mode: Mode, client: Any) -> None:
    """An unknown endpoint is not found, a malformed window is a bad request."""
    with pytest.raises(NotFoundError):
        mode.run(client.endpoints.metrics("nope").cost())
    with pytest.raises(BadRequestError, match="window"):
        mode.run(client.endpoints.metrics("ep_a1b2c3").cost(window="soon"))


def test_a_conversation_is_answered(mode: Mode, client: Any, sandbox: Sandbox) -> None:
    """A completion answers from the conversation, and is billed."""
    balance = sandbox.balance
    completion = mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK, max_tokens=50, mood="calm"))
    assert isinstance(completion, ChatCompletion)
    assert "Delaware" in completion.choices[0].message.content
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert sandbox.balance < balance


def test_an_answer_can_be_sent_back(mode: Mode, client: Any) -> None:
    """A received message stands in the next conversation as it is."""
    first = mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK))
    talk = [*ASK, first.choices[0].message, {"role": "user", "content": "Which law governs?"}]
    assert mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=talk)).choices


def test_a_stream_adds_up_to_the_completion(mode: Mode, client: Any) -> None:
    """The chunks of an answer, folded, are the answer that the same request has without `stream`."""
    whole = mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK))
    usage = {"include_usage": True}
    stream = mode.run(
        client.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=True, stream_options=usage)
    )
    texts = list(mode.each(stream.text))
    folded = mode.run(stream.completion())
    assert len(texts) > 3
    assert "".join(texts) == whole.choices[0].message.content
    assert folded.choices == whole.choices
    assert folded.usage == whole.usage
    assert folded.request_id == stream.request_id


def test_an_empty_balance_stops_completions_alone(mode: Mode, client: Any, sandbox: Sandbox) -> None:
    """At zero balance a completion raises InsufficientCreditsError, and listing works."""
    sandbox.balance = 0
    with pytest.raises(InsufficientCreditsError) as caught:
        mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK))
    assert caught.value.status_code == 402
    assert "Top up" in str(caught.value)
    with pytest.raises(InsufficientCreditsError):
        mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=True))
    assert mode.run(client.models.list())


def test_tasks_are_listed_retrieved_and_matched(mode: Mode, client: Any) -> None:
    """The catalog: a list of tasks, one of them with examples, and the one that fits an intent."""
    tasks = mode.run(client.tasks.list())
    assert type(tasks) is list
    assert TASK in [task.id for task in tasks]
    task = mode.run(client.tasks.retrieve(TASK))
    assert isinstance(task, Task)
    assert task.examples == []
    assert len(mode.run(client.tasks.retrieve(TASK, examples_n=2)).examples) == 2
    match = mode.run(client.tasks.match("pull key fields out of contracts", top_k=3))
    assert isinstance(match, TaskMatch)
    assert match.chosen is not None
    assert match.chosen.task_id == TASK
    assert 0 < len(match.candidates) <= 3


def test_models_are_ranked(mode: Mode, client: Any) -> None:
    """The leaderboard has open models and a frontier one, and names what it recommends."""
    board = mode.run(client.tasks.leaderboard(TASK))
    assert isinstance(board, Leaderboard)
    assert board.recommended in [entry.name for entry in board.models]
    assert board.recommended == mode.run(client.tasks.recommended(TASK))
    assert board.frontier is not None
    assert board.frontier.kind == "frontier"


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(
    "call",
    [
        lambda c, x: c.endpoints.deploy(task=x),
        lambda c, x: c.endpoints.deploy(task=x, wait=True),
        lambda c, x: c.endpoints.deploy(task=TASK, model=x),
        lambda c, x: c.endpoints.retrieve(x),
        lambda c, x: c.endpoints.start(x),
        lambda c, x: c.endpoints.stop(x),
        lambda c, x: c.endpoints.delete(x),
        lambda c, x: c.endpoints.metrics(x),
        lambda c, x: c.endpoints.wait_until_live(x),
        lambda c, x: c.chat.completions.create(model=x, messages=ASK),
        lambda c, x: c.chat.completions.create(model="m", messages=None if x is None else []),
        lambda c, x: c.tasks.retrieve(x),
        lambda c, x: c.tasks.match(x),
        lambda c, x: c.tasks.leaderboard(x),
        lambda c, x: c.tasks.recommended(x),
    ],
)
def test_nothing_is_refused_before_anything_is_sent(mode: Mode, call: Any, nothing: str | None) -> None:
    """An empty or missing id, task, model, query or conversation is a ValueError, and no request goes out."""
    client = mode.client("http://127.0.0.1:1", max_retries=0)
    with pytest.raises(ValueError, match=r"is None|is empty"):
        mode.run(call(client, nothing))


@pytest.mark.parametrize("odd", [".", "..", "a\nb", "a\x00", "\x7f"])
def test_an_id_that_would_address_something_else_is_refused(mode: Mode, odd: str) -> None:
    """Dot segments and control characters never reach a URL."""
    client = mode.client("http://127.0.0.1:1", max_retries=0)
    with pytest.raises(ValueError, match="is not allowed in a URL path"):
        mode.run(client.endpoints.delete(odd))


@pytest.mark.parametrize("odd", ["a/b", "a?b=c", "a#b", "a%2Fb", "é", "a b"])
def test_an_id_is_quoted(mode: Mode, client: Any, odd: str) -> None:
    """Whatever else an id holds is quoted, and so not found."""
    with pytest.raises(NotFoundError) as caught:
        mode.run(client.endpoints.retrieve(odd))
    assert repr(odd) in caught.value.detail


@pytest.mark.off_document("a path that no operation has")
def test_a_path_that_is_no_route_hints_at_base_url(mode: Mode, sandbox: Sandbox) -> None:
    """A server that knows the path names what is missing; one that does not may not be the API's."""
    client = mode.client(f"{sandbox.base_url}/elsewhere", api_key=sandbox.api_key)
    with pytest.raises(NotFoundError, match=r"check base_url\."):
        mode.run(client.models.list())
    with pytest.raises(NotFoundError, match=r"No task 'nope'.*\]$"):
        mode.run(mode.client(sandbox.base_url, api_key=sandbox.api_key).tasks.retrieve("nope"))


@pytest.mark.parametrize(
    ("call", "kind", "status", "detail"),
    [
        (lambda c: c.endpoints.retrieve("nope"), NotFoundError, 404, "No endpoint 'nope'"),
        (lambda c: c.endpoints.delete("ep_seed01"), ConflictError, 409, "protected"),
        (lambda c: c.endpoints.deploy(task="nope"), BadRequestError, 400, "Unknown task"),
        (lambda c: c.endpoints.deploy(task="nope", wait=True), BadRequestError, 400, "Unknown task"),
        pytest.param(
            lambda c: c.tasks.match("x", top_k=0),
            UnprocessableEntityError,
            422,
            "body.top_k: 0 is less than the minimum",
            marks=pytest.mark.off_document("a malformed parameter, to see it refused"),
        ),
        (lambda c: c.chat.completions.create(model="nope", messages=ASK), NotFoundError, 404, "nope"),
        (lambda c: c.chat.completions.create(model="ep_d4e5f6", messages=ASK), EndpointNotReadyError, 503, "stopped"),
    ],
)
def test_a_refusal_names_the_call(  # noqa: PLR0917  # A table of many columns.
    mode: Mode, client: Any, call: Any, kind: Any, status: int, detail: str
) -> None:
    """An error is of the class for its status; its text has method, URL, status, request id and the server's words."""
    with pytest.raises(kind) as caught:
        mode.run(call(client))
    error = caught.value
    assert type(error) is kind
    assert isinstance(error, ParetaError)
    assert error.status_code == error.response.status_code == status
    assert detail in str(error)
    assert str(status) in str(error)
    assert f"[{error.response.method} {error.response.url}, request {error.request_id}]" in str(error)
    assert error.response.json()["detail"] == error.detail


@pytest.mark.off_document("422 is wanted")
def test_an_error_has_its_body_as_an_object(mode: Mode, client: Any, wire: Any) -> None:
    """Of the class that the document declares for its status, after pickling too; None for what is no such object."""
    with pytest.raises(NotFoundError) as caught:
        mode.run(client.endpoints.retrieve("nope"))
    for error in (caught.value, pickle.loads(pickle.dumps(caught.value))):
        assert isinstance(error.body, generated.ErrorBody)
        assert error.body.detail == error.detail
        assert error.body.request_id == error.request_id
    with pytest.raises(UnprocessableEntityError) as refused:
        mode.run(client.tasks.match("text", top_k=99))
    assert isinstance(refused.value.body, generated.ValidationFailure)
    assert refused.value.body.detail[0].loc == ["body", "top_k"]
    page = wire(b"HTTP/1.1 404 No\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nno")
    with pytest.raises(NotFoundError) as plain:
        mode.run(mode.client(page.url).endpoints.retrieve("nope"))
    assert plain.value.body is None


def test_a_wrong_key_is_told(mode: Mode, sandbox: Sandbox) -> None:
    """401 says what to check, and shows no key."""
    client = mode.client(sandbox.base_url, api_key="pareta_sk_wrong_0123456789")
    with pytest.raises(AuthenticationError, match="PARETA_API_KEY") as caught:
        mode.run(client.models.list())
    assert "pareta_sk_wrong" not in str(caught.value)


def test_any_generated_call_can_be_sent(mode: Mode, client: Any) -> None:
    """`client.call` sends a call of the generated package, typed as the document says."""
    endpoint = mode.run(client.call(api.retrieve_endpoint("ep_a1b2c3")))
    assert isinstance(endpoint, generated.Endpoint)
    assert mode.run(client.call(api.delete_endpoint("ep_a1b2c3"))) is None
    assert all(isinstance(entry, generated.Endpoint) for entry in mode.run(client.call(api.list_endpoints())))


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Give the operations of another generated package."""
    shutil.copytree(Path(str(api.__file__)).parent, tmp_path / "other_api")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("other_api.api")
    for name in [name for name in sys.modules if name.startswith("other_api")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda other: other.delete_endpoint("ep_a1b2c3"), "not the Call of other_api.types. Nothing was sent."),
        (lambda other: other.deploy_endpoint(task=TASK), "not the StreamCall of other_api.types. Nothing was sent."),
        (lambda _: api.list_models, "not a function; call the function first. Nothing was sent."),
        (lambda _: "list_models", "not a str. Nothing was sent."),
        (lambda _: None, "not a NoneType. Nothing was sent."),
    ],
)
def test_what_is_no_call_of_this_package_is_refused(
    mode: Mode, wire: Any, other: ModuleType, made: Any, said: str
) -> None:
    """A call that another package's functions made, and what is none, is a TypeError before anything is sent."""
    server = wire()
    with pytest.raises(
        TypeError, match=r"^call\(\) takes what a function of pareta_generated\.api returns, "
    ) as caught:
        mode.run(mode.client(server.url).call(made(other)))
    assert str(caught.value).endswith(said)
    assert server.received == []


def test_a_generated_stream_is_typed_by_event(mode: Mode, client: Any) -> None:
    """`client.call` of a streaming operation gives the payload of each event, as the document names it."""
    stream = mode.run(client.call(api.deploy_endpoint(task=TASK)))
    payloads = list(mode.each(stream))
    assert isinstance(payloads[0], generated.DeployProgress)
    assert isinstance(payloads[-1], generated.DeployComplete)
    assert payloads[-1].endpoint.status == "live"
    stream = mode.run(client.call(api.create_chat_completion(model="ep_a1b2c3", messages=ASK, stream=True)))
    with mode.entered(stream):
        chunks = list(mode.each(stream))
    assert all(isinstance(chunk, generated.ChatCompletionChunk) for chunk in chunks)


def test_an_answer_of_another_operation_is_not_taken_for_granted(mode: Mode, wire: Any) -> None:
    """A list where an object is due is an APIResponseError, sync and async."""
    from wire import answer

    client = mode.client(wire(answer([])).url)
    with pytest.raises(APIResponseError, match="expected an object"):
        mode.run(client.models.list())
