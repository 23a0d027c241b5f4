"""Drives flows with a virtual clock and no sockets: a script gives the outcome of each request."""

from __future__ import annotations

import json
from typing import Any

import attrs

from pareta._content.exchange import HttpRequest, TransportError
from pareta._content.response import Headers, Response
from pareta._credentials import BaseUrl, Key
from pareta._policy.effects import Flow, OpenStream, ReadToEnd, Send, Sleep
from pareta._policy.options import Options
from pareta._policy.retry import RetryBudget
from pareta._policy.session import Session


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


@attrs.frozen
class Stream:
    """A stream that sends these pieces and ends, or breaks."""

    response: Response
    pieces: tuple[bytes, ...]
    error: TransportError | None


def opened(*pieces: bytes, error: TransportError | None = None, **headers: str) -> Stream:
    """Make a stream."""
    return Stream(response(200, **{"content-type": "text/event-stream", **headers}), pieces, error)


@attrs.define
class Virtual:
    """A session whose clock moves only when a flow sleeps or a request takes its time."""

    steps: list[Any]
    """The outcome of each request, or a function that gives it; the last one counts for all that follow."""
    takes: float = 0.0
    """How many seconds each request takes."""
    now: float = 1000.0
    sent: list[HttpRequest] = attrs.field(factory=list[HttpRequest])
    effects: list[Send] = attrs.field(factory=list[Send])
    slept: list[float] = attrs.field(factory=list[float])
    stream: Stream | None = None

    def session(self, **options: Any) -> Session:
        """Return a session with these options."""
        return Session(
            base=BaseUrl.parse(None, allow_http=False),
            key=Key("pareta_sk_virtual"),
            budget=RetryBudget(),
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
            elif isinstance(effect, ReadToEnd):
                outcome = self._read_to_end(effect)
            else:
                self.sent.append(effect.request)
                self.effects.append(effect)
                self.now += self.takes
                step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
                outcome = step(effect.request) if callable(step) else step
                if isinstance(outcome, Stream):
                    self.stream = outcome
                    outcome = OpenStream(outcome.response)

    def _read_to_end(self, effect: ReadToEnd) -> TransportError | None:
        assert self.stream is not None
        for piece in self.stream.pieces:
            list(effect.parser.feed(piece))
            if effect.parser.done:
                return None
        error = self.stream.error
        if error is None:
            effect.parser.end()
        elif error.kind == "timeout":
            read, until = effect.stream.time
            self.now = min(time for time in (read and self.now + read, until, self.now + 1e6) if time is not None)
        return error


def header(request: HttpRequest, name: str) -> str | None:
    """Return a request's header."""
    return next((value.decode() for key, value in request.headers if key == name.encode()), None)


def path_of(request: HttpRequest) -> str:
    """Return the path and query of a request."""
    return request.url.removeprefix("https://api.pareta.ai")
