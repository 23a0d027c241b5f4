"""The one clock of deadlines, pauses and idle times, so that their sums agree."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

monotonic: Callable[[], float]
"""The clock of `time.monotonic`. Tools that freeze time in tests replace that, even during a call; not this."""

if sys.platform == "win32":
    monotonic = time.monotonic.__call__
elif sys.platform == "darwin":
    monotonic = partial(time.clock_gettime, time.CLOCK_UPTIME_RAW)
else:
    monotonic = partial(time.clock_gettime, time.CLOCK_MONOTONIC)
