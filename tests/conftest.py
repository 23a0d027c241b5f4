"""What tests of several folders share: both worlds, the sandbox, and a server that sends exactly what a test says."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from held_requests import pytest_configure  # noqa: F401  # Switches on that requests are held against the document.
from wire import Step, Wire
from worlds import AiohttpWorld, AsyncWorld, SyncWorld, World

from pareta.sandbox import Sandbox

NAMES = ("PARETA_API_KEY", "PARETA_BASE_URL", "PARETA_LOG", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=[SyncWorld, AsyncWorld, AiohttpWorld], ids=["sync", "async", "aiohttp"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Give each of the two worlds in turn, that of asyncio with each of its engines."""
    made: World = request.param()
    yield made
    made.end()


@pytest.fixture(params=[AsyncWorld, AiohttpWorld], ids=["async", "aiohttp"])
def async_world(request: pytest.FixtureRequest) -> Iterator[AsyncWorld]:
    """Give the world of asyncio alone, with each of its engines."""
    made: AsyncWorld = request.param()
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
