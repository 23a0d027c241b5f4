"""Whether to try again, after how long, and how often in all. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._content.exchange import TransportError
from .._content.response import Response

STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
MAX_RETRY_AFTER = 60.0
"""The longest `Retry-After`, in seconds, that is waited for. Beyond it the error is raised at once."""
BUDGET = 6
"""How many retries a client may make before calls must succeed again, unless one call may make more."""
SUCCESSES_PER_RETRY = 10
"""How many calls must succeed to pay for a retry: in the long run at most one call in ten is retried."""


def backoff(outcome: Response | TransportError, attempt: int, random: Callable[[], float]) -> float | None:
    """Return how many seconds to wait before the next attempt, or None to give up.

    Args:
        outcome: The result of this attempt.
        attempt: How many attempts came before it.
        random: Returns a number from 0 to 1, for jitter.

    """
    if isinstance(outcome, TransportError):
        if outcome.kind == "tls":  # The server's certificate will be the same.
            return None
    else:
        should_retry = outcome.headers.get("x-should-retry", "").strip().lower()
        if should_retry == "false" or (should_retry != "true" and outcome.status_code not in STATUSES):
            return None
        asked = outcome.retry_after
        if asked is not None:
            return asked if asked <= MAX_RETRY_AFTER else None
    return min(0.5 * 2.0 ** min(attempt, 10), 8.0) * (0.75 + 0.25 * random())


class RetryBudget:
    """Limits retries to a share of a client's calls, so that an outage is not multiplied.

    It is a token bucket, full at first: a retry takes a token, a success returns a tenth. It counts
    spent tokens, since the calls that share it may allow different numbers of retries. It has no lock:
    a fork could leave a lock taken for ever, and a race between two threads costs one token at most.
    """

    __slots__ = ("_spent",)

    def __init__(self) -> None:
        self._spent = 0  # In tenths of a token.

    def take(self, max_retries: int) -> bool:
        """Take a token for a call that allows so many retries; return whether there was one."""
        if self._spent + SUCCESSES_PER_RETRY > SUCCESSES_PER_RETRY * max(BUDGET, max_retries):
            return False
        self._spent += SUCCESSES_PER_RETRY
        return True

    def succeed(self) -> None:
        """Return a tenth of a token."""
        if self._spent > 0:
            self._spent -= 1

    def __reduce__(self) -> tuple[Any, ...]:
        return (RetryBudget, ())  # Another process begins with a full bucket.
