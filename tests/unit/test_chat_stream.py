"""A chat stream, read: what chunks add up to, and what is no stream of chunks."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from wire import DONE, delta, event

from pareta import APIConnectionError, APITimeoutError, ChatCompletionChunk, Response, StreamError
from pareta._content.chat_accumulator import ChatAccumulator
from pareta._content.chat_stream import ChatStreamParser
from pareta._content.exchange import TransportError
from pareta._content.response import Headers

RESPONSE = Response(
    method="POST",
    url="https://api.pareta.ai/v1/chat/completions",
    status_code=200,
    headers=Headers([(b"x-request-id", b"req_7")]),
)


def read(*events: str) -> tuple[ChatStreamParser, list[ChatCompletionChunk]]:
    """Read events, each in a piece of its own."""
    reading = ChatStreamParser(RESPONSE)
    return reading, [chunk for each in events for chunk in reading.feed(each.encode())]


def folded(*chunks: dict[str, Any]) -> dict[str, Any]:
    """ChatAccumulator chunks of raw JSON."""
    fold = ChatAccumulator()
    for chunk in chunks:
        fold.add(chunk)
    return fold.completion()


def piece(delta: dict[str, Any], index: int = 0, **more: Any) -> dict[str, Any]:
    """Return a chunk with one choice."""
    return {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": index, "delta": delta, **more}]}


def test_chunks_add_up_to_the_completion() -> None:
    """Text is appended, and the rest is that of a completion."""
    reading, chunks = read(delta(""), delta("Dela"), delta("ware."), delta(finish="stop"), DONE)
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["", "Dela", "ware.", None]
    completion = reading.completion()
    assert completion.choices[0].message.content == "Delaware."
    assert completion.choices[0].finish_reason == "stop"
    assert (completion.object, completion.id) == ("chat.completion", "chatcmpl-1")
    assert (completion.request_id, chunks[0].request_id, completion.choices[0].message.request_id) == ("req_7",) * 3
    assert reading.done


def test_usage_comes_from_the_last_chunk() -> None:
    """A chunk without choices adds its usage."""
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    last = event({"id": "chatcmpl-1", "choices": [], "usage": usage})
    reading, _ = read(delta("x", usage=None), delta(finish="stop", usage=None), last, DONE)
    assert reading.completion().usage.to_dict() == usage


def test_several_answers_grow_side_by_side() -> None:
    """Choices are told apart by index, and come in its order."""
    raw = folded(
        piece({"content": "b"}, 1), piece({"content": "a"}), piece({"content": "B"}, 1), piece({"content": "A"})
    )
    assert [(choice["index"], choice["message"]["content"]) for choice in raw["choices"]] == [(0, "aA"), (1, "bB")]


def test_tool_calls_grow_by_index() -> None:
    """The arguments of each call are appended; its id and name are kept, though later chunks send them empty."""
    raw = folded(
        piece({"role": "assistant", "content": None}),
        piece(
            {"tool_calls": [{"index": 0, "id": "t0", "type": "function", "function": {"name": "f", "arguments": ""}}]}
        ),
        piece(
            {"tool_calls": [{"index": 1, "id": "t1", "type": "function", "function": {"name": "g", "arguments": "{"}}]}
        ),
        piece({"tool_calls": [{"index": 0, "id": "", "function": {"name": "", "arguments": '{"x":'}}]}),
        piece(
            {
                "tool_calls": [
                    {"index": 0, "function": {"arguments": "1}"}},
                    {"index": 1, "function": {"arguments": "}"}},
                ]
            }
        ),
        piece({}, finish_reason="tool_calls"),
    )
    message = raw["choices"][0]["message"]
    assert message["content"] is None
    assert message["tool_calls"] == [
        {"id": "t0", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}},
        {"id": "t1", "type": "function", "function": {"name": "g", "arguments": "{}"}},
    ]


def test_a_tool_call_without_index_has_its_place_as_index() -> None:
    """Where `index` is null or left out, the place in the list counts; a whole number may be written as 1.0."""
    calls = [{"index": 1.0, "id": "b"}, {"index": None, "id": "c"}], [{"id": "a"}]
    raw = folded(*({"choices": [{"index": None, "delta": {"tool_calls": each}}]} for each in calls))
    assert [call["id"] for call in raw["choices"][0]["message"]["tool_calls"]] == ["a", "c"]


def test_what_a_newer_server_adds_is_kept() -> None:
    """Unknown fields are kept wherever they stand; texts and lists grow."""
    raw = folded(
        piece({"role": "assistant", "reasoning": "Let "}) | {"tier": "gold"},
        piece({"reasoning": "me see", "audio": {"id": "a", "data": "AA"}}, logprobs={"content": [1]}),
        piece({"audio": {"data": "BB"}, "function_call": {"name": "f", "arguments": "{"}}, logprobs={"content": [2]}),
        piece({"function_call": {"arguments": "}"}}, finish_reason="stop", logprobs=None, mood="calm"),
    )
    choice = raw["choices"][0]
    assert raw["tier"] == "gold"
    assert choice["mood"] == "calm"
    assert choice["logprobs"] == {"content": [1, 2]}
    assert choice["message"]["reasoning"] == "Let me see"
    assert choice["message"]["audio"] == {"id": "a", "data": "AABB"}
    assert choice["message"]["function_call"] == {"name": "f", "arguments": "{}"}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
CALLS = st.builds(
    lambda number, name, arguments: {
        "id": f"call_{number}",
        "type": "function",
        "function": {"name": f"f{name}", "arguments": arguments},
    },
    st.integers(0, 9),
    st.integers(0, 9),
    TEXTS,
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": TEXTS},
    optional={"refusal": TEXTS, "tool_calls": st.lists(CALLS, min_size=1)},
)
COMPLETIONS = st.builds(
    lambda messages: {
        "id": "c1",
        "object": "chat.completion",
        "created": 7,
        "usage": {"total_tokens": 9},
        "choices": [
            {"index": index, "message": message, "finish_reason": "stop"} for index, message in enumerate(messages)
        ],
    },
    st.lists(MESSAGES, min_size=1, max_size=3),
)


def chunked(completion: dict[str, Any], width: int) -> list[dict[str, Any]]:
    """Cut a completion into chunks as a server does, texts in pieces of `width`."""
    head = {"id": completion["id"], "object": "chat.completion.chunk", "created": completion["created"]}
    chunks = []

    def add(index: int, delta: dict[str, Any], finish: str | None = None) -> None:
        chunks.append({**head, "choices": [{"index": index, "delta": delta, "finish_reason": finish}], "usage": None})

    for choice in completion["choices"]:
        index, message = choice["index"], choice["message"]
        add(index, {"role": message["role"], "content": ""})
        for field in ("content", "refusal"):
            text = message.get(field)
            for at in range(0, len(text or ""), width):
                add(index, {field: text[at : at + width]})
            if text == "":
                add(index, {field: ""})
        for place, call in enumerate(message.get("tool_calls", ())):
            function = call["function"]
            begun = {**call, "index": place, "function": {"name": function["name"], "arguments": ""}}
            add(index, {"tool_calls": [begun]})
            for at in range(0, len(function["arguments"]), width):
                part = function["arguments"][at : at + width]
                add(index, {"tool_calls": [{"index": place, "function": {"arguments": part}}]})
        add(index, {}, choice["finish_reason"])
    return [*chunks, {**head, "choices": [], "usage": completion["usage"]}]


@given(completion=COMPLETIONS, width=st.integers(1, 40))
def test_folding_a_chunked_completion_gives_the_completion(completion: dict[str, Any], width: int) -> None:
    """However a completion is cut into chunks, folding them gives it back."""
    assert folded(*chunked(completion, width)) == completion


@given(completion=COMPLETIONS, step=st.integers(1, 64))
def test_bytes_cut_anywhere_give_the_completion(completion: dict[str, Any], step: int) -> None:
    """The same through the bytes of the stream, cut anywhere."""
    stream = ("".join(event(chunk) for chunk in chunked(completion, 3)) + DONE).encode()
    reading = ChatStreamParser(RESPONSE)
    for at in range(0, len(stream), step):
        list(reading.feed(stream[at : at + step]))
    assert reading.completion().to_dict() == completion


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("data: {not json\n\n", "not JSON"),
        ("data: [1]\n\n", "not a JSON object"),
        ("data: 7\n\n", "not a JSON object"),
        ("data: NaN\n\n", "not JSON"),
        (event({"choices": {"a": 1}}), "another shape"),
        (event({"choices": [{"index": 0, "delta": {"content": 7}}]}), "another shape"),
        (event({"choices": [{"index": 0, "delta": {"tool_calls": 7}}]}), "another shape"),
        (event({"choices": [{"index": "a", "delta": {}}]}), "another shape"),
        (event({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": "a"}]}}]}), "another shape"),
        (event({"error": {"message": "The model is gone."}}), "The model is gone."),
        (event({"error": "overloaded"}), "overloaded"),
        (event({"message": "out of memory"}, "error"), "out of memory"),
        (event({"error": {"message": "a"}}, "error"), ": a "),
        (event("plain words", "error"), "plain words"),
    ],
)
def test_what_is_no_chunk_ends_the_stream(wrong: str, why: str) -> None:
    """A malformed chunk or an error is raised with the server's words, never skipped; the text so far is kept."""
    with pytest.raises(StreamError, match=why) as caught:
        read(delta("Half an "), delta("ans"), wrong, delta("never"))
    assert caught.value.partial == "Half an ans"
    assert caught.value.last_event is not None
    assert caught.value.request_id == "req_7"
    assert "req_7" in str(caught.value)


