"""Checks that the SDK conforms to the document: its requests, its parsing of responses, its sync and async clients.

`python -m tests.conformance` runs them. `RequestChecker` checks a single request, and `record_requests` observes
every request of every client, so that a test suite can check them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._request_checker import RequestChecker
from ._request_recorder import SentRequest, record_requests

if TYPE_CHECKING:
    from ._sdk_run import check_sdk

__all__ = ["RequestChecker", "SentRequest", "check_sdk", "record_requests"]


def __getattr__(name: str) -> Any:
    if name != "check_sdk":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._sdk_run import check_sdk  # hypothesis and schemathesis are slow to import

    return check_sdk
