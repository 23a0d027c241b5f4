"""The suite passes on a correct server, ends on any other, is deterministic, and leaves foreign endpoints alone."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from forwarding import Application, forwarding, serving
from planting import Bug, BuggyApplication, PlantedRequest, PlantedResponse, planted
from running import WITHOUT, run_suite, select
from server_bugs import BUGS

from pareta.contract.__main__ import main
from pareta.contract._session import WRITES
from pareta.sandbox import Sandbox

SCREEN = 60
"""The lines of a screen."""
SOME = () if os.environ.get("FULL") else ("-k", "not any_request or list_endpoints or match_task")
"""Leaves out generated requests to most operations, but with FULL=1."""


def test_the_sandbox_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test passes, past any proxy, and every response is seen; only 429 and 503 need a scenario."""
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    run = run_suite("--examples=2", *SOME)
    assert run.failures == {}
    assert run.status == pytest.ExitCode.OK
    assert set(run.outcomes.values()) == {"passed"}
    assert all(each.seen for each in run.coverage)
    assert SOME or {each.status for each in run.coverage if each.by_scenario} <= {"429", "503"}


@pytest.mark.long
def test_two_runs_are_identical_and_another_seed_passes_too() -> None:
    """The same settings give the same requests and outcomes; another seed gives other requests."""
    some = (
        "--examples=4",
        "test_state.py",
        "test_generated.py",
        *(SOME and ("-k", "state or any_request_of_match_task")),
    )
    first, second, other = (run_suite(*some, *seed) for seed in ((), (), ("--hypothesis-seed=1",)))
    assert (first.outcomes, first.seen) == (second.outcomes, second.seen)
    assert first.failures == other.failures == {}
    assert other.seen != first.seen


class Lag:
    """Delays cost feeds: the first response after a completion is the one before it. It notes what was requested."""

    def __init__(self) -> None:
        self._lags = False
        self._costs: dict[str, bytes] = {}
        self.names: list[str] = []
        self.requests = 0

    def on_response(self, request: PlantedRequest, answer: PlantedResponse) -> None:
        """Take the response before."""
        if request.kind == "GET cost" and answer.status == 200 and not request.query:
            before, self._costs[request.path] = self._costs.get(request.path), answer.content
            answer.content = before if self._lags and before else answer.content
        self._lags = request.kind == "POST completions"

    def on_request(self, request: PlantedRequest) -> None:
        """Count the request, and note the name of a deployment."""
        self.requests += 1
        if request.kind == "POST endpoints":
            self.names.append(request.json.get("name", ""))