def test_what_is_too_long_comes_after_what_was_complete() -> None:
    """Chunks that share a piece with a line beyond the limit are delivered; then the stream ends with the text."""
    reading = ChatStreamParser(RESPONSE, limit=1000)
    chunks = reading.feed((delta("Half an ") + delta("ans") + f"data: {'x' * 300}").encode())
    assert [next(chunks).choices[0].delta.content for _ in range(2)] == ["Half an ", "ans"]
    with pytest.raises(StreamError, match="a line is longer than 250 bytes") as caught:
        next(chunks)
    assert caught.value.partial == "Half an ans"


def test_nothing_too_long_is_seen_after_done() -> None:
    """What follows `[DONE]` in its piece may be of any length."""
    reading = ChatStreamParser(RESPONSE, limit=1000)
    assert len(list(reading.feed((delta("x") + DONE + "x" * 300).encode()))) == 1
    assert reading.done


@given(completion=COMPLETIONS, width=st.integers(1, 40))
def test_a_chunk_of_text_alone_is_folded_as_any_other(completion: dict[str, Any], width: int) -> None:
    """Whatever null and unknown fields stand beside its text, it adds the same."""
    chunks = chunked(completion, width)
    expected = folded(*chunks)
    for more in ({"logprobs": None}, {"mood": None}, {"logprobs": None, "mood": None}):
        assert folded(*({**c, "choices": [more | choice for choice in c["choices"]]} for c in chunks)) == expected
    bare = [
        {**c, "choices": [{k: v for k, v in choice.items() if v is not None} for choice in c["choices"]]}
        for c in chunks
    ]
    assert folded(*bare) == expected


