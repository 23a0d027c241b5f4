"""One logical call: its attempts, what they mean, and the error in the end. Flows: they never wait."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pareta_generated.types import Call, Request, StreamCall, View

from .._content import strict_json
from .._content.error_bodies import error_in, said_in
from .._content.exchange import EVENTS, HttpRequest, TimeLimit, TransportError
from .._content.response import Response, Unreadable
from .._credentials import Key
from .._error_text import place_of
from .._exceptions import APIConnectionError, APIResponseError, APITimeoutError, ParetaError
from .._log import debug, debug_enabled, info
from .._models import ResponseOrigin
from .._status_errors import APIStatusError
from .deadline import Deadline
from .effects import CallBack, Flow, OpenStream, Outcome, Send, Sleep
from .retry import backoff
from .session import Session, repeatable

if TYPE_CHECKING:
    from .hooks import RequestInfo

T = TypeVar("T")
V = TypeVar("V", bound=View)
_BUDGET_SPENT = "Not retried: too many calls of this client fail, and more would only add to the server's load."


@overload
def send(session: Session, call: Call[T], deadline: Deadline | None = None) -> Flow[T]: ...
@overload
def send(session: Session, call: Call[Any], deadline: Deadline | None = None, *, view: type[V]) -> Flow[V]: ...
def send(
    session: Session, call: Call[Any], deadline: Deadline | None = None, *, view: type[View] | None = None
) -> Flow[Any]:
    """Send a call and return its result, as a `view` of the overlay's if there is one."""
    response = yield from _attempts(session, call, deadline or Deadline.of(session))
    if not isinstance(response, Response):  # Only a StreamCall opens a stream.
        raise TypeError(f"{call.operation.id} was not sent as a stream")
    operation, status = call.operation, response.status_code
    result = operation.result(status) if operation.by_status else None
    media = result.media if result else operation.media
    if operation.no_content or media == "none":
        return call.read(None, ResponseOrigin(None, response), status)
    if media != "json":
        return response.content if media == "bytes" else response.text
    value = _value(response)
    declared = result or operation
    if declared.reader is None and (said := error_in(value, call.response_type or declared.response_type or View)):
        raise APIResponseError(f"The response is an error: {said} {_place(response)}", response=response)
    origin = ResponseOrigin.of(value, response)
    return call.read(value, origin, status) if view is None else view.from_dict(value, origin)


def open_stream(session: Session, call: StreamCall[Any]) -> Flow[OpenStream]:
    """Send a call that streams. After the head, only silence ends it, or a deadline that the user set."""
    deadline = Deadline.of(session)
    stream = yield from open_until(session, call, deadline)
    until = deadline.until if isinstance(session.options.deadline, float) else None
    return stream._replace(time=TimeLimit(session.timeouts.read, until))


def open_until(
    session: Session, call: StreamCall[Any], deadline: Deadline, *, silent: bool = False
) -> Flow[OpenStream]:
    """Send a call and return its stream; raise APIResponseError where the response is no such stream."""
    stream = yield from _attempts(session, call, deadline, silent=silent)
    if isinstance(stream, Response):
        kind = stream.content_type or "no content type"
        wanted = call.operation.stream_type
        found = "expected server-sent events, found " if wanted == EVENTS else f"expected {wanted}, found "
        reason = f"{found}{kind}: {stream.snippet!r}"
        if said := _words_of(stream):
            reason = f"The response is an error: {said}"
        raise APIResponseError(f"{reason} {_place(stream)}", response=stream)
    return stream


