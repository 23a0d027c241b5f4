"""What chat completions hold: their parameters, and that a stream equals the whole answer."""

from __future__ import annotations

from typing import Any, Final

import pytest

from ._exchange import Endpoint, entries, fields, snippet
from ._server import Server

pytestmark = pytest.mark.cost(completions=2)
_LIMIT: Final = 2
_TOOL = {
    "type": "function",
    "function": {
        "name": "note_law",
        "parameters": {"type": "object", "properties": {"law": {"type": "string"}}, "required": ["law"]},
    },
}


@pytest.mark.cost(completions=1)
@pytest.mark.parametrize(
    "limits",
    [
        {"max_tokens": _LIMIT},
        {"max_completion_tokens": _LIMIT},
        {"max_tokens": 500, "max_completion_tokens": _LIMIT},
    ],
    ids=str,
)
def test_max_tokens_is_obeyed(server: Server, live_endpoint: Endpoint, limits: dict[str, int]) -> None:
    """An answer has at most `max_tokens` tokens; if cut, its finish_reason is `length`."""
    answer = server.complete(live_endpoint["id"], **limits).json
    written, reason = answer["usage"]["completion_tokens"], answer["choices"][0]["finish_reason"]
    assert written <= _LIMIT, f"with {snippet(limits)} the answer has {written} tokens"
    assert reason == "length", f"the answer was cut, but its finish_reason is {reason!r}"


@pytest.mark.parametrize("many", [False, True], ids=["one", "list"])
def test_stop_is_obeyed(server: Server, live_endpoint: Endpoint, *, many: bool) -> None:
    """An answer ends before a `stop` sequence."""
    name = live_endpoint["id"]
    words = server.complete(name).text.split()
    if len(words) <= _LIMIT:
        pytest.skip("this server's answer is too short to be stopped")
    word = words[len(words) // 2]
    text = server.complete(name, stop=[word] if many else word).text
    assert word not in text, f"the answer continues past {word!r}: {snippet(text)}"


@pytest.mark.own_sandbox
def test_a_streamed_answer_equals_the_whole_one(server: Server, live_endpoint: Endpoint) -> None:
    """A streamed answer equals the whole one, including usage."""
    name = live_endpoint["id"]
    whole = server.complete(name)
    streamed = server.complete(name, stream=True, stream_options={"include_usage": True})
    assert whole.text == streamed.text, f"the stream's text is {snippet(streamed.text)!r}"
    usage = next((fields(each)["usage"] for _, each in streamed.payloads if fields(each).get("usage")), None)
    assert usage == whole.json["usage"], f"the stream's usage is {snippet(usage)}"


@pytest.mark.cost(completions=1)
@pytest.mark.parametrize("stream", [True, False, None])
def test_an_answer_is_streamed_only_on_request(server: Server, live_endpoint: Endpoint, stream: bool | None) -> None:
    """An answer is streamed only if `stream` is true."""
    found = server.complete(live_endpoint["id"], stream=stream).content_type
    assert (found == "text/event-stream") == bool(stream), f"stream={snippet(stream)} returns {found}"


@pytest.mark.own_sandbox
@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "note_law"}}], ids=str)
def test_a_required_function_is_called(server: Server, live_endpoint: Endpoint, choice: Any) -> None:
    """A required function is called by its name."""
    answer = server.complete(live_endpoint["id"], tools=[_TOOL], tool_choice=choice).json["choices"][0]
    called = [each["function"]["name"] for each in entries(answer["message"].get("tool_calls"))]
    assert called == ["note_law"], f"the calls are {called}"
    assert answer["finish_reason"] == "tool_calls", f"its finish_reason is {answer['finish_reason']!r}"
