"""What a client does wrong when it repeats requests and leaves streams, as far as a server can tell."""

import time
from collections import OrderedDict, deque
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from attrs import frozen

if TYPE_CHECKING:
    from pareta.sandbox._journal import Entry

Kind = Literal["too-soon", "not-retryable", "key-changed", "key-missing", "stream-left-open"]

_REMEMBERED = 1_000
_RETRIED_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504})
_MAYBE_DONE = frozenset({None, 408, 500, 502, 504})
_LOOKS_LIKE_RETRY_SECONDS = 10.0
_TOLERANCE_SECONDS = 0.005

_What = tuple[str, str, str, int, bytes]


@frozen
class Verdict:
    """Something that a client should not have done.

    Attributes:
        kind: `too-soon`: it came again before `Retry-After` was over. `not-retryable`: it came again after an answer
            that trying again does not mend, or after events of a stream had been sent. `key-changed`: it came again
            under another idempotency key. `key-missing`: a POST that may have had its effect came again without a key.
            `stream-left-open`: a stream is neither read to its end nor hung up.
        message: What happened, in a sentence.
        request_ids: The requests it is about.

    """

    kind: Kind
    message: str
    request_ids: tuple[str, ...]

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.kind}: {self.message} ({', '.join(self.request_ids)})"


class Judge:
    """Remembers how requests failed, and compares with what comes after.

    A request is taken for the repetition of one that failed when method, path, query and body are the same and it
    has the same idempotency key, or comes within ten seconds.
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[_What, Entry] = OrderedDict()
        self._verdicts: deque[Verdict] = deque(maxlen=_REMEMBERED)

    def arrived(self, entry: "Entry") -> None:
        """Judge a request that has come."""
        if not self._failed:
            return
        before = self._failed.pop(_what(entry), None)
        if before is None or before.ended is None:
            return
        waited = entry.began - before.ended
        if before.key != entry.key and waited > _LOOKS_LIKE_RETRY_SECONDS:
            return
        ids = (before.request_id, entry.request_id)
        named = before.operation or f"{before.method} {before.path}"
        for kind, message in _faults(before, entry, waited):
            self._verdicts.append(Verdict(kind, f"{named} {message}", ids))

    def ended(self, entry: "Entry") -> None:
        """Remember a request that failed."""
        if entry.status is None or entry.status >= 400 or entry.end == "broken":  # noqa: PLR2004
            self._failed[_what(entry)] = entry
            if len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)

    def verdicts(self, entries: "Iterable[Entry]") -> list[Verdict]:
        """Return what was found, and the streams that are open now."""
        still_open = [
            Verdict(
                "stream-left-open",
                f"{each.operation} sent {each.events} events, and is neither at its end nor hung up",
                (each.request_id,),
            )
            for each in entries
            if each.streams and each.end == "open" and not each.told_all
        ]
        return [*self._verdicts, *still_open]


def _faults(before: "Entry", entry: "Entry", waited: float) -> "Iterable[tuple[Kind, str]]":
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


def _ending(entry: "Entry") -> str:
    if entry.status is None:
        return "no answer"
    return f"a broken {entry.status}" if entry.end == "broken" else str(entry.status)


def _maybe_done(entry: "Entry") -> bool:
    return entry.end == "broken" or entry.status in _MAYBE_DONE


def _why_not_retryable(entry: "Entry") -> str | None:
    if entry.streams and entry.events:
        return f"{entry.events} events of its stream had been sent"
    if entry.should_retry == "true":
        return None
    if entry.should_retry == "false":
        return f"{entry.status} with x-should-retry: false"
    if entry.status is not None and entry.status >= 400 and entry.status not in _RETRIED_STATUSES:  # noqa: PLR2004
        return str(entry.status)
    return None


def _seconds(retry_after: str | None, waited: float) -> float | None:
    """Return how long a client was asked to wait since the answer; None where it was not, or not in words known."""
    if retry_after is None:
        return None
    if retry_after.replace(".", "", 1).isdecimal():
        return float(retry_after)
    try:
        return parsedate_to_datetime(retry_after).timestamp() - time.time() + waited
    except ValueError:
        return None


def _what(entry: "Entry") -> _What:
    return entry.method, entry.path, entry.query, entry.size, entry.body
