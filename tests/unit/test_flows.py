"""The client's policy on a virtual clock: what is sent again, when, and what becomes of a lost deployment."""

import logging
from typing import Any

import pytest
from virtual import Virtual, header, opened, path_of, response
from wire import event

from pareta import (
    APIConnectionError,
    APIResponseError,
    APITimeoutError,
    ConflictError,
    DeployError,
    Endpoint,
    EndpointNotReadyError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)
from pareta._content.exchange import TransportError
from pareta._models import LIST_MODELS, RETRIEVE_ENDPOINT
from pareta._policy import calls, deployments
from pareta._policy.deadline import Deadline
from pareta._policy.effects import Unreadable
from pareta_generated import api
from pareta_generated.types import Call, Operation

RESET = TransportError("connection", "reset by peer")
LATE = TransportError("timeout", "no answer in time")
ANSWERING = TransportError("timeout", "no response in time", answering=True)
MODELS = response(body={"data": []})
MATCH = response(body={"query": "x"})


def post() -> Call[Any]:
    """Return a POST that carries an idempotency key."""
    return api.match_task(query="x")


def deploy_call(name: str | None = None) -> Any:
    """Return the call of a deployment."""
    return api.deploy_endpoint(task="t", extra_body={} if name is None else {"name": name})


def endpoint(status: str, endpoint_id: str = "ep_1", **more: Any) -> Any:
    """Return an endpoint as an answer."""
    return response(body={"id": endpoint_id, "status": status, **more})


def complete(status: str = "live") -> bytes:
    """Return the event that ends a deployment."""
    return event({"endpoint": {"id": "ep_1", "status": status}}, "complete").encode()


def test_what_may_pass_is_tried_again_until_it_does() -> None:
    """Statuses, resets and timeouts in a row are outlived, with growing waits."""
    virtual = Virtual([response(503), RESET, LATE, MODELS])
    models = virtual.run(calls.send(virtual.session(max_retries=3), LIST_MODELS()))
    assert len(models) == 0
    assert virtual.slept == [0.5, 1.0, 2.0]


def test_retries_end() -> None:
    """After the last retry the last failure is raised."""
    virtual = Virtual([response(500), response(502), response(503, body={"detail": "cold"})])
    with pytest.raises(EndpointNotReadyError, match="cold"):
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert len(virtual.sent) == 3


@pytest.mark.parametrize(("fault", "kind"), [(RESET, APIConnectionError), (LATE, APITimeoutError)])
def test_a_connection_failure_names_the_call(fault: TransportError, kind: type[Exception]) -> None:
    """The text has method, URL, what happened and how often it was tried."""
    virtual = Virtual([fault])
    with pytest.raises(kind, match=r"GET https://api\.pareta\.ai/v1/models: .* \(3 attempts\)") as caught:
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert type(caught.value) is kind


def test_tls_failures_are_not_tried_again() -> None:
    """The same certificate will not do better."""
    virtual = Virtual([TransportError("tls", "expired")])
    with pytest.raises(APIConnectionError, match="expired"):
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert len(virtual.sent) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422])
def test_a_refusal_is_final(status: int) -> None:
    """Other statuses of 4xx are raised at once."""
    virtual = Virtual([response(status)])
    with pytest.raises(Exception, match=str(status)):
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert virtual.slept == []


def test_an_answer_that_cannot_be_read_is_final() -> None:
    """An answer of 2xx that makes no sense is not asked for again: it was done."""
    virtual = Virtual([Unreadable(response=response(), reason="its compression is damaged")])
    with pytest.raises(APIResponseError, match="its compression is damaged"):
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert len(virtual.sent) == 1


def test_one_key_for_all_attempts() -> None:
    """A key is minted once for a logical call, is the same on each attempt, and another for the next call."""
    virtual = Virtual([RESET, response(500), MATCH])
    session = virtual.session()
    virtual.run(calls.send(session, post()))
    virtual.run(calls.send(session, post()))
    keys = [header(request, "idempotency-key") for request in virtual.sent]
    assert keys[0]
    assert keys[0] == keys[1] == keys[2] != keys[3]
    assert virtual.sent[0] is virtual.sent[1]


