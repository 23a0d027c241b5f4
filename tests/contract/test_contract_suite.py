"""The suite passes on a correct server, is deterministic, and does not touch foreign endpoints."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from forwarding import forwarding
from planting import planted
from server_bugs import BUGS

from pareta.contract import (
    CheckResult,
    Finding,
    Report,
    SuiteSettings,
    __main__ as command,
    _html as html,
    _junit as junit,
    _terminal as terminal,
    check,
)
from pareta.sandbox import Sandbox

SMALL = SuiteSettings(examples=2)
QUICK = SuiteSettings(examples=2, phases=("fuzzing", "stateful"))
OTHER = attrs.evolve(QUICK, seed=1)


@pytest.fixture(scope="module")
def report() -> Report:
    """Check the suite's own sandbox with few examples."""
    return check(settings=SMALL)


def test_the_sandbox_passes(report: Report) -> None:
    """Every check ran and passed, and every documented answer was seen."""
    assert [finding.reason for finding in report.findings] == []
    assert {check.outcome for check in report.checks} == {"passed"}
    assert report.missing == ()
    assert report.gated
    assert report.ok


def test_scenarios_produce_only_rare_responses(report: Report) -> None:
    """Only 429 and 503 need a scenario; the suite causes all other responses."""
    asked = {response.status for response in report.coverage if response.by_scenario}
    assert asked <= {"429", "503"}


def test_two_runs_are_identical_and_another_seed_passes_too() -> None:
    """The same seed gives the same report, except for the duration."""
    first, second, other = (attrs.evolve(check(settings=each), seconds=1) for each in (QUICK, QUICK, OTHER))
    assert first == second
    for render in (terminal.render, junit.render, html.render):
        assert render(first) == render(second)
    assert [(finding.check, finding.reason) for finding in (*first.findings, *other.findings)] == []
    assert other.requests != first.requests


@pytest.mark.parametrize("writes", [False, True])
def test_an_external_server_passes_and_keeps_its_endpoints(*, writes: bool) -> None:
    """An external server keeps its endpoints, their status and their cost."""
    with Sandbox(seed=7, pace=0) as sandbox, sandbox.client() as client, forwarding(sandbox.base_url) as url:
        before = [endpoint.to_dict() for endpoint in client.endpoints.list()]
        balance = sandbox.balance
        report = check(url, api_key=sandbox.api_key, settings=attrs.evolve(QUICK, allow_writes=writes))
        after = [endpoint.to_dict() for endpoint in client.endpoints.list()]
        spent = [client.endpoints.metrics(each["id"]).cost()["requests"] for each in before]
        taken = balance - sandbox.balance
    assert [(finding.check, finding.reason) for finding in report.findings] == []
    assert after == before
    assert spent == [0] * len(before)
    assert (taken > 0) == writes
    assert "not seen on this server" in " ".join(note.reason for note in report.notes)
    reasons = {check.name: check.reason for check in report.skipped}
    assert ("start-starts" in reasons) == (not writes)
    assert "balance-is-debited" in reasons


def test_a_failure_is_shown_with_its_line_and_a_line_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    """The terminal names the check, the operation, the reason and the place, and never the key."""
    bug = next(bug for bug in BUGS if bug.name == "max_tokens is ignored")
    with planted(bug), Sandbox(seed=7, pace=0) as sandbox:
        settings = SuiteSettings(allow_writes=True, parts=("behaviour",), checks=frozenset({bug.found_by}))
        report = check(sandbox.base_url, api_key=sandbox.api_key, settings=settings)
        key = sandbox.api_key
    text = terminal.render(report)
    assert "FAILED  max-tokens-obeyed  POST /v1/chat/completions" in text
    assert re.search(r"openapi/pareta\.yaml:\d+", text)
    assert 'curl -i -X POST "$PARETA_BASE_URL"/v1/chat/completions -H' in text
    assert "$PARETA_API_KEY" in text
    assert '"max_tokens": 2' in text
    for shown in (text, junit.render(report), html.render(report), repr(report)):
        assert key not in shown


def made(**changed: Any) -> Report:
    """Make a report of a run that found nothing, but for what is given."""
    report = Report(
        target="a server",
        seed=7,
        examples=1,
        findings=(),
        notes=(),
        checks=(),
        coverage=(),
        requests={},
        gated=False,
        seconds=1,
    )
    return attrs.evolve(report, **changed)


