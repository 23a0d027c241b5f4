"""Text from servers made safe for a terminal, and numbers as people read them."""

from __future__ import annotations

import re
from typing import Any

# Control characters; what reorders text; half a character, which cannot be encoded.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_IN_PROSE = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def clean(value: object) -> str:
    """Return a value as one line of text, with what a terminal would obey as visible escapes."""
    return _UNSAFE.sub(_escape, str(value))


def clean_prose(text: str) -> str:
    """Return text of several lines, with what a terminal would obey as visible escapes."""
    return _UNSAFE_IN_PROSE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode() if match[0] < "\ud800" else f"\\u{ord(match[0]):04x}"


def cell(value: Any) -> str:
    """Return a value as a cell of a table: a dash where there is none."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean(value)


def dollars(micro_usd: float | None) -> str:
    """Return micro-USD in dollars, to the micro-dollar: a request costs less than a cent."""
    return "-" if micro_usd is None else f"${micro_usd / 1_000_000:,.6f}"


def milliseconds(value: float | None) -> str:
    """Return milliseconds with their unit."""
    return "-" if value is None else f"{value:,.0f} ms"


def share(value: float | None) -> str:
    """Return a share of 1 in per cent."""
    return "-" if value is None else f"{value:.2%}"
