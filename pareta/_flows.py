"""The client's policy, once for both worlds: generators that ask for effects and never wait themselves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

from pareta_generated.api import DEPLOY_ENDPOINT
from pareta_generated.types import Call, Request, StreamCall

from . import _json
from ._deploy import DeployReading, endpoint_id_of
from ._effects import Flow, Opened, Outcome, Send, Settle, Sleep, Unreadable
from ._engine import Fault, HttpRequest, Waits
from ._exceptions import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    DeployError,
    ParetaError,
    place_of,
)
from ._log import debug, debugging, info
from ._models import Answer, Endpoint
from ._response import Response
from ._retry import pause
from ._session import Session, repeatable
from ._timeouts import Patience

T = TypeVar("T")
DEPLOY_DEADLINE = 3600.0
_SPENT = "It was not tried again: so many of this client's calls fail that more would only add to the server's load."


class Deadline:
    """When a logical call must be over, by the session's clock.

    One that follows from the timeouts moves with each wait between two attempts; one that was asked for
    does not, and so a wait that would pass it is not begun.
    """

    def __init__(self, session: Session, seconds: float | None, *, moves: bool) -> None:
        self._clock = session.clock
        self._moves = moves
        self.until = None if seconds is None else session.clock() + seconds

    @classmethod
    def of(cls, session: Session, default: float | None = None) -> Deadline:
        """Return the deadline for a call that begins now: the one that was asked for, else the default."""
        seconds = session.options.seconds(session.timeouts)
        given = isinstance(session.options.deadline, float)
        if default is not None and not given:
            seconds = default if session.options.deadline is not None else None
        return cls(session, seconds, moves=default is None and not given)

    def allow(self, seconds: float) -> bool:
        """Return whether there is time to wait so long."""
        return self.until is None or self._clock() + seconds < self.until

    def allow_retry(self, seconds: float) -> bool:
        """Return whether there is time to wait so long before the next attempt, for which room may be made."""
        if self.until is not None and self._moves:
            self.until += seconds
        return self.allow(seconds)

    @property
    def passed(self) -> bool:
        """Whether it is over."""
        return self.until is not None and self._clock() >= self.until


def send(session: Session, call: Call[T], deadline: Deadline | None = None) -> Flow[T]:
    """Send a call and return what it answers."""
    response = yield from _attempts(session, call, deadline or Deadline.of(session))
    if not isinstance(response, Response):  # Only a StreamCall opens a stream.
        raise TypeError(f"{call.operation.id} was not sent as a stream")
    if call.operation.no_content:
        return call.read(None, Answer(None, response))
    value = _value(response)
    return call.read(value, Answer.of(value, response))


def open_stream(session: Session, call: StreamCall[Any]) -> Flow[Opened]:
    """Send a call that streams. Once its head is there, silence ends it, or a deadline that was asked for."""
    deadline = Deadline.of(session)
    opened = yield from _open(session, call, deadline)
    until = deadline.until if isinstance(session.options.deadline, float) else None
    return opened._replace(read=Patience(session.timeouts.read, until))


def open_deploy(session: Session, call: StreamCall[Any], deadline: Deadline | None = None) -> Flow[Opened]:
    """Send a deployment and return its stream, which may be silent up to the deadline."""
    deadline = deadline or Deadline.of(session, DEPLOY_DEADLINE)
    try:
        opened = yield from _open(session, call, deadline)
    except APIConnectionError as error:  # Of an answer that was lost whole, which says nothing of the request.
        name = (call.body or {}).get("name")
        look = f"retrieve({name!r})" if isinstance(name, str) else "list()"
        said = str(error).rstrip(".")
        error.args = (f"{said}. If the request arrived, the deployment goes on: look with endpoints.{look}.",)
        raise
    return opened._replace(read=Patience(None, deadline.until))


def open_any(session: Session, call: StreamCall[Any]) -> Flow[Opened]:
    """Send a call that streams, with the patience that its operation needs."""
    return (yield from (open_deploy if call.operation is DEPLOY_ENDPOINT else open_stream)(session, call))


def _open(session: Session, call: StreamCall[Any], deadline: Deadline) -> Flow[Opened]:
    opened = yield from _attempts(session, call, deadline)
    if isinstance(opened, Response):
        kind = opened.content_type or "no content type"
        raise APIResponseError(
            f"expected server-sent events, found {kind}: {opened.snippet!r} {_place(opened)}", response=opened
        )
    return opened


def deploy(session: Session, call: StreamCall[Any], retrieve: Callable[[str], Call[Endpoint]]) -> Flow[Endpoint]:
    """Deploy, and return the endpoint when it is live.

    The deployment goes on when its stream is lost, so what became of it is asked for: by the path in
    `Location`, else by the name that the caller gave.
    """
    deadline = Deadline.of(session, DEPLOY_DEADLINE)
    opened = yield from open_deploy(session, call, deadline)
    reading = DeployReading(opened.response, opened.limit)
    fault: Fault | None = yield Settle(opened=opened, reading=reading)
    name = (call.body or {}).get("name")
    endpoint_id = endpoint_id_of(opened.response) or (name if isinstance(name, str) else None)
    if fault is None:
        raw = reading.endpoint()
        endpoint = Endpoint.from_dict(raw, Answer(raw, opened.response))
        if endpoint.is_live or endpoint.id is None:
            return endpoint
        endpoint_id = endpoint.id
    elif deadline.passed:
        raise reading.broken(fault) from fault.__cause__
    elif endpoint_id is None:
        raise reading.lost(fault) from fault.__cause__
    else:
        info("the deploy stream was lost (%s); asking what became of %s", fault.text, endpoint_id)
    try:
        return (yield from wait_until_live(session, retrieve(endpoint_id), endpoint_id, deadline))
    except APITimeoutError:
        raise
    except (APIConnectionError, APIStatusError, APIResponseError) as error:
        raise DeployError(
            f"The deployment of {endpoint_id} may go on, but how it stands cannot be read: {error} "
            f"Look with endpoints.retrieve({endpoint_id!r}).",
            last_event=reading.last_event,
            endpoint_id=endpoint_id,
        ) from error


def wait_until_live(
    session: Session, call: Call[Endpoint], endpoint_id: str, deadline: Deadline, poll_interval: float = 3.0
) -> Flow[Endpoint]:
    """Ask for an endpoint until it is live."""
    stopped, status = False, None
    for poll in count():
        if poll:
            yield Sleep(poll_interval)
            if deadline.passed:
                break
        endpoint = yield from send(session, call, deadline)
        if endpoint.is_live:
            return endpoint
        if endpoint.status == "failed":
            why = f": {endpoint.failure}" if endpoint.failure else "."
            raise DeployError(f"Endpoint {endpoint_id} failed{why}", endpoint_id=endpoint_id)
        if endpoint.status == "stopped" and stopped:
            raise DeployError(
                f"Endpoint {endpoint_id} is stopped. Start it with endpoints.start({endpoint_id!r}).",
                endpoint_id=endpoint_id,
            )
        stopped = endpoint.status == "stopped"
        status = endpoint.status
        if not deadline.allow(poll_interval):
            break
    raise APITimeoutError(f"Endpoint {endpoint_id} is not live in time: its status is {status!r}.")


def _attempts(session: Session, call: Request, deadline: Deadline) -> Flow[Response | Opened]:
    """Send a call, again where that can help, and return its answer of 2xx."""
    key = session.idempotency_key(call)
    request = session.request(call, key=key)
    retries = session.options.max_retries if repeatable(call, key) else 0
    spent = False
    for attempt in count():
        begun = session.clock()
        outcome: Outcome = yield Send(
            request=request,
            waits=Waits.of(session.timeouts, deadline.until),
            streams=isinstance(call, StreamCall),
            limit=session.options.max_bytes,
        )
        if debugging():
            _log_attempt(request, outcome, session.clock() - begun)
        if isinstance(outcome, Opened):
            session.budget.succeed()
            return outcome
        if isinstance(outcome, Unreadable):
            raise APIResponseError(
                f"The answer cannot be read: {outcome.reason} {_place(outcome.response)}", response=outcome.response
            )
        if isinstance(outcome, Response) and 200 <= outcome.status_code < 300:  # noqa: PLR2004
            session.budget.succeed()
            return outcome
        again = pause(outcome, attempt, session.random) if attempt < retries else None
        if again is None or not deadline.allow_retry(again) or (spent := not session.budget.take(retries)):
            error = error_of(request, outcome, attempt + 1)
            if spent:
                error.add_note(_SPENT)
                info("not retrying %s %s: too many calls fail", request.method, request.url)
            raise error from (outcome.__cause__ if isinstance(outcome, Fault) else None)
        info("retrying %s %s in %.2f s (%d of %d)", request.method, request.url, again, attempt + 1, retries)
        yield Sleep(again)
    raise AssertionError  # pragma: no cover


def error_of(request: HttpRequest, outcome: Response | Fault, attempts: int) -> ParetaError:
    """Return the exception for what came of a request in the end."""
    if isinstance(outcome, Response):
        return APIStatusError.of(outcome)
    tries = "" if attempts == 1 else f" ({attempts} attempts)"
    kind = APITimeoutError if outcome.kind == "timeout" else APIConnectionError
    return kind(f"{request.method} {request.url}: {outcome.text}{tries}")


def _value(response: Response) -> Any:
    try:
        return _json.decode(response.content)
    except ValueError as error:
        what = f"it is {response.content_type}" if "json" not in response.content_type else str(error)
        shown = repr(response.snippet) if response.content else "it is empty"
        raise APIResponseError(
            f"The answer is not JSON ({what or 'no content type'}): {shown} {_place(response)}", response=response
        ) from error


def _place(response: Response) -> str:
    return f"[{response.status_code} to {place_of(response)}]"


def _log_attempt(request: HttpRequest, outcome: Outcome, seconds: float) -> None:
    if isinstance(outcome, Fault):
        debug("%s %s failed in %.0f ms: %s", request.method, request.url, seconds * 1000, outcome.text)
        return
    response = outcome if isinstance(outcome, Response) else outcome.response
    debug(
        "%s %s %d in %.0f ms (%s)",
        request.method,
        request.url,
        response.status_code,
        seconds * 1000,
        response.request_id,
    )
