"""A chat stream, read: what chunks add up to, and what is no stream of chunks."""

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given, strategies as st
from wire import DONE, delta, event

from pareta import APIConnectionError, APITimeoutError, ChatCompletionChunk, ParetaError, Response, StreamError
from pareta._content.chat_accumulator import ChatAccumulator, first_text
from pareta._content.chat_stream import ChatStreamParser
from pareta._content.deploy_stream import DeployStreamParser
from pareta._content.error_bodies import error_in
from pareta._content.event_stream import EventStreamParser
from pareta._content.exchange import TransportError
from pareta._content.response import Headers
from pareta_generated import api

RESPONSE = Response(
    method="POST",
    url="https://api.pareta.ai/v1/chat/completions",
    status_code=200,
    headers=Headers([(b"x-request-id", b"req_7")]),
)
DEPLOY: Any = api.deploy_endpoint(task="t")


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


def call(arguments: Any = None, **more: Any) -> dict[str, Any]:
    """Return a piece of a tool call; a name stands in its function."""
    name = more.pop("name", None)
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**more, "function": function}


PARIS, ROME = '{"city": "Paris"}', '{"city": "Rome"}'


@pytest.mark.parametrize(
    ("chunks", "calls"),
    [
        pytest.param(
            [[call('{"a"', index=0, id="a", name="f")], [call(": 1}", index=0, id="a", name="f", type="function")]],
            [("a", "f", '{"a": 1}')],
            id="id and name repeated",
        ),
        pytest.param(
            [[call('{"a"', index=0, id="a", name="f")], [call(": 1}", index=0, id="b")]],
            [("a", "f", '{"a": 1}')],
            id="another id in each piece",
        ),
        pytest.param(
            [[call("[", index=None, id="a", name="f")], [call("]", index=None)], [call("[]", id="b", name="g")]],
            [("a", "f", "[]"), ("b", "g", "[]")],
            id="index null or left out",
        ),
        pytest.param(
            [[call("[", id="a", name="f")], [call("[", id="b", name="f")], [call("]", id="a")], [call("]", id="b")]],
            [("a", "f", "[]"), ("b", "f", "[]")],
            id="told by the id alone, in turns",
        ),
        pytest.param(
            [[call(PARIS, index=0, id="a", name="f")], [call(ROME, index=0, id="b", name="f")]],
            [("a", "f", PARIS), ("b", "f", ROME)],
            id="whole calls that all have index 0",
        ),
        pytest.param(
            [[call("[", index=0, id="x", name="f"), call("{", index=1, id="x", name="f")],
             [call("]", index=0, id="x"), call("}", index=1, id="x")]],
            [("x", "f", "[]"), ("x", "f", "{}")],
            id="one id for all calls",
        ),
        pytest.param(
            [[call(PARIS, name="f"), call(ROME, name="f")], [call("[]", name="g")]],
            [(None, "f", PARIS), (None, "f", ROME), (None, "g", "[]")],
            id="whole calls without index and id",
        ),
        pytest.param(
            [[call(name="f"), call(name="g")], [call("["), call("{")], [call("]"), call("}")]],
            [(None, "f", "[]"), (None, "g", "{}")],
            id="pieces without index and id in their places",
        ),
        pytest.param(
            [[call(name="f", index=0)], [call("{}", id="late", index=0)]],
            [("late", "f", "{}")],
            id="the id comes late",
        ),
        pytest.param(
            [[call("[", id="a", name="f")], [call(",", index=0, id="a")], [call("]", index=0)]],
            [("a", "f", "[,]")],
            id="the index comes late",
        ),
        pytest.param(
            [[call("{}", index=1.0, id="b", name="g")], [call("{}", index=0, id="a", name="f")]],
            [("a", "f", "{}"), ("b", "g", "{}")],
            id="in the order of the indexes",
        ),
        pytest.param(
            [[call({}, index=0, id="a", name="f")], [call({"x": "\u00e9"}, index=0)], [call("", index=0)]],
            [("a", "f", '{"x": "\u00e9"}')],
            id="arguments as an object",
        ),
        pytest.param([[7, None, call("{}", index="a", name="f")]], [(None, "f", "{}")], id="no pieces among them"),
    ],
)  # fmt: skip
def test_index_and_id_tell_which_call_a_piece_belongs_to(chunks: list[Any], calls: list[Any]) -> None:
    """Servers leave out, null or repeat either; the first id and the name are kept."""
    raw = folded(*(piece({"tool_calls": pieces}) for pieces in chunks))
    made = raw["choices"][0]["message"]["tool_calls"]
    assert [(each.get("id"), each["function"].get("name"), each["function"]["arguments"]) for each in made] == calls
    assert not any("index" in each for each in made)


