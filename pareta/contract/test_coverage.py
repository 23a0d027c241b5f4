"""What the run as a whole holds: it saw every documented response. A scenario of the sandbox produces the rare ones."""

from __future__ import annotations

from typing import Any

import pytest

from ._example_requests import example_requests
from ._journal import unseen
from ._server import Server


@pytest.mark.cost(requests=32)
def test_every_documented_response_is_seen(server: Server) -> None:
    """The run sees every documented status and content type of every operation."""
    if server.sandbox is not None:
        for response in server.journal.coverage(server.document):
            if not response.seen:
                requests: list[dict[str, Any]] = list(example_requests(server.document.operations[response.operation]))
                if response.status >= "4":
                    requests = [{**requests[0], "headers": {"x-sandbox-scenario": response.status}}]
                for request in requests:
                    server.begin_test()
                    server.send(response.operation, **request)
    missing = unseen(server.journal.coverage(server.document))
    if missing and server.sandbox is None:
        pytest.skip("not every documented response could be seen on this server")
    assert not missing, f"not seen: {missing}"
