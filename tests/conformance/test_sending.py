"""The requests, retries, errors and streams of sync and async clients, on a sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import pareta
from pareta.sandbox import Sandbox, _document
from tests.conformance._call_specs import CALL_SPECS, CallSpec
from tests.conformance._modes import RUNNERS, ClientCall
from tests.conformance._request_checker import RequestChecker
from tests.conformance._request_recorder import Mode, SentRequest, record_requests

RETRIED = (408, 409, 429, 500, 502, 503, 504)
ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "InsufficientCreditsError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "APIStatusError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "InternalServerError",
    503: "EndpointNotReadyError",
    504: "InternalServerError",
}
CHAT = {"model": "ep_a1b2c3", "messages": [{"role": "user", "content": "Which law governs? Irish law governs."}]}
Run = Callable[[Mode, ClientCall], tuple[Any, list[SentRequest]]]
each_mode = pytest.mark.parametrize("mode", RUNNERS)
each_call = pytest.mark.parametrize(
    "spec", CALL_SPECS, ids=[f"{n}-{each.operation}" for n, each in enumerate(CALL_SPECS)]
)


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """Give a sandbox to all tests of this module."""
    with Sandbox(seed=7, pace=0) as sandbox:
        yield sandbox


def make(server: Sandbox, mode: Mode, call: ClientCall) -> tuple[Any, list[SentRequest]]:
    """Make a call; return its result or exception, and the requests that it sent."""
    sent: list[SentRequest] = []
    with record_requests(sent.append):
        try:
            return RUNNERS[mode](call, api_key=server.api_key, base_url=server.base_url, proxy=False), sent
        except Exception as error:  # the test checks it
            return error, sent


def make_spec(server: Sandbox, mode: Mode, spec: CallSpec) -> tuple[Any, list[SentRequest]]:
    """Make a call on a fresh sandbox, with the endpoint that it needs."""
    server.reset()
    if "sdk%2F" in spec.path:
        with server.client() as client:
            client.endpoints.deploy(task="invoice-fields", name="sdk/ü ?#%", wait=True)
    return make(server, mode, spec.call)


@each_mode
@each_call
def test_a_call_sends_its_arguments_to_its_operation(server: Sandbox, mode: Mode, spec: CallSpec) -> None:
    """Its requests fit the document; the first one has every argument, with its name and value, and nothing else."""
    result, sent = make_spec(server, mode, spec)
    assert not isinstance(result, Exception), result
    checker = RequestChecker()
    for each in sent:
        request, found = each.request, checker.operation(each.request.method, each.target)
        assert found is not None, each.target
        assert found.id == each.operation_id
        assert list(checker.problems(request.method, each.target, request.headers, request.body)) == []
    query = "&".join(f"{name}={value}" for name, value in spec.query)
    assert sent[0].operation_id == spec.operation
    assert sent[0].target == (f"{spec.path}?{query}" if query else spec.path)
    assert (json.loads(sent[0].request.body) if sent[0].request.body else None) == spec.body


@each_call
def test_sync_and_async_calls_return_the_same(server: Sandbox, spec: CallSpec) -> None:
    """The same call on the same sandbox has one result."""
    results = {repr(make_spec(server, mode, spec)[0]) for mode in RUNNERS}
    assert len(results) == 1, results


def test_every_operation_is_called() -> None:
    """The calls above leave no operation out."""
    assert {spec.operation for spec in CALL_SPECS} == set(_document.load().operations)


def with_headers(headers: dict[str, str], *, deploys: bool = False) -> ClientCall:
    """Return a call that asks the sandbox for a scenario."""

    def call(client: Any) -> Any:
        client = client.with_options(headers=headers, max_retries=2)
        return client.endpoints.deploy(task="invoice-fields") if deploys else client.chat.completions.create(**CHAT)

    return call


@each_mode
@pytest.mark.parametrize(("status", "name"), ERRORS.items())
def test_a_status_raises_its_exception(server: Sandbox, mode: Mode, status: int, name: str) -> None:
    """It has the server's detail; the documented statuses are retried, others are not."""
    retries = "; retry-after=0" if status in RETRIED else ""
    error, sent = make(server, mode, with_headers({"x-sandbox-scenario": f"{status}; detail=out of luck{retries}"}))
    assert type(error) is getattr(pareta, name)
    assert "out of luck" in str(error)
    assert len(sent) == (3 if status in RETRIED else 1)


@each_mode
def test_all_attempts_of_a_call_have_one_idempotency_key(server: Sandbox, mode: Mode) -> None:
    """Two calls have two."""
    keys: list[str | None] = []
    for deploys in (False, True, False, True):
        _, sent = make(server, mode, with_headers({"x-sandbox-scenario": "503; retry-after=0"}, deploys=deploys))
        found = {each.headers.get("idempotency-key") for each in sent}
        assert len(sent) == 3
        assert len(found) == 1
        keys += found
    assert None not in keys
    assert len(set(keys)) == len(keys)


@each_mode
def test_a_stream_has_every_chunk_of_the_whole_completion(server: Sandbox, mode: Mode) -> None:
    """Its text is that of the whole completion, in as many chunks as there are tokens, and two."""
    server.reset()
    whole, _ = make(server, mode, lambda client: client.chat.completions.create(**CHAT))
    chunks, _ = make(server, mode, lambda client: client.chat.completions.create(**CHAT, stream=True))
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    assert text == whole.choices[0].message.content
    assert len(chunks) == whole.usage.completion_tokens + 2
