"""Drives the client's flows with a virtual clock and no sockets: a script says what comes of each request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs

from pareta._credentials import BaseUrl, Key
from pareta._effects import Flow, Opened, Outcome, Send, Settle, Sleep
from pareta._engine import Fault, HttpRequest
from pareta._options import Options
from pareta._response import Headers, Response
from pareta._session import Session

Step = Outcome | Callable[[HttpRequest], Outcome]


def response(status: int = 200, body: Any = None, **headers: str) -> Response:
    """Make an answer."""
    given = {"content-type": "application/json", "x-request-id": "req_v", **headers}
    return Response(
        method="?",
        url="https://api.pareta.ai/?",
        status_code=status,
        headers=Headers([(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]),
        content=json.dumps(body).encode(),
    )


def opened(*pieces: bytes, fault: Fault | None = None, **headers: str) -> Opened:
    """Make a stream that sends these pieces and ends, or breaks."""
    head = response(200, **{"content-type": "text/event-stream", **headers})
    return Opened(response=head, arrival=(pieces, fault))


@attrs.define
class Virtual:
    """A session whose clock moves only when a flow sleeps or a request takes its time."""

    steps: list[Step]
    """What comes of each request; the last one counts for all that follow."""
    takes: float = 0.0
    """How many seconds each request takes."""
    now: float = 1000.0
    sent: list[HttpRequest] = attrs.field(factory=list[HttpRequest])
    effects: list[Send] = attrs.field(factory=list[Send])
    slept: list[float] = attrs.field(factory=list[float])

    def session(self, **options: Any) -> Session:
        """Return a session with these options."""
        return Session(
            base=BaseUrl.parse(None, allow_http=False),
            key=Key("pareta_sk_virtual"),
            options=Options().changed(**options),
            clock=lambda: self.now,
            random=lambda: 1.0,
        )

    def run(self, flow: Flow[Any]) -> Any:
        """Run a flow to its end."""
        outcome: Any = None
        while True:
            try:
                effect = flow.send(outcome)
            except StopIteration as stop:
                return stop.value
            outcome = None
            if isinstance(effect, Sleep):
                self.slept.append(effect.seconds)
                self.now += effect.seconds
            elif isinstance(effect, Settle):
                outcome = self._settle(effect)
            else:
                self.sent.append(effect.request)
                self.effects.append(effect)
                self.now += self.takes
                step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
                outcome = step(effect.request) if callable(step) else step

    def _settle(self, effect: Settle) -> Fault | None:
        pieces, fault = effect.opened.arrival
        for piece in pieces:
            list(effect.reading.feed(piece))
            if effect.reading.done:
                return None
        if fault is None:
            effect.reading.end()
        elif fault.kind == "timeout" and effect.opened.read.until is not None:
            self.now = effect.opened.read.until
        found: Fault | None = fault
        return found


def header(request: HttpRequest, name: str) -> str | None:
    """Return a request's header."""
    return next((value.decode() for key, value in request.headers if key == name.encode()), None)
