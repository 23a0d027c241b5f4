"""The sandbox's clocks: real time, or a fixed time that only waiting moves."""

import asyncio
import time
from datetime import UTC, datetime

from pareta.sandbox._settings import ClockKind

FIXED_START = int(datetime(2026, 1, 10, 9, tzinfo=UTC).timestamp() * 1000)


class Clock:
    """The sandbox's time in milliseconds since 1970. `pace` is a factor on every wait; at 0 nothing waits."""

    def __init__(self, *, pace: float) -> None:
        self.pace = pace
        self._sleepers: dict[asyncio.Future[None], tuple[float, asyncio.TimerHandle]] = {}

    def now(self) -> int:
        """Return the time in milliseconds since 1970."""
        raise NotImplementedError

    def advance(self, seconds: float) -> None:
        """Advance the time without waiting; sleepers that are due wake up."""
        for sleeper, (due, timer) in tuple(self._sleepers.items()):
            timer.cancel()
            sooner = due - seconds
            self._sleepers[sleeper] = (sooner, sleeper.get_loop().call_at(sooner, _wake, sleeper))

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` times the pace; always yield to the event loop."""
        await self._wait(seconds * self.pace)

    async def sleep_until(self, instant: int) -> None:
        """Wait until `instant`, independent of the pace; always yield to the event loop."""
        await self._wait((instant - self.now()) / 1000)

    async def _wait(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        due = loop.time() + seconds
        self._sleepers[sleeper] = (due, loop.call_at(due, _wake, sleeper))
        try:
            await sleeper
        finally:
            self._sleepers.pop(sleeper)[1].cancel()

    def latency(self, since: float, modelled: float) -> float:
        """Return a completion's latency in milliseconds: measured from `since`, or `modelled`."""
        raise NotImplementedError


class RealClock(Clock):
    """The machine's time. Latencies are measured."""

    def __init__(self, *, pace: float) -> None:
        super().__init__(pace=pace)
        self._ahead = 0.0

    def now(self) -> int:
        """Return the machine's time plus all advances."""
        return int((time.time() + self._ahead) * 1000)

    def advance(self, seconds: float) -> None:
        """Add `seconds` to the machine's time."""
        self._ahead += seconds
        super().advance(seconds)

    def latency(self, since: float, modelled: float) -> float:
        """Return the measured latency."""
        del modelled
        return round((time.perf_counter() - since) * 1000, 3)


class FixedClock(Clock):
    """A time that starts at the same instant in every run; only waits move it. Latencies are modelled."""

    def __init__(self, *, pace: float, start: int) -> None:
        super().__init__(pace=pace)
        self._now = float(start)

    def now(self) -> int:
        """Return the start time plus all waits and advances."""
        return int(self._now)

    def advance(self, seconds: float) -> None:
        """Advance the time by `seconds`."""
        self._now += seconds * 1000
        super().advance(seconds)

    async def _wait(self, seconds: float) -> None:
        """Wait, then set the time to the end of the wait; concurrent waits do not add up."""
        wake = self._now + seconds * 1000
        await super()._wait(seconds)
        self._now = max(self._now, wake)

    def latency(self, since: float, modelled: float) -> float:
        """Return the modelled latency."""
        del since
        return round(modelled, 3)


def make_clock(kind: ClockKind, *, pace: float, after: int = 0) -> Clock:
    """Return a clock; a fixed one starts at FIXED_START, or at `after` if that is later."""
    return FixedClock(pace=pace, start=max(FIXED_START, after)) if kind == "fixed" else RealClock(pace=pace)


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def iso(milliseconds: int) -> str:
    """Return an instant as ISO 8601 in UTC, with milliseconds if they are not zero."""
    instant = datetime.fromtimestamp(milliseconds / 1000, UTC)
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    return instant.isoformat(timespec=precision).replace("+00:00", "Z")


def from_iso(text: str) -> int:
    """Return the milliseconds since 1970 of an ISO 8601 instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)
