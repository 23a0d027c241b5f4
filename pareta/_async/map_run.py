"""One run of a `map`: reads rows, sends those that the schedule names, and takes in what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._map_journal import MapJournal
from .._models import ChatCompletion
from .._policy.map_rows import MapRow, arguments_of, digest_of
from .._policy.map_schedule import MapSchedule
from .._policy.map_settings import MapSettings
from .._transport.async_workers import END, PENDING, AsyncSource, AsyncWorkers
from .map_sender import AsyncRowSender, wake

if TYPE_CHECKING:
    from .._policy.map_lanes import Lane
    from .requester import AsyncRequester


class AsyncMapRun:
    """Brings together the rows, the schedule, what sends, and the journal if there is one."""

    def __init__(
        self,
        requester: AsyncRequester,
        schedule: MapSchedule,
        source: AsyncSource,
        workers: AsyncWorkers,
        *,
        settings: MapSettings,
        arguments: Mapping[str, Any],
        options: Mapping[str, Any],
        journal: MapJournal | None,
    ) -> None:
        """Take also the arguments of `create` that all rows share, and its options."""
        self.schedule = schedule
        self.workers = workers
        self.resumed = 0
        self._requester = requester
        self._clock: Callable[[], float] = requester.session.clock
        self._source = source
        self._settings = settings
        self._arguments = arguments
        self._journal = journal
        self._send = AsyncRowSender(requester, settings, {**arguments, **options}, journal).send

    def advance(self) -> bool:
        """Settle what is done, and send what may be sent now; return whether who waits should look."""
        schedule = self.schedule
        for done in self.workers.collect():
            if isinstance(done, MapRow):
                lane = schedule.settle(done)
                if lane is not None:
                    self.workers.start(wake, self._requester, lane)
            elif done is not None:
                schedule.woken(*done)
        schedule.starved = False
        self._fill(schedule)
        return schedule.ready or self.seconds() is not None

    def seconds(self) -> float | None:
        """Return how many seconds from now something can be sent; None where an answer must come first."""
        return self.schedule.seconds(self._clock())

    def _fill(self, schedule: MapSchedule) -> None:
        now = self._clock()
        while True:
            row = schedule.due(now)
            if row is None:
                lane = schedule.room(now)
                if lane is None:
                    return
                value = self._source.read()
                if value is PENDING:
                    schedule.starved = True
                    return
                if value is END:
                    schedule.stop(drop=False)
                    if self._journal is not None:
                        self._journal.check_end(schedule.read)
                    return
                row = self._admit(schedule, value, lane, now)
            if row is not None:
                self.workers.start(self._send, row)

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
