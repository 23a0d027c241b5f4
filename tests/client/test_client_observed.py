"""What came with an answer, hooks that see each request, and budgets."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from modes import KEY, AsyncioMode, Mode
from wire import Wire, answer, delta, event, stream

from pareta import (
    AsyncPareta,
    BudgetExceededError,
    Endpoint,
    Hooks,
    InsufficientCreditsError,
    ParetaError,
    RateLimit,
    RequestInfo,
    Response,
    response_of,
)
from pareta.sandbox import Sandbox

Serve = Callable[..., Wire]
ASK: list[Any] = [{"role": "user", "content": "Who signs? Alder signs."}]
LIMITS = [
    "x-ratelimit-limit-requests: 60",
    "x-ratelimit-remaining-requests: 59",
    "x-ratelimit-reset-requests: 1m0.5s",
    "x-ratelimit-remaining-tokens: 9000",
    "x-billed-micro-usd: 210",
]
MODELS = answer({"data": [{"id": "ep_1"}]}, headers=LIMITS)
BUSY = answer({"detail": "busy"}, "503 Service Unavailable", ["retry-after: 0"])
PRICE = 210
"""What a completion of the sandbox's first endpoint costs, in micro-USD."""


def test_an_answer_knows_its_response(mode: Mode, wire: Serve) -> None:
    """Status, headers, attempts and seconds come with a view and with what stands in it."""
    client = mode.client(wire(BUSY, MODELS).url)
    models = mode.run(client.models.list())
    for value in (models, models.data[0], models.data):
        response = response_of(value)
        assert (response.status_code, response.attempts, response.request_id) == (200, 2, "req_wire")
        assert response.elapsed > 0
    assert response.request_limit == RateLimit(60, 59, 60.5)
    assert response.token_limit == RateLimit(None, 9000, None)
    assert response.billed_micro_usd == 210


def test_metrics_streams_and_errors_know_their_response(mode: Mode, wire: Serve) -> None:
    """A dict of metrics, a list, both streams and an error give the response that they came in."""
    chunks = stream(delta("Hi", "stop"), event("[DONE]"))
    live = stream(event({"endpoint": {"id": "e", "status": "live"}}, "complete"))
    broke = answer({"detail": "empty"}, "402 Payment Required")
    client = mode.client(wire(answer({"requests": 1}), answer([{"id": "e"}]), chunks, live, broke).url)
    create = client.chat.completions.create
    given = [mode.run(client.endpoints.metrics("e").cost()), mode.run(client.endpoints.list())]
    given.append(mode.run(create(model="e", messages=ASK, stream=True)))
    given.append(mode.run(client.endpoints.deploy(task="t")))
    with pytest.raises(InsufficientCreditsError) as caught:
        mode.run(create(model="e", messages=ASK))
    given.append(caught.value)
    assert [response_of(value).status_code for value in given] == [200, 200, 200, 200, 402]
    for each in given[2:4]:
        mode.close(each)


@pytest.mark.parametrize("value", [Endpoint.from_dict({"id": "e"}), [], {"id": "e"}, None, ParetaError("x")])
def test_what_came_in_no_response_is_told(value: Any) -> None:
    """A value that was made by hand has no response."""
    with pytest.raises(ValueError, match="came in no response"):
        response_of(value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1.5s", 1.5), ("6m0s", 360), ("12ms", 0.012), ("1h2m3s", 3723), ("soon", None), ("", None)],
)
def test_the_reset_of_a_limit_is_read_in_seconds(mode: Mode, wire: Serve, text: str, seconds: float | None) -> None:
    """Servers write it as a number or as a duration; anything else is None."""
    server = wire(answer({"data": []}, headers=[f"ratelimit-reset: {text}", "ratelimit-limit: x"]))
    limit = response_of(mode.run(mode.client(server.url).models.list())).request_limit
    assert limit == RateLimit(None, None, seconds)


# Hooks.


def test_hooks_see_requests_responses_and_retries(mode: Mode, wire: Serve) -> None:
    """Each is called in turn, with values that hold no key."""
    seen: list[Any] = []
    hooks = Hooks(
        on_request=lambda info: seen.append(("request", info)),
        on_response=lambda info, response: seen.append((response.status_code, info)),
        on_retry=lambda info, reason, seconds: seen.append(("retry", info, reason, seconds)),
    )
    client = mode.client(wire(BUSY, MODELS).url, hooks=hooks)
    mode.run(client.models.list(extra_headers={"x-team": "legal"}))
    assert [each[0] for each in seen] == ["request", 503, "retry", "request", 200]
    infos: list[RequestInfo] = [each[1] for each in seen]
    assert [info.attempt for info in infos] == [1, 1, 1, 2, 2]
    assert {(info.operation, info.method) for info in infos} == {("list_models", "GET")}
    assert infos[0].headers["x-team"] == "legal"
    assert isinstance(seen[2][2], Response)
    assert KEY not in repr(seen) + repr([(dict(info.headers), info.body) for info in infos])


