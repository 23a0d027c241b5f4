"""The suite finds every bug that is planted in the sandbox, by the intended check."""

import pytest
from planting import Bug, planted
from server_bugs import AGAINST_SEMANTICS, AGAINST_THE_DOCUMENT, BUGS

from pareta.contract import Report, SuiteSettings
from pareta.contract._run import check_target
from pareta.contract._target import sandbox_target


def run(bug: Bug) -> Report:
    """Run the needed part of the suite on a sandbox with a bug."""
    checks = None
    if bug.parts == ("behaviour",):
        checks = frozenset({bug.found_by, *bug.runs})
    with planted(bug), sandbox_target(7) as target:
        return check_target(
            target,
            SuiteSettings(examples=8, parts=bug.parts, phases=("coverage",), checks=checks, operations=bug.operations),
        )


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_the_intended_check_finds_a_planted_bug(bug: Bug) -> None:
    """The intended check is among the findings, with a curl command or steps."""
    report = run(bug)
    found = [finding for finding in report.findings if finding.check == bug.found_by]
    assert found, [finding.check for finding in report.findings]
    assert found[0].curl or found[0].steps
    assert found[0].reason


def test_there_are_ten_bugs_of_each_kind() -> None:
    """At least ten bugs violate the document, and at least ten its semantics."""
    assert len(AGAINST_THE_DOCUMENT) >= 10
    assert len(AGAINST_SEMANTICS) >= 10
    assert len({bug.name for bug in BUGS}) == len(BUGS)
