"""Checks that run on every exchange."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from attrs import frozen

from ._exchange import NO_JSON, Exchange, entries, fields, is_object, snippet
from ._stream_checks import STREAM_CHECKS


@frozen
class ExchangeCheck:
    """A check of one exchange; `problems` yields a reason for each failure."""

    name: str
    sentence: str
    problems: Callable[[Exchange], Iterator[str]]


# Names of weights, hardware and serving settings, which the API must not disclose.
_INTERNALS = (
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
    # Ignore the text of the caller and of the model.
    request = exchange.target + exchange.request_body.decode("utf-8", "replace")
    if exchange.operation.id == "create_chat_completion" and exchange.ok:
        text = re.sub(r'"(?:content|arguments|refusal)"\s*:\s*"(?:[^"\\]|\\.)*"', "", text)
    for pattern in _INTERNALS:
        for found in pattern.finditer(text):
            if found.group() not in request:
                yield f"the response contains {snippet(found.group(), 60)!r}, which looks like weights or hardware"
                return


def _request_id(exchange: Exchange) -> Iterator[str]:
    if not exchange.headers.get("x-request-id"):
        yield "the response has no x-request-id"


def _detail(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or exchange.status < HTTPStatus.BAD_REQUEST or exchange.method == "HEAD":
        return
    if not fields(exchange.json).get("detail"):
        yield f"an error without detail: {snippet(exchange.content.decode('utf-8', 'replace')) or 'no body'}"


def _retry_after(exchange: Exchange) -> Iterator[str]:
    value = exchange.headers.get("retry-after")
    if value is None:
        if exchange.status == HTTPStatus.TOO_MANY_REQUESTS:
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
            yield f"total_tokens is {total}, not {prompt} + {completion}"


def _savings_add_up(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or exchange.operation.id != "endpoint_cost" or not exchange.ok:
        return
    body = fields(exchange.json)
    keys = ("requests", "spend_micro_usd", "frontier_baseline_micro_usd", "savings_micro_usd")
    groups = [fields(each) for each in entries(body.get("groups"))]
    for feed in (body, *groups):
        if feed.get(keys[2], 0) - feed.get(keys[1], 0) != feed.get(keys[3], 0):
            yield f"savings are not the baseline minus the spend: {snippet(feed)}"
    for key in keys if "groups" in body else ():
        total = sum(group.get(key, 0) for group in groups)
        if total != body.get(key):
            yield f"{key} of the groups adds up to {total}, not {body.get(key)}"


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


def _echoes_request(exchange: Exchange) -> Iterator[str]:
    if exchange.operation is None or not exchange.ok:
        return
    sent: dict[str, Any] = {"path": exchange.path, "query": exchange.query, "body": fields(exchange.request_json)}
    bodies = [payload for _, payload in exchange.payloads if payload is not NO_JSON] or [exchange.json]
    for location, name, key in _ECHOES.get(exchange.operation.id, ()):
        value = sent[location].get(name)
        for body in bodies:
            if value is not None and is_object(body) and body.get(key) != value:
                yield f"{name} was {snippet(value, 60)!r} in the request, {key} is {snippet(body.get(key), 60)!r}"
                break


EXCHANGE_CHECKS: Final = (
    ExchangeCheck("request-id", "Every response has a request id.", _request_id),
    ExchangeCheck("aliases-only", "No response discloses weights, hardware or serving settings.", _aliases_only),
    ExchangeCheck("error-detail", "Every error has a `detail`.", _detail),
    ExchangeCheck("retry-after", "A 429 has a Retry-After, in seconds or as an HTTP date.", _retry_after),
    ExchangeCheck("usage-adds-up", "Prompt and completion tokens add up to the total.", _usage_adds_up),
    ExchangeCheck("savings-add-up", "Savings are the baseline minus the spend; groups add up.", _savings_add_up),
    ExchangeCheck("what-was-asked-for", "A response has the request's id, window, query and model.", _echoes_request),
    *(ExchangeCheck(*each) for each in STREAM_CHECKS),
)