def test_a_chosen_key_is_sent() -> None:
    """The key of `with_options` or of the generated call stands in the header."""
    virtual = Virtual([RESET, MATCH])
    virtual.run(calls.send(virtual.session(idempotency_key="order-7"), post()))
    virtual.run(calls.send(virtual.session(), api.match_task(query="x", idempotency_key="order-8")))
    assert [header(request, "idempotency-key") for request in virtual.sent] == ["order-7", "order-7", "order-8"]


def test_a_get_carries_no_key() -> None:
    """What is repeatable by its method needs no key, and does not use up a chosen one."""
    virtual = Virtual([MODELS])
    virtual.run(calls.send(virtual.session(idempotency_key="order-7"), LIST_MODELS()))
    assert header(virtual.sent[0], "idempotency-key") is None


def test_a_post_without_a_key_is_not_repeated() -> None:
    """What could have two effects is sent once."""
    virtual = Virtual([RESET])
    call: Call[Any] = Call(operation=Operation(id="pay", method="POST", path="/v1/pay"), path="/v1/pay", body={})
    with pytest.raises(APIConnectionError):
        virtual.run(calls.send(virtual.session(), call))
    assert len(virtual.sent) == 1


def test_the_server_says_when() -> None:
    """429, 429, 200 succeeds, having waited what was asked."""
    virtual = Virtual([response(429, retry_after="7"), response(429, retry_after="3"), MODELS])
    virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert virtual.slept == [7.0, 3.0]


def test_longer_than_a_minute_is_not_waited_for() -> None:
    """Asked to wait too long, the error is raised at once, and says how long."""
    virtual = Virtual([response(429, retry_after="61")])
    with pytest.raises(RateLimitError) as caught:
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert caught.value.retry_after == 61.0
    assert virtual.slept == []


def test_waits_that_were_asked_for_extend_the_default_deadline() -> None:
    """The deadline that follows from the timeouts makes room for what the server asks."""
    virtual = Virtual([response(429, retry_after="50"), MODELS])
    virtual.run(calls.send(virtual.session(timeout=1, max_retries=1), LIST_MODELS()))
    assert [effect.until for effect in virtual.effects] == [1004.0, 1054.0]


def test_waits_of_our_own_extend_the_default_deadline() -> None:
    """However short the timeouts are, the pauses between attempts cost none of the retries."""
    virtual = Virtual([LATE], takes=0.02)
    with pytest.raises(APITimeoutError, match="4 attempts"):
        virtual.run(calls.send(virtual.session(timeout=0.02, max_retries=3), LIST_MODELS()))
    assert virtual.slept == [0.5, 1.0, 2.0]


def test_the_deadline_of_a_deployment_does_not_move() -> None:
    """A deployment has its hour, waits included."""
    virtual = Virtual([response(503, retry_after="60"), opened(complete())])
    deploy(virtual)
    assert [effect.until for effect in virtual.effects] == [4600.0, 4600.0]


def test_a_deadline_that_was_asked_for_holds() -> None:
    """With `deadline=` a wait that would pass it is not begun, whoever asks for it."""
    virtual = Virtual([response(429, retry_after="50")])
    with pytest.raises(RateLimitError):
        virtual.run(calls.send(virtual.session(deadline=30), LIST_MODELS()))
    assert virtual.slept == []
    assert virtual.effects[0].until == 1030.0


def test_the_deadline_ends_the_retries() -> None:
    """No attempt begins after the deadline, however many are left."""
    virtual = Virtual([RESET], takes=4.0)
    with pytest.raises(APIConnectionError, match="3 attempts"):
        virtual.run(calls.send(virtual.session(deadline=12, max_retries=10), LIST_MODELS()))
    assert virtual.now <= 1000 + 12 + 4


