"""The report of a run, as a value; the terminal and the HTML page render it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import pytest
from attrs import frozen

from ._journal import ResponseCoverage
from ._server import Server

_OUTCOMES = {"failed": "failed", "error": "failed", "passed": "passed", "skipped": "skipped"}


@frozen(kw_only=True)
class TestResult:
    """A test and its outcome."""

    name: str
    sentence: str
    outcome: str
    reason: str = ""
    """Why it was skipped."""
    failures: Sequence[Mapping[str, Any]] = ()


@frozen(kw_only=True)
class Report:
    """The results of a run."""

    target: str
    results: Sequence[TestResult]
    coverage: Sequence[ResponseCoverage]
    requests: int
    deployments: int
    completions: int

    @classmethod
    def of(cls, stats: Mapping[str, Sequence[Any]], server: Server, key: str) -> Self:
        """Make the report from the statistics of pytest's terminal reporter."""
        journal = server.journal
        results = [
            _result(each, outcome, key)
            for category, outcome in _OUTCOMES.items()
            for each in stats.get(category, ())
            if isinstance(each, pytest.TestReport)
        ]
        return cls(
            target="the suite's own sandbox" if server.sandbox else server.base_url,
            results=results,
            coverage=journal.coverage(server.document),
            requests=sum(journal.seen.values()),
            deployments=journal.succeeded("deploy_endpoint"),
            completions=journal.succeeded("create_chat_completion"),
        )

    def with_outcome(self, outcome: str) -> list[TestResult]:
        """Return the tests with an outcome."""
        return [each for each in self.results if each.outcome == outcome]

    @property
    def failures(self) -> dict[str, tuple[list[TestResult], Mapping[str, Any]]]:
        """Each failure by its reason and request, with the tests that it failed: first what failed most of them."""
        found: dict[str, tuple[list[TestResult], Mapping[str, Any]]] = {}
        for result in self.with_outcome("failed"):
            for failure in result.failures:
                found.setdefault(failure["reason"] + failure["curl"], ([], failure))[0].append(result)
        return dict(sorted(found.items(), key=lambda each: -len(each[1][0])))

    @property
    def is_whole(self) -> bool:
        """Whether the coverage of the run was tested."""
        return any(each.name.startswith("test_coverage.py") for each in self.results)

    @property
    def skips(self) -> dict[str, list[str]]:
        """The names of the skipped tests, by reason."""
        found: dict[str, list[str]] = {}
        for result in self.with_outcome("skipped"):
            found.setdefault(result.reason, []).append(result.name)
        return found


def _result(report: pytest.TestReport, outcome: str, key: str) -> TestResult:
    more: dict[str, Any] = vars(report).get(key, {"sentence": "", "failures": ()})
    skipped = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    failures = more["failures"]
    if outcome == "failed" and not failures:
        failures = [{"reason": str(report.longrepr), "where": "", "curl": "", "response": "", "steps": ()}]
    return TestResult(
        name=report.nodeid,
        sentence=more["sentence"],
        outcome=outcome,
        reason=skipped.removeprefix("Skipped: "),
        failures=failures,
    )
