"""The options of one call, on each method, and keys that rotate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from modes import KEY, AsyncioMode, Mode, SyncMode
from wire import Peer, Wire, answer, delta, event, stream

from pareta import APIStatusError, APITimeoutError, ParetaError, RateLimitError
from pareta_generated import api

Serve = Callable[..., Wire]
CHAT: dict[str, Any] = {"model": "ep_1", "messages": [{"role": "user", "content": "Hi"}]}
OK, LIST = answer({"data": []}), answer([])
BUSY = answer({"detail": "later"}, "429 Too Many Requests", ["retry-after: 0"])
LIVE = stream(event({"endpoint": {"id": "ep_1", "status": "live"}}, "complete"))
CHUNKS = stream(delta("Hi", "stop"), event("[DONE]"))
METRICS = ("performance", "uptime", "cost", "quality", "activity")


def every_method(client: Any, options: dict[str, Any]) -> list[Callable[[], Any]]:
    """Return each method that sends, with options."""
    metrics = client.endpoints.metrics("ep_1")
    return [
        lambda: client.models.list(**options),
        lambda: client.endpoints.list(**options),
        lambda: client.endpoints.deploy(task="t", wait=True, **options),
        lambda: client.chat.completions.create(**CHAT, stream=True, **options),
        lambda: client.endpoints.retrieve("ep_1", **options),
        lambda: client.endpoints.start("ep_1", **options),
        lambda: client.endpoints.stop("ep_1", **options),
        lambda: client.endpoints.delete("ep_1", **options),
        *(lambda name=name: getattr(metrics, name)(**options) for name in METRICS),
        lambda: client.chat.completions.create(**CHAT, **options),
        lambda: client.tasks.list(**options),
        lambda: client.tasks.retrieve("t", **options),
        lambda: client.tasks.match("x", **options),
        lambda: client.tasks.leaderboard("t", **options),
        lambda: client.tasks.recommended("t", **options),
        lambda: client.call(api.list_models(), **options),
    ]


@pytest.mark.off_document("a header and a parameter of each request")
def test_every_method_takes_the_options(mode: Mode, wire: Serve) -> None:
    """`extra_headers` and `extra_query` reach the request of each method, over those of the client."""
    server = wire(OK, LIST, LIVE, CHUNKS, OK)
    client = mode.client(server.url, default_headers={"x-team": "old"}, default_query={"v": "1", "w": "2"})
    for call in every_method(client, {"extra_headers": {"X-Team": "legal"}, "extra_query": {"v": [8, 9]}}):
        mode.run(call())
        request = server.received[-1]
        assert request.headers["x-team"] == "legal"
        assert request.target.endswith("?w=2&v=8&v=9")
    assert len(server.received) == 20
    mode.run(client.models.list())
    assert server.received[-1].headers["x-team"] == "old"


@pytest.mark.off_document("a server that refuses each request")
def test_max_retries_counts_for_the_one_call(mode: Mode, wire: Serve) -> None:
    """`max_retries=0` sends each method's request once; the client's own number stays."""
    server = wire(BUSY)
    client = mode.client(server.url, max_retries=1)
    calls = every_method(client, {"max_retries": 0})
    for call in calls:
        with pytest.raises(APIStatusError):
            mode.run(call())
    assert len(server.received) == len(calls)
    with pytest.raises(RateLimitError):
        mode.run(client.models.list())
    assert len(server.received) == len(calls) + 2


@pytest.mark.off_document("fields that it does not declare")
def test_the_body_takes_further_fields(mode: Mode, wire: Serve) -> None:
    """`extra_body` joins the body, beside what goes through as a keyword; a body arises where there was none."""
    server = wire(OK)
    client = mode.client(server.url)
    mode.run(client.chat.completions.create(**CHAT, top_k=5, extra_body={"temprature": 1}))
    assert server.received[-1].json == {**CHAT, "top_k": 5, "temprature": 1}
    mode.run(client.tasks.match("x", extra_body={"language": "de"}))
    assert server.received[-1].json == {"query": "x", "top_k": 5, "language": "de"}
    mode.run(client.endpoints.start("ep_1", extra_body={"reason": "demo"}))
    assert server.received[-1].json == {"reason": "demo"}
    with pytest.raises(ValueError, match="query is given twice"):
        mode.run(client.tasks.match("x", extra_body={"query": "y"}))


def test_an_idempotency_key_is_the_one_of_its_call(mode: Mode, wire: Serve) -> None:
    """The key stands on each attempt of the call, and the next call has another."""
    server = wire(BUSY, OK)
    client = mode.client(server.url)
    mode.run(client.tasks.match("x", idempotency_key="order-7"))
    mode.run(client.tasks.match("x"))
    keys = [request.headers["idempotency-key"] for request in server.received]
    assert keys[:2] == ["order-7", "order-7"]
    assert len(keys[2]) == 32


def test_options_of_a_call_keep_the_key_of_its_client(mode: Mode, wire: Serve) -> None:
    """A client for one POST, made by `with_options(idempotency_key=)`, keeps its key beside other options."""
    server = wire(OK)
    mode.run(mode.client(server.url).with_options(idempotency_key="order-7").tasks.match("x", timeout=9))
    assert server.received[-1].headers["idempotency-key"] == "order-7"


def test_a_timeout_and_a_deadline_count_for_the_one_call(mode: Mode, wire: Serve) -> None:
    """A call on a silent server ends by its own limit."""
    server = wire(Peer.hold)
    client = mode.client(server.url, max_retries=0)
    for options in ({"timeout": 0.05}, {"timeout": httpx.Timeout(0.05)}, {"deadline": 0.05}):
        with pytest.raises(APITimeoutError):
            mode.run(client.models.list(**options))


def test_a_function_gives_the_key_of_each_attempt(mode: Mode, wire: Serve) -> None:
    """A rotating key is asked for before each attempt, so a retry has the newest."""
    server = wire(BUSY, OK)
    keys = iter(["one", "two", "three"])
    client = mode.client(server.url, api_key=lambda: f"pareta_sk_{next(keys)}")
    mode.run(client.models.list())
    mode.run(client.models.list())
    sent = [request.headers["authorization"] for request in server.received]
    assert sent == ["Bearer pareta_sk_one", "Bearer pareta_sk_two", "Bearer pareta_sk_three"]


def test_a_retry_under_another_key_sends_the_same_body(mode: Mode, wire: Serve) -> None:
    """The key alone is another: the body is not made a second time."""
    server = wire(BUSY, OK)
    client = mode.client(server.url, api_key=lambda: f"pareta_sk_{len(server.received)}")
    mode.run(client.tasks.match("x"))
    assert [request.body for request in server.received] == [server.received[0].body] * 2
    sent = [request.headers["authorization"] for request in server.received]
    assert sent == ["Bearer pareta_sk_0", "Bearer pareta_sk_1"]


def test_an_async_function_gives_the_key(async_mode: AsyncioMode, wire: Serve) -> None:
    """AsyncPareta awaits what the function returns."""

    async def fresh() -> str:
        return "pareta_sk_fresh"

    server = wire(OK)
    async_mode.run(async_mode.client(server.url, api_key=fresh).models.list())
    assert server.received[-1].headers["authorization"] == "Bearer pareta_sk_fresh"


def test_pareta_refuses_an_async_function(wire: Serve) -> None:
    """A blocking client cannot await; it says which client can."""

    async def fresh() -> str:
        return "pareta_sk_fresh"

    mode, server = SyncMode(), wire(OK)
    with pytest.raises(TypeError, match="AsyncPareta, which takes both kinds"):
        mode.client(server.url, api_key=fresh).models.list()
    assert server.received == []


@pytest.mark.parametrize(("value", "error"), [("", ParetaError), (None, ParetaError), (5, TypeError), ("a\n", None)])
def test_what_the_function_returns_is_checked(
    mode: Mode, wire: Serve, value: Any, error: type[Exception] | None
) -> None:
    """A key from a function is checked as any other, before the request."""
    server = wire(OK)
    client = mode.client(server.url, api_key=lambda: value)
    if error is None:
        mode.run(client.models.list())
        assert server.received[-1].headers["authorization"] == "Bearer a"
        return
    with pytest.raises(error, match=r"(?i)api.key"):
        mode.run(client.models.list())
    assert server.received == []


def test_with_options_takes_another_key(mode: Mode, wire: Serve) -> None:
    """A client for another key shares the connections; the first keeps its own."""
    server = wire(OK)
    client = mode.client(server.url)
    mode.run(client.with_options(api_key="pareta_sk_other").models.list())
    mode.run(client.models.list())
    sent = [request.headers["authorization"] for request in server.received]
    assert sent == ["Bearer pareta_sk_other", f"Bearer {KEY}"]
    assert len(server.peers) == 1