def test_no_deadline_is_none() -> None:
    """`deadline=None` lifts the limit on a call."""
    virtual = Virtual([MODELS])
    virtual.run(calls.send(virtual.session(deadline=None), LIST_MODELS()))
    assert virtual.effects[0].until is None


def test_a_retry_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Each retry is told at info, without the key."""
    virtual = Virtual([RESET, MODELS])
    with caplog.at_level(logging.DEBUG, "pareta"):
        virtual.run(calls.send(virtual.session(), LIST_MODELS()))
    assert "retrying GET https://api.pareta.ai/v1/models in 0.50 s (1 of 2)" in caplog.messages
    assert "pareta_sk_virtual" not in caplog.text


def test_a_chat_stream_is_limited_until_its_head() -> None:
    """Before the head the deadline holds; after it the read timeout alone, unless a deadline was asked for."""
    call = api.create_chat_completion(model="m", messages=[{"role": "user", "content": "x"}], stream=True)
    virtual = Virtual([RESET, opened()])
    stream = virtual.run(calls.open_stream(virtual.session(timeout=20), call))
    assert virtual.effects[0].until == 1000 + 3 * 25
    assert (stream.time.read, stream.time.until) == (20.0, None)
    stream = virtual.run(calls.open_stream(virtual.session(deadline=5), call))
    assert stream.time.until == virtual.now + 5


def test_a_deployment_has_an_hour_and_may_be_silent() -> None:
    """A deploy stream has no idle limit, and 3,600 seconds whatever `timeout` says."""
    virtual = Virtual([opened()])
    stream = virtual.run(deployments.open_deploy(virtual.session(timeout=1), deploy_call()))
    assert (stream.time.read, stream.time.until) == (None, 4600.0)
    stream = virtual.run(deployments.open_deploy(virtual.session(deadline=50), deploy_call()))
    assert stream.time.until == 1050.0
    stream = virtual.run(deployments.open_deploy(virtual.session(deadline=None), deploy_call()))
    assert stream.time.until is None


def test_anything_but_events_is_named() -> None:
    """JSON or HTML where events were due is an error that names the content type."""
    page = response(body="<html>", **{"content-type": "text/html; charset=utf-8"})
    virtual = Virtual([page])
    with pytest.raises(APIResponseError, match="expected server-sent events, found text/html"):
        virtual.run(deployments.open_deploy(virtual.session(), deploy_call()))


def deploy(virtual: Virtual, name: str | None = None, **options: Any) -> Endpoint:
    """Deploy and wait."""
    session = virtual.session(**options)
    return virtual.run(deployments.deploy(session, deploy_call(name), RETRIEVE_ENDPOINT))  # type: ignore[no-any-return]


def test_deploy_returns_the_live_endpoint() -> None:
    """`complete` with a live endpoint is the end of it."""
    virtual = Virtual([opened(event({"pct": 5}, "progress").encode(), complete())])
    found = deploy(virtual)
    assert (found.id, found.is_live, found.request_id, len(virtual.sent)) == ("ep_1", True, "req_v", 1)


def test_a_complete_that_is_not_live_yet_is_waited_for() -> None:
    """Where `complete` carries another status, the endpoint is asked for until it is live."""
    virtual = Virtual([opened(complete("starting")), endpoint("starting"), endpoint("live")])
    assert deploy(virtual).is_live
    assert [path_of(request) for request in virtual.sent[1:]] == ["/v1/endpoints/ep_1"] * 2


def test_a_failed_deployment_says_why() -> None:
    """An `error` event raises DeployError with its message."""
    virtual = Virtual([opened(event({"message": "no capacity"}, "error").encode(), location="/v1/endpoints/ep_9")])
    with pytest.raises(DeployError, match="no capacity") as caught:
        deploy(virtual)
    assert caught.value.endpoint_id == "ep_9"
    assert caught.value.last_event == {"event": "error", "data": {"message": "no capacity"}}


@pytest.mark.parametrize("data", [{}, {"endpoint": None}, {"endpoint": "ep_1"}, "done"])
def test_a_complete_without_endpoint_is_none(data: Any) -> None:
    """A `complete` that carries no endpoint is a DeployError."""
    virtual = Virtual([opened(event(data, "complete").encode())])
    with pytest.raises(DeployError, match="the event holds no endpoint"):
        deploy(virtual)


def test_an_end_without_a_terminal_event_is_none() -> None:
    """A stream that ends properly but says neither `complete` nor `error` is a DeployError."""
    virtual = Virtual([opened(event({"pct": 5}, "progress").encode())])
    with pytest.raises(DeployError, match="ended before") as caught:
        deploy(virtual)
    assert caught.value.last_event == {"event": "progress", "data": {"pct": 5}}


def test_a_minute_of_silence_leads_to_the_endpoint() -> None:
    """After 60 s without a byte the endpoint is polled, and the deployment goes on within its hour."""
    virtual = Virtual([opened(error=LATE, location="/v1/endpoints/ep_1"), endpoint("starting"), endpoint("live")])
    assert deploy(virtual).is_live
    assert virtual.now == 1000.0 + 60 + 3


def test_a_minute_of_silence_ends_a_deployment_that_nothing_is_known_of() -> None:
    """Without `Location` and name nothing can be polled, so nothing is waited for: the error says where to look."""
    virtual = Virtual([opened(event({"pct": 5}, "progress").encode(), error=LATE)])
    with pytest.raises(DeployError, match=r"nothing came for 60 s\) before the server named .* endpoints\.list\(\)"):
        deploy(virtual)
    assert (virtual.now, len(virtual.sent)) == (1000.0 + 60, 1)


def test_a_poll_is_not_given_the_time_of_a_completion() -> None:
    """A poll may be silent for a minute, however long the client waits for other calls."""
    virtual = Virtual([opened(error=LATE), endpoint("live")])
    deploy(virtual, name="mine")
    assert [effect.timeouts.read for effect in virtual.effects] == [600.0, 60.0]
    virtual = Virtual([opened(error=LATE), endpoint("live")])
    deploy(virtual, name="mine", timeout=20)
    assert [effect.timeouts.read for effect in virtual.effects] == [20.0, 20.0]


def test_an_answer_after_seventy_seconds_is_waited_for() -> None:
    """The default timeouts give a completion ten minutes: it is sent once, and nothing is cut off."""
    virtual = Virtual([MATCH], takes=70.0)
    assert virtual.run(calls.send(virtual.session(), post())).query == "x"
    assert (len(virtual.sent), virtual.effects[0].timeouts.read, virtual.effects[0].timeouts.connect) == (1, 600.0, 5.0)


@pytest.mark.parametrize(
    ("steps", "sent"),
    [([ANSWERING], 2), ([LATE, ANSWERING], 3), ([response(503), ANSWERING, response(503)], 4), ([LATE], 4)],
    ids=["always", "after another", "between others", "before it was sent"],
)
def test_a_post_that_timed_out_while_it_was_answered_is_repeated_once(steps: list[Any], sent: int) -> None:
    """The server may still be at work on it, so a call repeats it once at most, under its key."""
    virtual = Virtual(list(steps))
    with pytest.raises((APITimeoutError, EndpointNotReadyError)) as caught:
        virtual.run(calls.send(virtual.session(max_retries=3), post()))
    assert len(virtual.sent) == sent
    assert len({header(request, "idempotency-key") for request in virtual.sent}) == 1
    assert ("allow it more time with timeout=" in str(caught.value)) is (steps[-1] is ANSWERING)


def test_a_get_that_timed_out_is_repeated_as_often_as_any() -> None:
    """What has no effect may be asked for again."""
    virtual = Virtual([ANSWERING])
    with pytest.raises(APITimeoutError, match="4 attempts"):
        virtual.run(calls.send(virtual.session(max_retries=3), LIST_MODELS()))


def test_a_lost_head_is_sent_again_under_its_key() -> None:
    """Where not even the head came, the POST is repeated, and its key makes it one deployment."""
    virtual = Virtual([RESET, opened(complete())])
    assert deploy(virtual).is_live
    keys = {header(request, "idempotency-key") for request in virtual.sent}
    assert [request.method for request in virtual.sent] == ["POST", "POST"]
    assert len(keys) == 1


@pytest.mark.parametrize(("name", "look"), [(None, r"endpoints\.list\(\)"), ("mine", r"endpoints\.retrieve\('mine'\)")])
def test_a_deployment_that_was_never_answered_may_go_on(name: str | None, look: str) -> None:
    """Where no attempt had an answer, the request may have arrived all the same: the error says where to look."""
    virtual = Virtual([RESET])
    with pytest.raises(APIConnectionError, match=rf"reset by peer.*If the request arrived, .* look with {look}"):
        deploy(virtual, name=name)
    assert len(virtual.sent) == 3


@pytest.mark.parametrize("fault", [RESET, TransportError("connection", "incomplete chunked read")])
def test_a_lost_stream_is_asked_for_by_location(fault: TransportError) -> None:
    """After the head, `Location` says which endpoint to ask for, and nothing is deployed twice."""
    stream = opened(event({"pct": 5}, "progress").encode(), error=fault, location="/v1/endpoints/ep%2F7")
    virtual = Virtual([stream, endpoint("starting"), endpoint("starting"), endpoint("live")])
    assert deploy(virtual, name="other").is_live
    assert [(request.method, path_of(request)) for request in virtual.sent[1:]] == [("GET", "/v1/endpoints/ep%2F7")] * 3


@pytest.mark.parametrize("location", ["https://evil.example/v1/endpoints/ep_7", "/prefix/v1/endpoints/ep_7?x=1"])
def test_only_the_id_is_taken_from_location(location: str) -> None:
    """`Location` is never fetched as it stands: the id is asked for at the client's own base URL."""
    virtual = Virtual([opened(error=RESET, location=location), endpoint("live")])
    deploy(virtual)
    assert virtual.sent[1].url == "https://api.pareta.ai/v1/endpoints/ep_7"


