"""How long a server asks to wait, read from `Retry-After`."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime


def retry_after(value: str | None) -> float | None:
    """Return the seconds that `value` asks for; None for what says nothing usable.

    It is a number of seconds or an HTTP date (RFC 9110, section 10.2.3). A date in the past, a
    negative number and anything else say nothing; what overflows is infinite.
    """
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,400}(\.\d{0,400})?([eE]\+?\d{1,9})?", text, re.ASCII):
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # Its import is slow, and dates are rare.

    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None
