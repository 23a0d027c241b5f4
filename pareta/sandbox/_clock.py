"""What time it is, and waiting: real, or fixed and moved only by what is waited for."""

import asyncio
import time
from datetime import UTC, datetime

from pareta.sandbox._settings import ClockKind

FIXED_START = int(datetime(2026, 1, 10, 9, tzinfo=UTC).timestamp() * 1000)


class Clock:
    """The sandbox's time, in milliseconds since 1970, and its pace.

    `pace` is a factor on every wait: at 0 nothing waits, at 1 a deployment takes some two seconds.
    """

    def __init__(self, *, pace: float) -> None:
        self.pace = pace
        self._sleepers: dict[asyncio.Future[None], tuple[float, asyncio.TimerHandle]] = {}

    def now(self) -> int:
        """Return the time in milliseconds since 1970."""
        raise NotImplementedError

    def advance(self, seconds: float) -> None:
        """Move the time on, without waiting; what waits for less wakes up."""
        for sleeper, (due, timer) in tuple(self._sleepers.items()):
            timer.cancel()
            sooner = due - seconds
            self._sleepers[sleeper] = (sooner, sleeper.get_loop().call_at(sooner, _wake, sleeper))

    async def sleep(self, seconds: float) -> None:
        """Wait for so long at a pace of 1, and let others run in any case."""
        await self._wait(seconds * self.pace)

    async def sleep_until(self, instant: int) -> None:
        """Wait until the time is `instant`, whatever the pace, and let others run in any case."""
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
        """Return how long a completion took, in milliseconds: measured from `since`, or as the model says."""
        raise NotImplementedError


class RealClock(Clock):
    """The machine's time; latencies are measured."""

    def __init__(self, *, pace: float) -> None:
        super().__init__(pace=pace)
        self._ahead = 0.0

    def now(self) -> int:
        """Return the machine's time, and what it was advanced by."""
        return int((time.time() + self._ahead) * 1000)

    def advance(self, seconds: float) -> None:
        """Run ahead of the machine's time from now on."""
        self._ahead += seconds
        super().advance(seconds)

    def latency(self, since: float, modelled: float) -> float:
        """Return what was measured."""
        del modelled
        return round((time.perf_counter() - since) * 1000, 3)


class FixedClock(Clock):
    """A time that starts at the same instant in every run and moves by paced waits alone.

    Latencies are the modelled ones, since no time passes while the sandbox works.
    """

    def __init__(self, *, pace: float, start: int) -> None:
        super().__init__(pace=pace)
        self._now = float(start)

    def now(self) -> int:
        """Return the time that has been waited for."""
        return int(self._now)

    def advance(self, seconds: float) -> None:
        """Move the time on by so many seconds."""
        self._now += seconds * 1000
        super().advance(seconds)

    async def _wait(self, seconds: float) -> None:
        """Wait, then have the time be what it is after the wait; waits side by side do not add up."""
        wake = self._now + seconds * 1000
        await super()._wait(seconds)
        self._now = max(self._now, wake)

    def latency(self, since: float, modelled: float) -> float:
        """Return what the model says."""
        del since
        return round(modelled, 3)


def make(kind: ClockKind, *, pace: float, after: int = 0) -> Clock:
    """Return a clock of the kind that is asked for. A fixed one starts where everything starts, or `after` that."""
    return FixedClock(pace=pace, start=max(FIXED_START, after)) if kind == "fixed" else RealClock(pace=pace)


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def iso(milliseconds: int) -> str:
    """Return an instant as ISO 8601 in UTC, with a fraction only where it has one."""
    instant = datetime.fromtimestamp(milliseconds / 1000, UTC)
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    return instant.isoformat(timespec=precision).replace("+00:00", "Z")


def from_iso(text: str) -> int:
    """Return the milliseconds since 1970 of an ISO 8601 instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)
