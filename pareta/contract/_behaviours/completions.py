"""Checks of chat completions: their parameters, and that a stream equals the whole answer."""

from __future__ import annotations

from typing import Any, Final

from .._context import Context, text_of
from .._exchange import entries, fields, snippet
from ._behaviour import behaviour

_LIMIT: Final = 2
_TOOL = {
    "type": "function",
    "function": {
        "name": "note_law",
        "parameters": {"type": "object", "properties": {"law": {"type": "string"}}, "required": ["law"]},
    },
}


@behaviour("max-tokens-obeyed", "An answer has at most `max_tokens` tokens; if cut, its finish_reason is `length`.")
def max_tokens_obeyed(context: Context) -> None:
    name = context.live_endpoint()["id"]
    given: tuple[dict[str, Any], ...] = (
        {"max_tokens": _LIMIT},
        {"max_completion_tokens": _LIMIT},
        {"max_tokens": 500, "max_completion_tokens": _LIMIT},
    )
    for limits in given:
        answer = context.complete(name, **limits)
        written = answer.json["usage"]["completion_tokens"]
        context.check(written <= _LIMIT, f"with {snippet(limits)} the answer has {written} tokens", answer)
        reason = answer.json["choices"][0]["finish_reason"]
        context.check(reason == "length", f"the answer was cut, but its finish_reason is {reason!r}", answer)


@behaviour("stop-obeyed", "An answer ends before a `stop` sequence.")
def stop_obeyed(context: Context) -> None:
    name = context.live_endpoint()["id"]
    words = text_of(context.complete(name)).split()
    if len(words) <= _LIMIT:
        return
    word = words[len(words) // 2]
    for stop in (word, [word]):
        answer = context.complete(name, stop=stop)
        text = text_of(answer)
        context.check(word not in text, f"the answer continues past {word!r}: {snippet(text)}", answer)


@behaviour("streamed-as-whole", "A streamed answer equals the whole one, including usage.", sandbox_only=True)
def streamed_as_whole(context: Context) -> None:
    name = context.live_endpoint()["id"]
    whole = context.complete(name)
    streamed = context.complete(name, stream=True, stream_options={"include_usage": True})
    context.check(text_of(whole) == text_of(streamed), f"the stream's text is {snippet(text_of(streamed))!r}", streamed)
    usage = next((fields(each)["usage"] for _, each in streamed.payloads if fields(each).get("usage")), None)
    context.check(usage == whole.json["usage"], f"the stream's usage is {snippet(usage)}", streamed)


@behaviour("stream-when-asked", "An answer is streamed only if `stream` is true.")
def stream_when_asked(context: Context) -> None:
    name = context.live_endpoint()["id"]
    for stream in (True, False, None):
        answer = context.complete(name, stream=stream)
        streams = answer.content_type == "text/event-stream"
        context.check(streams == bool(stream), f"stream={snippet(stream)} returns {answer.content_type}", answer)


@behaviour("tool-choice-obeyed", "A required function is called by its name.", sandbox_only=True)
def tool_choice_obeyed(context: Context) -> None:
    name = context.live_endpoint()["id"]
    for choice in ("required", {"type": "function", "function": {"name": "note_law"}}):
        answer = context.complete(name, tools=[_TOOL], tool_choice=choice)
        calls = entries(answer.json["choices"][0]["message"].get("tool_calls"))
        called: list[str] = [each["function"]["name"] for each in calls]
        context.check(called == ["note_law"], f"the calls are {called}", answer)
        reason = answer.json["choices"][0]["finish_reason"]
        context.check(reason == "tool_calls", f"its finish_reason is {reason!r}", answer)


COMPLETIONS = (max_tokens_obeyed, stop_obeyed, streamed_as_whole, stream_when_asked, tool_choice_obeyed)
