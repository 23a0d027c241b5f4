"""Records the requests of sync and async clients, where a driver passes them to a transport."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from attrs import frozen

from pareta._content.exchange import HttpRequest
from pareta._policy.session import Session
from pareta._transport.async_sender import AsyncSender
from pareta._transport.sync_sender import Sender

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
        parts = urlsplit(self.request.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def headers(self) -> dict[str, str]:
        """The headers by lower-case name."""
        return {name.decode().lower(): value.decode("latin-1") for name, value in self.request.headers}


@contextmanager
def record_requests(sink: Callable[[SentRequest], None]) -> Generator[None]:
    """Call `sink` with every request that any client sends while the context is open."""
    operation_ids: dict[int, tuple[weakref.ref[HttpRequest], str]] = {}
    make, sync_send, async_send = Session.request, Sender.send, AsyncSender.send

    def request(self: Session, call: Any, *, key: str | None) -> HttpRequest:
        made = make(self, call, key=key)
        identity = id(made)
        forget = weakref.ref(made, lambda _: operation_ids.pop(identity, None))
        operation_ids[identity] = (forget, call.operation.id)
        return made

    def sent(mode: Mode, request: HttpRequest) -> SentRequest:
        known = operation_ids.get(id(request))
        return SentRequest(mode=mode, request=request, operation_id=known[1] if known else None)

    def send(self: Sender, request: HttpRequest, *limits: Any, **options: Any) -> Any:
        sink(sent("sync", request))
        return sync_send(self, request, *limits, **options)

    async def send_async(self: AsyncSender, request: HttpRequest, *limits: Any, **options: Any) -> Any:
        sink(sent("async", request))
        return await async_send(self, request, *limits, **options)

    patches: tuple[tuple[Any, str, Any], ...] = (
        (Session, "request", request),
        (Sender, "send", send),
        (AsyncSender, "send", send_async),
    )
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in patches]
    for owner, name, value in patches:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in originals:
            setattr(owner, name, value)
