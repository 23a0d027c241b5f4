"""What the tests of the documentation's claims share: a sandbox with a client, and a client of any answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from recorded import Answering, Recorded

from pareta import Pareta
from pareta.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Run a fresh sandbox that waits for nothing."""
    with Sandbox(seed=7, pace=0) as running:
        yield running


@pytest.fixture
def pa(sandbox: Sandbox) -> Iterator[Pareta]:
    """Make a client of it."""
    with sandbox.client() as client:
        yield client


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Make a client whose every request is answered by a function, through an HTTP client of the caller's own."""
    made: list[httpx.Client] = []

    def make(answer: Callable[[httpx.Request], httpx.Response]) -> Recorded:
        requests: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            whole = answer(request)  # A server's answer comes in pieces.
            return httpx.Response(whole.status_code, headers=whole.headers, content=iter([whole.content]))

        http = httpx.Client(transport=httpx.MockTransport(handle))
        made.append(http)
        return Recorded(Pareta(api_key="pareta_sk_test", http_client=http), requests)

    yield make
    for http in made:
        http.close()
