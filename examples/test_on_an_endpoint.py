"""Test on an endpoint that lives as long as the tests.

`pytest test_on_an_endpoint.py` deploys it, runs the tests, and deletes it, also when they fail.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pareta import Endpoint, Pareta


@pytest.fixture(scope="session")
def pa() -> Iterator[Pareta]:
    """Open the client."""
    with Pareta.from_env() as client:
        yield client


@pytest.fixture(scope="session")
def endpoint(pa: Pareta) -> Iterator[Endpoint]:
    """Deploy for the session."""
    with pa.endpoints.ephemeral(task="contract-key-fields") as deployed:
        yield deployed


def test_the_law_is_found(pa: Pareta, endpoint: Endpoint) -> None:
    """The answer names the law."""
    completion = pa.chat.completions.create(
        model=endpoint.id, messages=[{"role": "user", "content": "Which law governs? The laws of Delaware govern it."}]
    )
    assert "Delaware" in (completion.choices[0].message.content or "")
