"""What the documentation says of models, beyond its examples: each claim held against the SDK."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import httpx
import pytest
from recorded import Answering

from pareta import (
    APIStatusError,
    APITimeoutError,
    AsyncModels,
    AuthenticationError,
    InternalServerError,
    Model,
    ModelList,
    Models,
    Pareta,
    ParetaError,
    RateLimitError,
)
from pareta.sandbox import Sandbox

PAYLOAD = {
    "object": "list",
    "data": [
        {"id": "ep_a1b2c3", "object": "model", "owned_by": "pareta", "created": 1_767_690_000},
        {"id": "ep_v7w8x9", "object": "model", "owned_by": "northwind", "created": 1_767_862_800},
    ],
    "more": {"kept": True},
}


@pytest.mark.parametrize("models", [Models, AsyncModels])
def test_list_takes_no_parameters(models: type) -> None:
    """`list` takes nothing but options, and returns a ModelList, as `AsyncModels.list` does when awaited."""
    signature = inspect.signature(models.list)
    assert [*signature.parameters] == ["self", "options"]
    assert signature.return_annotation == "ModelList"
    assert inspect.iscoroutinefunction(models.list) is (models is AsyncModels)


def test_list_is_one_plain_authenticated_get(answering: Answering) -> None:
    """The route is GET /v1/models, without a query, under the key."""
    recorded = answering(lambda _: httpx.Response(200, json=PAYLOAD))
    assert type(recorded.client.models.list()) is ModelList
    (request,) = recorded.requests
    assert (request.method, request.url.raw_path, request.content) == ("GET", b"/v1/models", b"")
    assert request.headers["authorization"] == "Bearer pareta_sk_test"


def test_only_what_can_be_called_is_listed(pa: Pareta) -> None:
    """A stopped endpoint leaves the list, and comes back once it is live."""

    def ids() -> set[str | None]:
        return {model.id for model in pa.models.list()}

    assert ids() == {"ep_seed01", "ep_a1b2c3", "ep_v7w8x9"}
    pa.endpoints.stop("ep_a1b2c3")
    assert ids() == {"ep_seed01", "ep_v7w8x9"}
    pa.endpoints.start("ep_a1b2c3")
    pa.endpoints.wait_until_live("ep_a1b2c3")
    assert ids() == {"ep_seed01", "ep_a1b2c3", "ep_v7w8x9"}


def test_an_endpoint_that_is_being_deployed_is_not_listed() -> None:
    """While a deployment is under way its endpoint is no callable model."""
    with Sandbox(seed=7, pace=5) as sandbox, sandbox.client() as pa:
        with pa.endpoints.deploy(task="contract-key-fields", name="underway") as events:
            assert next(events)["event"] == "progress"
        assert pa.endpoints.retrieve("underway").status == "starting"
        assert "underway" not in [model.id for model in pa.models.list()]


def test_each_listed_model_can_be_called(pa: Pareta) -> None:
    """The id of a listed model is what inference takes."""
    for model in pa.models.list():
        answer = pa.chat.completions.create(model=model.id, messages=[{"role": "user", "content": "Say one word."}])
        assert answer.choices


def test_a_model_list_is_a_light_collection() -> None:
    """It has `data`, is iterable and counts, with the same elements each way."""
    models = ModelList.from_dict(PAYLOAD)
    assert type(models.data) is list
    assert {type(model) for model in models.data} == {Model}
    assert list(models) == models.data
    assert [id(model) for model in models] == [id(model) for model in models.data]
    assert len(models) == 2
    assert models.data[0] in models
    assert not ModelList.from_dict({"data": []})


def test_a_model_list_is_not_indexable_by_number() -> None:
    """`models[0]` is a TypeError, and so is a slice; `models.data[0]` is the way."""
    models: Any = ModelList.from_dict(PAYLOAD)
    for index in (0, -1, slice(None)):
        with pytest.raises(TypeError):
            models[index]
    assert models.data[0].id == "ep_a1b2c3"


def test_a_model_list_keeps_the_raw_json() -> None:
    """`to_dict()` and `["data"]` give what the server sent, what has no property included."""
    models = ModelList.from_dict(PAYLOAD)
    assert models.to_dict() == PAYLOAD
    assert models["data"] == PAYLOAD["data"]
    assert models["more"] == {"kept": True}


def test_a_model_has_three_properties() -> None:
    """`id`, `owned_by` and `created` are typed, and None where the server sends none."""
    hints = {name: get_type_hints(getattr(Model, name).fget)["return"] for name in ("id", "owned_by", "created")}
    assert hints == {"id": str | None, "owned_by": str | None, "created": int | None}
    model, _ = ModelList.from_dict(PAYLOAD)
    assert (model.id, model.owned_by, model.created) == ("ep_a1b2c3", "pareta", 1_767_690_000)
    empty = Model.from_dict({})
    assert (empty.id, empty.owned_by, empty.created) == (None, None, None)


def test_a_model_carries_no_more_than_openai_says(pa: Pareta) -> None:
    """A record on the wire has OpenAI's fields alone: no status, no URL, no alias behind it."""
    for model in pa.models.list():
        assert model.to_dict().keys() == {"id", "object", "owned_by", "created"}
        assert model.owned_by in ("pareta", "northwind")


def test_a_wrong_key_is_an_authentication_error(sandbox: Sandbox) -> None:
    """Listing with a key that is not valid is AuthenticationError, 401."""
    with Pareta(api_key="pareta_sk_wrong", base_url=sandbox.base_url) as pa:
        with pytest.raises(AuthenticationError) as caught:
            pa.models.list()
        assert caught.value.status_code == 401


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitError), (500, InternalServerError), (502, InternalServerError)]
)
def test_what_may_pass_is_retried_twice_before_it_surfaces(
    answering: Answering, status: int, error: type[ParetaError]
) -> None:
    """A 429 and a 5xx are tried three times in all, then raised as their exceptions."""
    recorded = answering(lambda _: httpx.Response(status, headers={"retry-after": "0"}, json={"detail": "later"}))
    with pytest.raises(ParetaError) as caught:
        recorded.client.models.list()
    assert type(caught.value) is error
    assert len(recorded.requests) == 3


def test_a_timeout_is_retried_before_it_surfaces(answering: Answering) -> None:
    """A connection that times out is tried again, and is APITimeoutError in the end."""

    def time_out(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no answer", request=request)

    recorded = answering(time_out)
    with pytest.raises(APITimeoutError):
        recorded.client.with_options(max_retries=1).models.list()
    assert len(recorded.requests) == 2


def test_a_failure_that_passes_is_not_seen(answering: Answering) -> None:
    """Where the third attempt succeeds, the list is returned."""
    answers = iter([httpx.Response(503, headers={"retry-after": "0"}), httpx.Response(500), None])
    recorded = answering(lambda _: next(answers) or httpx.Response(200, json=PAYLOAD))
    assert len(recorded.client.models.list()) == 2
    assert len(recorded.requests) == 3


def test_every_exception_of_listing_is_a_pareta_error() -> None:
    """`except ParetaError` catches whatever listing raises."""
    for error in (AuthenticationError, RateLimitError, APIStatusError, APITimeoutError):
        assert issubclass(error, ParetaError)


def test_listing_is_free(pa: Pareta, sandbox: Sandbox) -> None:
    """Listing works at zero balance and debits nothing."""
    before = sandbox.balance
    pa.models.list()
    assert sandbox.balance == before
    sandbox.balance = 0
    assert len(pa.models.list()) == 3
