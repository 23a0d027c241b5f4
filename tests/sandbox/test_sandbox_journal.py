"""The journal: what was asked and how it was answered, and what a client should not have done."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from sandbox_kit import ask, chat, client_of, until

from pareta.sandbox import RecordedRequest, Sandbox

KEY = {"idempotency-key": "k-1"}


def kinds(sandbox: Sandbox) -> list[str]:
    """Return the kinds of the verdicts."""
    return [each.kind for each in sandbox.verdicts]


def test_a_request_is_recorded_whole(sandbox: Sandbox, api: httpx.Client) -> None:
    """Operation, parameters, body, status, timing and names are there."""
    api.get("/v1/endpoints/ep_a1b2c3/cost", params=[("window", "1h"), ("x", "1"), ("x", "2")])
    ask(api, idempotency_key="k-1")
    feed, completion = sandbox.requests
    assert (feed.operation, feed.method, feed.path) == ("endpoint_cost", "GET", "/v1/endpoints/ep_a1b2c3/cost")
    assert feed.parameters == {"endpoint_id": "ep_a1b2c3", "window": "1h", "x": ["1", "2"]}
    assert (feed.body, feed.status, feed.end, feed.idempotency_key) == (None, 200, "complete", None)
    assert completion.body == chat()
    assert completion.idempotency_key == "k-1"
    assert (feed.request_id, completion.request_id) == ("req_000001", "req_000002")
    assert 0 < feed.seconds < 5
    assert feed.started_at < completion.started_at < time.monotonic()
    assert str(feed).startswith("req_000001  GET /v1/endpoints/ep_a1b2c3/cost  endpoint_cost: 200, ")


def test_the_key_is_in_no_record(sandbox: Sandbox, api: httpx.Client) -> None:
    """The API key is redacted wherever a client put it."""
    key = sandbox.api_key
    api.post("/v1/tasks/match", json={"query": key}, params={"key": key}, headers={"x-other": f"say {key}"})
    api.get(f"/v1/endpoints/{key}")
    assert sandbox.requests[0].headers["authorization"] == "[redacted]"
    assert key not in repr(sandbox.requests)


def test_what_is_not_an_operation_is_recorded_too(sandbox: Sandbox, api: httpx.Client) -> None:
    """Unknown paths, refused keys and malformed bodies have their record."""
    api.get("/v1/nothing")
    api.get("/v1/models", headers={"authorization": "Bearer wrong"})
    api.post("/v1/tasks/match", content=b"{", headers={"content-type": "application/json"})
    assert [(each.operation, each.status) for each in sandbox.requests] == [
        (None, 404),
        ("list_models", 401),
        ("match_task", 422),
    ]
    assert sandbox.requests[2].body == "{"


def test_a_stream_is_recorded_with_its_events_and_its_end(sandbox: Sandbox, api: httpx.Client) -> None:
    """A stream that was read to its end is complete; its events are counted."""
    answer = ask(api, chat(stream=True))
    assert until(lambda: sandbox.requests[0].end == "complete")
    assert sandbox.requests[0].events == answer.text.count("data: ")


def test_memory_is_bounded(sandbox: Sandbox, api: httpx.Client) -> None:
    """The last 1,000 requests are kept; a body over 64 KiB is not."""
    api.post("/v1/tasks/match", json={"query": "x" * 70_000})
    assert sandbox.requests[0].body is None
    for _ in range(1_005):
        api.get("/v1/nothing")
    assert len(sandbox.requests) == 1_000
    assert sandbox.requests[0].request_id == "req_000007"


def test_a_reset_empties_it(sandbox: Sandbox, api: httpx.Client) -> None:
    """After a reset there are no records and no verdicts."""
    ask(api, x_sandbox_scenario="429; retry-after=9")
    ask(api)
    assert sandbox.verdicts
    sandbox.reset()
    assert (sandbox.requests, sandbox.verdicts) == ([], [])


def test_records_are_values(sandbox: Sandbox, api: httpx.Client) -> None:
    """What was recorded does not change under its reader."""
    api.get("/v1/models")
    record: RecordedRequest = sandbox.requests[0]
    with pytest.raises(AttributeError):
        record.status = 500  # type: ignore[misc]


@pytest.mark.parametrize("retry_after", ["1", "0.5", "a date"])
def test_coming_again_before_retry_after_is_too_soon(sandbox: Sandbox, api: httpx.Client, retry_after: str) -> None:
    """Seconds and dates are understood."""
    if retry_after == "a date":
        retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    api.get("/v1/models", headers={"x-sandbox-scenario": f"429; retry-after={retry_after}"})
    api.get("/v1/models")
    assert kinds(sandbox) == ["too-soon"]
    assert sandbox.verdicts[0].request_ids == ("req_000001", "req_000002")


def test_coming_again_in_time_is_right(sandbox: Sandbox, api: httpx.Client) -> None:
    """Who waits as long as asked, and who was asked nothing, is left alone; so is junk in the header."""
    for retry_after in ("0.05", "soon", "-1"):
        api.get("/v1/models", headers={"x-sandbox-scenario": f"503; retry-after={retry_after}"})
        time.sleep(0.05)
        api.get("/v1/models")
    assert kinds(sandbox) == []


@pytest.mark.parametrize("scenario", ["400", "401", "404", "422", "503; should-retry=false; retry-after=0"])
def test_what_must_not_be_retried(sandbox: Sandbox, api: httpx.Client, scenario: str) -> None:
    """A 4xx comes back the same, and `x-should-retry: false` says that it would."""
    for _ in range(2):
        ask(api, x_sandbox_scenario=scenario, idempotency_key="k-1")
    assert kinds(sandbox) == ["not-retryable"]


@pytest.mark.parametrize(
    "scenario", ["408", "409", "429; retry-after=0", "500", "503; retry-after=0", "404; should-retry=true"]
)
def test_what_may_be_retried(sandbox: Sandbox, api: httpx.Client, scenario: str) -> None:
    """The retry table's statuses, and whatever the server says, may come again under the same key."""
    for _ in range(2):
        ask(api, x_sandbox_scenario=scenario, idempotency_key="k-1")
    assert kinds(sandbox) == []