def detail(text: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a piece of a reasoning detail."""
    return {"type": "reasoning.text", **({} if text is None else {"text": text}), **more}


CITED, OTHER = ({"type": "url_citation", "url_citation": {"url": url, "content": "same"}} for url in "ab")
THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}


@pytest.mark.parametrize(
    ("deltas", "message"),
    [
        pytest.param(
            [{"content": [{"type": "text", "text": "Dela"}, "wa"]}, {"content": "re"}, {"content": [{"text": "."}]}],
            {"content": "Delaware."},
            id="content as a list of parts",
        ),
        pytest.param(
            [{"content": "So"}, {"content": [THOUGHT]}, {"content": [THOUGHT]}, {"content": "it "}, {"content": "is"}],
            {"content": [
                {"type": "text", "text": "So"},
                {"type": "thinking", "thinking": [{"type": "text", "text": "hmhm"}]},
                {"type": "text", "text": "it is"},
            ]},
            id="parts of other kinds stay parts",
        ),
        pytest.param(
            [{"role": "assistant", "content": "a"}, {"role": "", "content": ""}, {"role": None, "content": None}],
            {"role": "assistant", "content": "a"},
            id="a later role is empty",
        ),
        pytest.param(
            [{"reasoning_content": "Let "}, {"reasoning_content": "me"}, {"reasoning": "a"}, {"reasoning": "b"}],
            {"content": "", "reasoning_content": "Let me", "reasoning": "ab"},
            id="reasoning grows",
        ),
        pytest.param(
            [{"provider": "x", "function_call": {"name": "f", "arguments": "{"}},
             {"provider": "x", "function_call": {"name": "f", "arguments": "}"}}],
            {"content": "", "provider": "x", "function_call": {"name": "f", "arguments": "{}"}},
            id="names are not joined",
        ),
        pytest.param(
            [{"audio": {"id": "a", "transcript": "Hel", "data": "AA"}}, {"audio": {"id": "a", "transcript": "lo"}},
             {"audio": {"id": "a", "data": "BB", "expires_at": 7}}],
            {"content": "", "audio": {"id": "a", "transcript": "Hello", "data": "AABB", "expires_at": 7}},
            id="transcripts and audio grow",
        ),
        pytest.param(
            [{"reasoning_details": [detail("Let ", index=0, format="x")]},
             {"reasoning_details": [detail("me", index=0, format="x"), detail("Or", index=1)]},
             {"reasoning_details": [detail(index=0, signature="s"), {"type": "reasoning.encrypted", "index": 0}]}],
            {"content": "", "reasoning_details": [
                detail("Let me", index=0, format="x", signature="s"), detail("Or", index=1),
                {"type": "reasoning.encrypted", "index": 0},
            ]},
            id="lists of pieces grow by their index and type",
        ),
        pytest.param(
            [{"reasoning_details": [detail("ha")]}, {"reasoning_details": [detail("ha")]}],
            {"content": "", "reasoning_details": [detail("haha")]},
            id="pieces of text without index",
        ),
        pytest.param(
            [{"annotations": [CITED]}, {"annotations": [CITED, OTHER]}, {"annotations": [CITED, OTHER]}],
            {"content": "", "annotations": [CITED, OTHER]},
            id="a list that is sent whole again",
        ),
        pytest.param(
            [{"annotations": []}, {"annotations": [CITED]}, {"annotations": [OTHER]}, {"annotations": []}],
            {"content": "", "annotations": [CITED, OTHER]},
            id="items one by one",
        ),
        pytest.param(
            [{"tags": ["a"], "level": 1}, {"tags": ["b"], "level": 0}, {"tags": [], "level": ""}],
            {"content": "", "tags": ["b"], "level": 0},
            id="of anything else the last value",
        ),
        pytest.param(
            [{"refusal": "No", "audio": {"id": "a"}, "images": [{"index": 0}]},
             {"refusal": 7, "audio": "x", "images": {"index": 1}, "tool_calls": 7, "content": 7},
             {"refusal": ".", "audio": [1], "images": "x", "tool_calls": {}, "content": {"a": 1}}],
            {"content": "", "refusal": "No.", "audio": {"id": "a"}, "images": [{"index": 0}]},
            id="what does not fit is left out",
        ),
    ],
)  # fmt: skip
def test_what_grows_is_joined_and_the_rest_is_kept(deltas: list[Any], message: dict[str, Any]) -> None:
    """Texts that come in pieces grow, lists by their items; what servers repeat is kept as it is."""
    raw = folded(*map(piece, deltas))
    assert raw["choices"][0]["message"] == {"role": "assistant", **message}


@pytest.mark.parametrize(
    ("chunks", "kept"),
    [
        pytest.param(
            [{"id": "c1", "model": "ep_1"}, {"id": "", "model": ""}, {"id": None}], {"id": "c1", "model": "ep_1"},
            id="later id and model are empty",
        ),
        pytest.param([{"id": ""}, {"id": "c1"}], {"id": "c1"}, id="the first id is empty"),
        pytest.param(
            [{"usage": {"total_tokens": 1}}, {"usage": {"total_tokens": 2}}, {"usage": None}],
            {"usage": {"total_tokens": 2}},
            id="the last usage",
        ),
        pytest.param(
            [{"citations": ["a"], "results": [{"text": "t"}]}] * 2, {"citations": ["a"], "results": [{"text": "t"}]},
            id="lists that each chunk repeats",
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_the_completion_is_kept(chunks: list[Any], kept: dict[str, Any]) -> None:
    """Of the fields beside the choices the last value counts that is neither null nor empty."""
    assert folded(*chunks).items() >= kept.items()


FILTER = {"hate": {"filtered": False, "severity": "safe"}}


@pytest.mark.parametrize(
    ("choices", "kept"),
    [
        pytest.param([{"finish_reason": "stop"}, {"finish_reason": ""}], {"finish_reason": "stop"}, id="later empty"),
        pytest.param(
            [{"content_filter_results": FILTER}] * 2, {"content_filter_results": FILTER}, id="repeated objects"
        ),
        pytest.param(
            [{"logprobs": {"content": [{"token": "a"}], "refusal": None}}] * 2,
            {"logprobs": {"content": [{"token": "a"}] * 2, "refusal": None}},
            id="logprobs grow",
        ),
        pytest.param([{"token_ids": [1, 2]}, {"token_ids": [2]}], {"token_ids": [1, 2, 2]}, id="tokens grow"),
    ],
)
def test_what_is_said_of_a_choice_is_kept(choices: list[Any], kept: dict[str, Any]) -> None:
    """What has an entry for each token grows, though it is the same as before; the rest is kept."""
    raw = folded(*(piece({"content": "x"}, **each) for each in choices))["choices"][0]
    assert raw.items() >= kept.items()
    assert raw["message"]["content"] == "x" * len(choices)


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


SCALARS = st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([1.0, 0.5, "", "a", "x"])
NAMES = st.sampled_from(
    ["choices", "index", "delta", "message", "content", "tool_calls", "function", "name", "arguments", "id", "type",
     "finish_reason", "logprobs", "reasoning", "reasoning_details", "text", "thinking", "audio", "data", "usage",
     "role", "error"]
)  # fmt: skip
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)
DELTAS = st.dictionaries(NAMES, ANY, max_size=3)
CHUNKS = (
    st.builds(piece, DELTAS)
    | st.dictionaries(NAMES, ANY, max_size=4)
    | st.builds(
        lambda choices, more: {"choices": choices, **more},
        st.lists(
            st.fixed_dictionaries({}, optional={"index": SCALARS, "delta": DELTAS, "message": DELTAS}) | ANY, max_size=2
        ),
        st.dictionaries(NAMES, ANY, max_size=2),
    )
)


@given(chunks=st.lists(CHUNKS, max_size=6))
def test_folding_takes_chunks_of_any_shape(chunks: list[Any]) -> None:
    """No chunk makes it fail, none is changed by it, and what comes of them can be sent."""
    before = json.dumps(chunks)
    once, twice = ChatAccumulator(), ChatAccumulator()
    for chunk in chunks:
        once.add(chunk)
        text = json.dumps(chunk)
        if twice.add_repeated(text) is None:
            twice.add(json.loads(text), text)
        json.dumps(once.completion())
    assert json.dumps(chunks) == before
    assert twice.completion() == once.completion()


@given(
    chunks=st.lists(CHUNKS.filter(lambda chunk: not error_in(chunk, ChatCompletionChunk)), max_size=6),
    step=st.integers(1, 99),
)
def test_a_chunk_of_any_shape_comes_through(chunks: list[Any], step: int) -> None:
    """Each chunk is delivered as it was sent, wherever the bytes are cut."""
    stream = "".join(map(event, chunks)).encode()
    reading = ChatStreamParser(RESPONSE)
    found = [chunk for at in range(0, len(stream), step) for chunk in reading.feed(stream[at : at + step])]
    assert [chunk.to_dict() for chunk in found] == chunks
    assert reading.completion().to_dict() == folded(*chunks)
    assert "".join(map(first_text, found)) == reading.accumulator.text()


FIELDS = st.sampled_from(
    [{}, {"finish_reason": None}, {"finish_reason": "stop"}, {"logprobs": {"a": []}}, {'"delta"': {}}, {"{": ": 1}"}]
)


@given(
    chunks=st.lists(st.builds(lambda delta, more: piece(delta, **more), DELTAS, FIELDS), min_size=1, max_size=2),
    deltas=st.lists(st.none() | DELTAS | st.builds(lambda text: {"content": text}, st.text(max_size=3)), max_size=8),
    more=FIELDS,
    first=st.booleans(),
    space=st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]),
)
def test_a_chunk_that_repeats_another_is_read_as_any_other(
    chunks: list[Any], deltas: list[Any], more: dict[str, Any], space: tuple[str, str], *, first: bool
) -> None:
    """Chunks that differ in their deltas alone come through, and add up, however they are written."""
    sent = [json.loads(json.dumps(chunk)) for chunk in chunks for _ in range(2)]
    for place, changed in enumerate(deltas):
        chunk = json.loads(json.dumps(chunks[place % len(chunks)]))
        chunk["choices"][0]["delta"] = changed
        sent.append(chunk)
    sent = [more | chunk if first else chunk | more for chunk in sent]
    texts = [json.dumps(chunk, separators=space) for chunk in sent]
    reading, found = read(*(f"data: {text}\n\n" for text in texts))
    assert [json.dumps(chunk.to_dict(), separators=space) for chunk in found] == texts
    assert reading.completion().to_dict() == folded(*sent)


@pytest.mark.parametrize(
    "text",
    [
        '{"choices":[{"index":0,"delta":{"content":"a"}}],"choices":[]}',
        '{"choices":[{"index":0,"delta":{"content":"a"},"delta":null}]}',
        '{"choices":[{"index":0,"delta":1,"{":": 1}"}]}',
        '{"x":"\\"delta","y":{},"choices":[{"index":0,"delta":{"content":"a"}}]}',
        '{"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]}',
    ],
)
def test_only_the_delta_of_a_choice_is_taken_for_it(text: str) -> None:
    """Keys that come twice, objects in texts, and several choices are read as JSON says."""
    reading, found = read(*[f"data: {text}\n\n"] * 4)
    assert [chunk.to_dict() for chunk in found] == [json.loads(text)] * 4
    assert reading.completion().to_dict() == folded(*[json.loads(text)] * 4)


def test_a_change_of_one_chunk_is_in_no_other() -> None:
    """The objects of a chunk are its own, though the next one repeats it."""
    reading = ChatStreamParser(RESPONSE)
    for _ in range(4):
        (chunk,) = reading.feed(delta("x").encode())
        assert chunk["choices"] == [{"index": 0, "delta": {"content": "x"}}]
        chunk["choices"][0]["delta"]["content"] = chunk["choices"][0]["index"] = "changed"
        chunk["choices"].clear()


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
        (event("plain words", "error"), "plain words"),
        ("event: error\ndata: no JSON\n\n", "no JSON"),
        ("event: error\ndata:\n\n", "The server ended the stream"),
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


ERRORS = [
    pytest.param({"error": {"message": "Out of memory.", "code": 500}}, "Out of memory.", id="object"),
    pytest.param({"error": {"code": 500}}, "{'code': 500}", id="object without message"),
    pytest.param({"error": "Out of memory."}, "Out of memory.", id="text"),
    pytest.param({"type": "error", "error": {"type": "overloaded_error", "message": "Busy."}}, "Busy.", id="typed"),
    pytest.param({"object": "error", "message": "Too long.", "code": 400}, "Too long.", id="flat"),
    pytest.param({"type": "BadRequestError", "message": "Too long."}, "Too long.", id="flat, by its type"),
    pytest.param({"code": 503, "msg": "Busy."}, "Busy.", id="flat, by its code"),
    pytest.param({"code": "InvalidParameter", "message": "Wrong."}, "Wrong.", id="flat, by its code's name"),
    pytest.param({"success": False, "errors": [{"code": 7, "message": "No."}]}, "No.", id="flat, without success"),
    pytest.param({"status": "error", "detail": "Busy."}, "Busy.", id="flat, by its status"),
    pytest.param(
        {"id": "c1", "choices": [{"delta": {"content": ""}, "finish_reason": "error"}], "error": {"message": "Lost."}},
        "Lost.",
        id="beside choices",
    ),
    pytest.param(
        {"id": "c1", "choices": [{"error": {"message": "Lost.", "code": 502}, "finish_reason": "error"}]},
        "Lost.",
        id="in a choice",
    ),
]


@pytest.mark.parametrize("name", [None, "error"])
@pytest.mark.parametrize("after", [[], [DONE]], ids=["", "with [DONE]"])
@pytest.mark.parametrize(("error", "words"), ERRORS)
def test_an_error_among_the_chunks_is_raised(error: Any, words: str, after: list[str], name: str | None) -> None:
    """In any of the common forms it ends the stream, with the server's words, the text so far and the event."""
    with pytest.raises(StreamError) as caught:
        read(delta("Half an "), delta("ans"), event(error, name), *after)
    assert f"The server ended the stream: {words} [POST" in str(caught.value)
    assert (caught.value.partial, caught.value.last_event) == ("Half an ans", error)


@pytest.mark.parametrize(
    "error",
    [
        {"error": None},
        {"error": {}},
        {"error": {"code": None, "message": ""}},
        {"error": "", "code": 0, "status": "ok", "success": True},
        {"code": "success", "message": "OK", "type": "chunk"},
    ],
)
def test_a_chunk_without_an_error_is_none(error: Any) -> None:
    """Servers send the fields of errors, empty, in good chunks too."""
    reading, chunks = read(event({"choices": [{"delta": {"content": "x"}, "error": None}], **error}), delta("y"))
    assert (len(chunks), reading.accumulator.text()) == (2, "xy")


@pytest.mark.parametrize("last", [{"detail": "The worker died."}, {"message": "The worker died.", "choices": None}])
def test_the_last_words_of_a_server_are_in_the_error(last: Any) -> None:
    """Where nothing says that an event is an error, but the answer is not complete, the error repeats it."""
    reading, chunks = read(delta("Half"), event(last))
    assert len(chunks) == 2
    for end in (lambda: list(reading.feed(DONE.encode())), reading.end):
        with pytest.raises(StreamError, match=r"no.* finish_reason.* The server said: The worker died\."):
            end()


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (json.dumps({"error": {"message": "The worker died."}}, indent=1), "The worker died."),
        ("<html>\nBad gateway", "<html>\nBad gateway"),
        ("event: x\ndata: ", None),
    ],
    ids=["error", "page", "cut"],
)
@pytest.mark.parametrize("parser", [ChatStreamParser, DeployStreamParser, partial(EventStreamParser, DEPLOY)])
def test_a_body_that_is_no_stream_of_events_is_in_the_error(
    parser: Any, body: str, words: str | None, end: str
) -> None:
    """Some servers and proxies send an error or a page under the content type of a stream."""
    reading = parser(RESPONSE)
    assert list(reading.feed((body + end).encode())) == []
    with pytest.raises(ParetaError, match="ended before") as caught:
        reading.end()
    assert str(caught.value).partition(" The server said: ")[2].partition(" [POST")[0] == (words or "")


