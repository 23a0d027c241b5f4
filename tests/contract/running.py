"""Runs the contract suite in this process, and keeps the reports of its tests."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import pytest

from pareta.contract import __main__ as command
from pareta.contract._journal import ResponseCoverage, RunJournal
from pareta.contract._server import SERVER
from pareta.sandbox import _document

SUITE = Path(command.__file__).parent
WITHOUT = ("-p", "no:cacheprovider", "-p", "no:unraisableexception")
"""Writes no cache, and leaves what cannot be raised to the outer pytest: looking for it collects garbage five times."""


@attrs.define
class SuiteRun:
    """The result of a run, and the pytest plugin that collects it."""

    status: int = 0
    reports: dict[str, pytest.TestReport] = attrs.field(factory=dict)
    seen: Counter[tuple[str, str, str]] = attrs.field(factory=Counter)
    coverage: tuple[ResponseCoverage, ...] = ()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the report of a test; that of its call, unless its setup failed or was skipped."""
        if report.when == "call" or not report.passed:
            self.reports[report.nodeid.partition("::")[2]] = report

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Keep how often each response was seen."""
        server = config.stash.get(SERVER, None)
        journal = server.journal if server else RunJournal()
        self.seen, self.coverage = journal.seen, journal.coverage(_document.load())

    def named(self, function: str) -> list[pytest.TestReport]:
        """Return the reports of a test function."""
        return [report for name, report in self.reports.items() if name.partition("[")[0] == function]

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each test."""
        return {name: report.outcome for name, report in self.reports.items()}

    @property
    def failures(self) -> dict[str, list[str]]:
        """The reasons of each failed test."""
        return {name: reasons(report) for name, report in self.reports.items() if report.failed}


def reasons(report: Any) -> list[str]:
    """Return the reasons that a report gives."""
    return [each["reason"] for each in report.pareta_contract["failures"]]


def run_suite(*arguments: str) -> SuiteRun:
    """Run the suite in this process."""
    sys.modules.pop("pareta.contract.test_generated", None)  # A schema generates some of its requests once.
    run = SuiteRun()
    run.status = command.main([*arguments, *WITHOUT], [run])
    return run


def select(*functions: str) -> list[str]:
    """Return the arguments that select test functions."""
    modules = {path.name: path.read_text(encoding="utf-8") for path in SUITE.glob("test_*.py")}

    def module_of(function: str) -> str:
        found = (name for name, text in modules.items() if f"def {function}(" in text)
        return next(found, "test_generated.py")

    return [f"{module_of(function)}::{function}" for function in functions]
