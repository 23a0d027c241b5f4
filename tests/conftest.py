"""What tests of several folders share: the modes, the sandbox, and a server that sends what a test says."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from held_requests import pytest_configure  # noqa: F401  # Switches on that requests are held against the document.
from modes import AsyncioMode, Mode, SyncMode, TrioMode
from sampling import pytest_collection_modifyitems, pytest_report_header  # noqa: F401  # `make test` takes a sample.
from wire import Step, Wire

from pareta.sandbox import Sandbox

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it runs in the background so, and programs that tests interrupt would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Plugins that come with packages of other tests: a program that runs pytest would take 2 s to load them.
os.environ["PYTEST_ADDOPTS"] = "-p no:schemathesis -p no:langsmith_plugin"

NAMES = ("PARETA_API_KEY", "PARETA_BASE_URL", "PARETA_LOG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=[SyncMode, AsyncioMode, TrioMode], ids=["sync", "asyncio", "trio"])
def mode(request: pytest.FixtureRequest) -> Iterator[Mode]:
    """Give sync, asyncio and trio in turn."""
    made: Mode = request.param()
    yield made
    made.end()


@pytest.fixture(params=[AsyncioMode, TrioMode], ids=["asyncio", "trio"])
def async_mode(request: pytest.FixtureRequest) -> Iterator[AsyncioMode]:
    """Give asyncio and trio in turn."""
    made: AsyncioMode = request.param()
    yield made
    made.end()


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    """Start servers that answer request after request by a script; the last step counts for all that follow."""
    started: list[Wire] = []

    def start(*script: Step, **options: bool) -> Wire:
        started.append(Wire(*script, **options))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    """Start the one sandbox that a test process shares."""
    with Sandbox(seed=7, pace=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    """Give the sandbox in its first state."""
    shared_sandbox.reset()
    return shared_sandbox
