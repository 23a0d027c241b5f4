"""What must hold of every answer, whoever asked for it: checks of one exchange by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, Final

from attrs import frozen

from ._exchange import NO_JSON, Exchange, entries, fields, is_object, snippet
from ._streams import STREAM_OBSERVERS

Observe = Callable[[Exchange], Iterator[str]]


@frozen
class Observer:
    """A check of one exchange: it yields the reasons for which it does not hold."""

    name: str
    sentence: str
    observe: Observe


_TOO_MANY_REQUESTS = 429
_CLIENT_ERROR = 400

_RAW = (
    re.compile(r"\b[A-Za-z][\w.-]*/[A-Za-z][\w.-]*-\d+(?:\.\d+)?[bB]\b(?:-\w+)*"),  # org/name-7B
    re.compile(r"\b[A-Za-z][\w.]*(?:-[\w.]+)*-\d+(?:\.\d+)?[bB]\b"),  # name-7B
    re.compile(r"\b[\w.-]+-(?:Instruct|Chat-hf|GGUF|AWQ|GPTQ)\b"),
    re.compile(r"\b(?:NVIDIA|A10G?|A100|H100|H200|B200|GB200|L4|L40S?|MI\d{3}X?|TPU-?v\d\w?)\b"),
    re.compile(r"\b(?:fp8|fp16|bf16|int8|int4|nf4|awq|gptq|gguf)\b"),
    re.compile(r"\b(?:tensor|pipeline|data)_parallel\w*|\b(?:num_)?gpus?(?:_\w+)?\b|\bquantization\b|\bvram\w*"),
)


def _aliases_only(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None:
        return
    text = exchange.content.decode("utf-8", "replace")
    # What the caller wrote is not the API's, nor what a model wrote.
    own = exchange.target + exchange.request_body.decode("utf-8", "replace")
    if exchange.operation.id == "create_chat_completion" and exchange.ok:
        text = re.sub(r'"(?:content|arguments|refusal)"\s*:\s*"(?:[^"\\]|\\.)*"', "", text)
    for pattern in _RAW:
        for found in pattern.finditer(text):
            if found.group() not in own:
                yield f"the answer says {snippet(found.group(), 60)!r}, which looks like weights or hardware"
                return


def _request_id(exchange: Exchange) -> Iterator[str]:
    if not exchange.headers.get("x-request-id"):
        yield "the answer has no x-request-id"


def _detail(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or exchange.status < _CLIENT_ERROR or exchange.method == "HEAD":
        return
    if not fields(exchange.json).get("detail"):
        yield f"an error without detail: {snippet(exchange.content.decode('utf-8', 'replace')) or 'no body'}"


def _retry_after(exchange: Exchange) -> Iterator[str]:
    value = exchange.headers.get("retry-after")
    if value is None:
        if exchange.status == _TOO_MANY_REQUESTS:
            yield "a 429 without Retry-After"
        return
    if not re.fullmatch(r"\d+(?:\.\d+)?", value):
        try:
            parsedate_to_datetime(value)
        except ValueError:
            yield f"Retry-After is {snippet(value)!r}, neither seconds nor an HTTP date"


def _usage_adds_up(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or exchange.operation.id != "create_chat_completion" or not exchange.ok:
        return
    bodies = [payload for _, payload in exchange.payloads] or [exchange.json]
    for body in bodies:
        usage = fields(fields(body).get("usage"))
        prompt, completion, total = (
            usage.get(key, 0) for key in ("prompt_tokens", "completion_tokens", "total_tokens")
        )
        if prompt + completion != total:
            yield f"usage does not add up: {prompt} + {completion} is not {total}"


def _savings_add_up(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or exchange.operation.id != "endpoint_cost" or not exchange.ok:
        return
    body = fields(exchange.json)
    keys = ("requests", "spend_micro_usd", "frontier_baseline_micro_usd", "savings_micro_usd")
    groups = [fields(each) for each in entries(body.get("groups"))]
    for feed in (body, *groups):
        if feed.get(keys[2], 0) - feed.get(keys[1], 0) != feed.get(keys[3], 0):
            yield f"savings are not the baseline less the spend: {snippet(feed)}"
    for key in keys if "groups" in body else ():
        total = sum(group.get(key, 0) for group in groups)
        if total != body.get(key):
            yield f"the groups' {key} sum up to {total}, not {body.get(key)}"


_ECHOES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "retrieve_endpoint": (("path", "endpoint_id", "id"),),
    "start_endpoint": (("path", "endpoint_id", "id"),),
    "stop_endpoint": (("path", "endpoint_id", "id"),),
    **{
        f"endpoint_{feed}": (("path", "endpoint_id", "endpoint_id"), ("query", "window", "window"))
        for feed in ("performance", "uptime", "cost", "quality", "activity")
    },
    "retrieve_task": (("path", "task_id", "id"),),
    "task_leaderboard": (("path", "task_id", "task_id"),),
    "match_task": (("body", "query", "query"),),
    "create_chat_completion": (("body", "model", "model"),),
}


def _what_was_asked_for(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or not exchange.ok:
        return
    asked: dict[str, Any] = {"path": exchange.path, "query": exchange.query, "body": fields(exchange.sent)}
    answers = [payload for _, payload in exchange.payloads if payload is not NO_JSON] or [exchange.json]
    for place, name, key in _ECHOES.get(exchange.operation.id, ()):
        value = asked[place].get(name)
        for answer in answers:
            if value is not None and is_object(answer) and answer.get(key) != value:
                yield f"asked for {name} {snippet(value, 60)!r}, the answer's {key} is {snippet(answer.get(key), 60)}"
                break


OBSERVERS: Final = (
    Observer("request-id", "Every answer names its request.", _request_id),
    Observer("aliases-only", "No answer shows raw weights, hardware or how a model is run.", _aliases_only),
    Observer("error-detail", "Every error says what was wrong in `detail`.", _detail),
    Observer("retry-after", "A 429 says when to try again, in seconds or as an HTTP date.", _retry_after),
    Observer("usage-adds-up", "Prompt and completion tokens make the total.", _usage_adds_up),
    Observer("savings-add-up", "Savings are the baseline less the spend, and groups sum up to it.", _savings_add_up),
    Observer(
        "what-was-asked-for", "An answer is about the id, window, query and model asked for.", _what_was_asked_for
    ),
    *(Observer(*each) for each in STREAM_OBSERVERS),
)
