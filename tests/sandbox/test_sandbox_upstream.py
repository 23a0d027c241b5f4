"""Another server writes the answers: the sandbox keeps keys, balance, names, validation and faults in front of it."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sandbox_kit import ask, chat, client_of, events, text_of, until
from wire import Peer, Wire

from pareta.sandbox import Sandbox

Front = Callable[..., tuple[Sandbox, httpx.Client]]
Wires = Callable[..., Wire]

PRICE = 210
MODELS = {"object": "list", "data": [{"id": "org/secret-7b", "object": "model"}]}
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def http(status: int, body: bytes, kind: str = "application/json", **headers: str) -> bytes:
    """Return a response with a length."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{named}\r\n"
    return head.encode() + body


def as_json(value: Any, status: int = 200, **headers: str) -> bytes:
    """Return a JSON response."""
    return http(status, json.dumps(value).encode(), **headers)


def completion(**more: Any) -> dict[str, Any]:
    """Return a completion of the other server."""
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi."}, "finish_reason": "stop"}
    return {
        "id": "x-1",
        "object": "chat.completion",
        "created": 1,
        "model": "org/secret-7b",
        "choices": [choice],
        **more,
    }


def chunk(text: str | None, **more: Any) -> bytes:
    """Return an event of its streams."""
    choices = [] if text is None else [{"index": 0, "delta": {"content": text}, "finish_reason": None}]
    value = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "org/secret-7b", "choices": choices}
    return f"data: {json.dumps({**value, **more})}\n\n".encode()


STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"


@pytest.fixture
def front() -> Iterator[Front]:
    """Start sandboxes before another server, each with a client."""
    opened: list[Any] = []

    def start(url: str, **options: Any) -> tuple[Sandbox, httpx.Client]:
        sandbox = Sandbox(pace=0, upstream=url, **options).start()
        client = client_of(sandbox)
        opened.extend((sandbox, client))
        return sandbox, client

    yield start
    for each in reversed(opened):
        each.close()


def test_another_sandbox_answers(front: Front) -> None:
    """Whole and in a stream: the other's text, under the endpoint's name, billed here, with the other's key there."""
    with Sandbox(pace=0, seed=99, engine="echo") as behind:
        sandbox, api = front(behind.base_url, upstream_key=behind.api_key)
        whole = ask(api, chat("Hello there."))
        streamed = ask(api, chat("Hello there.", stream=True, stream_options={"include_usage": True}))
        plain = ask(api, chat("Hello there.", stream=True))
        seen = behind.requests
    assert whole.json()["choices"][0]["message"]["content"] == text_of(streamed) == text_of(plain) == "Hello there."
    assert whole.json()["model"] == "ep_a1b2c3"
    assert whole.headers["x-pareta-sandbox"] == "upstream"
    chunks = [data for _, data in events(streamed) if data != "[DONE]"]
    assert {each["model"] for each in chunks} == {"ep_a1b2c3"}
    assert chunks[-1]["usage"] == whole.json()["usage"]
    assert all(data == "[DONE]" or data["choices"] for _, data in events(plain))
    assert sandbox.balance == 25_000_000 - 3 * PRICE
    assert [each.operation for each in seen] == ["list_models", *["create_chat_completion"] * 3]
    assert {each.body["model"] for each in seen[1:]} == {"ep_seed01"}


def test_the_caller_s_key_goes_nowhere(front: Front, wire: Wires) -> None:
    """Neither the caller's key nor any other of its headers is sent on; the upstream's own key is, if there is one."""
    for key in (None, "sk-other"):
        behind = wire(as_json(MODELS), as_json(completion(usage=USAGE)))
        sandbox, api = front(behind.url, upstream_key=key)
        ask(api, x_secret="mine")
        for request in behind.received:
            assert sandbox.api_key not in str(request)
            assert "mine" not in str(request.headers)
            assert request.headers.get("authorization") == (None if key is None else "Bearer sk-other")


def test_the_model_s_own_name_is_not_shown(front: Front, wire: Wires) -> None:
    """In answers and chunks stands the endpoint's id, whatever the other server calls it, and only there."""
    told = chunk('say "model": "x"').replace(b'"model": "org', b'"model" :\t"org')
    whole = as_json(completion(usage=USAGE), connection="close")  # Else it may be asked again while it hangs up.
    behind = wire(whole, STREAM_HEAD + told + chunk(None, usage=USAGE) + DONE, hang_up=True)
    sandbox, api = front(behind.url, upstream_model="org/secret-7b")
    assert "secret" not in ask(api).text
    streamed = ask(api, chat(stream=True))
    assert "secret" not in streamed.text
    assert text_of(streamed) == 'say "model": "x"'
    activity = api.get("/v1/endpoints/ep_a1b2c3/activity").json()
    assert (activity["prompt_tokens"], activity["completion_tokens"]) == (22, 14)
    assert behind.received[0].json["model"] == "org/secret-7b"
    assert sandbox.balance == 25_000_000 - 2 * PRICE