@pytest.mark.parametrize("headers", [{}, {"location": "/somewhere/else"}, {"location": "http://[bad/v1/endpoints/x"}])
def test_a_lost_stream_is_asked_for_by_name(headers: dict[str, str]) -> None:
    """Without a `Location` that helps, the name that was given is the id."""
    virtual = Virtual([opened(error=RESET, **headers), endpoint("live")])
    assert deploy(virtual, name="mine").is_live
    assert path_of(virtual.sent[1]) == "/v1/endpoints/mine"


def test_a_lost_stream_that_cannot_be_asked_for_is_told_at_once() -> None:
    """Neither `Location` nor name: DeployError, which says so, and nothing further is sent."""
    virtual = Virtual([opened(event({"pct": 5}, "progress").encode(), error=RESET)])
    with pytest.raises(DeployError, match=r"endpoints\.list\(\)") as caught:
        deploy(virtual)
    assert len(virtual.sent) == 1
    assert caught.value.last_event == {"event": "progress", "data": {"pct": 5}}


def test_a_lost_deployment_that_failed_says_why() -> None:
    """What became of a lost deployment may be its failure."""
    virtual = Virtual([opened(error=RESET, location="/v1/endpoints/ep_1"), endpoint("failed", failure="no capacity")])
    with pytest.raises(DeployError, match="ep_1 failed: no capacity"):
        deploy(virtual)


