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

    def now(self) -> int:
        """Return the time in milliseconds since 1970."""
        raise NotImplementedError

    def advance(self, seconds: float) -> None:
        """Move the time on, without waiting."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait for so long at a pace of 1, and let others run in any case."""
        await asyncio.sleep(seconds * self.pace)

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

    def latency(self, since: float, modelled: float) -> float:
        """Return what was measured."""
        del modelled
        return round((time.perf_counter() - since) * 1000, 3)


class FixedClock(Clock):
    """A time that starts at the same instant in every run and moves by paced waits alone.

    Latencies are the modelled ones, since no time passes while the sandbox works.
    """

    def __init__(self, *, pace: float) -> None:
        super().__init__(pace=pace)
        self._now = float(FIXED_START)

    def now(self) -> int:
        """Return the time that has been waited for."""
        return int(self._now)

    def advance(self, seconds: float) -> None:
        """Move the time on by so many seconds."""
        self._now += seconds * 1000

    async def sleep(self, seconds: float) -> None:
        """Wait, then have the time be what it is after the wait; waits side by side do not add up."""
        wake = self._now + seconds * self.pace * 1000
        await super().sleep(seconds)
        self._now = max(self._now, wake)

    def latency(self, since: float, modelled: float) -> float:
        """Return what the model says."""
        del since
        return round(modelled, 3)


def make(kind: ClockKind, *, pace: float) -> Clock:
    """Return a clock of the kind that is asked for."""
    return FixedClock(pace=pace) if kind == "fixed" else RealClock(pace=pace)


def iso(milliseconds: int) -> str:
    """Return an instant as ISO 8601 in UTC, with a fraction only where it has one."""
    instant = datetime.fromtimestamp(milliseconds / 1000, UTC)
    precision = "milliseconds" if milliseconds % 1000 else "seconds"
    return instant.isoformat(timespec=precision).replace("+00:00", "Z")


def from_iso(text: str) -> int:
    """Return the milliseconds since 1970 of an ISO 8601 instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)
