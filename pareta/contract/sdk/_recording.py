"""What the SDK sends, recorded at the seam where its drivers hand a request to an engine, in both worlds."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

from attrs import frozen

from pareta._async import _driver as async_driver
from pareta._effects import Outcome, Send
from pareta._engine import HttpRequest
from pareta._session import Session
from pareta._sync import _driver as sync_driver

World = Literal["sync", "async"]


@frozen(kw_only=True, eq=False)
class Sent:
    """A request on its way out; each attempt is one."""

    world: World
    request: HttpRequest
    meant: str | None
    """The id of the operation that was called."""

    @property
    def target(self) -> str:
        """Its path and query."""
        return self.request.target.decode("ascii")

    @property
    def headers(self) -> dict[str, str]:
        """Its headers, by lower-case name."""
        return {name.decode().lower(): value.decode("latin-1") for name, value in self.request.headers}


@contextmanager
def recording(sink: Callable[[Sent], None]) -> Generator[None]:
    """Call `sink` with every request that any client sends, for as long as the context lasts."""
    meant: dict[int, tuple[weakref.ref[HttpRequest], str]] = {}
    make, sync_send, async_send = Session.request, sync_driver.send, async_driver.send

    def request(self: Session, call: Any, *, key: str | None) -> HttpRequest:
        made = make(self, call, key=key)
        key_of_it = id(made)
        meant[key_of_it] = (weakref.ref(made, lambda _: meant.pop(key_of_it, None)), call.operation.id)
        return made

    def sent(world: World, effect: Send) -> Sent:
        known = meant.get(id(effect.request))
        return Sent(world=world, request=effect.request, meant=known[1] if known else None)

    def send(effect: Send, engine: Any) -> Outcome:
        sink(sent("sync", effect))
        return sync_send(effect, engine)

    async def send_async(effect: Send, engine: Any) -> Outcome:
        sink(sent("async", effect))
        return await async_send(effect, engine)

    places: tuple[tuple[Any, str, Any], ...] = (
        (Session, "request", request),
        (sync_driver, "send", send),
        (async_driver, "send", send_async),
    )
    before = [(place, name, getattr(place, name)) for place, name, _ in places]
    for place, name, value in places:
        setattr(place, name, value)
    try:
        yield
    finally:
        for place, name, value in before:
            setattr(place, name, value)
