"""Checks that the SDK conforms to the document: its requests, its parsing of responses, its sync and async clients.

The tests run on generated responses and on a sandbox. `RequestChecker` checks a single request, and `record_requests`
observes every request of every client, so that a test suite can check them all.
"""

from ._request_checker import RequestChecker
from ._request_recorder import SentRequest, record_requests

__all__ = ["RequestChecker", "SentRequest", "record_requests"]
