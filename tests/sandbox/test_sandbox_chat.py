"""Completions: what is answered, counted, billed, cut and streamed."""

import json
import time
from typing import Any

import httpx
import openai
import pytest
from sandbox_kit import DELAWARE, ask, chat, client_of, events, text_of, until

from pareta.sandbox import Sandbox
from pareta.sandbox._tokens import count, tokenize

LAW = "This Agreement is governed by the laws of Delaware."
CONTRACT = (
    "This Agreement is made between Acme Corp. and Beta LLC, and takes effect on January 5, 2026. "
    "It is governed by the laws of Delaware. Either party may end it with 30 days' notice. The annual fee is $12,000."
)
SAVE: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "save",
        "parameters": {
            "type": "object",
            "properties": {
                "governing_law": {"type": "string", "maxLength": 20},
                "fee": {"type": "integer"},
                "kind": {"enum": ["lease", "agreement"]},
                "parties": {"type": "array", "items": {"$ref": "#/$defs/party"}},
                "signed": {"type": "boolean"},
            },
            "$defs": {"party": {"type": "object", "properties": {"parties": {"type": "string"}}}},
        },
    },
}


def answer_of(api: httpx.Client, content: Any, **more: Any) -> Any:
    """Return the text that a completion answers with."""
    return ask(api, chat(content, **more)).json()["choices"][0]["message"]["content"]


def test_an_answer_quotes_the_sentence_that_answers(api: httpx.Client) -> None:
    """The answer comes from the prompt, its tokens add up, and a header says which engine wrote it."""
    answer = ask(api)
    body = answer.json()
    assert body["choices"] == [{"index": 0, "message": {"role": "assistant", "content": LAW}, "finish_reason": "stop"}]
    assert body["usage"] == {"prompt_tokens": 21, "completion_tokens": 9, "total_tokens": 30}
    assert answer.headers["x-pareta-sandbox"] == "extractive"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"Extract the parties and effective date: {CONTRACT}", "between Acme Corp. and Beta LLC, and takes effect"),
        (f"Extract the governing-law clause. {CONTRACT}", "It is governed by the laws of Delaware."),
        (f"{CONTRACT}\n\nWho are the parties?", "between Acme Corp. and Beta LLC"),
        (f"How much is the fee and how long is the notice?\n{CONTRACT}", "30 days' notice. The annual fee is $12,000."),
        ("What is the invoice total?\nInvoice 42\nSubtotal: 400.00 EUR\nTotal: 476.00 EUR", "Total: 476.00 EUR"),
        (f"Summarise: {CONTRACT}", "This Agreement is made between"),
        ("Extract the governing-law clause.", "This sandbox only quotes from the prompt"),
        ("", "This sandbox only quotes from the prompt"),
        ([{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "a"}}], "An image came"),
        ([{"type": "text", "text": "Which law?"}, {"type": "text", "text": LAW}], LAW),
    ],
)
def test_answers_make_sense(api: httpx.Client, content: Any, expected: str) -> None:
    """Typical prompts get the sentences that carry what is asked for, and an honest word where there are none."""
    assert expected in answer_of(api, content)


def test_other_messages_are_read_too(api: httpx.Client) -> None:
    """A text in a system message, in an earlier turn or from a function is quoted from; the model's own is not."""
    question = {"role": "user", "content": "Which law governs?"}
    for told in (
        [{"role": "system", "content": f"You read contracts. {LAW}"}],
        [{"role": "developer", "content": LAW}],
        [{"role": "user", "content": LAW}, {"role": "assistant", "content": "I see. No law governs."}],
        [{"role": "assistant", "content": None}, {"role": "tool", "content": LAW, "tool_call_id": "call_1"}],
    ):
        answer = ask(api, {"model": "ep_a1b2c3", "messages": [*told, question]}).json()
        assert answer["choices"][0]["message"]["content"] == LAW


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        LAW,
        " two  spaces\n\nand lines \n",
        "x" * 40,
        "日本語 テキスト",
        "a\u2028b",
        "\x1c\xa0a" + "y" * 25 + "\u3000",
    ],
)
def test_tokens_are_the_text(text: str) -> None:
    """The tokens of a text, put together, are the text, none is empty, and there are as many as are counted."""
    assert "".join(tokenize(text)) == text
    assert all(tokenize(text))
    assert count(text) == len(tokenize(text))


