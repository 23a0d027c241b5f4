"""An engine's reply as a completion: cut to the request's limits, whole or in chunks; no billing."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from pareta.sandbox._messages import encode, event
from pareta.sandbox._text_engine import Reply
from pareta.sandbox._tokens import count_prompt, tokenize

_DELTA = {"content": "placeholder"}


@frozen
class Completion:
    """A completion with one delta for each token."""

    id: str
    model: str
    created: int
    deltas: tuple[dict[str, Any], ...]
    finish_reason: str
    prompt_tokens: int

    @property
    def usage(self) -> dict[str, int]:
        """The API's JSON for the token usage."""
        written = len(self.deltas)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": written,
            "total_tokens": self.prompt_tokens + written,
        }

    def whole(self) -> dict[str, Any]:
        """Return the whole completion."""
        return {
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "message": self._message(), "finish_reason": self.finish_reason}],
            "usage": self.usage,
        }

    def events(self, *, include_usage: bool) -> Iterator[bytes]:
        """Yield the chunks as events: role, tokens, finish_reason and, with `include_usage`, the usage."""
        no_usage = {"usage": None} if include_usage else {}
        content = {} if self._calls() else {"content": ""}
        yield event({**self._chunk({"role": "assistant", **content}, None), **no_usage})
        # Only the deltas differ, so encode the rest once.
        before, _, after = event({**self._chunk(_DELTA, None), **no_usage}).rpartition(encode(_DELTA))
        for delta in self.deltas:
            yield before + encode(delta) + after
        yield event({**self._chunk({}, self.finish_reason), **no_usage})
        if include_usage:
            yield event({**self._chunk({}, None), "choices": [], "usage": self.usage})

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }

    def _calls(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []
        if not self.deltas or "tool_calls" not in self.deltas[0]:
            return calls  # All deltas are of one kind.
        for delta in self.deltas:
            for piece in delta.get("tool_calls", ()):
                if "id" in piece:
                    function = {"name": piece["function"]["name"], "arguments": ""}
                    calls.append({"id": piece["id"], "type": "function", "function": function})
                else:
                    calls[piece["index"]]["function"]["arguments"] += piece["function"]["arguments"]
        return calls

    def _message(self) -> dict[str, Any]:
        calls = self._calls()
        if calls:
            return {"role": "assistant", "content": None, "tool_calls": calls}
        return {"role": "assistant", "content": "".join(delta["content"] for delta in self.deltas)}


def complete(reply: Reply, body: dict[str, Any], *, number: int, created: int) -> Completion:
    """Return the completion for a request's body, cut by its `stop` and its token limits."""
    if reply.calls:
        finish_reason = "tool_calls"
        deltas = list(_call_deltas(reply, number))
    else:
        finish_reason = "stop"
        deltas = [{"content": token} for token in tokenize(_before(reply.text or "", body.get("stop")))]
    limit = body.get("max_completion_tokens")
    limit = body.get("max_tokens") if limit is None else limit
    if limit is not None and len(deltas) > int(limit):
        deltas = deltas[: int(limit)]
        finish_reason = "length"
    return Completion(
        id=f"chatcmpl-{number:06}",
        model=body["model"],
        created=created,
        deltas=tuple(deltas),
        finish_reason=finish_reason,
        prompt_tokens=count_prompt(body["messages"]),
    )


def _call_deltas(reply: Reply, number: int) -> Iterator[dict[str, Any]]:
    for index, call in enumerate(reply.calls):
        head = {"id": f"call_{number:06}_{index}", "type": "function", "function": {"name": call.name, "arguments": ""}}
        yield {"tool_calls": [{"index": index, **head}]}
        for token in tokenize(call.arguments):
            yield {"tool_calls": [{"index": index, "function": {"arguments": token}}]}


def _before(text: str, stop: str | list[str] | None) -> str:
    stops = [stop] if isinstance(stop, str) else stop or []
    found = [text.find(each) for each in stops if each and each in text]
    return text[: min(found)] if found else text
