"""Performs the effects of a flow on asyncio. It decides nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pareta_generated.types import Call

from .. import _flows as flows
from .._config import Settings
from .._effects import Flow, Incoming, Outcome, Send, Settle, Sleep
from .._engine import AsyncArrival, AsyncEngine, Fault
from .._exceptions import ParetaError
from .._proxies import proxy_for
from .._session import Session
from .._timeouts import Patience
from ._aiohttp_check import objection

if TYPE_CHECKING:
    from .._http_client import AsyncHttpClient

T = TypeVar("T")
MAX_CONNECTIONS = 1000
"""How many calls may be in flight at a time, unless a client says otherwise."""
REST = 64 * 1024
"""How much of a stream that is over is read, so that its connection can be used again."""
REST_SECONDS = 0.1


def open_engine(settings: Settings, http_client: AsyncHttpClient | None) -> AsyncEngine:
    """Return the engine for a client: the caller's own HTTP client, else connections of ours."""
    if http_client is not None:
        from ._http_client import AsyncHttpClientEngine  # noqa: PLC0415

        return AsyncHttpClientEngine(http_client)
    # ssl and h11 are the slowest imports there are here, so they wait for the first client that needs them.
    from .._routes import Route  # noqa: PLC0415
    from ._connections import AsyncConnectionEngine  # noqa: PLC0415

    base = settings.session.base
    route, count = Route.to(base, proxy_for(base)), settings.max_connections or MAX_CONNECTIONS
    if settings.engine != "httpx":
        why = objection()
        if why is None:
            from .._llhttp import LlhttpReader  # noqa: PLC0415

            return AsyncConnectionEngine(route, count, LlhttpReader)
        if settings.engine == "aiohttp":
            raise ValueError(f"engine='aiohttp' cannot be had: {why}")
    return AsyncConnectionEngine(route, count)


class AsyncCaller(NamedTuple):
    """What a client and its namespaces share: the session to make requests with, and the engine to send them."""

    settings: Settings
    session: Session
    engine: AsyncEngine

    async def send(self, call: Call[T]) -> T:
        """Send a call and return what it answers."""
        return await self.run(flows.send(self.session, call))

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow, unless the client is closed."""
        if self.settings.closed:
            raise ParetaError("This client is closed: make another.")
        return await run(flow, self.engine)


async def run(flow: Flow[T], engine: AsyncEngine) -> T:
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
                outcome = await send(effect, engine)
            case Sleep():
                await asyncio.sleep(effect.seconds)
                outcome = None
            case Settle():
                outcome = await settle(effect)


async def send(effect: Send, engine: AsyncEngine) -> Outcome:
    """Send a request; read the answer, unless it is a stream that was asked for."""
    try:
        arrival = await engine.send(effect.request, effect.waits)
    except Fault as fault:
        return fault
    if arrival.status == 101:  # noqa: PLR2004
        await arrival.close()
        return Fault("connection", "the server switched to another protocol, which was not asked for")
    incoming = Incoming(effect, arrival.status, arrival.headers)
    if incoming.opens:
        return incoming.opened(arrival)
    try:
        while piece := await arrival.piece(effect.waits.read):
            if not incoming.feed(piece):
                break
        else:
            incoming.end()
    except Fault as fault:
        return incoming.outcome(fault)
    finally:
        await arrival.close()
    return incoming.outcome()


async def settle(effect: Settle) -> Fault | None:
    """Read a stream to its end."""
    arrival: AsyncArrival = effect.opened.arrival
    read = effect.opened.read
    try:
        while piece := await arrival.piece(read):
            for _ in effect.reading.feed(piece):
                pass
            if effect.reading.done:
                await drain(arrival, read)
                return None
        effect.reading.end()
    except Fault as fault:
        return fault
    finally:
        await arrival.close()
    return None


async def drain(arrival: AsyncArrival, read: Patience) -> None:
    """Read what is left of a stream that is over, a little of it and for a moment."""
    read.until = time.monotonic() + REST_SECONDS
    size = 0
    with suppress(Fault):
        while size <= REST and (piece := await arrival.piece(read)):
            size += len(piece)
