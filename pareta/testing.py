"""The pytest plugin: a sandbox as new for each test, clients of it, and what they asked where a test fails.

It comes with the package: a test asks for `pareta_sandbox`, `pareta_client` or `async_pareta_client`. The sandbox is
the platform on a port of this machine, and needs its extra: `pip install './pareta[sandbox]'` beside a checkout (the
name on the public index is another project). There is one in each test process, started when it is first asked for,
and brought back to its first state before each test.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pareta import AsyncPareta, Pareta
    from pareta.sandbox import Sandbox

__all__ = ["async_pareta_client", "pareta_client", "pareta_sandbox", "pareta_sandbox_options"]

_SHOWN = 20
_TITLE = "pareta sandbox: the last requests"
_SANDBOX: pytest.StashKey["Sandbox"] = pytest.StashKey()


@pytest.fixture(scope="session")
def pareta_sandbox_options() -> dict[str, Any]:
    """Give what the sandbox is started with; override it for other arguments of `pareta.sandbox.Sandbox`."""
    return {"pace": 0}


@pytest.fixture(scope="session")
def _pareta_server(pareta_sandbox_options: dict[str, Any]) -> Generator["Sandbox"]:
    """Start the one sandbox of this process."""
    from pareta.sandbox import Sandbox  # who does not ask for it does not pay for it.

    with Sandbox(**pareta_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def pareta_sandbox(request: pytest.FixtureRequest, _pareta_server: "Sandbox") -> "Sandbox":
    """Give a sandbox in its first state: nothing deployed but its four endpoints, no faults, nothing in its journal."""
    _pareta_server.reset()
    request.node.stash[_SANDBOX] = _pareta_server
    return _pareta_server


@pytest.fixture
def pareta_client(pareta_sandbox: "Sandbox") -> Generator["Pareta"]:
    """Give a client of the sandbox, which is closed after the test."""
    with pareta_sandbox.client() as client:
        yield client


@pytest.fixture
def async_pareta_client(pareta_sandbox: "Sandbox") -> "AsyncPareta":
    """Give an asynchronous client of the sandbox, for whatever runs the test's event loop.

    Its connections close with that loop; `async with async_pareta_client:` closes them before.
    """
    return pareta_sandbox.async_client()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in a failed test's report what its sandbox was asked, and what its client should not have done."""
    report = yield
    sandbox = item.stash.get(_SANDBOX, None)
    if call.when == "call" and report.failed and sandbox is not None:
        report.sections.append((_TITLE, _told(sandbox)))
    return report


def _told(sandbox: "Sandbox") -> str:
    try:
        requests, verdicts = sandbox.requests, sandbox.verdicts
    except RuntimeError as error:
        return str(error)  # The test itself has closed it.
    lines = [str(each) for each in requests[-_SHOWN:]] or ["There were none."]
    return "\n".join([*lines, *(f"! {each}" for each in verdicts)])
