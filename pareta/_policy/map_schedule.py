"""Decides which row of a `map` is sent when, what a failure means, and which result comes next. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from .._content.exchange import TransportError
from .._exceptions import APIConnectionError, APIResponseError, APITimeoutError, BudgetExceededError
from .._spending import Spending
from .._status_errors import APIStatusError
from .map_failures import concerns_all, is_stopped
from .map_lanes import Lane, Retries, Window
from .map_rows import MapResult, MapRow, ResultQueue, key_of
from .map_settings import MapSettings
from .retry import backoff

AHEAD = 1000
"""How many rows may be read before the first of them is delivered, beside those in flight."""
GIVES_UP_AFTER = 1800.0
"""So many seconds of failures, without one answer, end it."""
LONGEST_RETRY_AFTER = 600.0
"""The longest `Retry-After` that is waited for, in seconds. A longer one ends it."""


class MapSchedule:
    """The state of a `map`. Times are seconds of one clock, which callers pass in."""

    def __init__(
        self,
        settings: MapSettings,
        prices: Sequence[int | None],
        *,
        most: int,
        spendings: Sequence[Spending],
        random: Callable[[], float],
        journal_id: str | None = None,
    ) -> None:
        """Take settings, and what depends on the client and the server.

        `prices` are of a completion of each model, in micro-USD; `most` is the widest window; `spendings` count
        what is spent; `journal_id` is None without a journal.
        """
        self._settings = settings
        self._spendings = spendings
        self._random = random
        self._journal_id = journal_id
        adaptive = settings.concurrency is None
        width = settings.concurrency or max(1, most // len(settings.models))
        self.lanes = [
            Lane(model, price, Window(width, adaptive=adaptive), random)
            for model, price in zip(settings.models, prices, strict=True)
        ]
        self._shared = Retries()
        """Rows that any endpoint may answer."""
        self._ahead = AHEAD + width * len(self.lanes)
        self._results = ResultQueue(ordered=settings.ordered)
        self._failed = 0
        """How many rows are to be sent again."""
        self._failing_since: float | None = None
        """When the first failure came after the last success."""
        self._next_send = 0.0
        self._dropping = False
        self.read = self.delivered = self.in_flight = self.requests = self.spent = 0
        self.exhausted = False
        self.starved = False
        """Whether the next row of the inputs is being waited for."""
        self.error: Exception | None = None
        """What ends it, after the results that are there."""

    @property
    def over(self) -> bool:
        """Whether every row that was read has been delivered, and no more will be."""
        return self.exhausted and self.read == self.delivered

    @property
    def ready(self) -> bool:
        """Whether there is something to read: the next result, or the end."""
        return self._results.ready or self.over

    def stop(self, error: Exception | None = None, *, drop: bool = True) -> None:
        """Read no more rows. `drop` sends none again either: what has failed so far is their result."""
        self.exhausted = True
        self.error = self.error or error
        if drop and not self._dropping:
            self._dropping = True
            for retries in (self._shared, *(lane.retries for lane in self.lanes)):
                while retries.due() < inf:
                    self._finish(retries.pop())

    # What is sent next.

    def room(self, now: float) -> Lane | None:
        """Return the endpoint that another row of the inputs may be sent to now; None where none may be read."""
        return self._open(now) if self._has_room and now >= self._next_send else None

    @property
    def _has_room(self) -> bool:
        return not (self.exhausted or self.starved) and self.read - self.delivered < self._ahead

    def due(self, now: float) -> MapRow | None:
        """Return a row to send again now, and count it as in flight; None where there is none."""
        if not self._failed or now < self._next_send:
            return None
        for lane in self.lanes:
            if lane.retries.is_due(now) and lane.open_at(now) == now:
                return self._send(lane.retries.pop(), lane, now)
        widest = self._open(now) if self._shared.is_due(now) else None
        return self._send(self._shared.pop(), widest, now) if widest is not None else None

    def admit(self, row: MapRow, lane: Lane, now: float) -> bool:
        """Take a row that was read, for an endpoint; return whether to send it. It is not where it passes a budget."""
        row.price = lane.price
        for count, spending in enumerate(self._spendings):
            try:
                spending.take(row.price or 0, lane.model)
            except BudgetExceededError as error:
                for taken in self._spendings[:count]:
                    taken.give_back(row.price or 0)
                error.add_note(f"Rows before number {row.index} were sent; it and those after it were not.")
                self.stop(error, drop=False)
                return False
        self.read += 1
        self._send(row, lane, now)
        return True

    def _open(self, now: float) -> Lane | None:
        """Return the endpoint with most room of those that may be asked now."""
        found: Lane | None = None
        for lane in self.lanes:
            if lane.open_at(now) == now and (found is None or lane.load < found.load):
                found = lane
        return found

    def _send(self, row: MapRow, lane: Lane, now: float) -> MapRow:
        if row.lane is not lane:
            row.lane, row.key = lane, key_of(self._journal_id, row, lane.model)
        self.requests += 1
        row.attempts += 1
        row.error = None
        row.begun = now
        self._failed -= row.attempts > 1
        lane.in_flight += 1
        self.in_flight += 1
        if self._settings.rps is not None:
            self._next_send = max(self._next_send, now) + 1 / self._settings.rps
        return row

    def seconds(self, now: float) -> float | None:
        """Return how many seconds from now a row can be sent at the earliest; None where an answer must come first."""
        reads = now if self._has_room else inf
        first = min(
            max(lane.open_at(now), min(lane.retries.due(), self._shared.due(), reads), self._next_send)
            for lane in self.lanes
        )
        return max(0.0, first - now) if first < inf else None

    # What came of it.

    def settle(self, row: MapRow) -> Lane | None:
        """Take a row whose request has ended; return the endpoint that is to be started now, if there is one."""
        lane, error = row.lane, row.error
        if lane is None:
            raise TypeError("this row was not sent")
        lane.in_flight -= 1
        self.in_flight -= 1
        if error is None:
            lane.succeed(row.begun, row.ended)
            self._failing_since = None
            self.spent += row.price or 0
            self._finish(row)
            return None
        if self._settings.wake and is_stopped(error) and (lane.woken_at is None or row.begun < lane.woken_at):
            asked, lane.woken_at = lane.woken_at, lane.woken_at or inf
            self._again(row, row.ended)
            return lane if asked is None else None
        at = self._retry_at(row, lane, error)
        if at is None:
            self._finish(row)
        else:
            self._again(row, at)
        return None

    def woken(self, lane: Lane, now: float, error: Exception | None) -> None:
        """Go on with an endpoint that was started, or end where it could not be."""
        lane.woken_at = now
        if error is not None:
            self.stop(error)

    def _again(self, row: MapRow, at: float) -> None:
        if self._dropping or row.lane is None:
            self._finish(row)
            return
        self._failed += 1
        (row.lane.retries if self._stays(row) else self._shared).push(row, at)

    def _stays(self, row: MapRow) -> bool:
        return row.bound or len(self.lanes) == 1

    def _retry_at(self, row: MapRow, lane: Lane, error: Exception) -> float | None:
        """Return when to send a row again; None where its error is its result."""
        status, asked = None, None
        if isinstance(error, APIStatusError):
            status, asked = error.status_code, error.response.retry_after
            pause = backoff(error.response, row.failures, self._random)
        elif isinstance(error, APIConnectionError):
            row.bound = True
            pause = backoff(TransportError("connection", ""), row.failures, self._random)
        else:
            row.bound = row.bound or isinstance(error, APIResponseError)  # It answered, and may have billed.
            return None
        refused = status in (429, 503)
        if refused and asked is not None:
            pause = asked if self._stays(row) else 0.0  # Its endpoint pauses; another may be asked now.
        if concerns_all(error) or (status == 503 and pause is None) or (asked or 0) > LONGEST_RETRY_AFTER:
            self.stop(error)
        if pause is None:
            return None
        congested = refused or status in (408, 504) or isinstance(error, APITimeoutError)
        lane.fail(row.begun, row.ended, congested=congested, pause=asked if refused else None)
        if self._failing_since is None:
            self._failing_since = row.ended
        if row.ended - self._failing_since > GIVES_UP_AFTER:
            self.stop(error)
        if not refused:
            row.failures += 1
        return row.ended + pause if row.failures < self._settings.attempts else None

    def _finish(self, row: MapRow) -> None:
        if row.error is not None and row.attempts and not row.bound:  # Refused, so not billed.
            for spending in self._spendings:
                spending.give_back(row.price or 0)
        self._results.add(row.result())

    def take_unsent(self, result: MapResult[Any]) -> None:
        """Take the result of a row that was read and needs no request."""
        self.read += 1
        self._results.add(result)

    def pop(self) -> MapResult[Any] | None:
        """Return the result that comes next, if it is there."""
        result = self._results.pop()
        self.delivered += result is not None
        return result