@pytest.mark.parametrize(
    ("answer", "look", "cause"),
    [
        (response(404, body={"detail": "Gone."}), r"was lost: .*Gone\..*endpoints\.list\(\) before", NotFoundError),
        (response(403, body={"detail": "No."}), r"may go on.*No\..*\.retrieve\('ep_1'\)", PermissionDeniedError),
        (LATE, r"may go on.*no answer in time.*\.retrieve\('ep_1'\)", APITimeoutError),
    ],
    ids=["unknown", "refused", "silent"],
)
def test_a_lost_deployment_that_cannot_be_read_says_where_to_look(answer: Any, look: str, cause: type) -> None:
    """Where asking fails too, the error names the endpoint and keeps the reason."""
    virtual = Virtual([opened(error=RESET, location="/v1/endpoints/ep_1"), answer])
    with pytest.raises(DeployError, match=look) as caught:
        deploy(virtual)
    assert isinstance(caught.value.__cause__, cause)
    assert caught.value.endpoint_id == "ep_1"


def test_a_deployment_past_its_deadline_is_a_timeout() -> None:
    """When the deadline comes, the error says so, whether the stream is silent or the endpoint not live."""
    silent = Virtual([opened(error=LATE, location="/v1/endpoints/ep_1")])
    with pytest.raises(APITimeoutError, match="ep_1"):
        deploy(silent, deadline=30)
    assert (silent.now, len(silent.sent)) == (1030.0, 1)
    starting = Virtual([opened(complete("starting")), endpoint("starting")])
    with pytest.raises(APITimeoutError, match="ep_1 is not live in time"):
        deploy(starting, deadline=60)
    assert 1050 < starting.now <= 1060


