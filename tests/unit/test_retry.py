"""When a call is tried again, and after how long."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pareta import RateLimitError, Response
from pareta._content.exchange import TransportError
from pareta._content.response import Headers, parse_retry_after
from pareta._policy.retry import backoff


def response(status: int, **headers: str) -> Response:
    """Make an answer with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Response(method="GET", url="https://api.pareta.ai/v1/models", status_code=status, headers=Headers(raw))


def dated(seconds: float) -> str:
    """Return the HTTP date so many seconds from now."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("3", 3.0),
        (" 3 ", 3.0),
        ("1.5", 1.5),
        ("99999999", 99999999.0),
        ("1e400", float("inf")),
        (None, None),
        ("", None),
        ("inf", None),
        ("nan", None),
        ("-5", None),
        ("soon", None),
        ("0x10", None),
        ("٣", None),
        ("1_000", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("9" * 5000, None),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_retry_after_is_read(value: str | None, seconds: float | None) -> None:
    """Seconds are seconds; junk, negative numbers and the past say nothing."""
    assert parse_retry_after(value) == seconds


def test_retry_after_may_be_a_date() -> None:
    """An HTTP date to come is as many seconds from now."""
    assert parse_retry_after(dated(40)) == pytest.approx(40, abs=2)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_these_statuses_may_pass(status: int) -> None:
    """A status that may pass is tried again."""
    assert backoff(response(status), 0, lambda: 0.5) is not None


@pytest.mark.parametrize("status", [301, 307, 400, 401, 402, 403, 404, 405, 418, 422, 501, 999])
def test_other_statuses_do_not(status: int) -> None:
    """Any other status is final."""
    assert backoff(response(status), 0, lambda: 0.5) is None


def test_the_server_may_overrule_the_table() -> None:
    """`x-should-retry` wins over the status, either way."""
    assert backoff(response(503, x_should_retry="false", retry_after="1"), 0, lambda: 0.5) is None
    assert backoff(response(400, x_should_retry="True"), 0, lambda: 0.5) is not None


def test_a_connection_that_fails_may_come_back_but_a_certificate_does_not() -> None:
    """Connection failures and timeouts are tried again, TLS failures never."""
    assert backoff(TransportError("connection", "reset"), 0, lambda: 0.5) is not None
    assert backoff(TransportError("timeout", "late"), 0, lambda: 0.5) is not None
    assert backoff(TransportError("tls", "expired"), 0, lambda: 0.5) is None


@pytest.mark.parametrize(
    ("attempt", "longest"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (9999, 8.0)]
)
def test_waits_double_and_are_spread(attempt: int, longest: float) -> None:
    """The wait is min(0.5·2^attempt, 8) seconds at most, and somewhat less by jitter."""
    assert backoff(response(500), attempt, lambda: 1.0) == longest
    least = backoff(response(500), attempt, lambda: 0.0)
    assert least is not None
    assert longest / 2 <= least < longest


@pytest.mark.parametrize(
    ("value", "waits"),
    [("7", 7.0), ("0", 0.0), ("60", 60.0), ("61", None), ("99999999", None), ("1e400", None)],
)
def test_what_the_server_asks_is_honoured_up_to_a_minute(value: str, waits: float | None) -> None:
    """`Retry-After` sets the wait; asked for more than a minute, the error is raised at once."""
    assert backoff(response(429, retry_after=value), 0, lambda: 0.5) == waits


@pytest.mark.parametrize("value", ["inf", "nan", "-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_junk_is_not_a_wait(value: str) -> None:
    """What says nothing leaves us our own backoff."""
    assert backoff(response(429, retry_after=value), 0, lambda: 1.0) == 0.5


def test_the_error_says_what_was_asked() -> None:
    """`RateLimitError.retry_after` is the seconds that the server asked for."""
    assert RateLimitError(response(429, retry_after="99999999")).retry_after == 99999999.0
    assert RateLimitError(response(429)).retry_after is None
