"""What every exchange of the run holds, whichever test caused it. These tests run last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Final

from pareta.sandbox import _document

from ._each_exchange import all_exchanges, each_exchange
from ._exchange import NO_JSON, Exchange, entries, fields, is_object, snippet
from ._response_validator import ResponseValidator

_VALIDATOR = ResponseValidator(_document.load())
# Names of weights, hardware and serving settings, which the API must not disclose.
_INTERNALS = (
    re.compile(r"\b[A-Za-z][\w.-]*/[A-Za-z][\w.-]*-\d+(?:\.\d+)?[bB]\b(?:-\w+)*"),  # org/name-7B
    re.compile(r"\b[A-Za-z][\w.]*(?:-[\w.]+)*-\d+(?:\.\d+)?[bB]\b"),  # name-7B
    re.compile(r"\b[\w.-]+-(?:Instruct|Chat-hf|GGUF|AWQ|GPTQ)\b"),
    re.compile(r"\b(?:NVIDIA|A10G?|A100|H100|H200|B200|GB200|L4|L40S?|MI\d{3}X?|TPU-?v\d\w?)\b"),
    re.compile(r"\b(?:fp8|fp16|bf16|int8|int4|nf4|awq|gptq|gguf)\b"),
    re.compile(r"\b(?:tensor|pipeline|data)_parallel\w*|\b(?:num_)?gpus?(?:_\w+)?\b|\bquantization\b|\bvram\w*"),
)


def _is_ok(exchange: Exchange, operation_id: str) -> bool:
    return exchange.operation is not None and exchange.operation.id == operation_id and exchange.ok


@cache
def _problems(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    return tuple(_VALIDATOR.problems(exchange))


def _invalid(exchange: Exchange, kind: str) -> Iterator[str]:
    return (reason for found, reason in _problems(exchange) if found == kind)


@each_exchange
def test_every_status_is_documented(exchange: Exchange) -> Iterator[str]:
    """Every status is documented for its operation."""
    return _invalid(exchange, "status")


@each_exchange
def test_every_content_type_is_documented(exchange: Exchange) -> Iterator[str]:
    """Every content type is documented for its status."""
    return _invalid(exchange, "content type")


@each_exchange
def test_every_header_fits_its_schema(exchange: Exchange) -> Iterator[str]:
    """Every required header is present and fits its schema."""
    return _invalid(exchange, "header")


@each_exchange
def test_every_body_fits_its_schema(exchange: Exchange) -> Iterator[str]:
    """Every JSON body fits its schema."""
    return _invalid(exchange, "body")


@each_exchange
def test_every_event_fits_its_schema(exchange: Exchange) -> Iterator[str]:
    """Every server-sent event is documented and fits its schema."""
    return _invalid(exchange, "event")


@each_exchange
def test_every_response_has_a_request_id(exchange: Exchange) -> Iterator[str]:
    """Every response has a request id."""
    if not exchange.headers.get("x-request-id"):
        yield "the response has no x-request-id"


@all_exchanges
def test_no_two_responses_share_a_request_id(exchanges: Iterable[Exchange]) -> Iterator[tuple[Exchange, str]]:
    """No two responses share a request id."""
    known: set[tuple[int, str]] = set()
    for exchange in exchanges:
        value = exchange.headers.get("x-request-id", "")
        if value and (exchange.epoch, value) in known:
            yield exchange, f"an earlier response has the same request id {value!r}"
        known.add((exchange.epoch, value))


@each_exchange
def test_no_response_discloses_weights_or_hardware(exchange: Exchange) -> Iterator[str]:
    """No response discloses weights, hardware or serving settings."""
    if exchange.operation is None:
        return
    text = exchange.content.decode("utf-8", "replace")
    # Ignore the text of the caller and of the model.
    request = exchange.target + exchange.request_body.decode("utf-8", "replace")
    if _is_ok(exchange, "create_chat_completion"):
        text = re.sub(r'"(?:content|arguments|refusal)"\s*:\s*"(?:[^"\\]|\\.)*"', "", text)
    for pattern in _INTERNALS:
        for found in pattern.finditer(text):
            if found.group() not in request:
                yield f"the response contains {snippet(found.group(), 60)!r}, which looks like weights or hardware"
                return


@each_exchange
def test_every_error_has_a_detail(exchange: Exchange) -> Iterator[str]:
    """Every error has a `detail`."""
    if exchange.operation is None or exchange.status < 400 or exchange.method == "HEAD":
        return
    if not fields(exchange.json).get("detail"):
        yield f"an error without detail: {snippet(exchange.content.decode('utf-8', 'replace')) or 'no body'}"


@each_exchange
def test_every_429_says_when_to_retry(exchange: Exchange) -> Iterator[str]:
    """A 429 has a Retry-After, in seconds or as an HTTP date."""
    value = exchange.headers.get("retry-after")
    if value is None:
        if exchange.status == 429:
            yield "a 429 without Retry-After"
        return
    if not re.fullmatch(r"\d+(?:\.\d+)?", value):
        try:
            parsedate_to_datetime(value)
        except ValueError:
            yield f"Retry-After is {snippet(value)!r}, neither seconds nor an HTTP date"


@each_exchange
def test_usage_adds_up(exchange: Exchange) -> Iterator[str]:
    """Prompt and completion tokens add up to the total."""
    if not _is_ok(exchange, "create_chat_completion"):
        return
    for body in [payload for _, payload in exchange.payloads] or [exchange.json]:
        usage = fields(fields(body).get("usage"))
        prompt, completion, total = (
            usage.get(key, 0) for key in ("prompt_tokens", "completion_tokens", "total_tokens")
        )
        if prompt + completion != total:
            yield f"total_tokens is {total}, not {prompt} + {completion}"


@each_exchange
def test_savings_add_up(exchange: Exchange) -> Iterator[str]:
    """Savings are the baseline minus the spend; groups add up."""
    if not _is_ok(exchange, "endpoint_cost"):
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


@each_exchange
def test_a_response_is_of_what_was_requested(exchange: Exchange) -> Iterator[str]:
    """A response has the request's id, window, query and model."""
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