def test_a_taken_name_is_told() -> None:
    """A lasting conflict is not tried again."""
    virtual = Virtual([response(409, body={"detail": "The name is taken."}, x_should_retry="false")])
    with pytest.raises(ConflictError, match="taken"):
        deploy(virtual, name="mine")
    assert len(virtual.sent) == 1


def wait(virtual: Virtual, timeout: float | None = 600.0, **options: Any) -> Endpoint:
    """Wait until an endpoint is live."""
    session = virtual.session(**options)
    deadline = Deadline(session, timeout, moves=False)
    watch = deployments.Watch(session, RETRIEVE_ENDPOINT("ep_1"), "ep_1", deadline)
    return virtual.run(deployments.wait_until_live(watch))  # type: ignore[no-any-return]


def test_waiting_polls_until_it_is_live() -> None:
    """The endpoint is asked for every three seconds."""
    virtual = Virtual([endpoint("starting"), endpoint("hibernating"), response(body={}), endpoint("live")])
    assert wait(virtual).is_live
    assert virtual.slept == [3.0, 3.0, 3.0]


def test_stopped_once_is_tolerated() -> None:
    """An endpoint that was just started may still say that it is stopped."""
    virtual = Virtual([endpoint("stopped"), endpoint("starting"), endpoint("stopped"), endpoint("live")])
    assert wait(virtual).is_live


def test_stopped_twice_is_stopped() -> None:
    """Stopped in two polls running, it will not become live by itself."""
    virtual = Virtual([endpoint("stopped")])
    with pytest.raises(DeployError, match=r"ep_1 is stopped\. Start it with endpoints\.start\('ep_1'\)") as caught:
        wait(virtual)
    assert (caught.value.endpoint_id, len(virtual.sent)) == ("ep_1", 2)


def test_failed_is_failed() -> None:
    """A failed endpoint ends the wait at once."""
    virtual = Virtual([endpoint("failed")])
    with pytest.raises(DeployError, match=r"ep_1 failed\.") as caught:
        wait(virtual)
    assert (caught.value.endpoint_id, len(virtual.sent)) == ("ep_1", 1)


def test_waiting_ends() -> None:
    """When the time is over, the error names the endpoint and its status."""
    virtual = Virtual([endpoint("starting")])
    with pytest.raises(APITimeoutError, match=r"in time: its status is 'starting'\..*\.wait_until_live\('ep_1'\)"):
        wait(virtual, timeout=10)
    assert virtual.now == 1009.0


def test_waiting_outlives_what_passes() -> None:
    """Each poll is retried like any call."""
    virtual = Virtual([RESET, endpoint("starting"), response(503), endpoint("live")])
    assert wait(virtual).is_live
