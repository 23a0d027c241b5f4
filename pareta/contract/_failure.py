"""What a failure shows: the reason, the document's line, the request as a curl command, and the response."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import requests
from attrs import asdict, frozen
from hypothesis.errors import Flaky
from schemathesis.core.failures import Failure as GeneratedFailure

from pareta.sandbox import _document

from ._exchange import SHAPE_ERRORS, Exchange, NoLiveEndpointError, shape_problem, snippet

_STEPS = 12
"""The number of requests before a failure that are shown."""


@frozen(kw_only=True)
class Failure:
    """One failure, as text: it travels from an xdist worker to its controller."""

    reason: str
    where: str
    """The place in the document, `file:line`."""
    curl: str = ""
    response: str = ""
    steps: Sequence[str] = ()
    """The requests that led to the failure, if one request is not enough to show it."""


def failures_of(error: BaseException, last: Exchange | None = None, steps: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the failures that an exception stands for, as dicts; `last` and `steps` are the test's requests."""
    shown = [f"{number}. {step}" for number, step in enumerate(steps, start=1)][-_STEPS:] if len(steps) > 1 else []
    found = [asdict(_failure(each, exchange, shown)) for each, exchange in _leaves(error, last)]
    return list({each["reason"]: each for each in found}.values())


def _leaves(error: BaseException, exchange: Exchange | None) -> Iterator[tuple[BaseException, Exchange | None]]:
    exchange = getattr(error, "exchange", None) or exchange
    causes: Any = error
    if isinstance(error, BaseExceptionGroup) and not isinstance(error, Flaky):
        for each in causes.exceptions:
            yield from _leaves(each, exchange)
    else:
        yield error, exchange


def _failure(error: BaseException, exchange: Exchange | None, steps: Sequence[str]) -> Failure:
    document = _document.load()
    if isinstance(error, NoLiveEndpointError):
        steps = ()
    if exchange is None or isinstance(error, requests.RequestException):
        return Failure(reason=_reason(error), where=document.file, steps=steps)
    body = snippet(exchange.content.decode("utf-8", "replace"), 200)
    return Failure(
        reason=_reason(error),
        where=document.where(exchange.operation, exchange.status),
        curl=exchange.curl,
        response=f"{exchange.status} {exchange.content_type} {body}".strip(),
        steps=() if isinstance(error, GeneratedFailure) else steps,
    )


def _reason(error: BaseException) -> str:
    match error:
        case GeneratedFailure():
            message = error.message.split("\n\n", maxsplit=1)[0]
            return f"{error.checks[0] if error.checks else error.title}: {error.title}: {snippet(message, 200)}"
        case AssertionError() | pytest.fail.Exception():
            return snippet(str(error).partition("\nassert ")[0] or type(error).__name__, 300)
        case requests.RequestException():
            return f"the server did not respond: {snippet(str(error), 200)}"
        case Flaky():
            return "the same requests gave another result the second time"
        case _ if isinstance(error, SHAPE_ERRORS):
            return shape_problem(error)
        case _:
            return f"{type(error).__name__}: {snippet(str(error), 300)}"
