"""Records the requests of sync and async clients, where a driver passes them to a transport."""

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

Mode = Literal["sync", "async"]


@frozen(kw_only=True, eq=False)
class SentRequest:
    """One attempt to send a request."""

    mode: Mode
    request: HttpRequest
    operation_id: str | None
    """The operation that the caller called."""

    @property
    def target(self) -> str:
        """Path and query."""
        return self.request.target.decode("ascii")

    @property
    def headers(self) -> dict[str, str]:
        """The headers by lower-case name."""
        return {name.decode().lower(): value.decode("latin-1") for name, value in self.request.headers}


@contextmanager
def record_requests(sink: Callable[[SentRequest], None]) -> Generator[None]:
    """Call `sink` with every request that any client sends while the context is open."""
    operation_ids: dict[int, tuple[weakref.ref[HttpRequest], str]] = {}
    make, sync_send, async_send = Session.request, sync_driver.send, async_driver.send

    def request(self: Session, call: Any, *, key: str | None) -> HttpRequest:
        made = make(self, call, key=key)
        identity = id(made)
        forget = weakref.ref(made, lambda _: operation_ids.pop(identity, None))
        operation_ids[identity] = (forget, call.operation.id)
        return made

    def sent(mode: Mode, effect: Send) -> SentRequest:
        known = operation_ids.get(id(effect.request))
        return SentRequest(mode=mode, request=effect.request, operation_id=known[1] if known else None)

    def send(effect: Send, engine: Any) -> Outcome:
        sink(sent("sync", effect))
        return sync_send(effect, engine)

    async def send_async(effect: Send, engine: Any) -> Outcome:
        sink(sent("async", effect))
        return await async_send(effect, engine)

    patches: tuple[tuple[Any, str, Any], ...] = (
        (Session, "request", request),
        (sync_driver, "send", send),
        (async_driver, "send", send_async),
    )
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in patches]
    for owner, name, value in patches:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in originals:
            setattr(owner, name, value)
