"""Performs the effects of a flow with blocking calls. It decides nothing."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pareta_generated.types import Call

from .. import _flows as flows
from .._config import Settings
from .._effects import Flow, Incoming, Outcome, Send, Settle, Sleep
from .._engine import Arrival, Engine, Fault
from .._exceptions import ParetaError
from .._proxies import proxy_for
from .._session import Session
from .._timeouts import Patience

if TYPE_CHECKING:
    from .._http_client import HttpClient

T = TypeVar("T")
MAX_CONNECTIONS = 100
"""How many calls may be in flight at a time, unless a client says otherwise."""
REST = 64 * 1024
"""How much of a stream that is over is read, so that its connection can be used again."""
REST_SECONDS = 0.1


def open_engine(settings: Settings, http_client: HttpClient | None) -> Engine:
    """Return the engine for a client: the caller's own HTTP client, else connections of ours."""
    if http_client is not None:
        from ._http_client import HttpClientEngine  # noqa: PLC0415

        return HttpClientEngine(http_client)
    if settings.engine == "aiohttp":
        raise ValueError("engine='aiohttp' is for asyncio: take AsyncPareta, or engine='httpx'")
    # ssl and h11 are the slowest imports there are here, so they wait for the first client that needs them.
    from .._routes import Route  # noqa: PLC0415
    from ._connections import ConnectionEngine  # noqa: PLC0415

    base = settings.session.base
    return ConnectionEngine(Route.to(base, proxy_for(base)), settings.max_connections or MAX_CONNECTIONS)


class Caller(NamedTuple):
    """What a client and its namespaces share: the session to make requests with, and the engine to send them."""

    settings: Settings
    session: Session
    engine: Engine

    def send(self, call: Call[T]) -> T:
        """Send a call and return what it answers."""
        return self.run(flows.send(self.session, call))

    def run(self, flow: Flow[T]) -> T:
        """Run a flow, unless the client is closed."""
        if self.settings.closed:
            raise ParetaError("This client is closed: make another.")
        return run(flow, self.engine)


def run(flow: Flow[T], engine: Engine) -> T:
    """Run `flow` to its end and return what it returns."""
    outcome: object = None
    while True:
        try:
            effect = flow.send(outcome)
        except StopIteration as stop:
            result: T = stop.value
            return result
        match effect:
            case Send():
                outcome = send(effect, engine)
            case Sleep():
                time.sleep(effect.seconds)
                outcome = None
            case Settle():
                outcome = settle(effect)


def send(effect: Send, engine: Engine) -> Outcome:
    """Send a request; read the answer, unless it is a stream that was asked for."""
    try:
        arrival = engine.send(effect.request, effect.waits)
    except Fault as fault:
        return fault
    if arrival.status == 101:  # noqa: PLR2004
        arrival.close()
        return Fault("connection", "the server switched to another protocol, which was not asked for")
    incoming = Incoming(effect, arrival.status, arrival.headers)
    if incoming.opens:
        return incoming.opened(arrival)
    try:
        while piece := arrival.piece(effect.waits.read):
            if not incoming.feed(piece):
                break
        else:
            incoming.end()
    except Fault as fault:
        return incoming.outcome(fault)
    finally:
        arrival.close()
    return incoming.outcome()


def settle(effect: Settle) -> Fault | None:
    """Read a stream to its end."""
    arrival: Arrival = effect.opened.arrival
    read = effect.opened.read
    try:
        while piece := arrival.piece(read):
            for _ in effect.reading.feed(piece):
                pass
            if effect.reading.done:
                drain(arrival, read)
                return None
        effect.reading.end()
    except Fault as fault:
        return fault
    finally:
        arrival.close()
    return None


def drain(arrival: Arrival, read: Patience) -> None:
    """Read what is left of a stream that is over, a little of it and for a moment."""
    read.until = time.monotonic() + REST_SECONDS
    size = 0
    with suppress(Fault):
        while size <= REST and (piece := arrival.piece(read)):
            size += len(piece)
