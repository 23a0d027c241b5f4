"""Checks of completions: parameters are obeyed, and streamed or whole they are the same."""

from __future__ import annotations

from typing import Any

from .._bench import Bench, text_of
from .._exchange import entries, fields, snippet
from ._behaviour import behaviour

_TOOL = {
    "type": "function",
    "function": {
        "name": "note_law",
        "parameters": {"type": "object", "properties": {"law": {"type": "string"}}, "required": ["law"]},
    },
}


@behaviour("max-tokens-obeyed", "An answer has at most as many tokens as were allowed, and says that it was cut.")
def max_tokens_obeyed(bench: Bench) -> None:
    name = bench.live()["id"]
    given: tuple[dict[str, Any], ...] = (
        {"max_tokens": 2},
        {"max_completion_tokens": 2},
        {"max_tokens": 500, "max_completion_tokens": 2},
    )
    for limits in given:
        answer = bench.ask(name, **limits)
        written = answer.json["usage"]["completion_tokens"]
        bench.hold(written <= 2, f"{snippet(limits)} was given, {written} tokens were written", answer)  # noqa: PLR2004
        reason = answer.json["choices"][0]["finish_reason"]
        bench.hold(reason == "length", f"it was cut, and its finish_reason is {reason!r}", answer)


@behaviour("stop-obeyed", "An answer ends before the text that was to stop it.")
def stop_obeyed(bench: Bench) -> None:
    name = bench.live()["id"]
    words = text_of(bench.ask(name)).split()
    if len(words) < 3:  # noqa: PLR2004
        return
    word = words[len(words) // 2]
    for stop in (word, [word]):
        answer = bench.ask(name, stop=stop)
        text = text_of(answer)
        bench.hold(word not in text, f"the answer goes on past {word!r}: {snippet(text)}", answer)


@behaviour("streamed-as-whole", "An answer is the same streamed as whole, its usage too.", own=True)
def streamed_as_whole(bench: Bench) -> None:
    name = bench.live()["id"]
    whole = bench.ask(name)
    streamed = bench.ask(name, stream=True, stream_options={"include_usage": True})
    bench.hold(text_of(whole) == text_of(streamed), f"streamed it is {snippet(text_of(streamed))!r}", streamed)
    usage = next((fields(each)["usage"] for _, each in streamed.payloads if fields(each).get("usage")), None)
    bench.hold(usage == whole.json["usage"], f"streamed its usage is {snippet(usage)}", streamed)


@behaviour("stream-when-asked", "An answer comes in chunks where `stream` is true, else in one piece.")
def stream_when_asked(bench: Bench) -> None:
    name = bench.live()["id"]
    for stream in (True, False, None):
        answer = bench.ask(name, stream=stream)
        streams = answer.content_type == "text/event-stream"
        bench.hold(streams == bool(stream), f"stream={snippet(stream)} answers {answer.content_type}", answer)


@behaviour("tool-choice-obeyed", "A function that must be called is called, by its name.", own=True)
def tool_choice_obeyed(bench: Bench) -> None:
    name = bench.live()["id"]
    for choice in ("required", {"type": "function", "function": {"name": "note_law"}}):
        answer = bench.ask(name, tools=[_TOOL], tool_choice=choice)
        calls = entries(answer.json["choices"][0]["message"].get("tool_calls"))
        called: list[str] = [each["function"]["name"] for each in calls]
        bench.hold(called == ["note_law"], f"called was {called}", answer)
        reason = answer.json["choices"][0]["finish_reason"]
        bench.hold(reason == "tool_calls", f"its finish_reason is {reason!r}", answer)


CHATTING = (max_tokens_obeyed, stop_obeyed, streamed_as_whole, stream_when_asked, tool_choice_obeyed)