def test_a_stream_sends_a_token_at_a_time(api: httpx.Client) -> None:
    """First the role, then as many chunks as completion tokens, then the reason; each on one line; [DONE] ends it."""
    answer = ask(api, chat(stream=True, stream_options={"include_usage": True}))
    *chunks, done = [data for _, data in events(answer)]
    first, *middle, last, usage = chunks
    assert done == "[DONE]"
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert [each["choices"][0]["delta"]["content"] for each in middle] == tokenize(LAW)
    assert last["choices"][0] == {"index": 0, "delta": {}, "finish_reason": "stop"}
    assert usage["choices"] == []
    assert usage["usage"] == {"prompt_tokens": 21, "completion_tokens": len(middle), "total_tokens": 21 + len(middle)}
    assert {each["usage"] for each in (first, *middle, last)} == {None}
    assert {each["id"] for each in chunks} == {"chatcmpl-000001"}


def test_usage_is_left_out_unless_asked_for(api: httpx.Client) -> None:
    """Without `stream_options` no chunk has a usage; null is as good as leaving it out."""
    variants: list[Any] = [{}, {"stream_options": None}, {"stream_options": {"include_usage": None}}]
    for options in variants:
        answer = ask(api, chat(stream=True, **options))
        assert "usage" not in answer.text


def test_chunks_come_as_they_are_written() -> None:
    """The first token is there while the last is not yet written."""
    with (
        Sandbox(pace=2) as sandbox,
        client_of(sandbox) as api,
        api.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as stream,
    ):
        came = [time.monotonic() for line in stream.iter_lines() if line]
    assert came[-1] - came[0] > 0.15


@pytest.mark.parametrize(
    ("limits", "text", "reason"),
    [
        ({"max_tokens": 3}, "This Agreement is", "length"),
        ({"max_tokens": 3.0}, "This Agreement is", "length"),
        ({"max_tokens": 9}, LAW, "stop"),
        ({"max_tokens": 10**30}, LAW, "stop"),
        ({"max_tokens": 5, "max_completion_tokens": 2}, "This Agreement", "length"),
        ({"max_tokens": None, "max_completion_tokens": 1}, "This", "length"),
        ({"stop": " by the"}, "This Agreement is governed", "stop"),
        ({"stop": "ned by th"}, "This Agreement is gover", "stop"),
        ({"stop": ["laws", "is"]}, "Th", "stop"),
        ({"stop": ["", "zebra"]}, LAW, "stop"),
        ({"stop": None}, LAW, "stop"),
        ({"stop": "This"}, "", "stop"),
        ({"stop": "laws", "max_tokens": 2}, "This Agreement", "length"),
    ],
)
def test_limits_are_obeyed(api: httpx.Client, limits: dict[str, Any], text: str, reason: str) -> None:
    """`max_tokens` and `stop` cut the answer, streamed or not, and the usage counts what was sent."""
    whole = ask(api, chat(**limits)).json()
    assert (whole["choices"][0]["message"]["content"], whole["choices"][0]["finish_reason"]) == (text, reason)
    assert whole["usage"]["completion_tokens"] == len(tokenize(text))
    streamed = ask(api, chat(stream=True, **limits))
    assert text_of(streamed) == text
    assert events(streamed)[-2][1]["choices"][0]["finish_reason"] == reason


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "save"}}])
def test_a_function_is_called_where_it_must_be(api: httpx.Client, choice: Any) -> None:
    """The arguments follow the function's schema and are drawn from the prompt; streamed, they are the same."""
    body = chat(f"Read it: {CONTRACT}", tools=[SAVE], tool_choice=choice)
    one = ask(api, body).json()["choices"][0]
    assert (one["finish_reason"], one["message"]["content"]) == ("tool_calls", None)
    (call,) = one["message"]["tool_calls"]
    arguments = json.loads(call["function"]["arguments"])
    assert call["function"]["name"] == "save"
    assert arguments["governing_law"] == "It is governed by th"
    assert arguments["fee"] == 12_000
    assert arguments["kind"] == "agreement"
    assert "Acme Corp." in arguments["parties"][0]["parties"]
    answer = ask(api, {**body, "stream": True, "stream_options": {"include_usage": True}})
    chunks = [data for _, data in events(answer)][:-1]
    pieces = [piece for chunk in chunks[:-1] for piece in chunk["choices"][0]["delta"].get("tool_calls", ())]
    assert pieces[0]["function"] == {"name": "save", "arguments": ""}
    assert "".join(piece["function"]["arguments"] for piece in pieces) == call["function"]["arguments"]
    assert chunks[-1]["usage"]["completion_tokens"] == len(pieces)