def test_a_broken_connection_is_a_retry_with_its_reason(mode: Mode, wire: Serve) -> None:
    """Where there is no response, the hook is told what went wrong."""
    reasons: list[Any] = []
    hooks = Hooks(on_retry=lambda _info, reason, _seconds: reasons.append(reason))
    mode.run(mode.client(wire(lambda peer: peer.reset(), MODELS).url, hooks=hooks).models.list())
    assert [type(reason) for reason in reasons] == [str]


def test_async_hooks_are_awaited(async_mode: AsyncioMode, wire: Serve) -> None:
    """AsyncPareta takes `async` functions."""
    seen: list[str] = []

    async def on_request(info: RequestInfo) -> None:
        seen.append(info.operation)

    client = async_mode.client(wire(MODELS).url, hooks=Hooks(on_request=on_request))
    async_mode.run(client.models.list())
    assert seen == ["list_models"]


def test_what_a_hook_raises_ends_the_call(mode: Mode, wire: Serve) -> None:
    """A hook can refuse a request; it is not sent."""

    def refuse(info: RequestInfo) -> None:
        raise PermissionError(info.operation)

    server = wire(MODELS)
    with pytest.raises(PermissionError, match="list_models"):
        mode.run(mode.client(server.url, hooks=Hooks(on_request=refuse)).models.list())
    assert server.received == []


def test_a_client_is_pickled_without_its_hooks(mode: Mode, wire: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function need not be picklable; the other process has its own."""
    monkeypatch.setenv("PARETA_API_KEY", KEY)
    client = mode.client(wire(MODELS).url, hooks=Hooks(on_request=lambda _info: pytest.fail("it came along")))
    other = pickle.loads(pickle.dumps(client))
    mode.run(other.models.list())
    mode.close(other)


# Budgets.


def test_a_budget_ends_completions_before_it_is_passed(mode: Mode, sandbox: Sandbox) -> None:
    """Completions are counted by their price on the leaderboard; the one that would pass it is not sent."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key).with_options(budget_micro_usd=2 * PRICE + 1)
    before = sandbox.balance
    for streams in (False, True):
        answered = mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK, stream=streams))
        if streams:
            mode.run(answered.completion())
    with pytest.raises(BudgetExceededError, match="420 of this client's 421 are spent") as refused:
        mode.run(client.with_options(timeout=9).chat.completions.create(model="ep_a1b2c3", messages=ASK))
    assert (refused.value.spent_micro_usd, refused.value.budget_micro_usd) == (420, 421)
    assert before - sandbox.balance == 2 * PRICE
    asked = [each.path for each in sandbox.requests if "completions" not in each.path]
    assert asked == ["/v1/endpoints/ep_a1b2c3", "/v1/tasks/contract-key-fields/leaderboard"]
    assert len(mode.run(client.models.list())) > 0


def test_what_the_server_refuses_is_not_spent(mode: Mode, sandbox: Sandbox) -> None:
    """A completion that ends in an error status gives its price back."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key).with_options(budget_micro_usd=PRICE)
    sandbox.fault(status=402)
    with pytest.raises(InsufficientCreditsError):
        mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK))
    mode.run(client.chat.completions.create(model="ep_a1b2c3", messages=ASK))


def test_threads_share_a_budget(sandbox: Sandbox) -> None:
    """However many threads ask at once, the budget is not passed."""
    with sandbox.client() as pa:
        client = pa.with_options(budget_micro_usd=5 * PRICE)
        client.chat.completions.create(model="ep_a1b2c3", messages=ASK)

        def ask(_: int) -> bool:
            try:
                client.chat.completions.create(model="ep_a1b2c3", messages=ASK)
            except BudgetExceededError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(20))) == 4


def test_tasks_share_a_budget(sandbox: Sandbox) -> None:
    """So do tasks, though none of them knows the price yet."""

    async def ask() -> list[Any]:
        async with AsyncPareta(api_key=sandbox.api_key, base_url=sandbox.base_url) as pa:
            create = pa.with_options(budget_micro_usd=3 * PRICE).chat.completions.create
            calls = (create(model="ep_a1b2c3", messages=ASK) for _ in range(8))
            return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(ask())
    assert sum(isinstance(each, BudgetExceededError) for each in results) == 5


def test_a_model_without_a_price_cannot_be_kept_within_a_budget(mode: Mode, wire: Serve) -> None:
    """Nothing is sent where the leaderboard does not know the alias."""
    server = wire(answer({"id": "e", "model": "qwen-2", "taskName": "t"}), answer({"task_id": "t", "models": []}))
    client = mode.client(server.url).with_options(budget_micro_usd=1)
    with pytest.raises(ParetaError, match="qwen-2 has no price on the leaderboard of t"):
        mode.run(client.chat.completions.create(model="e", messages=ASK))
    assert len(server.received) == 2
