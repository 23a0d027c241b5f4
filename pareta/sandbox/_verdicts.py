"""Detects the mistakes of clients: wrong retries, and streams that are left open."""

import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from attrs import frozen

if TYPE_CHECKING:
    from pareta.sandbox._journal import JournalEntry

Kind = Literal["too-soon", "not-retryable", "key-changed", "key-missing", "stream-left-open"]

_REMEMBERED = 1_000
_RETRIED_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
_MAYBE_DONE = frozenset({None, 408, 500, 502, 504})
_LOOKS_LIKE_RETRY_SECONDS = 10.0
_TOLERANCE_SECONDS = 0.005

_What = tuple[str, str, str, int, bytes]


@frozen
class Verdict:
    """A mistake of a client.

    Attributes:
        kind: `too-soon`: a retry before `Retry-After` had passed. `not-retryable`: a retry after a response that must
            not be retried, or after events of a stream. `key-changed`: a retry with another idempotency key.
            `key-missing`: a retry, without a key, of a POST that may have taken effect. `stream-left-open`: a stream
            that is neither read to its end nor closed.
        message: What happened.
        request_ids: The ids of the requests.

    """

    kind: Kind
    message: str
    request_ids: tuple[str, ...]

    def __str__(self) -> str:
        """Return a one-line summary."""
        return f"{self.kind}: {self.message} ({', '.join(self.request_ids)})"


class VerdictTracker:
    """Remembers failed requests, and judges their retries.

    A request counts as the retry of a failed one if method, path, query and body are equal, and it has the same
    idempotency key or arrives within ten seconds.
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[_What, JournalEntry] = OrderedDict()
        self._verdicts: deque[Verdict] = deque(maxlen=_REMEMBERED)

    def arrived(self, entry: "JournalEntry") -> None:
        """Judge a new request."""
        if not self._failed:
            return
        before = self._failed.pop(_what(entry), None)
        if before is None or before.ended is None:
            return
        waited = entry.began - (before.ended if before.answered is None else before.answered)
        if before.key != entry.key and waited > _LOOKS_LIKE_RETRY_SECONDS:
            return
        ids = (before.request_id, entry.request_id)
        named = before.operation or f"{before.method} {before.path}"
        for kind, message in _faults(before, entry, waited):
            self._verdicts.append(Verdict(kind, f"{named} {message}", ids))

    def ended(self, entry: "JournalEntry") -> None:
        """Remember a failed request."""
        if entry.status is None or entry.status >= HTTPStatus.BAD_REQUEST or entry.end == "broken":
            self._failed[_what(entry)] = entry
            if len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)

    def verdicts(self, entries: "Iterable[JournalEntry]") -> list[Verdict]:
        """Return the verdicts, including those about streams that are open now."""
        still_open = [
            Verdict(
                "stream-left-open",
                f"{each.operation} sent {each.events} events, and is neither at its end nor hung up",
                (each.request_id,),
            )
            for each in entries
            if each.streams and each.end == "open" and not each.terminal_sent
        ]
        return [*self._verdicts, *still_open]


def _faults(before: "JournalEntry", entry: "JournalEntry", waited: float) -> "Iterable[tuple[Kind, str]]":
    asked = _seconds(before.retry_after, waited)
    status = _ending(before)
    if asked is not None and waited < asked - _TOLERANCE_SECONDS:
        yield "too-soon", f"was asked to wait {asked:g} s after {status}, and came again after {waited:.2f} s"
    same_call = before.key == entry.key
    why_not = _why_not_retryable(before)
    if same_call and why_not is not None:
        yield "not-retryable", f"came again after {why_not}"
    if why_not is None and not same_call:
        yield "key-changed", f"came again after {status} under another idempotency key"
    if why_not is None and entry.method == "POST" and before.key is None is entry.key and _maybe_done(before):
        yield "key-missing", f"came again after {status} without an idempotency key: it may take effect twice"


def _ending(entry: "JournalEntry") -> str:
    if entry.status is None:
        return "no answer"
    return f"a broken {entry.status}" if entry.end == "broken" else str(entry.status)


def _maybe_done(entry: "JournalEntry") -> bool:
    return entry.end == "broken" or entry.status in _MAYBE_DONE


def _why_not_retryable(entry: "JournalEntry") -> str | None:
    if entry.streams and entry.events:
        return f"{entry.events} events of its stream had been sent"
    if entry.should_retry == "true":
        return None
    if entry.should_retry == "false":
        return f"{entry.status} with x-should-retry: false"
    is_error = entry.status is not None and entry.status >= HTTPStatus.BAD_REQUEST
    return str(entry.status) if is_error and entry.status not in _RETRIED_STATUSES else None


def _seconds(retry_after: str | None, waited: float) -> float | None:
    """Return how long Retry-After tells a client to wait, in seconds; None if it is missing or invalid."""
    if retry_after is None:
        return None
    if retry_after.replace(".", "", 1).isdecimal():
        return float(retry_after)
    try:
        return parsedate_to_datetime(retry_after).timestamp() - time.time() + waited
    except ValueError:
        return None


def _what(entry: "JournalEntry") -> _What:
    return entry.method, entry.path, entry.query, entry.size, entry.body
