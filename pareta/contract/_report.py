"""The report of a run, as a value; the terminal, JUnit and HTML modules render it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import frozen

_FEW = 3

Outcome = Literal["passed", "failed", "noted", "skipped"]


@frozen(kw_only=True)
class Finding:
    """A failure or a note, as it was first seen."""

    check: str
    operation: str
    """Method and path; empty unless it concerns a single operation."""
    reason: str
    where: str
    """The place in the document, `file:line`."""
    curl: str = ""
    steps: tuple[str, ...] = ()
    """The requests that led to the failure, if one request is not enough to show it."""
    times: int = 1


@frozen(kw_only=True)
class CheckResult:
    """A check and its outcome."""

    name: str
    sentence: str
    part: str
    outcome: Outcome
    reason: str = ""


@frozen(kw_only=True)
class ResponseCoverage:
    """How often a documented response was seen."""

    operation: str
    label: str
    status: str
    content_type: str
    line: int
    seen: int
    by_scenario: bool = False
    """Whether it was seen only because a sandbox scenario requested it."""
    reachable: bool = True
    """Whether this run can see it."""


@frozen(kw_only=True)
class Report:
    """The results of a run."""

    target: str
    seed: int
    examples: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    checks: tuple[CheckResult, ...]
    coverage: tuple[ResponseCoverage, ...]
    requests: Mapping[str, int]
    """The number of requests of each part."""
    gated: bool
    """Whether an unseen documented response is a failure."""
    seconds: float

    @property
    def missing(self) -> tuple[ResponseCoverage, ...]:
        """The documented responses that were not seen."""
        return tuple(response for response in self.coverage if not response.seen)

    @property
    def ok(self) -> bool:
        """Whether there are no failures."""
        return not self.findings

    @property
    def skipped(self) -> tuple[CheckResult, ...]:
        """The checks that did not run."""
        return tuple(each for each in self.checks if each.outcome == "skipped")

    @property
    def parts(self) -> dict[str, list[CheckResult]]:
        """The checks by part."""
        parts: dict[str, list[CheckResult]] = {}
        for check in self.checks:
            parts.setdefault(check.part, []).append(check)
        return parts

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        match len(self.findings):
            case 0:
                return "No failures."
            case 1:
                return "1 failure."
            case many:
                return f"{many} failures."

    def sentence(self, check: str) -> str:
        """Return the sentence of a check."""
        return next((each.sentence for each in self.checks if each.name == check), "")

    def count(self, outcome: Outcome) -> int:
        """Return the number of checks with an outcome."""
        return sum(each.outcome == outcome for each in self.checks)


def unseen(coverage: Iterable[ResponseCoverage]) -> str:
    """Summarise the unseen responses by status and content type; name up to three operations each."""
    operations: dict[str, list[str]] = {}
    for response in coverage:
        if not response.seen:
            operations.setdefault(f"{response.status} {response.content_type}".strip(), []).append(response.operation)
    return "; ".join(
        f"{answer} of {', '.join(names) if len(names) <= _FEW else f'{len(names)} operations'}"
        for answer, names in sorted(operations.items())
    )
