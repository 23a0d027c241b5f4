"""Deployments: open their stream, survive its loss, wait until an endpoint is live. Flows: they never wait."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from pareta_generated.api import DEPLOY_ENDPOINT
from pareta_generated.types import Call, StreamCall

from .._content.deploy_stream import DeployStreamParser, endpoint_id_of
from .._content.exchange import TimeLimit, TransportError
from .._exceptions import APIConnectionError, APIResponseError, APIStatusError, APITimeoutError, DeployError
from .._log import info
from .._models import Endpoint, ResponseOrigin
from .calls import open_stream, open_until, send
from .deadline import Deadline
from .effects import Flow, OpenStream, ReadToEnd, Sleep
from .session import Session

DEPLOY_DEADLINE = 3600.0
"""Seconds that a deployment may take, unless the user sets a deadline."""
SILENCE = 60.0
"""Seconds without a byte after which the endpoint itself is polled: a connection may have died without a sign."""


def open_any(session: Session, call: StreamCall[Any]) -> Flow[OpenStream]:
    """Send any call that streams; a deployment may be silent for longer than others."""
    return (yield from (open_deploy if call.operation is DEPLOY_ENDPOINT else open_stream)(session, call))


def open_deploy(session: Session, call: StreamCall[Any], deadline: Deadline | None = None) -> Flow[OpenStream]:
    """Send a deployment and return its stream, which may be silent up to the deadline."""
    deadline = deadline or Deadline.of(session, DEPLOY_DEADLINE)
    try:
        stream = yield from open_until(session, call, deadline, silent=True)
    except APIConnectionError as error:  # Whether the request arrived is not known.
        name = _name_of(call)
        look = "list()" if name is None else f"retrieve({name!r})"
        text = str(error).rstrip(".")
        error.args = (f"{text}. If the request arrived, the deployment goes on: look with endpoints.{look}.",)
        raise
    return stream._replace(time=TimeLimit(None, deadline.until))


def deploy(session: Session, call: StreamCall[Any], retrieve: Callable[[str], Call[Endpoint]]) -> Flow[Endpoint]:
    """Deploy, and return the endpoint when it is live.

    The deployment goes on when its stream is lost or silent. Then the endpoint is polled, by the id in
    `Location`, else by the name that the user gave.
    """
    deadline = Deadline.of(session, DEPLOY_DEADLINE)
    stream = yield from open_deploy(session, call, deadline)
    endpoint_id = endpoint_id_of(stream.response) or _name_of(call)
    if endpoint_id is not None:
        stream = stream._replace(time=TimeLimit(SILENCE, deadline.until))
    parser = DeployStreamParser(stream.response, stream.limit)
    error: TransportError | None = yield ReadToEnd(stream, parser)
    if error is None:
        raw = parser.endpoint()
        endpoint = Endpoint.from_dict(raw, ResponseOrigin(raw, stream.response))
        if endpoint.is_live or endpoint.id is None:
            return endpoint
        endpoint_id = endpoint.id
    elif deadline.passed:
        raise parser.broken(error) from error.__cause__
    elif endpoint_id is None:
        raise parser.lost(error) from error.__cause__
    else:
        info("the deploy stream was lost (%s); polling %s", error.text, endpoint_id)
    try:
        return (yield from wait_until_live(session, retrieve(endpoint_id), endpoint_id, deadline))
    except APITimeoutError:
        raise
    except (APIConnectionError, APIStatusError, APIResponseError) as unknown:
        raise DeployError(
            f"The deployment of {endpoint_id} may go on, but its status cannot be read: {unknown} "
            f"Look with endpoints.retrieve({endpoint_id!r}).",
            last_event=parser.last_event,
            endpoint_id=endpoint_id,
        ) from unknown


def wait_until_live(
    session: Session, call: Call[Endpoint], endpoint_id: str, deadline: Deadline, poll_interval: float = 3.0
) -> Flow[Endpoint]:
    """Poll an endpoint until it is live."""
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


def _name_of(call: StreamCall[Any]) -> str | None:
    name = (call.body or {}).get("name")
    return name if isinstance(name, str) else None