def test_a_report_of_nothing_is_right() -> None:
    """A report without findings says so in each format."""
    assert made().ok
    assert "No failures." in terminal.render(made())
    assert "No failures." in html.render(made())
    assert "<failure" not in junit.render(made())


def test_what_a_server_says_is_shown_as_text() -> None:
    """Markup and control characters in server text are escaped."""
    finding = Finding(
        check="aliases-only",
        operation="GET /v1/models",
        reason="<script>alert(1)</script> \x1b[31m & ]]>",
        where="openapi/pareta.yaml:1",
        curl="curl '<b>' \x00",
        steps=("<i>", "\x1b"),
    )
    failed = CheckResult(name="aliases-only", sentence="<u>", part="answers", outcome="failed")
    hostile = made(findings=(finding,), checks=(failed,))
    page, text, xml = html.render(hostile), terminal.render(hostile), junit.render(hostile)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "\x1b" not in xml
    assert "\x00" not in xml


def test_many_findings_stay_on_a_screen() -> None:
    """The first findings have details, the next ones a name, and the rest a count."""
    many = tuple(
        Finding(check=f"check-{number}", operation="GET /v1/models", reason=f"reason {number}", where="openapi:1")
        for number in range(100)
    )
    text = terminal.render(made(findings=many))
    assert len(text.splitlines()) < 60
    assert "reason 7" in text
    assert "reason 8" not in text
    assert "check-19 " in text
    assert "and 80 more" in text
    assert "100 failures." in text
    assert "reason 99" in html.render(made(findings=many))


def test_the_page_stands_alone(report: Report) -> None:
    """It loads nothing, runs nothing, and shows each operation and status."""
    page = html.render(report)
    assert not re.search(r"(src|href)=|@import|url\(|<script", page)
    shown = page.replace("<wbr>", "")
    for response in report.coverage:
        assert response.operation in shown
    assert 'name="viewport"' in page


def test_the_command_writes_its_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It exits with 0 where nothing is wrong, and both files are written."""
    with Sandbox(seed=7, pace=0) as sandbox:
        arguments = [sandbox.base_url, "--api-key", sandbox.api_key, "--examples", "1"]
        status = command.main([*arguments, "--junit", str(tmp_path / "it.xml"), "--html", str(tmp_path / "it.html")])
    assert status == 0
    assert "No failures." in capsys.readouterr().out
    assert "<testsuites" in (tmp_path / "it.xml").read_text()
    assert "<!doctype html>" in (tmp_path / "it.html").read_text()


def test_the_command_exits_with_1_where_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """One bug is enough."""
    bug = next(bug for bug in BUGS if bug.name == "another endpoint comes back")
    with planted(bug), Sandbox(seed=7, pace=0) as sandbox:
        assert command.main([sandbox.base_url, "--api-key", sandbox.api_key, "--examples", "1"]) == 1
    assert "FAILED  what-was-asked-for" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["localhost:8700"], "URL must begin with http:// or https://"),
        (["http://localhost:8700"], "set PARETA_API_KEY"),
        (["--examples", "0"], "must be a positive integer"),
        (["http://localhost:1", "--api-key", "k"], "Cannot check the server: GET /v1/models"),
    ],
)
def test_a_wrong_use_exits_with_2_and_says_why(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Invalid URL, missing key, invalid number, no server."""
    try:
        status = command.main(arguments)
    except SystemExit as exit_:
        status = exit_.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_a_key_that_is_not_taken_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """A rejected API key is a usage error, not a finding."""
    with Sandbox(seed=7, pace=0) as sandbox:
        assert command.main([sandbox.base_url, "--api-key", "wrong"]) == 2
    assert "rejects the API key" in capsys.readouterr().err


def test_importing_pareta_does_not_load_the_suite() -> None:
    """`import pareta` does not import the suite."""
    code = (
        "import sys, pareta; pareta.Pareta; print([n for n in sys.modules if 'contract' in n or 'schemathesis' in n])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_without_its_extra_it_says_what_to_install() -> None:
    """The error names the extra of this project, and no package of that name elsewhere."""
    code = (
        "import sys; sys.modules['schemathesis'] = None\nfrom pareta.contract.__main__ import main; sys.exit(main([]))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "pip install './pareta[contract]'" in run.stderr
    assert "Traceback" not in run.stderr
