"""The suite finds every bug that is planted in the sandbox, and every lie of a proxy, by the intended test."""

import os
from collections.abc import Iterator

import pytest
from forwarding import forwarding
from lies import LIES
from planting import Bug, BuggyApplication, planted
from running import SuiteRun, reasons, run_suite, select
from server_bugs import AGAINST_SEMANTICS, AGAINST_THE_DOCUMENT, BUGS

from pareta.sandbox import Sandbox


def chosen(bugs: tuple[Bug, ...]) -> list[Bug]:
    """Return what this run plants: a sample of each kind, or with FULL=1 all."""
    return [bug for bug in bugs if bug.quick or os.environ.get("FULL")]


def check_found(run: SuiteRun, bug: Bug) -> None:
    """Check that the intended test failed, with a curl command or steps, and that the exit status says so."""
    assert run.status == pytest.ExitCode.TESTS_FAILED
    failed = [report for report in run.named(bug.found_by) if report.failed]
    assert failed, run.failures
    assert any(reason.startswith(bug.check) for report in failed for reason in reasons(report))
    assert all(each["curl"] or each["steps"] for each in failed[0].pareta_contract["failures"])


@pytest.mark.parametrize("bug", chosen(BUGS), ids=str)
def test_the_intended_test_finds_a_planted_bug(bug: Bug) -> None:
    """The intended test fails."""
    with planted(bug):
        run = run_suite("--examples=8", *select(*(bug.runs or [bug.found_by])))
    check_found(run, bug)


@pytest.fixture(scope="module")
def sandbox_behind() -> Iterator[Sandbox]:
    """Give the correct server behind the proxies."""
    with Sandbox(seed=7, pace=0) as sandbox:
        yield sandbox


@pytest.mark.parametrize("lie", chosen(LIES), ids=str)
def test_the_intended_test_finds_a_lying_proxy(lie: Bug, sandbox_behind: Sandbox) -> None:
    """The intended test fails, and no endpoint stays; the suite knows of the server only its URL and its key."""
    sandbox_behind.reset()
    with sandbox_behind.client() as client:
        before = [each.id for each in client.endpoints.list()]
    with forwarding(sandbox_behind.base_url, lambda proxy: BuggyApplication(proxy, None, lie)) as url:
        server = ("--api-key", sandbox_behind.api_key, "--allow-writes", "--time-limit=60")
        run = run_suite(url, *server, *select(*(lie.runs or [lie.found_by])))
    check_found(run, lie)
    with sandbox_behind.client() as client:
        assert [each.id for each in client.endpoints.list()] == before


def test_there_are_ten_of_each_kind() -> None:
    """At least ten bugs violate the document, ten its semantics, and ten are lies of a proxy."""
    for kind in (AGAINST_THE_DOCUMENT, AGAINST_SEMANTICS, LIES):
        assert len({bug.name for bug in kind}) == len(kind) >= 10
