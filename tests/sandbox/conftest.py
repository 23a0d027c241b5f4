"""A sandbox that waits for nothing, as new for each test, and a plain HTTP client of it."""

from collections.abc import Iterator

import httpx
import pytest
from sandbox_kit import client_of

from pareta.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """Start the one sandbox that the tests share."""
    with Sandbox(seed=7, pace=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """Give the sandbox in its first state."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Give a plain HTTP client that has the key."""
    with client_of(sandbox) as client:
        yield client
