"""Mocks of httpx answer a default client: respx, pytest-httpx and `httpx.MockTransport`. No request is sent."""

import socket
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import create_autospec

import httpx
import pytest
from modes import KEY, Mode
from pytest_httpx import HTTPXMock, IteratorStream
from respx import MockRouter
from wire import DONE, Wire, delta

from pareta import APITimeoutError, NotFoundError

ASK: list[Any] = [{"role": "user", "content": "Hello?"}]
MODELS = {"object": "list", "data": [{"id": "ep_1"}]}
EVENTS = [delta("Good"), delta(" day"), delta(finish="stop"), DONE]
STREAM = {"content-type": "text/event-stream"}
Serve = Callable[..., Wire]


@pytest.fixture
def url(wire: Serve, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the URL of a server that nobody may reach, by a name that nobody may look up."""
    server = wire(b"")
    lookups: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *which, **_: lookups.append(which) or [])
    yield f"http://localhost:{server.port}"
    assert (server.peers, lookups) == ([], [])


def chat(mode: Mode, client: Any) -> Any:
    """Open a chat stream."""
    return mode.run(client.chat.completions.create(model="m", messages=ASK, stream=True))


def test_autospec_knows_the_namespaces(mode: Mode) -> None:
    """`create_autospec` of a client has its namespaces and their methods, with their signatures, and no others."""
    for client in (create_autospec(mode.client_class, instance=True), create_autospec(mode.client_class)(api_key=KEY)):
        client.models.list.return_value = ["ep_1"]
        assert mode.run(client.models.list()) == ["ep_1"]
        client.chat.completions.create.side_effect = APITimeoutError("late")
        with pytest.raises(APITimeoutError):
            mode.run(client.chat.completions.create(model="m", messages=ASK))
        for mistake in (lambda it: it.models.list(7), lambda it: it.tasks.match(), lambda it: it.endpoints.stop()):
            with pytest.raises(TypeError, match="argument"):
                mistake(client)
        with pytest.raises(AttributeError, match="destroy"):
            _ = client.endpoints.destroy


def test_respx_answers_a_call(mode: Mode, url: str, respx_mock: MockRouter) -> None:
    """A route of respx answers, and has recorded the request with its key."""
    route = respx_mock.get(f"{url}/v1/models").respond(json=MODELS)
    assert [each.id for each in mode.run(mode.client(url).models.list())] == ["ep_1"]
    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"


def test_respx_reads_the_body_of_a_request(mode: Mode, url: str, respx_mock: MockRouter) -> None:
    """A pattern of respx that looks at the JSON body matches."""
    respx_mock.post(f"{url}/v1/tasks/match", json={"query": "x", "top_k": 5}).respond(json={"query": "x"})
    assert mode.run(mode.client(url).tasks.match("x")).query == "x"


def test_respx_answers_a_chat_stream(mode: Mode, url: str, respx_mock: MockRouter) -> None:
    """A mocked event stream is read to its end."""
    respx_mock.post(f"{url}/v1/chat/completions").respond(headers=STREAM, content="".join(EVENTS).encode())
    stream = chat(mode, mode.client(url))
    assert mode.run(stream.completion()).choices[0].message.content == "Good day"


def test_respx_sees_each_retry(mode: Mode, url: str, respx_mock: MockRouter) -> None:
    """A mocked failure is retried, and each attempt is a call of the route."""
    route = respx_mock.get(f"{url}/v1/models")
    route.side_effect = [httpx.Response(503, headers={"retry-after": "0"}), httpx.Response(200, json=MODELS)]
    assert len(mode.run(mode.client(url).models.list())) == 1
    assert route.call_count == 2


def test_pytest_httpx_answers_a_call(mode: Mode, url: str, httpx_mock: HTTPXMock) -> None:
    """A response of pytest-httpx is read, and the request has been recorded."""
    httpx_mock.add_response(url=f"{url}/v1/models", json=MODELS)
    assert [each.id for each in mode.run(mode.client(url).models.list())] == ["ep_1"]
    request = httpx_mock.get_request()
    assert request is not None
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_pytest_httpx_answers_a_chat_stream(mode: Mode, url: str, httpx_mock: HTTPXMock) -> None:
    """A response that comes in pieces is a stream of chunks."""
    httpx_mock.add_response(
        url=f"{url}/v1/chat/completions", headers=STREAM, stream=IteratorStream([each.encode() for each in EVENTS])
    )
    chunks = list(mode.each(chat(mode, mode.client(url))))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Good day"


def test_pytest_httpx_raises_what_it_is_given(mode: Mode, url: str, httpx_mock: HTTPXMock) -> None:
    """An exception of httpx becomes the one of this package."""
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    with pytest.raises(APITimeoutError):
        mode.run(mode.client(url, max_retries=0).models.list())


def test_a_mock_transport_answers_a_call(mode: Mode, url: str) -> None:
    """The handler of `httpx.MockTransport` gets the whole request."""
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"query": "x"})

    client = mode.client(url, transport=httpx.MockTransport(handle))
    assert mode.run(client.tasks.match("x")).query == "x"
    assert (requests[0].method, requests[0].url.path, requests[0].content) == (
        "POST",
        "/v1/tasks/match",
        b'{"query":"x","top_k":5}',
    )


def test_a_mock_transport_answers_with_an_error(mode: Mode, url: str) -> None:
    """A mocked status is the exception of that status."""
    transport = httpx.MockTransport(lambda _: httpx.Response(404, json={"detail": "no such endpoint"}))
    with pytest.raises(NotFoundError, match="no such endpoint"):
        mode.run(mode.client(url, transport=transport).endpoints.retrieve("ep_1"))


def test_a_mock_transport_answers_a_chat_stream(mode: Mode, url: str) -> None:
    """A mocked event stream is read to its end."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=STREAM, content="".join(EVENTS).encode()))
    stream = chat(mode, mode.client(url, transport=transport))
    assert mode.run(stream.completion()).choices[0].message.content == "Good day"
