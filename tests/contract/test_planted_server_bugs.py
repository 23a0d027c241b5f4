"""The suite finds every bug that is planted in the sandbox, by the intended test."""

import os

import pytest
from planting import Bug, planted
from running import reasons, run_suite, select
from server_bugs import AGAINST_SEMANTICS, AGAINST_THE_DOCUMENT, BUGS


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_the_intended_test_finds_a_planted_bug(bug: Bug) -> None:
    """The intended test fails, with a curl command or steps."""
    with planted(bug):
        run = run_suite("--examples=8", *select(bug.found_by, *bug.runs))
    assert run.status == pytest.ExitCode.TESTS_FAILED
    failed = [report for report in run.named(bug.found_by) if report.failed]
    assert failed, run.failures
    assert any(reason.startswith(bug.check) for report in failed for reason in reasons(report))
    assert all(each["curl"] or each["steps"] for each in failed[0].pareta_contract["failures"])


def test_there_are_ten_bugs_of_each_kind() -> None:
    """At least ten bugs violate the document, and at least ten its semantics."""
    assert len(AGAINST_THE_DOCUMENT) >= 10
    assert len(AGAINST_SEMANTICS) >= 10
    assert len({bug.name for bug in BUGS}) == len(BUGS)
