"""A stopwatch that stands still while the machine has no time for this process."""

from __future__ import annotations

import threading
import time
from typing import Self

TICK = 0.01


class Stopwatch:
    """Measures a `with` block.

    What must take long is asked of `clock`, what must be quick of `own`: on a busy machine all is late.
    """

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        self._end = 0.0
        self._lost = 0.0
        self._over = threading.Event()
        self._ticking = threading.Thread(target=self._tick, daemon=True)
        self._ticking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end = time.monotonic()
        self._over.set()
        self._ticking.join()

    @property
    def clock(self) -> float:
        """The seconds that the block took."""
        return self._end - self._begun

    @property
    def own(self) -> float:
        """Those seconds, but for the ones in which this process waited for a processor."""
        return self.clock - self._lost

    def _tick(self) -> None:
        while not self._over.is_set():
            begun, used = time.monotonic(), time.process_time()
            self._over.wait(TICK)
            late = (self._end or time.monotonic()) - begun - TICK
            self._lost += max(0.0, late - (time.process_time() - used))
