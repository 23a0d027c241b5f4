"""Work that a call starts and others look after: wait until it is done. A flow: it never waits itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from pareta_generated.polling import PolledCall

from .._content.response import Response
from .._exceptions import APITimeoutError, OperationFailedError
from .calls import send
from .deadline import Deadline
from .effects import CallBack, Flow, Sleep
from .session import Session

P = TypeVar("P")
WORK_DEADLINE = 3600.0
"""Seconds that work may take, unless the user sets a deadline."""


def wait(session: Session, call: PolledCall[Any, P], on_progress: Callable[[P], object] | None = None) -> Flow[P]:
    """Send a call, poll until its work is done, and return what the last poll read.

    Where the call itself is answered as a poll is, its answer is the first one.
    """
    deadline = Deadline.of(session, WORK_DEADLINE)
    polling = call.polling
    answer: Any = yield from send(session, call, deadline)
    look = call.following(answer)
    looks = session._replace(options=session.options.changed())  # The idempotency key was that of the call.
    is_poll = look.response_type is call.response_type
    while True:
        state = call.state(cast("P", answer)) if is_poll else None
        if is_poll:
            if on_progress is not None:
                yield CallBack(on_progress, (answer,))
            if state in polling.done:
                return cast("P", answer)
            if state in polling.failed:
                raise OperationFailedError.of(call.operation.id, state, answer)
        pause = _asked(answer) or polling.interval  # Without a pause it would poll as fast as the network goes.
        if not deadline.allow(pause):
            so_far = f"its state is {state!r}" if is_poll else "it has only begun"
            text = f"{call.operation.id} is not done in time: {so_far}. Look with {look.operation.id}, at {look.path}."
            raise APITimeoutError(text)
        yield Sleep(pause)
        answer, is_poll = (yield from send(looks, look, deadline)), True


def _asked(answer: Any) -> float | None:
    """Return how many seconds the server asks to wait, by `Retry-After`."""
    response: Response | None = getattr(getattr(answer, "_origin", None), "response", None)
    return response.retry_after if response else None
