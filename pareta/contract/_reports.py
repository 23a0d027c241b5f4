"""The part of the plugin that reports: what a failure shows, on the terminal and as an HTML page."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from . import _html, _terminal
from ._each_exchange import EXCHANGE_TESTS
from ._failure import failures_of
from ._journal import RunJournal
from ._report import Report
from ._server import SERVER

_KEY: Final = "pareta_contract"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in a failure the request, the response and the document's line."""
    report = yield
    sentence = (getattr(item, "obj", item).__doc__ or "").partition("\n")[0]
    failures: list[dict[str, Any]] = []
    if report.failed and call.excinfo is not None:
        server = item.config.stash[SERVER]
        failures = failures_of(call.excinfo.value, server.session.last_exchange, server.steps)
    _add(report, sentence, failures)
    return report


def _add(report: pytest.TestReport, sentence: str, failures: list[dict[str, Any]]) -> None:
    vars(report)[_KEY] = {"sentence": sentence, "failures": failures}
    if failures:
        report.longrepr = "\n".join(_terminal.lines_of(report.nodeid, sentence, failures))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail for exchanges that no test looked at: a part of the tests ran, or they ran in several processes."""
    config: Any = session.config
    server = config.stash.get(SERVER, None)
    if server is None:
        return
    server.clean_up()
    unreported = _unreported(server.journal)
    if hasattr(config, "workeroutput"):
        config.workeroutput[_KEY] = {"seen": server.journal.summary(), "unreported": unreported}
    elif _emit(config, unreported) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what an xdist worker has seen."""
    output = getattr(node, "workeroutput", {}).get(_KEY, {"seen": (), "unreported": {}})
    node.config.stash[SERVER].journal.add_summary(output["seen"])
    _emit(node.config, output["unreported"])


def _unreported(journal: RunJournal) -> dict[str, list[Any]]:
    for name in ("test_exchanges", "test_streams"):
        import_module(f"{__package__}.{name}")  # They fill EXCHANGE_TESTS.
    found: dict[str, list[Any]] = {}
    for nodeid, test in EXCHANGE_TESTS.items():
        try:
            test(journal)
        except AssertionError as error:
            found[nodeid] = [test.__doc__, failures_of(error)]
    return found


def _emit(config: pytest.Config, unreported: dict[str, list[Any]]) -> bool:
    """Report the failures that no test reported; return whether there are any."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    known = set[str]() if reporter is None else {each.nodeid for each in reporter.stats.get("failed", ())}
    for nodeid, (sentence, failures) in unreported.items():
        if nodeid not in known:
            location = (nodeid.partition("::")[0], None, nodeid.partition("::")[2])
            report = pytest.TestReport(nodeid, location, {}, "failed", "", "call")
            _add(report, sentence, failures)
            config.hook.pytest_runtest_logreport(report=report)
    return bool(unreported.keys() - known)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the report, and write the HTML page."""
    server = config.stash.get(SERVER, None)
    if config.option.collectonly or server is None:
        return
    report = Report.of(terminalreporter.stats, server, _KEY)
    terminalreporter.ensure_newline()
    for line in _terminal.render(report):
        terminalreporter.write_line(line)
    if config.option.html:
        Path(config.option.html).write_text(_html.render(report), encoding="utf-8")
        terminalreporter.write_line(f"HTML page: {config.option.html}")