def _attempts(
    session: Session, call: Request, deadline: Deadline, *, silent: bool = False
) -> Flow[Response | OpenStream]:
    """Send a request until it succeeds or may not be retried; return the 2xx response or raise."""
    key = session.idempotency_key(call)
    request = (yield from _authenticated(session)).request(call, key=key)
    retries = session.options.max_retries if repeatable(call, key) else 0
    spent = late = False
    begun = session.clock()
    for attempt in count():
        sending = Send(
            request=request,
            timeouts=session.timeouts,
            until=deadline.until,
            streams=_stream_type(call),
            silent=silent,
            limit=session.options.max_bytes,
        )
        outcome = yield from _attempt(session, call, sending, attempt + 1, begun)
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
        if isinstance(outcome, TransportError) and outcome.answering and not call.operation.idempotent:
            pause = None if late else pause  # The server may still be at work on it: it is repeated once at most.
            late = True
        if pause is None or not deadline.allow_retry(pause) or (spent := not session.budget.take(retries)):
            error = error_of(request, outcome, attempt + 1, call.operation.errors)
            if spent:
                error.add_note(_BUDGET_SPENT)
                info("not retrying %s %s: too many calls fail", request.method, request.url)
            raise error from (outcome.__cause__ if isinstance(outcome, TransportError) else None)
        info("retrying %s %s in %.2f s (%d of %d)", request.method, request.url, pause, attempt + 1, retries)
        if session.hooks:
            why = outcome.text if isinstance(outcome, TransportError) else outcome
            yield from _tell(session, "on_retry", _info_of(call, request, attempt + 1), why, pause)
        yield Sleep(pause)
        if session.key.source is not None:  # The key may have changed; the rest is as it was.
            request = request.authorized((yield from _authenticated(session)).key.header())
    raise AssertionError  # pragma: no cover


def _stream_type(call: Request) -> str:
    return call.operation.stream_type if isinstance(call, StreamCall) else ""


def _attempt(session: Session, call: Request, sending: Send, number: int, begun: float) -> Flow[Outcome]:
    """Send a request once; tell the hooks, the log, and the response how many attempts it took."""
    seen = _info_of(call, sending.request, number) if session.hooks else None
    if seen is not None:
        yield from _tell(session, "on_request", seen)
    now = session.clock()
    outcome: Outcome = yield sending
    if debug_enabled():
        _log_attempt(sending.request, outcome, session.clock() - now)
    if not isinstance(outcome, TransportError):
        response = outcome if isinstance(outcome, Response) else outcome.response
        response.attempts, response.elapsed = number, session.clock() - begun
        if seen is not None:
            yield from _tell(session, "on_response", seen, response)
    return outcome


def _info_of(call: Request, request: HttpRequest, attempt: int) -> RequestInfo:
    from .hooks import info_of  # Loaded with the hooks.

    return info_of(call, request, attempt)


def _tell(session: Session, name: str, *values: Any) -> Flow[None]:
    """Call the hook of a name, of each that has one."""
    for each in session.hooks:
        function = getattr(each, name)
        if function is not None:
            yield CallBack(function, values)


def _authenticated(session: Session) -> Flow[Session]:
    """Return a session whose key is known."""
    if session.key.source is None:
        return session
    return session._replace(key=Key((yield CallBack(session.key.source))))


def error_of(
    request: HttpRequest, outcome: Response | TransportError, attempts: int, declared: Mapping[str, Any]
) -> ParetaError:
    """Return the exception for the outcome of the last attempt."""
    if isinstance(outcome, Response):
        return APIStatusError.of(outcome, declared)
    tries = "" if attempts == 1 else f" ({attempts} attempts)"
    advice = ". The server may still be at work on it: allow it more time with timeout=." if outcome.answering else ""
    kind = APITimeoutError if outcome.kind == "timeout" else APIConnectionError
    return kind(f"{request.method} {request.url}: {outcome.text}{tries}{advice}")


def _value(response: Response) -> Any:
    try:
        return strict_json.decode(response.content)
    except ValueError as error:
        what = f"it is {response.content_type}" if "json" not in response.content_type else str(error)
        shown = repr(response.snippet) if response.content else "it is empty"
        raise APIResponseError(
            f"The response is not JSON ({what or 'no content type'}): {shown} {_place(response)}", response=response
        ) from error


def _words_of(response: Response) -> str:
    """Return the words of an error that came as JSON."""
    try:
        body = response.json()
    except ValueError:
        return ""
    return said_in(body) if isinstance(body, dict) else ""


def _place(response: Response) -> str:
    advice = " Check base_url." if response.content_type == "text/html" else ""  # The page of a site or a proxy.
    return f"[{response.status_code} to {place_of(response)}]{advice}"


def _log_attempt(request: HttpRequest, outcome: Outcome, seconds: float) -> None:
    if isinstance(outcome, TransportError):
        result, detail = "failed", outcome.text
    else:
        response = outcome if isinstance(outcome, Response) else outcome.response
        result, detail = str(response.status_code), str(response.request_id)
    debug("%s %s %s in %.0f ms (%s)", request.method, request.url, result, seconds * 1000, detail)
