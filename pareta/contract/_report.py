"""The report of a run: a value that the terminal, JUnit and HTML render; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import frozen

_FEW = 3

Outcome = Literal["passed", "failed", "noted", "skipped"]


@frozen(kw_only=True)
class Finding:
    """Something that is wrong (or, among `notes`, worth knowing), the first time that it was seen."""

    check: str
    operation: str
    """Method and path; empty where it is about no single operation."""
    reason: str
    where: str
    """Where the document says otherwise: `file:line`."""
    curl: str = ""
    steps: tuple[str, ...] = ()
    """The requests that led there, where one alone does not show it."""
    times: int = 1


@frozen(kw_only=True)
class Checked:
    """A check that ran, or did not and why."""

    name: str
    sentence: str
    part: str
    outcome: Outcome
    reason: str = ""


@frozen(kw_only=True)
class Cell:
    """A documented answer: whether it was seen, and whether it had to be asked for."""

    operation: str
    label: str
    status: str
    content_type: str
    line: int
    seen: int
    asked_for: bool = False
    """Whether it was seen because a scenario asked for it."""
    expected: bool = True
    """Whether this run could see it at all."""


@frozen(kw_only=True)
class Report:
    """What a run found."""

    target: str
    seed: int
    examples: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    checks: tuple[Checked, ...]
    cells: tuple[Cell, ...]
    requests: Mapping[str, int]
    """How many requests each part sent."""
    gated: bool
    """Whether a documented answer that was not seen is a failure."""
    seconds: float

    @property
    def missing(self) -> tuple[Cell, ...]:
        """The documented answers that were not seen."""
        return tuple(cell for cell in self.cells if not cell.seen)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def skipped(self) -> tuple[Checked, ...]:
        """The checks that did not run."""
        return tuple(each for each in self.checks if each.outcome == "skipped")

    @property
    def verdict(self) -> str:
        """The report in a sentence."""
        match len(self.findings):
            case 0:
                return "Nothing is wrong."
            case 1:
                return "One thing is wrong."
            case many:
                return f"{many} things are wrong."

    def sentence(self, check: str) -> str:
        """Return what a check shows."""
        return next((each.sentence for each in self.checks if each.name == check), "")

    def count(self, outcome: Outcome) -> int:
        """Return how many checks came out so."""
        return sum(each.outcome == outcome for each in self.checks)


def unseen(cells: Iterable[Cell]) -> str:
    """Say in short which documented answers were not seen: by status, with the operations where they are few."""
    operations: dict[str, list[str]] = {}
    for cell in cells:
        if not cell.seen:
            operations.setdefault(f"{cell.status} {cell.content_type}".strip(), []).append(cell.operation)
    return "; ".join(
        f"{answer} of {', '.join(names) if len(names) <= _FEW else f'{len(names)} operations'}"
        for answer, names in sorted(operations.items())
    )
