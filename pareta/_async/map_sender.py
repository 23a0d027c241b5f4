"""What a `map` asks the server for: prices, the rows, and to start an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._exceptions import ParetaError
from .._map_journal import MapJournal
from .._policy.logical import price_of
from .._policy.map_rows import MapRow
from .._policy.options import SingleUseKey
from .._status_errors import ConflictError

if TYPE_CHECKING:
    from .._policy.map_lanes import Lane
    from .._policy.map_settings import MapSettings
    from .requester import AsyncRequester


class AsyncRowSender:
    """Sends rows, each once, and writes down what is answered. It knows nothing of who reads the results."""

    def __init__(
        self, requester: AsyncRequester, settings: MapSettings, arguments: dict[str, Any], journal: MapJournal | None
    ) -> None:
        """Take also the arguments of `create` that all rows share, and the journal if there is one."""
        from .methods import AsyncCompletions

        self._completions = AsyncCompletions
        self._requester = requester
        self._idle: list[tuple[SingleUseKey, Callable[..., Any]]] = []
        """A key and the `create` that sends it, for as many rows as were in flight; making them takes 5 µs."""
        self._arguments = arguments
        self._journal = journal
        self._several = len(settings.models) > 1

    def _new(self) -> tuple[SingleUseKey, Callable[..., Any]]:
        key, session = SingleUseKey("unused"), self._requester.session
        session = session._replace(options=session.options._replace(max_retries=0, key=key))
        return key, self._completions(self._requester._replace(session=session)).create

    async def send(self, row: MapRow) -> MapRow:
        """Send a row and return it, with the completion or the error."""
        journal = self._journal
        model = row.lane.model if row.lane else ""
        if journal is not None and self._several and not row.bound:
            journal.assign(row.index, model)
        try:
            key, create = self._idle.pop()  # Atomic, since threads share it.
        except IndexError:
            key, create = self._new()
        key.renew(row.key)
        try:
            row.completion = await create(model=model, **{**self._arguments, **row.arguments})
        except Exception as error:
            row.error = error.with_traceback(None)  # It would refer to the row, and so to itself.
        self._idle.append((key, create))
        row.ended = self._requester.session.clock()
        if journal is not None and row.completion is not None:
            line = {"attempts": row.attempts, "cost_micro_usd": row.price, "completion": row.completion.to_dict()}
            journal.write(row.index, row.digest, line)
        return row


async def price_or_none(requester: AsyncRequester, model: str, *, strict: bool) -> int | None:
    """Return what a completion costs, in micro-USD; None where that is not known, unless it is `strict`."""
    try:
        return await requester.run(price_of(requester.session, model))
    except (ParetaError, ValueError):
        if strict:
            raise
        return None


async def wake(requester: AsyncRequester, lane: Lane) -> tuple[Lane, float, Exception | None]:
    """Start an endpoint and wait until it is live; return it, the time, and what prevented that."""
    from .endpoints import AsyncEndpoints

    endpoints = AsyncEndpoints(requester)
    try:
        with suppress(ConflictError):  # It is starting already.
            await endpoints.start(lane.model)
        await endpoints.wait_until_live(lane.model, poll_interval=1.0)
    except Exception as error:
        return lane, requester.session.clock(), error
    return lane, requester.session.clock(), None