def test_bytes_pass_as_they_come(front: Front, wire: Wires) -> None:
    """The first event is at the client before the other server has sent the second."""
    read = threading.Event()

    def slowly(peer: Peer) -> None:
        peer.send(STREAM_HEAD, chunk("one"))
        assert read.wait(5)
        peer.send(chunk("two")[:20], chunk("two")[20:], DONE)
        peer.close()

    _, api = front(wire(slowly).url, upstream_model="m")
    with api.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as answer:
        lines = answer.iter_lines()
        assert '"one"' in next(lines)
        read.set()
        assert [line for line in lines if line][-1] == "data: [DONE]"


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (as_json({"error": {"message": "no GPU"}}, 500), 503, "no GPU"),
        (as_json({"detail": "who?"}, 401), 503, "answered 401: who?"),
        (http(404, b"<html>", "text/html"), 503, "<html>"),
        (as_json({"error": "busy"}, 503, retry_after="7"), 503, "busy"),
        (as_json({"error": {"message": "slow down"}}, 429, retry_after="7"), 429, "slow down"),
        (as_json({"error": {"message": "temperature too high"}}, 400), 422, "temperature too high"),
        (as_json([1]), 503, "no valid answer"),
        (http(200, b"{"), 503, "no valid JSON"),
        (b"nonsense\r\n\r\n", 503, "cannot be reached"),
        (http(200, b"x" * 10)[:-4], 503, "broke its answer off"),
    ],
)
def test_its_failures_are_told_as_the_document_has_them(
    front: Front, wire: Wires, answer: bytes, status: int, said: str
) -> None:
    """Each failure has a documented status and says what happened; nothing is billed."""

    def fail(peer: Peer) -> None:
        peer.send(answer)
        peer.close()

    sandbox, api = front(wire(fail).url, upstream_model="m")
    refused = ask(api)
    assert refused.status_code == status
    assert said in str(refused.json()["detail"])
    assert refused.headers.get("retry-after") == ("7" if b"retry-after: 7" in answer else None)
    assert sandbox.balance == 25_000_000
    cost = api.get("/v1/endpoints/ep_a1b2c3/cost").json()
    assert (cost["requests"], cost["spend_micro_usd"]) == (0, 0)


def test_one_that_hangs_or_is_not_there_is_given_up(front: Front, wire: Wires) -> None:
    """Silence and a closed port are 503 with a detail, and nothing is billed."""

    def hang(peer: Peer) -> None:
        peer.hold()

    for url, said in ((wire(hang).url, "in time"), ("http://127.0.0.1:9/v1/", "cannot be reached")):
        sandbox, api = front(url, upstream_model="m", upstream_timeout=0.2)
        for body in (chat(), chat(stream=True)):
            answer = ask(api, body)
            assert answer.status_code == 503
            assert said in answer.json()["detail"]
        assert sandbox.balance == 25_000_000


def test_a_stream_that_breaks_behind_breaks_in_front(front: Front, wire: Wires) -> None:
    """What came is passed on, then the connection breaks, with and without a proper end behind; it is billed."""

    def stop(peer: Peer) -> None:
        peer.send(STREAM_HEAD, chunk("one"))
        peer.close()

    def hang(peer: Peer) -> None:
        peer.send(STREAM_HEAD, chunk("one"))
        peer.hold()

    for step in (stop, hang):
        sandbox, api = front(wire(step).url, upstream_model="m", upstream_timeout=0.2)
        seen: list[str] = []
        with (
            pytest.raises(httpx.RemoteProtocolError),
            api.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as answer,
        ):
            seen.extend(answer.iter_lines())
        assert '"one"' in seen[0]
        assert sandbox.balance == 25_000_000 - PRICE


def test_a_client_that_leaves_lets_the_other_server_go(front: Front, wire: Wires) -> None:
    """Without an idempotency key nobody can come back for the stream, so it is hung up behind too."""

    def watch(peer: Peer) -> None:
        peer.send(STREAM_HEAD, chunk("one"))
        peer.hold()

    behind = wire(watch)
    _, api = front(behind.url, upstream_model="m")
    with api.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as answer:
        next(answer.iter_lines())
    assert behind.peers[0].gone.wait(5)


def test_what_stands_in_front_goes_first(front: Front, wire: Wires) -> None:
    """Keys, validation, balance, stopped endpoints and faults are settled before the other server is asked."""
    behind = wire(as_json(completion(usage=USAGE)))
    sandbox, api = front(behind.url, upstream_model="m", balance=100)
    assert ask(api).status_code == 402
    assert ask(api, chat(temperature=9)).status_code == 422
    assert ask(api, chat(model="ep_d4e5f6")).status_code == 503
    assert ask(api, authorization="Bearer wrong").status_code == 401
    sandbox.fault(status=500)
    assert ask(api).status_code == 500
    assert behind.received == []


def test_one_key_asks_it_once(front: Front, wire: Wires) -> None:
    """A repetition gets the answer that was given, to the byte, and the other server is not asked again."""
    behind = wire(STREAM_HEAD + chunk("one") + chunk(None, usage=USAGE) + DONE, hang_up=True)
    sandbox, api = front(behind.url, upstream_model="m")
    one, two = (ask(api, chat(stream=True), idempotency_key="k-1") for _ in range(2))
    assert one.content == two.content
    assert until(lambda: len(behind.received) == 1)
    assert sandbox.balance == 25_000_000 - PRICE


@pytest.mark.parametrize("listed", [{"data": []}, [], {"data": ["x"]}, {"data": [{"id": 3}]}])
def test_one_without_a_model_is_told(front: Front, wire: Wires, listed: Any) -> None:
    """A list of models in which there is none is a failure like any other."""
    sandbox, api = front(wire(as_json(listed)).url)
    answer = ask(api)
    assert (answer.status_code, answer.json()["detail"]) == (503, "The upstream lists no model.")
    assert sandbox.balance == 25_000_000