@pytest.mark.parametrize("more", [{"mood": "calm"}, {"finish_reason": "stop"}, {"logprobs": {"content": [1]}}])
@pytest.mark.parametrize("without", ["", "index", "finish_reason"])
def test_what_stands_beside_text_is_not_lost(more: dict[str, Any], without: str) -> None:
    """A field beside the text is kept, whichever others are left out."""
    choice = {"index": 0, "delta": {"content": "b"}, "finish_reason": None} | more
    given_one = {key: value for key, value in choice.items() if key != without or key in more}
    raw = folded(piece({"content": "a"}), {"id": "c1", "object": "x", "choices": [given_one]})["choices"][0]
    assert raw["message"]["content"] == "ab"
    assert raw.items() >= more.items()


def test_an_end_without_done_is_fine_once_the_answer_is_finished() -> None:
    """A server may leave `[DONE]` out, if each answer said why it ended."""
    reading, _ = read(delta("x"), delta(finish="stop"))
    reading.end()
    assert reading.done


@pytest.mark.parametrize("events", [[], [delta("Half an ans")]])
def test_a_truncated_stream_is_an_error(events: list[str]) -> None:
    """An end before the answer's end is no answer."""
    reading, _ = read(*events)
    with pytest.raises(StreamError, match="ended before") as caught:
        reading.end()
    assert caught.value.partial == "".join(["Half an ans"] * len(events))


def test_a_broken_stream_says_what_came_last() -> None:
    """A stream that breaks is a connection error, or a timeout, with the last chunk."""
    reading, _ = read(delta("x"))
    broken = reading.broken(TransportError("connection", "reset by peer"))
    late = reading.broken(TransportError("timeout", "no answer in time"))
    assert isinstance(broken, APIConnectionError)
    assert not isinstance(broken, APITimeoutError)
    assert isinstance(late, APITimeoutError)
    assert broken.last_event == json.loads(delta("x").removeprefix("data: "))
    assert "reset by peer" in str(broken)


def test_nothing_follows_done() -> None:
    """What a server sends after `[DONE]` is not read."""
    _, chunks = read(delta("x") + DONE + delta("y"))
    assert len(chunks) == 1