@pytest.mark.parametrize("choice", [{}, {"tool_choice": "auto"}, {"tool_choice": "none"}])
def test_no_function_is_called_unless_it_must_be(api: httpx.Client, choice: dict[str, str]) -> None:
    """Left to itself the engine answers in words."""
    assert answer_of(api, DELAWARE, tools=[SAVE], **choice) == LAW


def test_json_is_written_where_it_is_asked_for(api: httpx.Client) -> None:
    """`json_object` wraps the answer; `json_schema` is filled in."""
    assert json.loads(answer_of(api, DELAWARE, response_format={"type": "json_object"})) == {"answer": LAW}
    form = {"type": "json_schema", "json_schema": {"name": "c", "schema": SAVE["function"]["parameters"]}}
    assert set(json.loads(answer_of(api, DELAWARE, response_format=form))) == {
        "governing_law",
        "fee",
        "kind",
        "parties",
        "signed",
    }


def test_undeclared_fields_and_every_number_are_accepted(api: httpx.Client) -> None:
    """Fields of other servers pass, and so does whatever the document allows."""
    more: Any = {"temperature": 1.5, "top_k": 40, "logit_bias": {}, "n": 1, "seed": None, "user": "me", "stream": None}
    assert ask(api, chat(**more)).status_code == 200


def test_an_unknown_model_is_404(api: httpx.Client) -> None:
    """A model that no endpoint is named by answers 404 and says where to look."""
    answer = ask(api, chat(model="gpt"))
    assert (answer.status_code, "GET /v1/models" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize(("model", "price"), [("ep_a1b2c3", 210), ("ep_seed01", 110), ("ep_v7w8x9", 6_400)])
def test_a_completion_costs_its_aliass_price(sandbox: Sandbox, api: httpx.Client, model: str, price: int) -> None:
    """Each completion, streamed or not, debits the price once; all else is free."""
    before = sandbox.balance
    ask(api, chat(model=model))
    ask(api, chat(model=model, stream=True, max_tokens=1))
    api.get("/v1/models")
    api.post("/v1/endpoints", json={"task": "translation"})
    assert before - sandbox.balance == 2 * price


def test_an_empty_balance_is_402_and_stops_only_completions() -> None:
    """What is left must cover the price; listing, deploying and feeds work with nothing left."""
    with Sandbox(pace=0, balance=419) as sandbox, client_of(sandbox) as api:
        assert ask(api).status_code == 200
        refused = ask(api)
        assert (refused.status_code, sandbox.balance) == (402, 209)
        assert refused.json() == {"detail": "The balance is empty. Top up in the dashboard."}
        assert ask(api, chat(stream=True)).status_code == 402
        sandbox.balance = 0
        assert api.get("/v1/models").status_code == 200
        assert api.post("/v1/endpoints", json={"task": "translation"}).status_code == 200
        assert api.get("/v1/endpoints/ep_a1b2c3/activity").json()["errors"] == 2
        sandbox.balance = 210
        assert ask(api).status_code == 200
        assert sandbox.balance == 0


def test_a_stream_that_is_left_is_billed_and_counted_all_the_same() -> None:
    """A completion is billed when it is accepted; it is written to its end, whoever reads."""
    with Sandbox(pace=0.3) as sandbox, client_of(sandbox) as api:
        with api.stream("POST", "/v1/chat/completions", json=chat(stream=True)) as stream:
            next(stream.iter_lines())
        assert sandbox.balance == 25_000_000 - 210
        feed = "/v1/endpoints/ep_a1b2c3/activity"
        assert until(lambda: api.get(feed).json()["completion_tokens"]) == 9


def test_the_official_client_works(sandbox: Sandbox) -> None:
    """OpenAI's own client lists models, completes and streams against the sandbox, by an endpoint's URL too."""
    url = f"{sandbox.base_url}/v1"
    messages: Any = [{"role": "user", "content": DELAWARE}]
    with openai.OpenAI(base_url=url, api_key=sandbox.api_key, max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["ep_seed01", "ep_a1b2c3", "ep_v7w8x9"]
        whole = client.chat.completions.create(model="ep_a1b2c3", messages=messages)
        assert whole.choices[0].message.content == LAW
        stream = client.chat.completions.create(
            model="ep_a1b2c3", messages=messages, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == LAW
        assert chunks[-1].usage is not None
        assert chunks[-1].usage.total_tokens == 30
        tools: Any = [SAVE]
        called = client.chat.completions.create(
            model="ep_a1b2c3", messages=messages, tools=tools, tool_choice="required"
        )
        assert called.choices[0].message.tool_calls
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="gpt", messages=messages)