@pytest.mark.parametrize(
    "between",
    ["data:\n\n", "data: \n\n", "data\n\n", "event: ping\ndata:\n\n", "event: ping\ndata: 17:05\n\n", ": ping\n\n",
     event({"type": "ping"}, "ping"), "event: keepalive\n\n", "event: x\ndata:\n\n", "id: 7\nretry: 3\n\n"],
)  # fmt: skip
def test_what_keeps_a_stream_open_is_no_chunk(between: str) -> None:
    """Events without data, and pings, are left out."""
    reading, chunks = read(between, delta("x"), between, delta("y", "stop"), between, DONE)
    assert (len(chunks), reading.accumulator.text(), reading.done) == (2, "xy", True)


@pytest.mark.parametrize(
    "done", ["data: [DONE] \n\n", "data:  [DONE]\n\n", "data:[DONE]\t\r\n\r\n", "data: [DONE]\ndata:\n\n"]
)
def test_done_may_have_blanks_around_it(done: str) -> None:
    """`[DONE]` ends the stream, however it is written."""
    reading, _ = read(delta("x", "stop"), done)
    assert reading.done


def test_done_without_a_finish_reason_is_no_end() -> None:
    """An answer that nothing says is finished is not complete, though `[DONE]` came."""
    with pytest.raises(StreamError, match=r"\[DONE\] came, but no finish_reason") as caught:
        read(delta("Half"), delta(" an ans", ""), DONE)
    assert caught.value.partial == "Half an ans"
    assert read(delta("x", "stop"), event({"choices": [{"index": 1}]}), DONE)[0].done


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
    assert len(list(reading.feed((delta("x", "stop") + DONE + "x" * 300).encode()))) == 1
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
    _, chunks = read(delta("x", "stop") + DONE + delta("y"))
    assert len(chunks) == 1