@pytest.mark.parametrize("writes", [False, pytest.param(True, marks=pytest.mark.long)])
def test_an_external_server_passes_and_keeps_its_endpoints(*, writes: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Behind a proxy, an external server whose metrics lag keeps its endpoints, their status and their cost."""
    lag = Lag()
    bug = Bug(name="lag", found_by="", on_request=lag.on_request, on_response=lag.on_response)
    with (
        Sandbox(seed=7, pace=0) as sandbox,
        sandbox.client() as client,
        forwarding(sandbox.base_url, lambda proxy: BuggyApplication(proxy, None, bug)) as url,
    ):
        before = [endpoint.to_dict() for endpoint in client.endpoints.list()]
        balance = sandbox.balance
        run = run_suite(
            url, "--api-key", sandbox.api_key, "--examples=2", *SOME, *(["--allow-writes"] if writes else [])
        )
        after = [endpoint.to_dict() for endpoint in client.endpoints.list()]
        spent = [client.endpoints.metrics(each["id"]).cost()["requests"] for each in before]
        taken = balance - sandbox.balance
    assert (run.status, run.failures) == (pytest.ExitCode.OK, {}), capsys.readouterr()
    assert after == before
    assert spent == [0] * len(before)
    assert (taken > 0) == writes
    written = {operation for operation, *_ in run.seen if operation in WRITES}
    assert written == (set(WRITES) if writes else set())
    assert [each for each in lag.names if not re.fullmatch("contract-suite-[0-9a-f]{16}", each)] == []
    assert writes or f"requests  {lag.requests}, with 0 deployments" in capsys.readouterr().out
    assert run.outcomes["test_a_started_endpoint_becomes_live"] == ("passed" if writes else "skipped")
    assert "needs the suite's own sandbox" in str(run.reports["test_the_balance_is_debited"].longrepr)


def test_tests_of_exchanges_alone_send_the_reads_of_the_examples() -> None:
    """The endpoints of the document's examples belong to others; tests of streams are skipped, as there is none."""
    with Sandbox(seed=7, pace=0) as sandbox, sandbox.client() as client:
        before = [endpoint.to_dict() for endpoint in client.endpoints.list()]
        server = (sandbox.base_url, "--api-key", sandbox.api_key, "--allow-writes")
        run = run_suite(*server, "test_exchanges.py", "test_streams.py")
        assert [endpoint.to_dict() for endpoint in client.endpoints.list()] == before
    assert run.failures == {}
    assert {operation for operation, *_ in run.seen} == {each.operation for each in run.coverage} - set(WRITES)
    assert "no event stream" in str(run.reports["test_a_deploy_stream_ends_once"].longrepr)
    assert run.outcomes["test_every_body_fits_its_schema"] == "passed"


def test_limits_hold_for_the_whole_run(capsys: pytest.CaptureFixture[str]) -> None:
    """What a limit cuts is skipped, and named with the limit; endpoints are deleted all the same."""
    with Sandbox(seed=7, pace=0) as sandbox, sandbox.client() as client:
        before = len(client.endpoints.list())
        limits = ("--allow-writes", "--max-deploys=3", "--max-completions=2")
        run = run_suite(
            sandbox.base_url, "--api-key", sandbox.api_key, *limits, "test_deployment.py", "test_idempotency.py"
        )
        assert len(client.endpoints.list()) == before
    said = capsys.readouterr().out
    assert run.failures == {}
    assert re.search(r"about \d+ requests, \d+ deployments, \d+ completions", said)
    assert "requests, with 3 deployments and 1 completions" in re.sub(r"\d+(?=, with)", "requests", said)
    assert "SKIPPED cut by --max-deploys 3: " in said


def answering(kind: str) -> Application:
    """Return a server that answers, hangs or drips; `late` ones only after the first request."""
    asked: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        does = kind.removeprefix("late ") if len(asked) > 1 or not kind.startswith("late") else "answer"
        if does == "hang":
            await asyncio.Event().wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        while does == "drip":
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.02)
        await send({"type": "http.response.body", "body": b"{}"})

    return application


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("answer", "a response does not have the documented shape"),
        ("hang", "Cannot check the server: GET /v1/models: no whole response within 2 s"),
        ("drip", "Cannot check the server: GET /v1/models: no whole response within 2 s"),
        ("late hang", "SKIPPED cut by --time-limit 2 during GET /v1/models: "),
        ("late drip", "SKIPPED cut by --time-limit 2 during GET /v1/models: "),
    ],
)
def test_a_run_ends_in_time_and_says_on_one_screen_what_is_wrong(
    kind: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that answers everything 200 `{}`, one that never answers, and one that drips."""
    some = (*SOME, "--time-limit=60") if kind == "answer" else ("test_reading.py", "--time-limit=2")
    begun = time.monotonic()
    with serving(answering(kind)) as url:
        run = run_suite(url, "--api-key=k", "--allow-writes", "--examples=2", *some)
    printed = capsys.readouterr()
    assert run.status in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.USAGE_ERROR)
    assert time.monotonic() - begun < 60
    assert said in printed.out + printed.err
    assert "the server did not respond" not in printed.out
    assert len(printed.out.partition("\n\n")[2].splitlines()) <= SCREEN


def test_a_missing_precondition_fails_its_tests_at_once() -> None:
    """Where no deployment becomes live, one test tries; the others that need one name the reason."""
    with serving(answering("answer")) as url:
        run = run_suite(
            url, "--api-key=k", "--allow-writes", *select("test_max_tokens_is_obeyed", "test_stop_is_obeyed")
        )
    assert run.seen["deploy_endpoint", "200", "application/json"] == 1
    assert len(run.failures) > 5 - 1
    reasons = {name: reason[0] for name, reason in run.failures.items() if name.startswith(("test_max", "test_stop"))}
    assert set(reasons.values()) == {
        "no deployment of a recommended model became live: `complete` carries no live endpoint"
    }


def echo_the_key(request: PlantedRequest, answer: PlantedResponse) -> None:
    """Say the key in the body and in headers."""
    sent = request.headers["authorization"]
    answer.headers["x-request-id"] = answer.headers["retry-after"] = sent
    if answer.headers["content-type"] == "application/json" and isinstance(answer.json, dict):
        answer.json = {"echo": sent, **answer.json}


def test_a_failure_is_shown_with_its_line_and_a_line_for_a_shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each report names the test, what it holds, the reason, the place and the response, and never a key."""
    bug = next(bug for bug in BUGS if bug.name == "max_tokens is ignored")
    bug = attrs.evolve(bug, on_response=echo_the_key)
    page, xml = tmp_path / "it.html", tmp_path / "it.xml"
    with planted(bug), Sandbox(seed=7, pace=0) as sandbox:
        reports = (f"--html={page}", f"--junitxml={xml}")
        server = (sandbox.base_url, "--api-key", sandbox.api_key, "--allow-writes")
        run_suite(*server, *select(bug.found_by), *reports)
        key = sandbox.api_key
    text = capsys.readouterr().out
    assert "FAILED  test_completions.py::test_max_tokens_is_obeyed" in text
    for shown in (text, xml.read_text("utf-8"), page.read_text("utf-8")):
        assert "An answer has at most `max_tokens` tokens" in shown
        assert "the answer has 9 tokens" in shown
        assert re.search(r"openapi/pareta\.yaml:\d+", shown)
        assert re.search(r'curl -i -X POST ("|&quot;)\$PARETA_BASE_URL("|&quot;)/v1/chat/completions -H', shown)
        assert "max_completion_tokens" in shown
        assert "chat.completion" in shown
        assert re.search(r"""echo("|&quot;):("|&quot;| )*Bearer \$PARETA_API_KEY""", shown)
        assert "Retry-After is 'Bearer $PARETA_API_KEY'" in shown.replace("&#x27;", "'").replace("&#39;", "'")
        assert key not in shown


def test_what_a_server_says_is_shown_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Markup and control characters in server text are escaped."""

    async def hostile(scope: Any, receive: Any, send: Any) -> None:
        body = b'{"detail":"<script>alert(1)</script> \x1b[31m & ]]> \x00"}'
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    page, xml = tmp_path / "it.html", tmp_path / "it.xml"
    with serving(hostile) as url:
        run_suite(
            url, "--api-key=k", *select("test_lists_begin_with_the_oldest"), f"--html={page}", f"--junitxml={xml}"
        )
    text = capsys.readouterr().out
    assert "<script>" not in page.read_text("utf-8")
    assert "&lt;script&gt;" in page.read_text("utf-8")
    for shown in (text, xml.read_text("utf-8")):
        assert "\x1b" not in shown
        assert "\x00" not in shown


def test_the_page_stands_alone(tmp_path: Path) -> None:
    """It loads nothing, runs nothing, and shows each operation, status and test."""
    page = tmp_path / "it.html"
    run = run_suite(f"--html={page}", *select("test_lists_begin_with_the_oldest"))
    text = page.read_text("utf-8").replace("<wbr>", "")
    assert not re.search(r"(src|href)=|@import|url\(|<script", text)
    assert all(each.operation in text and each.status in text for each in run.coverage)
    assert "test_lists_begin_with_the_oldest" in text
    assert 'name="viewport"' in text


@pytest.mark.parametrize(
    ("arguments", "tests"),
    [
        (("-k", "test_billing"), {"test_billing.py"}),
        (("-x", "test_billing", "--deselect", "test_streams.py"), {"test_billing.py"}),
        (("test_billing.py", "test_streams.py", "--deselect", "test_streams.py"), {"test_billing.py"}),
    ],
    ids=" ".join,
)
def test_the_value_of_an_option_selects_no_module(
    arguments: tuple[str, ...], tests: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What `-k` and `--deselect` take stays as it is, and nothing outside the suite is collected."""
    assert main([*arguments, "--collect-only", "-q", *WITHOUT]) == pytest.ExitCode.OK
    assert {line.partition("::")[0] for line in capsys.readouterr().out.splitlines() if "::" in line} == tests


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a user does, where another project's configuration and conftest are."""
    (tmp_path / "conftest.py").write_text("raise RuntimeError('loaded')")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "test_other.py").write_text("def test_other(): pass")

    def run(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *(["-c", code] if code else ["-m", "pareta.contract"]), *arguments]
        environment = {**os.environ, "PYTEST_ADDOPTS": "--no-such-option", "PYTHONPATH": str(Path.cwd())}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.long
