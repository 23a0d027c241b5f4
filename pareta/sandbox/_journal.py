"""What was asked and how it was answered: the entries of the last requests; judging them is elsewhere."""

import json
import time
from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen

from pareta.sandbox._verdicts import Judge, Verdict

_KEPT = 1_000
_BODY_KEPT = 64 * 1024
_REDACTED = "[redacted]"


@frozen(kw_only=True)
class RecordedRequest:
    """A request as the sandbox had it. The API key is not in it.

    Attributes:
        operation: The operationId, or None where nothing is at that method and path.
        method: The HTTP method.
        path: The path, as it was sent, without the query.
        parameters: The values of the path's and the query's parameters, as they were sent; a repeated one is a list.
        headers: The headers by their lower-case names, `authorization` redacted.
        body: The JSON value of the body; text where it is none; None where there is none, or it is over 64 KiB.
        status: The status of the answer; None where there is none yet, or the connection broke before it.
        end: `complete`; `left` where the client hung up; `broken` where the sandbox did; `open` while it lasts.
        events: How many events of a stream were sent.
        started_at: When it came, in seconds of `time.monotonic()`.
        seconds: How long it took, up to now where it lasts.
        idempotency_key: The header of that name, or None.
        request_id: What the answer is named by in `x-request-id`.
        scenario: What was asked for out of the ordinary, by header or by `Sandbox.fault`, or None.

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
        """Return it on one line."""
        name = self.operation or "no operation"
        status = "no answer" if self.status is None else str(self.status)
        streamed = f", {self.events} events" if self.events else ""
        ended = "" if self.end == "complete" else f", {self.end}"
        asked = f"   [{self.scenario}]" if self.scenario else ""
        took = f"{self.seconds * 1000:.1f} ms"
        return f"{self.request_id}  {self.method} {self.path}  {name}: {status}{streamed}{ended}, {took}{asked}"


class Entry:
    """A request under way; who answers it says here what becomes of it."""

    __slots__ = (
        *("began", "body", "end", "ended", "events", "headers", "method", "operation", "path", "path_values"),
        *("query", "request_id", "retry_after", "scenario", "should_retry", "size", "status", "streams"),
        "told_all",
    )

    def __init__(self, request_id: str, method: str, path: str, query: str) -> None:
        self.request_id = request_id
        self.method = method
        self.path = path
        self.query = query
        self.began = time.monotonic()
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
        self.told_all = False
        self.end = "open"
        self.retry_after: str | None = None
        self.should_retry: str | None = None

    @property
    def key(self) -> str | None:
        """The idempotency key."""
        return self.headers.get("idempotency-key")


class Journal:
    """The last requests, in the order in which they came, and what is to be said of the client that sent them."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._judge = Judge()

    def open(self, request_id: str, method: str, path: str, query: str) -> Entry:
        """Note a request that has come."""
        entry = Entry(request_id, method, path, query)
        self._entries.append(entry)
        return entry

    def received(self, entry: Entry, headers: Mapping[str, str], body: bytes) -> None:
        """Note what a request consists of, and judge how it came about."""
        entry.headers = headers
        entry.size = len(body)
        entry.body = body if len(body) <= _BODY_KEPT else b""
        self._judge.arrived(entry)

    def close(self, entry: Entry, end: str) -> None:
        """Note how a request ended."""
        if entry.end == "open":
            entry.end = end
            entry.ended = time.monotonic()
            self._judge.ended(entry)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._judge = Judge()

    def requests(self, *, last: int = _KEPT) -> list[RecordedRequest]:
        """Return the last requests, oldest first."""
        first = max(0, len(self._entries) - last)
        return [self._record(each) for each in islice(self._entries, first, None)]

    def verdicts(self) -> list[Verdict]:
        """Return what the client did wrong, as far as a server can tell."""
        return self._judge.verdicts(self._entries)

    def _record(self, entry: Entry) -> RecordedRequest:
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
            seconds=(time.monotonic() if entry.ended is None else entry.ended) - entry.began,
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
