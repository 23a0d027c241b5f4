"""How many requests of a `map` one endpoint gets at a time, by what it answers. Pure."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .map_rows import MapRow

FIRST_WINDOW = 8
ROUND = 20
"""How many answers a round has at least, so that one long answer does not count for all."""
GROWS_BELOW, SHRINKS_ABOVE = 2.0, 3.0
"""Times the latency of the quickest rounds: below the one the window grows, above the other it is halved."""
HELPED = 0.75
"""What the latency must fall to when the window is halved; else it is the rows that take longer."""
OUTAGE = 10
"""After so many failures in a row, one request at a time finds out whether the endpoint answers again."""
LONGEST_PAUSE = 30.0
"""The longest wait between two such requests, in seconds."""


class Window:
    """How many requests may be in flight: a number that stays, or one that follows the answers (AIMD).

    It doubles each round up to the first refusal, timeout or slow round. Then it grows by one each round up to the size
    that was too much, and by 1, 2, 4 … beyond it, since that limit is gone. A refusal, a timeout or a very slow round
    halves it. A round is as many answers as the window is wide, to requests that were sent since it last changed.

    After refusals, each answer adds one, up to half of the size that was refused. A further refusal lowers this goal
    only by the answers since the one before: a storm that refuses everything says nothing of what is too many.
    """

    def __init__(self, most: int, *, adaptive: bool) -> None:
        self._most = most
        self._adaptive = adaptive
        self._size = min(FIRST_WINDOW, most) if adaptive else most
        self._doubles = True
        self._limit, self._step = 0, 1
        """The size that was too much, and how much a round adds."""
        self._regains = 0
        """The size that it regains at once: up to it, each answer adds one."""
        self._quickest: float | None = None
        self._halved_at: float | None = None
        """The latency that halved it, for one round."""
        self._since = -inf
        self._start(-inf)

    def _start(self, now: float) -> None:
        self._since = now
        self._seconds, self._answers, self._widest = 0.0, 0, 0

    @property
    def size(self) -> int:
        """The number of requests."""
        return self._size

    def succeed(self, begun: float, ended: float, in_flight: int) -> None:
        """Count an answer: when its request was sent, when it came, and how many requests were in flight."""
        if not self._adaptive or begun < self._since:
            return
        self._seconds += ended - begun
        self._answers += 1
        self._widest = max(self._widest, in_flight)
        if self._size < min(self._regains, 2 * self._widest):
            self._size += 1
        if self._answers >= max(self._size, ROUND):
            self._end_round(self._seconds / self._answers, full=self._widest >= self._size)
            self._start(ended)

    def _end_round(self, latency: float, *, full: bool) -> None:
        quickest, before = self._quickest, self._halved_at
        self._halved_at = None
        if quickest is None or (before is not None and latency > HELPED * before):
            quickest = latency
        elif latency < quickest:
            quickest += 0.3 * (latency - quickest)
        self._quickest = quickest
        if latency > SHRINKS_ABOVE * quickest:
            self._halve()
            self._halved_at, self._regains = latency, 0
        elif latency >= GROWS_BELOW * quickest:
            self._stop_growing()
            self._regains = 0
        elif full and self._size < self._most:  # Else whoever reads the answers, or brings the rows, sets the pace.
            self._size = min(self._most, self._size * 2 if self._doubles else self._size + self._step)
            self._step *= 2 if self._size > self._limit else 1

    def _stop_growing(self) -> None:
        self._doubles, self._limit, self._step = False, self._size, 1

    def _halve(self) -> None:
        self._stop_growing()
        self._size = max(1, self._size // 2)

    def cut(self, now: float) -> None:
        """Halve it."""
        if self._adaptive:
            self._regains = max(self._size // 2, self._regains - self._answers)
            self._halve()
            self._start(now)


class Retries:
    """Rows that are to be sent again, by their times."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, MapRow]] = []

    def push(self, row: MapRow, at: float) -> None:
        """Send a row again, at a time or after it."""
        heappush(self._heap, (at, row.index, row))

    def due(self) -> float:
        """Return when the next one is to be sent; infinite where there is none."""
        return self._heap[0][0] if self._heap else inf

    def is_due(self, now: float) -> bool:
        """Return whether one is to be sent now."""
        return self.due() <= now

    def pop(self) -> MapRow:
        """Return the next one."""
        return heappop(self._heap)[2]


class Lane:
    """The requests of one endpoint: its window, its pauses, and the rows that it must answer again."""

    def __init__(self, model: str, price: int | None, window: Window, random: Callable[[], float]) -> None:
        """Take the endpoint's id, what a completion costs, the window, and random numbers."""
        self.model = model
        self.price = price
        self.in_flight = 0
        self.window = window
        self.retries = Retries()
        self.woken_at: float | None = None
        """When it had been started; infinite while it is being started."""
        self._random = random
        self._pause = self._paused_until = 0.0
        self._cut_at = float("-inf")
        """Failures of requests that were sent before it say nothing new."""
        self._streak = self._pauses = 0

    @property
    def _width(self) -> int:
        return self.window.size if self._streak < OUTAGE else 1

    @property
    def load(self) -> float:
        """How much of it is in use, from 0 to 1."""
        return self.in_flight / self._width

    def open_at(self, now: float) -> float:
        """Return when a request may be sent, `now` or later; infinite where an answer has to come first."""
        return inf if self.woken_at == inf or self.in_flight >= self._width else max(now, self._paused_until)

    def succeed(self, begun: float, ended: float) -> None:
        """Count an answer to a request that is not in flight any more."""
        self._streak = self._pauses = 0
        self.window.succeed(begun, ended, self.in_flight + 1)

    def fail(self, begun: float, now: float, *, congested: bool, pause: float | None) -> None:
        """Count a failure of a request.

        Args:
            begun: When it was sent.
            now: When it failed.
            congested: Whether it says that there are too many requests.
            pause: How many seconds the server asks to wait.

        """
        self._streak += 1
        new = begun >= self._cut_at
        if new and self._streak >= OUTAGE and pause is None:
            pause = min(0.5 * 2.0 ** min(self._pauses, 10), LONGEST_PAUSE) * (0.75 + 0.25 * self._random())
            self._pauses += 1
        if new and congested:
            self.window.cut(now)
        if new and (congested or pause is not None):
            self._cut_at, self._pause = now, 0.0
        if pause is not None and pause > self._pause:  # The longest that is asked for.
            self._pause, self._paused_until = pause, now + pause
