"""One key, one effect: repetitions join what runs, and get again what was answered."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sandbox_kit import DELAWARE, ask, chat, client_of, events, read_events, until

from pareta.sandbox import Sandbox

KEY = {"idempotency-key": "k-1"}
PRICE = 210


@pytest.mark.parametrize("stream", [False, True])
def test_a_completion_is_replayed_to_the_byte_and_billed_once(
    sandbox: Sandbox, api: httpx.Client, *, stream: bool
) -> None:
    """The same request under the same key gets the same answer, under a request id of its own."""
    one, two = (ask(api, chat(stream=stream), idempotency_key="k-1") for _ in range(2))
    assert one.content == two.content
    assert one.headers["content-type"] == two.headers["content-type"]
    assert one.headers["x-request-id"] != two.headers["x-request-id"]
    assert ("idempotent-replayed" in one.headers, two.headers["idempotent-replayed"]) == (False, "true")
    assert sandbox.balance == 25_000_000 - PRICE


def test_a_deployment_is_replayed_whole(api: httpx.Client) -> None:
    """A repeated deployment gets the same events and the same `Location`, and there is one endpoint more, not two."""
    one, two = (api.post("/v1/endpoints", json={"task": "translation"}, headers=KEY) for _ in range(2))
    assert one.content == two.content
    assert one.headers["location"] == two.headers["location"]
    assert len(api.get("/v1/endpoints").json()) == 5


def test_a_start_is_replayed_as_it_was_answered(api: httpx.Client) -> None:
    """The answer is the first one's, though the endpoint has moved on."""
    for _ in range(2):
        assert api.post("/v1/endpoints/ep_d4e5f6/start", headers=KEY).json()["status"] == "starting"


def test_without_a_key_every_request_has_its_effect(sandbox: Sandbox, api: httpx.Client) -> None:
    """Requests without a key, or under different ones, are different requests."""
    ask(api)
    ask(api)
    ask(api, idempotency_key="a")
    ask(api, idempotency_key="b")
    assert sandbox.balance == 25_000_000 - 4 * PRICE


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", chat("Something else")),
        ("/v1/endpoints/ep_d4e5f6/start", None),
        ("/v1/tasks/match", {"query": "invoices"}),
    ],
)
def test_a_key_of_another_request_is_422(sandbox: Sandbox, api: httpx.Client, path: str, body: Any) -> None:
    """A key belongs to an operation, a path and a body; another request under it is refused."""
    ask(api, idempotency_key="k-1")
    answer = api.post(path, json=body, headers=KEY) if body else api.post(path, headers=KEY)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]
    assert sandbox.balance == 25_000_000 - PRICE


def test_a_body_written_otherwise_is_the_same_body(sandbox: Sandbox, api: httpx.Client) -> None:
    """White space between tokens makes no difference."""
    ask(api, idempotency_key="k-1")
    content = f'{{ "model": "ep_a1b2c3",\n "messages": [{{"role": "user", "content": "{DELAWARE}"}}] }}'
    headers = {**KEY, "content-type": "application/json"}
    assert api.post("/v1/chat/completions", content=content, headers=headers).status_code == 200
    assert sandbox.balance == 25_000_000 - PRICE


def test_refusals_are_not_kept(sandbox: Sandbox, api: httpx.Client) -> None:
    """After a 402, a 503, a 409 or a 422 the key is free: the same request runs, and so may another."""
    sandbox.balance = 0
    assert ask(api, idempotency_key="k-1").status_code == 402
    sandbox.balance = 1_000
    api.post("/v1/endpoints/ep_a1b2c3/stop")
    assert ask(api, idempotency_key="k-1").status_code == 503
    api.post("/v1/endpoints/ep_a1b2c3/start")
    assert ask(api, {}, idempotency_key="k-1").status_code == 422
    assert ask(api, idempotency_key="k-1", x_sandbox_scenario="429").status_code == 429
    assert api.post("/v1/endpoints/ep_seed01/stop", headers=KEY).status_code == 409
    assert ask(api, idempotency_key="k-1").status_code == 200
    assert sandbox.balance == 1_000 - PRICE


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 256])
def test_a_key_that_is_none_is_422(api: httpx.Client, key: str) -> None:
    """A key is 1 to 255 visible ASCII characters."""
    answer = api.post("/v1/tasks/match", json={"query": "x"}, headers={b"idempotency-key": key.encode()})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]


def test_a_repetition_joins_a_running_deployment_from_its_first_event() -> None:
    """Two that ask at once under one key see the same events, of one deployment."""
    with Sandbox(pace=0.1) as sandbox, client_of(sandbox) as one, client_of(sandbox) as two:
        body = {"task": "translation"}
        with one.stream("POST", "/v1/endpoints", json=body, headers=KEY) as first:
            lines = first.iter_lines()
            began = [next(lines) for _ in range(6)]
            second = two.post("/v1/endpoints", json=body, headers=KEY)
            assert second.headers["location"] == first.headers["location"]
            assert list(read_events([*began, *lines])) == events(second)
        assert len(one.get("/v1/endpoints").json()) == 5


def test_a_repetition_finds_the_deployment_that_its_client_left() -> None:
    """A client that lost its connection repeats the request and sees the whole deployment."""
    with Sandbox(pace=0.1) as sandbox, client_of(sandbox) as api:
        with api.stream("POST", "/v1/endpoints", json={"task": "translation"}, headers=KEY) as lost:
            next(lost.iter_lines())
        again = api.post("/v1/endpoints", json={"task": "translation"}, headers=KEY)
        assert events(again)[0] == ("progress", {"stage": "queued", "pct": 0})
        assert events(again)[-1][0] == "complete"
        assert len(api.get("/v1/endpoints").json()) == 5


def test_a_chat_stream_that_was_left_is_replayed() -> None:
    """The completion is written to its end, and a repetition gets all of it for nothing."""
    with Sandbox(pace=0.3) as sandbox, client_of(sandbox) as api:
        body = chat(stream=True)
        with api.stream("POST", "/v1/chat/completions", json=body, headers=KEY) as lost:
            next(lost.iter_lines())
        again = ask(api, body, idempotency_key="k-1")
        assert events(again)[-1][1] == "[DONE]"
        assert sandbox.balance == 25_000_000 - PRICE


def test_repetitions_at_once_wait_for_the_one_that_runs() -> None:
    """Of eight requests at once under one key one is answered and billed, and all get its answer."""
    with Sandbox(pace=0.5) as sandbox, client_of(sandbox) as api, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(api, idempotency_key="k-1"), range(8)))
        assert len({each.content for each in answers}) == 1
        assert sorted("idempotent-replayed" in each.headers for each in answers) == [False] + [True] * 7
        assert sandbox.balance == 25_000_000 - PRICE


def test_another_request_under_a_running_key_is_422() -> None:
    """A key is taken from the moment its first request is accepted."""
    with Sandbox(pace=5) as sandbox, client_of(sandbox) as api:
        slow = threading.Thread(target=lambda: ask(api, idempotency_key="k-1"))
        slow.start()
        until(lambda: sandbox.balance < 25_000_000)
        assert ask(api, chat("Something else"), idempotency_key="k-1").status_code == 422
        slow.join()
