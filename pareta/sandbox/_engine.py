"""Where answers come from: the engine's seam, and the engines that repeat or quote the prompt."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from attrs import frozen

from pareta.sandbox._extraction import Passage, asked, best_sentences, read
from pareta.sandbox._filling import fill
from pareta.sandbox._shapes import is_object


@frozen
class Call:
    """A function that is to be called; `arguments` is JSON text."""

    name: str
    arguments: str


@frozen
class Reply:
    """What an engine says: a text, or calls of functions."""

    text: str | None
    calls: tuple[Call, ...] = ()


class Engine(Protocol):
    """Turns the valid body of a request for a completion into a reply."""

    name: str

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return the reply; the same to the same body."""
        ...


class ExtractiveEngine:
    """Answers with the sentences of the prompt that share most with what is asked.

    It calls a function only where `tool_choice` is `required` or names one, with arguments drawn from the prompt
    and the function's schema. It writes JSON where `response_format` asks for it. It is one answer, whatever `n` is,
    and the same at every temperature.
    """

    name = "extractive"

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return the reply; the same to the same body."""
        passage = read(body["messages"])
        call = _wanted_call(body.get("tools", ()), body.get("tool_choice"), passage)
        if call is not None:
            return Reply(None, (call,))
        return Reply(_text(body.get("response_format", {"type": "text"}), passage))


class EchoEngine:
    """Answers with the text of the last user message, to the character."""

    name = "echo"

    def reply(self, body: dict[str, Any]) -> Reply:
        """Return what was said last."""
        return Reply(asked(body["messages"]))


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
