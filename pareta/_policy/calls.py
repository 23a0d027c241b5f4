"""One logical call: its attempts, what they mean, and the error in the end. Flows: they never wait."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, TypeVar

import attrs

from pareta_generated.types import Call, Request, StreamCall

from .._content import strict_json
from .._content.exchange import HttpRequest, TimeLimit, TransportError
from .._content.response import Response, Unreadable
from .._credentials import Key
from .._error_text import place_of
from .._exceptions import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    ParetaError,
)
from .._log import debug, debug_enabled, info
from .._models import ResponseOrigin
from .deadline import Deadline
from .effects import AskForKey, Flow, OpenStream, Outcome, Send, Sleep
from .retry import backoff
from .session import Session, repeatable

T = TypeVar("T")
_BUDGET_SPENT = "Not retried: too many calls of this client fail, and more would only add to the server's load."


def send(session: Session, call: Call[T], deadline: Deadline | None = None) -> Flow[T]:
    """Send a call and return its result."""
    response = yield from _attempts(session, call, deadline or Deadline.of(session))
    if not isinstance(response, Response):  # Only a StreamCall opens a stream.
        raise TypeError(f"{call.operation.id} was not sent as a stream")
    operation, status = call.operation, response.status_code
    result = operation.result(status) if operation.by_status else None
    media = result.media if result else operation.media
    if operation.no_content or media == "none":
        return call.read(None, ResponseOrigin(None, response), status)
    value = _value(response) if media == "json" else response.content if media == "bytes" else _text(response)
    return call.read(value, ResponseOrigin.of(value, response), status)


def open_stream(session: Session, call: StreamCall[Any]) -> Flow[OpenStream]:
    """Send a call that streams. After the head, only silence ends it, or a deadline that the user set."""
    deadline = Deadline.of(session)
    stream = yield from open_until(session, call, deadline)
    until = deadline.until if isinstance(session.options.deadline, float) else None
    return stream._replace(time=TimeLimit(session.timeouts.read, until))


def open_until(
    session: Session, call: StreamCall[Any], deadline: Deadline, *, silent: bool = False
) -> Flow[OpenStream]:
    """Send a call and return its stream; raise APIResponseError where the response is no stream of events."""
    stream = yield from _attempts(session, call, deadline, silent=silent)
    if isinstance(stream, Response):
        kind = stream.content_type or "no content type"
        raise APIResponseError(
            f"expected server-sent events, found {kind}: {stream.snippet!r} {_place(stream)}", response=stream
        )
    return stream


def _attempts(
    session: Session, call: Request, deadline: Deadline, *, silent: bool = False
) -> Flow[Response | OpenStream]:
    """Send a request until it succeeds or may not be retried; return the 2xx response or raise."""
    key = session.idempotency_key(call)
    request = (yield from _authenticated(session)).request(call, key=key)
    retries = session.options.max_retries if repeatable(call, key) else 0
    spent = False
    for attempt in count():
        begun = session.clock()
        outcome: Outcome = yield Send(
            request=request,
            timeouts=session.timeouts,
            until=deadline.until,
            streams=isinstance(call, StreamCall),
            silent=silent,
            limit=session.options.max_bytes,
        )
        if debug_enabled():
            _log_attempt(request, outcome, session.clock() - begun)
        if isinstance(outcome, OpenStream):
            session.budget.succeed()
            return outcome
        if isinstance(outcome, Unreadable):
            raise APIResponseError(
                f"The response cannot be read: {outcome.reason} {_place(outcome.response)}", response=outcome.response
            )
        if isinstance(outcome, Response) and 200 <= outcome.status_code < 300:
            session.budget.succeed()
            return outcome
        pause = backoff(outcome, attempt, session.random) if attempt < retries else None
        if pause is None or not deadline.allow_retry(pause) or (spent := not session.budget.take(retries)):
            error = error_of(request, outcome, attempt + 1)
            if spent:
                error.add_note(_BUDGET_SPENT)
                info("not retrying %s %s: too many calls fail", request.method, request.url)
            raise error from (outcome.__cause__ if isinstance(outcome, TransportError) else None)
        info("retrying %s %s in %.2f s (%d of %d)", request.method, request.url, pause, attempt + 1, retries)
        yield Sleep(pause)
        if session.key.source is not None:  # The key may have changed.
            request = (yield from _authenticated(session)).request(call, key=key)
    raise AssertionError  # pragma: no cover


def _authenticated(session: Session) -> Flow[Session]:
    """Return a session whose key is known."""
    if session.key.source is None:
        return session
    return attrs.evolve(session, key=Key((yield AskForKey(session.key.source))))


def error_of(request: HttpRequest, outcome: Response | TransportError, attempts: int) -> ParetaError:
    """Return the exception for the outcome of the last attempt."""
    if isinstance(outcome, Response):
        return APIStatusError.of(outcome)
    tries = "" if attempts == 1 else f" ({attempts} attempts)"
    kind = APITimeoutError if outcome.kind == "timeout" else APIConnectionError
    return kind(f"{request.method} {request.url}: {outcome.text}{tries}")


def _value(response: Response) -> Any:
    try:
        return strict_json.decode(response.content)
    except ValueError as error:
        what = f"it is {response.content_type}" if "json" not in response.content_type else str(error)
        shown = repr(response.snippet) if response.content else "it is empty"
        raise APIResponseError(
            f"The response is not JSON ({what or 'no content type'}): {shown} {_place(response)}", response=response
        ) from error


def _text(response: Response) -> str:
    charset = re.search(r"charset=\"?([\w-]+)", response.content_type)
    try:
        return response.content.decode(charset[1] if charset else "utf-8", errors="replace")
    except LookupError:  # No encoding that Python knows.
        return response.content.decode(errors="replace")


def check_sendable(call: object) -> None:
    """Refuse a call that this client would send or read wrongly. Nothing was sent.

    Raises:
        TypeError: It is no call, or one of a package with a runtime of its own.
        ValueError: It needs what this client does not do.

    """
    if not isinstance(call, Request):
        raise TypeError(
            f"call() takes a call of pareta_generated.api or of a package generated with --client, not"
            f" {type(call).__module__}.{type(call).__name__}; nothing was sent"
        )
    operation = call.operation
    if operation.server is not None:
        raise ValueError(f"{operation.id} goes to {operation.server}: call it by a client with that base_url")
    if operation.framing == "lines" and isinstance(call, StreamCall):
        raise ValueError(f"{operation.id} answers with a line for each value, which this client does not read")


def _place(response: Response) -> str:
    return f"[{response.status_code} to {place_of(response)}]"


def _log_attempt(request: HttpRequest, outcome: Outcome, seconds: float) -> None:
    if isinstance(outcome, TransportError):
        result, detail = "failed", outcome.text
    else:
        response = outcome if isinstance(outcome, Response) else outcome.response
        result, detail = str(response.status_code), str(response.request_id)
    debug("%s %s %s in %.0f ms (%s)", request.method, request.url, result, seconds * 1000, detail)
