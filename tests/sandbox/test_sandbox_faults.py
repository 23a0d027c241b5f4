"""Answers that go wrong on demand, for any client, by header or from Python."""

import time
from typing import Any

import httpx
import pytest
from sandbox_kit import ask, chat, client_of, events, until
from stopwatch import Stopwatch

from pareta import APIConnectionError, APITimeoutError, NotFoundError, StreamError
from pareta.sandbox import Sandbox

PRICE = 210
STREAM = chat(stream=True)


def header(scenario: str) -> dict[str, str]:
    """Return the header that asks for a scenario."""
    return {"x-sandbox-scenario": scenario}


def pieces_of(api: httpx.Client, scenario: str, body: dict[str, Any] = STREAM) -> tuple[list[str], Exception | None]:
    """Read a stream up to where it breaks; return its data lines, and how it broke."""
    lines: list[str] = []
    try:
        with api.stream("POST", "/v1/chat/completions", json=body, headers=header(scenario)) as answer:
            lines.extend(line for line in answer.iter_lines() if line.startswith("data:"))
    except httpx.HTTPError as error:
        return lines, error
    return lines, None


@pytest.mark.parametrize("scenario", ["delay=0.15", "429; delay=0.15", "reset; delay=0.15"])
def test_a_delay_comes_before_anything_is_done(api: httpx.Client, scenario: str) -> None:
    """A delay is real time, whatever the pace, and goes with any other fault."""
    with Stopwatch() as watch:
        try:
            api.get("/v1/models", headers=header(scenario))
        except httpx.ReadError:
            assert "reset" in scenario
    assert watch.clock >= 0.15
    assert watch.own < 1


def test_a_reset_breaks_the_connection_before_anything_is_done(sandbox: Sandbox, api: httpx.Client) -> None:
    """The client sees the connection reset, and nothing was billed."""
    with pytest.raises(httpx.ReadError, match="reset"):
        ask(api, x_sandbox_scenario="reset")
    assert sandbox.balance == 25_000_000


def test_garbage_is_no_http(sandbox: Sandbox, api: httpx.Client) -> None:
    """In place of an answer come bytes that no HTTP client understands."""
    with pytest.raises(httpx.RemoteProtocolError, match=r"illegal|malformed|status"):
        ask(api, x_sandbox_scenario="garbage")
    assert sandbox.balance == 25_000_000


def test_silence_lasts_until_the_client_hangs_up(sandbox: Sandbox) -> None:
    """Nothing comes, the client's timeout fires, and the journal says that it left."""
    with client_of(sandbox) as api, pytest.raises(httpx.ReadTimeout):
        api.get("/v1/models", headers=header("silence"), timeout=0.1)
    assert until(lambda: sandbox.requests[-1].end == "left")
    assert sandbox.requests[-1].status is None


def test_a_truncated_answer_was_done_and_is_half(sandbox: Sandbox, api: httpx.Client) -> None:
    """The operation has its effect, and the body ends before its announced length."""
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        ask(api, x_sandbox_scenario="truncate")
    assert sandbox.balance == 25_000_000 - PRICE


@pytest.mark.parametrize("strike", ["reset", "truncate", "garbage"])
def test_an_answer_can_be_lost_after_it_took_effect(sandbox: Sandbox, api: httpx.Client, strike: str) -> None:
    """With `after` the operation is done and the first bytes are sent; its repetition gets the answer, billed once."""
    with pytest.raises(httpx.HTTPError):
        ask(api, x_sandbox_scenario=f"{strike}; after=0", idempotency_key="k-1")
    assert ask(api, idempotency_key="k-1").status_code == 200
    assert sandbox.balance == 25_000_000 - PRICE


