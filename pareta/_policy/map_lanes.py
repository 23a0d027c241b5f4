"""How many requests of a `map` one endpoint gets at a time, by what it answers. Pure."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .map_rows import MapRow

FIRST_WINDOW = 8
GROWS_BELOW, SHRINKS_ABOVE = 2.0, 3.0
"""Times the latency of the fastest round: below the one the window grows, above the other it shrinks."""
OUTAGE = 10
"""After so many failures in a row, one request at a time finds out whether the endpoint answers again."""
LONGEST_PAUSE = 30.0
"""The longest wait between two such requests, in seconds."""


class Window:
    """How many requests may be in flight: a number that stays, or one that follows the answers (AIMD).

    It doubles each round, until the first refusal, timeout or slow round; then it grows by one. A round is as many
    answers as the window is wide. A refusal or a timeout halves it.
    """

    def __init__(self, most: int, *, adaptive: bool) -> None:
        self._most = most
        self._adaptive = adaptive
        self._size = float(min(FIRST_WINDOW, most) if adaptive else most)
        self._doubles = True
        self._fastest: float | None = None
        self._seconds, self._answers, self._widest = 0.0, 0, 0

    @property
    def size(self) -> int:
        """The number of requests."""
        return int(self._size)

    def succeed(self, seconds: float, in_flight: int) -> None:
        """Count an answer: what it took, and how many requests were in flight."""
        if not self._adaptive:
            return
        self._seconds += seconds
        self._answers += 1
        self._widest = max(self._widest, in_flight)
        if self._answers >= self.size:
            self._end_round(self._seconds / self._answers, full=self._widest >= self.size)
            self._seconds, self._answers, self._widest = 0.0, 0, 0

    def _end_round(self, latency: float, *, full: bool) -> None:
        # It may rise a little each round, since what is asked may get longer.
        self._fastest = latency if self._fastest is None else min(latency, self._fastest * 1.01)
        if latency > SHRINKS_ABOVE * self._fastest:
            self._size = max(1.0, self._size * 0.9)
        elif latency < GROWS_BELOW * self._fastest:
            if full:  # Else it is the reader of the answers, or of the rows, who sets the pace.
                self._size = min(float(self._most), self._size * 2 if self._doubles else self._size + 1)
            return
        self._doubles = False

    def cut(self) -> None:
        """Halve it."""
        if self._adaptive:
            self._size = max(1.0, self._size / 2)
            self._doubles = False
            self._seconds, self._answers, self._widest = 0.0, 0, 0


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
        self.waking = False
        """Whether it is being started."""
        self.woken = False
        """Whether it was started, which is done once."""
        self._random = random
        self._paused_until = 0.0
        self._cut_at = float("-inf")
        """Failures of requests that were sent before it say nothing new."""
        self._streak = self._pauses = 0
        self.failing_since = 0.0
        """When the first failure came after the last success."""

    @property
    def _width(self) -> int:
        return self.window.size if self._streak < OUTAGE else 1

    @property
    def load(self) -> float:
        """How much of it is in use, from 0 to 1."""
        return self.in_flight / self._width

    def open_at(self, now: float) -> float:
        """Return when a request may be sent, `now` or later; infinite where an answer has to come first."""
        return inf if self.waking or self.in_flight >= self._width else max(now, self._paused_until)

    def succeed(self, seconds: float) -> None:
        """Count an answer, and the seconds that it took."""
        self._streak = self._pauses = 0
        self.window.succeed(seconds, self.in_flight + 1)

    def fail(self, begun: float, now: float, *, congested: bool, pause: float | None) -> None:
        """Count a failure of a request.

        Args:
            begun: When it was sent.
            now: When it failed.
            congested: Whether it says that there are too many requests.
            pause: How many seconds the server asks to wait.

        """
        if not self._streak:
            self.failing_since = now
        self._streak += 1
        if begun < self._cut_at:
            return
        if self._streak >= OUTAGE and pause is None:
            pause = min(0.5 * 2.0 ** min(self._pauses, 10), LONGEST_PAUSE) * (0.75 + 0.25 * self._random())
            self._pauses += 1
        if congested:
            self.window.cut()
        if congested or pause is not None:
            self._cut_at = now
        if pause is not None:
            self._paused_until = now + pause
