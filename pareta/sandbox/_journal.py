"""The journal of the last requests."""

import json
from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen

from pareta._clock import monotonic
from pareta.sandbox._verdicts import Verdict, VerdictTracker

_KEPT = 1_000
_BODY_KEPT = 64 * 1024
_REDACTED = "[redacted]"


@frozen(kw_only=True)
class RecordedRequest:
    """A recorded request, without the API key.

    Attributes:
        operation: The operationId, or None if no operation has that method and path.
        method: The HTTP method.
        path: The path as sent, without the query.
        parameters: The path and query parameters as sent; a repeated one is a list.
        headers: The headers by lower-case name, with `authorization` redacted.
        body: The body as JSON, or as text if it is not JSON; None if it is empty or over 64 KiB.
        status: The status of the response; None if none has been sent.
        end: `open` while in progress, then `complete`, `left` (the client disconnected) or `broken` (a fault).
        events: The number of events sent.
        started_at: The time of arrival, in seconds of `time.monotonic()`.
        seconds: The duration so far.
        idempotency_key: The Idempotency-Key header, or None.
        request_id: The `x-request-id` of the response.
        scenario: The scenario from the header or from `Sandbox.fault`, or None.

    """

    operation: str | None
    method: str
    path: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    status: int | None
    end: str
    events: int
    started_at: float
    seconds: float
    idempotency_key: str | None
    request_id: str
    scenario: str | None

    def __str__(self) -> str:
        """Return a one-line summary."""
        name = self.operation or "no operation"
        status = "no answer" if self.status is None else str(self.status)
        streamed = f", {self.events} events" if self.events else ""
        ended = "" if self.end == "complete" else f", {self.end}"
        asked = f"   [{self.scenario}]" if self.scenario else ""
        took = f"{self.seconds * 1000:.1f} ms"
        return f"{self.request_id}  {self.method} {self.path}  {name}: {status}{streamed}{ended}, {took}{asked}"


class JournalEntry:
    """The mutable record of a request in progress."""

    __slots__ = (
        *("answered", "began", "body", "end", "ended", "events", "headers", "method", "operation", "path"),
        *("path_values", "query", "request_id", "retry_after", "scenario", "should_retry", "size", "status"),
        *("streams", "terminal_sent"),
    )

    def __init__(self, request_id: str, method: str, path: str, query: str) -> None:
        self.request_id = request_id
        self.method = method
        self.path = path
        self.query = query
        self.began = monotonic()
        self.answered: float | None = None
        """When its status was about to be sent; a client may act on it before its end is recorded."""
        self.ended: float | None = None
        self.headers: Mapping[str, str] = {}
        self.body = b""
        self.size = 0
        self.operation: str | None = None
        self.path_values: Mapping[str, str] = {}
        self.scenario: str | None = None
        self.status: int | None = None
        self.streams = False
        self.events = 0
        self.terminal_sent = False
        self.end = "open"
        self.retry_after: str | None = None
        self.should_retry: str | None = None

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.headers.get("idempotency-key")


class Journal:
    """Keeps the last requests in order of arrival, and the verdicts about their clients."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key
        self._entries: deque[JournalEntry] = deque(maxlen=_KEPT)
        self._tracker = VerdictTracker()

    def open(self, request_id: str, method: str, path: str, query: str) -> JournalEntry:
        """Record the arrival of a request."""
        entry = JournalEntry(request_id, method, path, query)
        self._entries.append(entry)
        return entry

    def received(self, entry: JournalEntry, headers: Mapping[str, str], body: bytes) -> None:
        """Record the headers and the body of a request, and judge it as a retry."""
        entry.headers = headers
        entry.size = len(body)
        entry.body = body if len(body) <= _BODY_KEPT else b""
        self._tracker.arrived(entry)

    def answer(self, entry: JournalEntry, status: int) -> None:
        """Record the status that is about to be sent."""
        entry.status = status
        entry.answered = monotonic()

    def close(self, entry: JournalEntry, end: str) -> None:
        """Record how a request ended."""
        if entry.end == "open":
            entry.end = end
            entry.ended = monotonic()
            self._tracker.ended(entry)

    def clear(self) -> None:
        """Delete all entries and verdicts."""
        self._entries.clear()
        self._tracker = VerdictTracker()

    def requests(self, *, last: int = _KEPT) -> list[RecordedRequest]:
        """Return the last requests, oldest first."""
        first = max(0, len(self._entries) - last)
        return [self._record(each) for each in islice(self._entries, first, None)]

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts about the clients."""
        return self._tracker.verdicts(self._entries)

    def _record(self, entry: JournalEntry) -> RecordedRequest:
        parameters: dict[str, Any] = dict(entry.path_values)
        for name, value in parse_qsl(entry.query, keep_blank_values=True):
            before = parameters.get(name)
            parameters[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
        return RecordedRequest(
            operation=entry.operation,
            method=entry.method,
            path=entry.path.replace(self._api_key, _REDACTED),
            parameters={name: self._redact(value) for name, value in parameters.items()},
            headers={
                name: _REDACTED if name == "authorization" else self._redact(value)
                for name, value in entry.headers.items()
            },
            body=self._body(entry.body),
            status=entry.status,
            end=entry.end,
            events=entry.events,
            started_at=entry.began,
            seconds=(monotonic() if entry.ended is None else entry.ended) - entry.began,
            idempotency_key=entry.key,
            request_id=entry.request_id,
            scenario=entry.scenario,
        )

    def _body(self, content: bytes) -> Any:
        if not content:
            return None
        text = content.decode("utf-8", "replace").replace(self._api_key, _REDACTED)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text

    def _redact(self, value: Any) -> Any:
        return value.replace(self._api_key, _REDACTED) if isinstance(value, str) else value
