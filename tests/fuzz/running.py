"""Runs a property over so many cases, watching the time that one takes and the memory that all leave."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

LONGEST = 10.0
"""Seconds after which a single case counts as hung; the slowest takes some milliseconds."""


def run(cases: st.SearchStrategy[Any], check: Callable[[Any], None], count: int, *, repeatable: bool) -> None:
    """Check so many cases; the first that does not hold is raised, made as small as it can be.

    With `repeatable` they are the same each time, else others.
    """

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=repeatable,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def hold(case: Any) -> None:
        begun = time.monotonic()
        check(case)
        assert time.monotonic() - begun < LONGEST, "it hangs"

    hold()


def peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
