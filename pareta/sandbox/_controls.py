"""Control of a running sandbox from any thread: its clock and its faults."""

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
        """Advance the time by `seconds` without waiting; everything due until then happens at once."""
        if not 0 <= seconds < math.inf:
            raise ValueError("seconds must not be negative")
        self._call(lambda platform: platform.clock.advance(seconds))


def queue_fault(
    platform: "Platform", operation: str | None, names: Sequence[str], options: Mapping[str, str], times: int
) -> None:
    """Queue a fault for the next calls of an operation, or raise ValueError."""
    from pareta.sandbox._messages import HTTPError  # needs the extra
    from pareta.sandbox._scenario import check_operation, compose  # needs the extra

    if times < 1:
        raise ValueError("times must be at least 1")
    if operation is not None and operation not in platform.operations:
        raise ValueError(f"Unknown operation '{operation}'; choose from {', '.join(sorted(platform.operations))}.")
    try:
        scenario = compose(names, options)
        check_operation(scenario, operation)
    except HTTPError as error:
        raise ValueError(str(error.detail)) from None
    platform.faults.add(operation, scenario, times)
