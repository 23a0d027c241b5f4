"""A pytest plugin: every request that a test makes the SDK send is held against the document.

`from held_requests import pytest_configure` in a conftest switches it on. A test that sends what the document does not
allow, and means to, says so: `@pytest.mark.off_document("why")`. A run of the whole suite fails where an operation was
never sent in one of the two worlds.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from typing import Any

import pytest

from pareta.contract.sdk import RequestForm, Sent, recording

NAME = "pareta-held-requests"
WORLDS = ("sync", "async")


def pytest_configure(config: pytest.Config) -> None:
    """Switch the plugin on, once."""
    config.addinivalue_line("markers", "off_document(reason): sends what the document does not allow, and means to")
    if not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(HeldRequests(config), NAME)


class HeldRequests:
    """Records what is sent, from the start of the session to its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._form = RequestForm()
        self._seen: set[tuple[str, str]] = set()
        self._problems: list[str] = []
        self._missing: list[str] = []
        self._whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not (
            config.option.keyword or config.option.markexpr or config.option.collectonly
        )
        self._stack = ExitStack()
        self._stack.enter_context(recording(self._take))

    def _take(self, sent: Sent) -> None:
        request = sent.request
        problems = list(self._form.problems(request.method, sent.target, request.headers, request.body))
        operation = self._form.operation(request.method, sent.target)
        if operation is not None and not problems:
            self._seen.add((sent.world, operation.id))
        if sent.meant is not None and operation is not None and sent.meant != operation.id:
            problems.append(f"{sent.meant} was called, and {operation.id} is what was sent")
        self._problems += [f"[{sent.world}] {each}" for each in problems]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Begin a test with nothing wrong."""
        self._problems.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Fail a test that passed and made the SDK send something wrong."""
        result = yield
        if self._problems and item.get_closest_marker("off_document") is None:
            pytest.fail("the SDK sent what the document does not allow:\n" + "\n".join(self._problems), pytrace=False)
        return result

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker of xdist has seen."""
        self._seen |= {tuple(each) for each in getattr(node, "workeroutput", {}).get(NAME, ())}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over to the controller, or hold that every operation was sent."""
        self._stack.close()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[NAME] = sorted(self._seen)
        elif self._whole and session.exitstatus == pytest.ExitCode.OK:
            operations = self._form.operations
            self._missing = [
                f"{id_} ({world})" for world in WORLDS for id_ in operations if (world, id_) not in self._seen
            ]
            if self._missing:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say which operations were never sent."""
        if self._missing:
            terminalreporter.section("operations that no test made the SDK send", red=True)
            terminalreporter.line(", ".join(self._missing))