@pytest.mark.parametrize("strike", ["reset", "truncate", "garbage"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_stream_breaks_after_as_many_events_as_asked(api: httpx.Client, strike: str, count: int) -> None:
    """Streams break after exactly so many events, in each of the ways."""
    lines, error = pieces_of(api, f"{strike}; after={count}")
    assert isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
    assert len(lines) == count if strike != "reset" else len(lines) <= count


def test_a_stream_falls_silent_after_events(sandbox: Sandbox) -> None:
    """After so many events nothing more comes, until the client gives up."""
    with client_of(sandbox) as api:
        api.timeout = httpx.Timeout(0.2)
        lines, error = pieces_of(api, "silence; after=2")
    assert (len(lines), type(error)) == (2, httpx.ReadTimeout)
    assert until(lambda: sandbox.requests[-1].end == "left")
    assert sandbox.requests[-1].events == 2


def test_a_stream_pauses_and_goes_on(api: httpx.Client) -> None:
    """A delay with `after` and no name is a pause; the stream is whole."""
    began = time.monotonic()
    lines, error = pieces_of(api, "delay=0.2; after=2")
    assert error is None
    assert lines[-1] == "data: [DONE]"
    assert time.monotonic() - began >= 0.2


def test_a_deployment_can_break_off_and_goes_on(sandbox: Sandbox, api: httpx.Client) -> None:
    """The client loses the stream; the endpoint goes live all the same."""
    body = {"task": "translation", "name": "mine"}
    with pytest.raises(httpx.HTTPError):
        api.post("/v1/endpoints", json=body, headers=header("reset; after=2"))
    assert until(lambda: api.get("/v1/endpoints/mine").json()["status"] == "live")


@pytest.mark.parametrize(
    "scenario",
    [
        *("reset; silence", "429; after=2", "delay", "delay=-1", "delay=nan", "delay=1e9", "after=x; reset"),
        *("reset; after=-1", "reset; after=1.5", "deploy-fails; after=1", "garbage; detail=x", "reset=1", "429; 503"),
    ],
)
def test_what_cannot_be_had_is_400_and_says_why(api: httpx.Client, scenario: str) -> None:
    """A misspelt fault is refused, so that it does not pass for a good answer."""
    answer = api.get("/v1/models", headers=header(scenario))
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_python_plans_the_next_calls_of_an_operation(sandbox: Sandbox, api: httpx.Client) -> None:
    """A planned fault strikes the next calls of its operation, as often as asked, and no other."""
    sandbox.fault("create_chat_completion", status=429, retry_after=2, should_retry=False, detail="slow down", times=2)
    assert api.get("/v1/models").status_code == 200
    for _ in range(2):
        answer = ask(api)
        assert (answer.status_code, answer.json()["detail"]) == (429, "slow down")
        assert (answer.headers["retry-after"], answer.headers["x-should-retry"]) == ("2", "false")
    assert ask(api).status_code == 200


def test_faults_come_in_order_and_a_header_goes_first(sandbox: Sandbox, api: httpx.Client) -> None:
    """Faults for any operation queue up; a request with a header has what that says, and uses none up."""
    sandbox.fault(status=500)
    sandbox.fault(status=503)
    assert ask(api, x_sandbox_scenario="402").status_code == 402
    assert [api.get("/v1/models").status_code for _ in range(3)] == [500, 503, 200]


def test_a_reset_of_the_sandbox_forgets_faults(sandbox: Sandbox, api: httpx.Client) -> None:
    """After a reset everything answers as it should."""
    sandbox.fault(status=500, times=1_000)
    sandbox.reset()
    assert api.get("/v1/models").status_code == 200


def test_a_planned_deployment_fails(sandbox: Sandbox, api: httpx.Client) -> None:
    """`deploy_fails` lets the next deployment end with an error of one's own."""
    sandbox.fault("deploy_endpoint", deploy_fails="out of luck")
    seen = events(api.post("/v1/endpoints", json={"task": "translation"}))
    assert seen[-1] == ("error", {"message": "out of luck"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"operation": "create_chat", "status": 500},
        {"status": 418},
        {},
        {"reset": True, "silence": True},
        {"status": 500, "times": 0},
        {"status": 500, "after": 1},
        {"operation": "list_models", "deploy_fails": True},
    ],
)
def test_a_fault_that_cannot_be_had_raises(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    """Python says at once what is wrong with a fault."""
    with pytest.raises(ValueError, match=r".+"):
        sandbox.fault(**wrong)


def test_the_sdk_gets_over_what_can_be_got_over(sandbox: Sandbox) -> None:
    """Resets and garbage before an answer are retried under one key, and billed once."""
    sandbox.fault("create_chat_completion", reset=True)
    sandbox.fault("create_chat_completion", garbage=True, after=0)
    with sandbox.client() as pa:
        answer = pa.chat.completions.create(**chat())
    assert answer.choices[0].message.content
    assert sandbox.balance == 25_000_000 - PRICE
    assert len({each.idempotency_key for each in sandbox.requests}) == 1
    assert sandbox.verdicts == []


def test_the_sdk_says_what_cannot(sandbox: Sandbox) -> None:
    """Silence is a timeout, a stream that breaks a lost connection or a truncated stream, and neither is retried."""
    with sandbox.client() as pa:
        sandbox.fault("retrieve_endpoint", silence=True, times=3)
        with pytest.raises(APITimeoutError):
            pa.with_options(deadline=0.2).endpoints.retrieve("ep_a1b2c3")
        sandbox.reset()
        sandbox.fault("create_chat_completion", reset=True, after=2)
        with pytest.raises((APIConnectionError, StreamError)):
            list(pa.chat.completions.create(**chat(), stream=True))
        assert len(sandbox.requests) == 1
        with pytest.raises(NotFoundError):
            pa.endpoints.retrieve("nothing")
    assert sandbox.verdicts == []
