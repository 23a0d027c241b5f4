"""A pytest plugin that checks every request of the SDK against the document.

`from held_requests import pytest_configure` in a conftest enables it. Mark a test that violates the document on purpose
with `@pytest.mark.off_document("why")`. A run of the whole suite fails if no sync or no async client sent an operation.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.conformance import RequestChecker, SentRequest, record_requests

NAME = "pareta-held-requests"
MODES = ("sync", "async")


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin once."""
    config.addinivalue_line("markers", "off_document(reason): violates the document on purpose")
    if not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(HeldRequests(config), NAME)


class HeldRequests:
    """Checks every request from the start of the session to its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._checker = RequestChecker()
        self._seen: set[tuple[str, str]] = set()
        self._problems: list[str] = []
        self._missing: list[str] = []
        self._whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not (
            config.option.keyword
            or config.option.markexpr
            or config.option.collectonly
            or os.environ.get("TIER") == "rest"
        )
        self._stack = ExitStack()
        self._stack.enter_context(record_requests(self._take))

    def _take(self, sent: SentRequest) -> None:
        request = sent.request
        problems = list(self._checker.problems(request.method, sent.target, request.headers, request.body))
        operation = self._checker.operation(request.method, sent.target)
        if operation is not None and not problems:
            self._seen.add((sent.mode, operation.id))
        if sent.operation_id is not None and operation is not None and sent.operation_id != operation.id:
            problems.append(f"{sent.operation_id} was called, but {operation.id} was sent")
        self._problems += [f"[{sent.mode}] {each}" for each in problems]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Forget the problems of the test before."""
        self._problems.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Fail a passed test whose requests violate the document."""
        result = yield
        if self._problems and item.get_closest_marker("off_document") is None:
            pytest.fail("the SDK sent requests that violate the document:\n" + "\n".join(self._problems), pytrace=False)
        return result

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Collect what an xdist worker has seen."""
        self._seen |= {tuple(each) for each in getattr(node, "workeroutput", {}).get(NAME, ())}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Report to the xdist controller, or check that every operation was sent."""
        self._stack.close()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[NAME] = sorted(self._seen)
        elif self._whole and session.exitstatus == pytest.ExitCode.OK:
            operations = self._checker.operations
            self._missing = [f"{id_} ({mode})" for mode in MODES for id_ in operations if (mode, id_) not in self._seen]
            if self._missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """List the operations that were never sent."""
        if self._missing:
            terminalreporter.section("operations that no test sent", red=True)
            terminalreporter.line(", ".join(self._missing))
