"""The faults that are to come: what `Sandbox.fault` asked for, for the next calls of an operation."""

from attrs import define

from pareta.sandbox._scenario import Scenario


@define
class _Planned:
    operation: str | None
    scenario: Scenario
    left: int


class Plan:
    """Scenarios in the order in which they were planned; each serves as many calls as it was planned for."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(self, operation: str | None, scenario: Scenario, times: int) -> None:
        """Plan a scenario for the next calls of an operation; of any, where it is None."""
        self._planned.append(_Planned(operation, scenario, times))

    def take(self, operation: str) -> Scenario | None:
        """Return the scenario of a call of an operation, which uses it up; None where there is none."""
        for each in self._planned:
            if each.operation in {operation, None}:
                each.left -= 1
                if each.left == 0:
                    self._planned.remove(each)
                return each.scenario
        return None

    def clear(self) -> None:
        """Forget what was planned."""
        self._planned.clear()
