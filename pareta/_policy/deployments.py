"""Deployments: open their stream, survive its loss, wait until an endpoint is live. Flows: they never wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from pareta_generated.api import DEPLOY_ENDPOINT
from pareta_generated.types import Call, StreamCall

from .._content.deploy_stream import DeployStreamParser
from .._content.exchange import TimeLimit, TransportError
from .._exceptions import APIConnectionError, APIResponseError, APITimeoutError, DeployError
from .._log import info
from .._models import Endpoint, ResponseOrigin
from .._status_errors import APIStatusError, NotFoundError
from .calls import open_stream, open_until, send
from .deadline import Deadline
from .effects import CallBack, Flow, OpenStream, ReadToEnd, Sleep
from .session import Session

OnProgress: TypeAlias = Callable[[dict[str, Any]], object]
"""A function that is called with each event of a deployment, `{"event": str, "data": dict}`."""
DEPLOY_DEADLINE = 3600.0
"""Seconds that a deployment may take, unless the user sets a deadline."""
SILENCE = 60.0
"""Seconds without a byte after which the endpoint itself is polled: a connection may have died without a sign."""
POLL_INTERVAL = 3.0
"""Seconds between two polls."""
_POLL_TIMEOUT = 60.0
"""Seconds that a poll may take at most, whatever the timeouts of the client: it has little to read."""


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
    return stream._replace(time=TimeLimit(None, deadline.until), name=_name_of(call))


def deploy(
    session: Session,
    call: StreamCall[Any],
    retrieve: Callable[[str], Call[Endpoint]],
    on_progress: OnProgress | None = None,
) -> Flow[Endpoint]:
    """Deploy, and return the endpoint when it is live.

    The deployment goes on when its stream is lost or silent. Then the endpoint is polled, by the id in
    `Location`, else by the name that the user gave. Where neither is known, there is nothing to wait for.
    """
    deadline = Deadline.of(session, DEPLOY_DEADLINE)
    stream = yield from open_deploy(session, call, deadline)
    stream = stream._replace(time=TimeLimit(SILENCE, deadline.until))
    parser = DeployStreamParser(stream.response, stream.limit, stream.name)
    endpoint_id = parser.endpoint_id
    error: TransportError | None = yield ReadToEnd(stream, parser, on_progress)
    if error is None:
        raw = parser.endpoint()
        endpoint = Endpoint.from_dict(raw, ResponseOrigin(raw, stream.response))
        if endpoint.is_live or endpoint.id is None:
            return endpoint
        endpoint_id = endpoint.id
    elif deadline.passed:
        raise parser.broken(error) from error.__cause__
    elif endpoint_id is None:
        reason = f"nothing came for {SILENCE:g} s" if error.kind == "timeout" else error.text
        raise parser.lost(reason) from error.__cause__
    else:
        info("the deploy stream was lost (%s); polling %s", error.text, endpoint_id)
    try:
        watch = Watch(session, retrieve(endpoint_id), endpoint_id, deadline)
        return (yield from wait_until_live(watch, on_progress))
    except NotFoundError as gone:
        raise DeployError(
            f"The deployment of {endpoint_id} was lost: {gone} Look with endpoints.list() before you deploy again.",
            last_event=parser.last_event,
            endpoint_id=endpoint_id,
        ) from gone
    except (APIConnectionError, APIStatusError, APIResponseError) as unknown:
        if isinstance(unknown, APITimeoutError) and not deadline.allow(POLL_INTERVAL):
            raise
        raise DeployError(
            f"The deployment of {endpoint_id} may go on, but its status cannot be read: {unknown} "
            f"Look with endpoints.retrieve({endpoint_id!r}).",
            last_event=parser.last_event,
            endpoint_id=endpoint_id,
        ) from unknown


def wait_until_live(watch: Watch, on_progress: OnProgress | None = None) -> Flow[Endpoint]:
    """Poll an endpoint until it is live."""
    while True:
        event = yield from watch.next_event()
        if on_progress is not None:
            yield CallBack(on_progress, (event,))
        if event["event"] == "error":
            raise watch.failure()
        if watch.live is not None:
            return watch.live


class Watch:
    """Follows an endpoint by polling it, in the events of a deploy stream."""

    def __init__(
        self,
        session: Session,
        call: Call[Endpoint],
        endpoint_id: str,
        deadline: Deadline,
        *,
        poll_interval: float = POLL_INTERVAL,
    ) -> None:
        self.live: Endpoint | None = None
        """The endpoint, as soon as it is live."""
        self.done = False
        read = session.timeouts.read
        timeouts = session.timeouts._replace(read=_POLL_TIMEOUT if read is None else min(read, _POLL_TIMEOUT))
        self._session = session._replace(options=session.options.changed(timeout=timeouts))
        self._call = call
        self._id = endpoint_id
        self._deadline = deadline
        self._poll_interval = poll_interval
        self._last: Endpoint | None = None

    def __repr__(self) -> str:
        return f"{self._id}, {self._last.status if self._last else 'not looked at yet'}"

    def next_event(self) -> Flow[dict[str, Any]]:
        """Poll until the status changes; return `progress`, or at the end `complete` or `error`."""
        while True:
            before = self._last
            if before is not None:
                self._wait_is_possible(before)
                yield Sleep(self._poll_interval)
                self._wait_is_possible(before, 0)
            endpoint = self._last = yield from send(self._session, self._call, self._deadline)
            if endpoint.is_live:
                self.live, self.done = endpoint, True
                return {"event": "complete", "data": {"endpoint": endpoint.to_dict()}}
            if endpoint.status == "failed":
                self.done = True
                return {"event": "error", "data": {"message": endpoint.failure or "the server gives no reason"}}
            if before is None or endpoint.status != before.status:
                return {"event": "progress", "data": {"stage": endpoint.status, "pct": None}}
            if endpoint.status == "stopped":
                raise DeployError(
                    f"Endpoint {self._id} is stopped. Start it with endpoints.start({self._id!r}).",
                    endpoint_id=self._id,
                )

    def failure(self) -> DeployError:
        """Return the exception for an endpoint that failed."""
        why = f": {self._last.failure}" if self._last is not None and self._last.failure else "."
        return DeployError(f"Endpoint {self._id} failed{why}", endpoint_id=self._id)

    def _wait_is_possible(self, endpoint: Endpoint, seconds: float | None = None) -> None:
        if not self._deadline.allow(self._poll_interval if seconds is None else seconds):
            raise APITimeoutError(
                f"Endpoint {self._id} is not live in time: its status is {endpoint.status!r}."
                f" Go on waiting with endpoints.wait_until_live({self._id!r})."
            )


def _name_of(call: StreamCall[Any]) -> str | None:
    name = (call.body or {}).get("name")
    return name if isinstance(name, str) else None