def test_the_directory_in_which_it_runs_changes_nothing(shell: Any, tmp_path: Path) -> None:
    """Neither its configuration nor its conftest is read, and only pytest's cache is written there."""
    done = shell("test_reading.py", "-n", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "22 passed" in done.stdout
    assert {each.name for each in tmp_path.iterdir()} == {"conftest.py", "pytest.ini", "test_other.py", ".pytest_cache"}


@pytest.mark.long
def test_what_failed_can_be_run_again_alone(shell: Any) -> None:
    """`--lf` runs the tests that failed in the last run."""
    with serving(answering("answer")) as url:
        server = (url, "--api-key=k", "test_reading.py", "-k", "oldest or best")
        first, again = shell(*server), shell(*server, "--lf")
    assert first.returncode == again.returncode == 1
    assert "5 items / 0" not in again.stdout
    assert again.stdout.count("test_lists_begin_with_the_oldest") == first.stdout.count(
        "test_lists_begin_with_the_oldest"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["localhost:8700"], "URL must begin with http:// or https://"),
        (["http://localhost:8700"], "set PARETA_API_KEY"),
        (["--examples", "0"], "--examples must be positive"),
        (["http://localhost:1", "--api-key", "k"], "Cannot check the server: "),
        (["http://localhost:1", "--api-key", "k", "--allow-writes", "-n", "2"], "-n needs the suite's own sandbox"),
    ],
)
def test_a_wrong_use_exits_with_4_and_says_why(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Invalid URL, missing key, invalid number, no server, parallel writes."""
    assert main([*arguments, *WITHOUT]) == pytest.ExitCode.USAGE_ERROR
    assert said in capsys.readouterr().err


def test_a_rejected_key_exits_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    """A rejected API key is a usage error, not a finding."""
    with Sandbox(seed=7, pace=0) as sandbox:
        assert main([sandbox.base_url, "--api-key", "wrong", *WITHOUT]) == pytest.ExitCode.USAGE_ERROR
    assert "rejects the API key" in capsys.readouterr().err


def test_without_its_extra_it_says_what_to_install(shell: Any) -> None:
    """The error names the extra of this project, and no package of that name elsewhere."""
    code = (
        "import sys; sys.modules['schemathesis'] = None\nfrom pareta.contract.__main__ import main; sys.exit(main([]))"
    )
    done = shell(code=code)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "pip install './pareta[contract]'" in done.stderr
    assert "Traceback" not in done.stderr
