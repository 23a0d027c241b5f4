"""What tests of the client share."""

from collections.abc import Callable
from typing import Any

import pytest
from modes import Mode
from wire import Wire


@pytest.fixture(params=["ours", "caller's"])
def connect(request: pytest.FixtureRequest, mode: Mode) -> Callable[..., Any]:
    """Make clients over connections of ours, and over a client of the caller's own."""

    def make(server: Wire, **options: Any) -> Any:
        if request.param != "ours":
            options["http_client"] = mode.http_client()
        return mode.client(server.url, **{"max_retries": 0, **options})

    return make