def test_a_stream_must_not_be_retried_once_it_has_begun(sandbox: Sandbox, api: httpx.Client) -> None:
    """After events were sent, the same call must not come again."""
    for scenario in ("truncate; after=2", "truncate; after=2"):
        with pytest.raises(httpx.RemoteProtocolError):
            ask(api, chat(stream=True), x_sandbox_scenario=scenario, idempotency_key="k-1")
    assert kinds(sandbox) == ["not-retryable"]
    assert "2 events" in sandbox.verdicts[0].message


def test_a_retry_keeps_its_key(sandbox: Sandbox, api: httpx.Client) -> None:
    """The same call under another key may take effect twice; so may a POST without one."""
    ask(api, x_sandbox_scenario="500", idempotency_key="k-1")
    ask(api, idempotency_key="k-2")
    ask(api, x_sandbox_scenario="502")
    ask(api)
    assert kinds(sandbox) == ["key-changed", "key-missing"]


def test_different_calls_are_no_retries(sandbox: Sandbox, api: httpx.Client) -> None:
    """Another body, another path, and another call after a 4xx under a key of its own are new calls."""
    ask(api, chat("One"), x_sandbox_scenario="500", idempotency_key="a")
    ask(api, chat("Two"), idempotency_key="b")
    ask(api, chat("Three"), x_sandbox_scenario="422", idempotency_key="c")
    ask(api, chat("Three"), idempotency_key="d")
    assert kinds(sandbox) == []


def test_a_stream_that_is_left_open_is_seen(sandbox: Sandbox) -> None:
    """A stream that is neither read on nor hung up stands there until it is."""
    sandbox.fault("create_chat_completion", silence=True, after=1)
    with client_of(sandbox) as api, api.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as stream:
        lines = stream.iter_lines()
        next(lines)
        assert kinds(sandbox) == ["stream-left-open"]
    assert until(lambda: not sandbox.verdicts)


def test_a_stream_that_is_left_properly_is_no_matter(sandbox: Sandbox) -> None:
    """Who reads to the end, or hangs up, is not accused, however soon one asks."""
    with sandbox.client() as pa:
        for _ in range(20):
            list(pa.chat.completions.create(**chat(), stream=True))
            assert kinds(sandbox) == []
            for _chunk in pa.chat.completions.create(**chat(), stream=True):
                break
            assert kinds(sandbox) == []
