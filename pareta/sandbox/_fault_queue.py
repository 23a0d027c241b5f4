"""The queue of faults that `Sandbox.fault` has requested."""

from attrs import define

from pareta.sandbox._scenario import Scenario


@define
class _QueuedFault:
    operation: str | None
    scenario: Scenario
    left: int


class FaultQueue:
    """Scenarios for the next calls, in the order in which they were added."""

    def __init__(self) -> None:
        self._queue: list[_QueuedFault] = []

    def add(self, operation: str | None, scenario: Scenario, times: int) -> None:
        """Add a scenario for the next `times` calls of an operation; None is any operation."""
        self._queue.append(_QueuedFault(operation, scenario, times))

    def take(self, operation: str) -> Scenario | None:
        """Take the next scenario for an operation, or return None."""
        for each in self._queue:
            if each.operation in {operation, None}:
                each.left -= 1
                if each.left == 0:
                    self._queue.remove(each)
                return each.scenario
        return None

    def clear(self) -> None:
        """Delete all scenarios."""
        self._queue.clear()
