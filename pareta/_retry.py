"""When to try again, and after how long. Pure: an outcome in, seconds or None out."""

from __future__ import annotations

from collections.abc import Callable

from ._engine import Fault
from ._response import Response
from ._retry_after import retry_after

STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
LONGEST = 60.0
"""The most seconds that a server may have us wait; asked for more, the error is raised at once."""


def pause(outcome: Response | Fault, attempt: int, random: Callable[[], float]) -> float | None:
    """Return how many seconds to wait before the next attempt; None for no more.

    Arguments:
        outcome: What came of the attempt.
        attempt: How many attempts came before it.
        random: A number from 0 to 1, for jitter.

    """
    asked: float | None = None
    if isinstance(outcome, Fault):
        if outcome.kind == "tls":  # The same certificate will not do better.
            return None
    else:
        told = outcome.headers.get("x-should-retry", "").strip().lower()
        if told == "false" or (told != "true" and outcome.status_code not in STATUSES):
            return None
        asked = retry_after(outcome.headers.get("retry-after"))
        if asked is not None:
            return asked if asked <= LONGEST else None
    return min(0.5 * 2.0 ** min(attempt, 10), 8.0) * (0.75 + 0.25 * random())
