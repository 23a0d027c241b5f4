"""Every bug that is planted in a copy of the sandbox is found, by the check that is made for it."""

import pytest
from planting import Bug, planted
from server_bugs import AGAINST_ITS_MEANING, AGAINST_THE_DOCUMENT, BUGS

from pareta.contract import Report, Settings
from pareta.contract._run import check_target
from pareta.contract._target import sandbox_target


def run(bug: Bug) -> Report:
    """Run what is enough of the suite to find a bug, against a sandbox that carries it."""
    checks = None
    if bug.parts == ("behaviour",):
        checks = frozenset({bug.found_by, *bug.runs})
    with planted(bug), sandbox_target(7) as target:
        return check_target(
            target,
            Settings(examples=8, parts=bug.parts, phases=("coverage",), checks=checks, operations=bug.operations),
        )


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_named_by_its_own_check(bug: Bug) -> None:
    """The check that a bug is made for is among the findings, with a request that shows it or the steps there."""
    report = run(bug)
    found = [finding for finding in report.findings if finding.check == bug.found_by]
    assert found, [finding.check for finding in report.findings]
    assert found[0].curl or found[0].steps
    assert found[0].reason


def test_there_are_twenty_bugs_and_more_half_of_each_kind() -> None:
    """At least ten bugs are against the document, and at least ten against its meaning."""
    assert len(AGAINST_THE_DOCUMENT) >= 10
    assert len(AGAINST_ITS_MEANING) >= 10
    assert len({bug.name for bug in BUGS}) == len(BUGS)
