"""What the holder of a sandbox does to it from any thread: its clock, and its faults."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pareta.sandbox._platform import Platform


class SandboxClock:
    """The time of a sandbox."""

    def __init__(self, call: "Callable[[Callable[[Platform], Any]], Any]") -> None:
        self._call = call

    def now(self) -> datetime:
        """Return the sandbox's time, in UTC."""
        milliseconds: int = self._call(lambda platform: platform.clock.now())
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    def advance(self, seconds: float) -> None:
        """Move the time on by so many seconds, without waiting: what is due until then happens at once."""
        if not 0 <= seconds < math.inf:
            raise ValueError("seconds must not be negative")
        self._call(lambda platform: platform.clock.advance(seconds))


def plan_fault(
    platform: "Platform", operation: str | None, names: Sequence[str], options: Mapping[str, str], times: int
) -> None:
    """Plan a fault for the next calls of an operation, or raise ValueError that says what is wrong with it."""
    from pareta.sandbox._http import Problem  # noqa: PLC0415 - loaded with the server.
    from pareta.sandbox._scenario import compose, hold_apt  # noqa: PLC0415 - loaded with the server.

    if times < 1:
        raise ValueError("times must be at least 1")
    if operation is not None and operation not in platform.operations:
        raise ValueError(f"There is no operation '{operation}', only {', '.join(sorted(platform.operations))}.")
    try:
        scenario = compose(names, options)
        hold_apt(scenario, operation)
    except Problem as problem:
        raise ValueError(str(problem.detail)) from None
    platform.plan.add(operation, scenario, times)
