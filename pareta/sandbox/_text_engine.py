"""The engine protocol, and the engines that quote or repeat the prompt."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from attrs import frozen

from pareta.sandbox._extraction import Passage, best_sentences, last_user_text, read_passage
from pareta.sandbox._json_types import is_object
from pareta.sandbox._schema_filler import fill


@frozen
class Call:
    """A function call; `arguments` is JSON text."""

    name: str
    arguments: str


@frozen
class Reply:
    """An engine's reply: a text, or function calls."""

    text: str | None
    calls: tuple[Call, ...] = ()


class Engine(Protocol):
    """Generates the reply to a chat completion request."""

    name: str

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return the reply to a valid request body; equal bodies get equal replies."""
        ...


class ExtractiveEngine:
    """Quotes the sentences of the prompt that best match the question.

    It calls a function only if `tool_choice` is `required` or names one; the arguments come from the prompt and the
    function's schema. It writes JSON if `response_format` requests it. It ignores `n` and `temperature`.
    """

    name = "extractive"

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return the reply."""
        passage = read_passage(body["messages"])
        call = _wanted_call(body.get("tools", ()), body.get("tool_choice"), passage)
        if call is not None:
            return Reply(None, (call,))
        return Reply(_text(body.get("response_format", {"type": "text"}), passage))


class EchoEngine:
    """Repeats the text of the last user message."""

    name = "echo"

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return the last user message."""
        return Reply(last_user_text(body["messages"]))


def _text(form: dict[str, Any], passage: Passage) -> str:
    found = best_sentences(passage)
    if form["type"] == "json_object":
        return _json({"answer": " ".join(found) if found else None})
    if form["type"] == "json_schema":
        return _json(fill(form.get("json_schema", {}).get("schema", {}), passage))
    if found:
        return " ".join(found)
    if passage.images:
        return f"{_counted(passage.images)} came with the request. This sandbox reads text alone, and quotes from it."
    asked = passage.question or "nothing"
    return f"The request has no text to answer from. This sandbox only quotes from the prompt, which asks: {asked}"


def _wanted_call(tools: Sequence[dict[str, Any]], choice: Any, passage: Passage) -> Call | None:
    functions: list[dict[str, Any]] = [tool["function"] for tool in tools]
    if is_object(choice):
        functions = [each for each in functions if each["name"] == choice["function"]["name"]]
    elif choice != "required":
        return None
    if not functions:
        return None
    schema = {"type": "object", **functions[0].get("parameters", {})}
    return Call(functions[0]["name"], _json(fill(schema, passage)))


def _counted(images: int) -> str:
    return "An image" if images == 1 else f"{images} images"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
