"""`chat.completions.map()`: sends the rows as the schedule says, and yields what comes of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import attrs

from .._exceptions import public
from .._map_journal import MapJournal
from .._models import ChatCompletion
from .._policy.map_rows import MapResult, MapRow, arguments_of, digest_of
from .._policy.map_schedule import MapSchedule
from .._policy.map_settings import MapSettings
from .._spending import Spending
from .map_sender import AsyncRowSender, price_or_none, wake

if TYPE_CHECKING:
    from .._policy.map_lanes import Lane
    from .._transport.async_workers import AsyncRows, AsyncSource, AsyncWorkers
    from .requester import AsyncRequester

R = TypeVar("R")


@public
class AsyncMapResults(Generic[R]):
    """The results of `map`, as an iterator. Rows are read and sent while it is read.

    Leaving a loop over it, closing it, or an exception ends what is in flight. Reading it further is not possible then.
    """

    def __init__(
        self,
        requester: AsyncRequester,
        rows: AsyncRows[R],
        *,
        settings: MapSettings,
        arguments: Mapping[str, Any],
        options: Mapping[str, Any],
        journal: str | os.PathLike[str] | None,
    ) -> None:
        self._rows = rows
        self._settings = settings
        self._arguments = arguments
        self._options = options
        self._path = journal
        # What a row costs is counted here: its attempts share a key, and are billed once.
        session = requester.session
        own = None if settings.budget is None else Spending(settings.budget)
        self._spendings = [each for each in (session.spending, own) if each is not None]
        self._requester = requester._replace(session=attrs.evolve(session, spending=None))
        self._schedule: MapSchedule | None = None
        self._journal: MapJournal | None = None
        self._workers: AsyncWorkers
        self._source: AsyncSource
        self._sender: AsyncRowSender
        self._closed = self._stopping = False
        self.resumed = 0
        """How many results came from the journal."""
        self.failed = 0
        """How many results are errors."""

    @property
    def delivered(self) -> int:
        """How many results have been read."""
        return self._schedule.delivered if self._schedule else 0

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._schedule.requests if self._schedule else 0

    @property
    def spent_micro_usd(self) -> int:
        """What the completions of this run have cost; 0 where the price is not known."""
        return self._schedule.spent if self._schedule else 0

    @property
    def in_flight(self) -> int:
        """How many requests are in flight."""
        return self._schedule.in_flight if self._schedule else 0

    @property
    def concurrency(self) -> int:
        """How many requests may be in flight now."""
        return sum(lane.window.size for lane in self._schedule.lanes) if self._schedule else 0

    def stop(self) -> None:
        """Read no more rows; the results of those in flight can still be read, and then it ends.

        It may be called in any thread, and by the handler of a signal.
        """
        self._stopping = True  # The loop that reads sees it: it may be in the middle of the schedule now.
        if self._schedule is not None and not self._closed:
            self._workers.wake()

    def __aiter__(self) -> AsyncIterator[MapResult[R]]:
        return _Loop(self, self._release)

    async def __anext__(self) -> MapResult[R]:
        if self._closed or (self._stopping and self._schedule is None):
            raise StopAsyncIteration
        try:
            if self._schedule is None:
                self._schedule = await self._begin()
            return await self._next(self._schedule)
        except BaseException:
            self._release()
            raise

    async def _next(self, schedule: MapSchedule) -> MapResult[R]:
        while True:
            for done in self._workers.collect():
                self._settle(schedule, done)
            schedule.starved = False
            if self._stopping:
                schedule.stop()
            self._fill(schedule)
            result = schedule.pop()
            if result is not None:
                self.failed += result.error is not None
                if result.error is not None and self._settings.raises:
                    raise result.error
                return result
            if schedule.over:
                raise schedule.error or StopAsyncIteration
            await self._workers.wait(schedule.seconds(self._requester.session.clock()))

    async def _begin(self) -> MapSchedule:
        """Open the journal, and find out what a completion costs."""
        from .._transport.async_waiting import MAX_CONNECTIONS
        from .._transport.async_workers import AsyncSource, AsyncWorkers

        session = self._requester.session
        if self._path is not None:
            self._journal = MapJournal(self._path, digest_of({"models": self._settings.models, **self._arguments}))
        strict = bool(self._spendings)  # A budget cannot be kept without prices.
        prices = [await price_or_none(self._requester, model, strict=strict) for model in self._settings.models]
        self._workers = AsyncWorkers()
        self._source = AsyncSource(self._rows, self._workers)
        arguments = {**self._arguments, **self._options}
        self._sender = AsyncRowSender(self._requester, self._settings, arguments, self._journal)
        return MapSchedule(
            self._settings,
            prices,
            most=self._requester.sender.limit or MAX_CONNECTIONS,
            spendings=self._spendings,
            random=session.random,
            journal_id=self._journal.id if self._journal else None,
        )

    def _fill(self, schedule: MapSchedule) -> None:
        """Send what may be sent now."""
        from .._transport.async_workers import END, PENDING

        now = self._requester.session.clock()
        while True:
            row = schedule.due(now)
            if row is None:
                lane = schedule.room(now)
                if lane is None:
                    return
                value = self._source.read()
                schedule.starved = value is PENDING
                if value is END:
                    schedule.stop(drop=False)
                    if self._journal is not None:
                        self._journal.check_end(schedule.read)
                    return
                if value is PENDING:
                    return
                row = self._admit(schedule, value, lane, now)
            if row is not None:
                self._workers.start(self._sender.send, row)

    def _admit(self, schedule: MapSchedule, value: Any, lane: Lane, now: float) -> MapRow | None:
        """Take a row of the inputs, for an endpoint; return it where it is to be sent."""
        index, journal = schedule.read, self._journal
        row = MapRow(index=index, value=value)
        try:
            row.arguments = arguments_of(value, self._settings.prompt)
            if self._settings.key is not None:
                row.name = str(self._settings.key(value))
            if journal is not None or row.name is not None:
                row.digest = digest_of({**self._arguments, **row.arguments})
        except Exception as error:  # A row that is wrong, or a function of the user's that fails: the others go on.
            row.error = error
            schedule.take_unsent(row.result())
            return None
        if journal is not None:
            line = journal.read(index, row.digest)
            if line is not None:
                row.completion = ChatCompletion.from_dict(line["completion"])
                row.attempts, row.price = line["attempts"], line["cost_micro_usd"]
                self.resumed += 1
                schedule.take_unsent(row.result())
                return None
            earlier = {each.model: each for each in schedule.lanes}.get(journal.models.pop(index, ""))
            if earlier is not None:  # It may have answered, and billed, in an earlier run.
                row.bound, lane = True, earlier
        return row if schedule.admit(row, lane, now) else None

    def _settle(self, schedule: MapSchedule, done: Any) -> None:
        if isinstance(done, MapRow):
            lane = schedule.settle(done)
            if lane is not None:
                self._workers.start(wake, self._requester, lane)
        elif done is not None:
            schedule.woken(*done)

    def _release(self) -> None:
        self._closed = True
        if self._schedule is not None:
            self._workers.cancel()
        if self._journal is not None:
            self._journal.close()

    async def aclose(self) -> None:
        """End what is in flight. Closing it again does nothing."""
        self._release()
        if self._schedule is not None:
            await self._workers.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        self._release()


class _Loop(Generic[R]):
    """One loop over results. Leaving the loop drops this, and so ends what is in flight."""

    def __init__(self, results: AsyncMapResults[R], release: Callable[[], None]) -> None:
        self._results = results
        self._release = release

    def __aiter__(self) -> AsyncIterator[MapResult[R]]:
        return self

    async def __anext__(self) -> MapResult[R]:
        return await self._results.__anext__()

    def __del__(self) -> None:
        self._release()
