"""`chat.completions.map()`: sends the rows as the schedule says, and yields what comes of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from .._exceptions import public
from .._map_journal import MapJournal
from .._policy.map_rows import MapResult, digest_of
from .._policy.map_schedule import MapSchedule
from .._policy.map_settings import MapSettings
from .._spending import Spending
from .map_sender import price_or_none

if TYPE_CHECKING:
    from .._transport.async_workers import AsyncRows
    from .map_run import AsyncMapRun
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
        self._requester = requester._replace(session=session._replace(spending=None))
        self._run: AsyncMapRun | None = None
        self._journal: MapJournal | None = None
        self._closed = self._stopping = False
        self.failed = 0
        """How many results are errors."""

    @property
    def resumed(self) -> int:
        """How many rows came from the journal."""
        return self._run.resumed if self._run else 0

    @property
    def delivered(self) -> int:
        """How many results have been read."""
        return self._run.schedule.delivered if self._run else 0

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._run.schedule.requests if self._run else 0

    @property
    def spent_micro_usd(self) -> int:
        """What the completions of this run have cost; 0 where the price is not known."""
        return self._run.schedule.spent if self._run else 0

    @property
    def in_flight(self) -> int:
        """How many requests are in flight."""
        return self._run.schedule.in_flight if self._run else 0

    @property
    def concurrency(self) -> int:
        """How many requests may be in flight now."""
        return sum(lane.window.size for lane in self._run.schedule.lanes) if self._run else 0

    def stop(self) -> None:
        """Read no more rows; the results of those in flight can still be read, and then it ends.

        It may be called in any thread, and by the handler of a signal.
        """
        self._stopping = True  # The loop that reads sees it: it may be in the middle of the schedule now.
        if self._run is not None and not self._closed:
            self._run.workers.wake()

    def __aiter__(self) -> AsyncIterator[MapResult[R]]:
        return _Loop(self, self._release)

    async def __anext__(self) -> MapResult[R]:
        if self._closed or (self._stopping and self._run is None):
            raise StopAsyncIteration
        try:
            if self._run is None:
                self._run = await self._begin()
            return await self._next(self._run)
        except BaseException:
            self._release()
            raise

    async def _next(self, run: AsyncMapRun) -> MapResult[R]:
        while True:
            if self._stopping:
                run.schedule.stop()
            run.advance()
            result = run.schedule.pop()
            if result is not None:
                self.failed += result.error is not None
                if result.error is not None and self._settings.raises:
                    raise result.error
                return result
            if run.schedule.over:
                raise run.schedule.error or StopAsyncIteration
            await run.workers.wait(run.seconds(), run.advance)

    async def _begin(self) -> AsyncMapRun:
        """Open the journal, and find out what a completion costs."""
        from .._transport.async_waiting import MAX_CONNECTIONS
        from .._transport.async_workers import AsyncSource, AsyncWorkers
        from .map_run import AsyncMapRun

        requester, settings = self._requester, self._settings
        if self._path is not None:
            self._journal = MapJournal(self._path, digest_of({"models": settings.models, **self._arguments}))
        strict = bool(self._spendings)  # A budget cannot be kept without prices.
        schedule = MapSchedule(
            settings,
            [await price_or_none(requester, model, strict=strict) for model in settings.models],
            most=requester.sender.limit or MAX_CONNECTIONS,
            spendings=self._spendings,
            random=requester.session.random,
            journal_id=self._journal.id if self._journal else None,
        )
        workers = AsyncWorkers()
        return AsyncMapRun(
            requester,
            schedule,
            AsyncSource(self._rows, workers),
            workers,
            settings=settings,
            arguments=self._arguments,
            options=self._options,
            journal=self._journal,
        )

    def _release(self) -> None:
        self._closed = True
        if self._run is not None:
            self._run.workers.cancel()
        if self._journal is not None:
            self._journal.close()

    async def aclose(self) -> None:
        """End what is in flight. Closing it again does nothing."""
        self._release()
        if self._run is not None:
            await self._run.workers.aclose()

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
