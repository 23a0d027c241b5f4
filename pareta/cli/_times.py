"""`--since` as a window: how long ago somebody means."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from ._errors import CommandError
from ._text import clean

_WINDOW = re.compile(r"[1-9][0-9]{0,3}[mhd]")
_UNITS = ("minute", "hour", "day", "week", "month", "year")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def window_of(window: str | None, since: str | None, now: datetime | None = None) -> str | None:
    """Return the window that the API takes, such as `7d`, from `--window` or `--since`.

    Raises:
        CommandError: Both are given, or one cannot be read.

    """
    if window is not None and since is not None:
        raise CommandError("--window and --since exclude each other.")
    if window is not None:
        if not _WINDOW.fullmatch(window):
            raise CommandError(f"--window {clean(window)!r}: use minutes, hours or days, such as 30m, 24h or 7d.")
        return window
    if since is None:
        return None
    now = datetime.now().astimezone() if now is None else now
    minutes = math.ceil((now - _moment(since, now)).total_seconds() / 60)
    if minutes <= 0:
        raise CommandError(f"--since {clean(since)!r} is not in the past.")
    for size, unit in ((1440, "d"), (60, "h"), (1, "m")):
        if minutes % size == 0 and minutes <= 9999 * size:
            return f"{minutes // size}{unit}"
    for size, unit in ((60, "h"), (1440, "d")):  # Rounded up.
        if minutes <= 9999 * size:
            return f"{math.ceil(minutes / size)}{unit}"
    raise CommandError(f"--since {clean(since)!r} is more than 9,999 days ago.")


def _moment(text: str, now: datetime) -> datetime:
    """Return the moment that a text names: a day's midnight, so long before now, or a date and time as it stands."""
    # Untyped for mypy, and wrongly typed for pyright.
    parser: Any = import_module("dateutil.parser")
    relative: Any = import_module("dateutil.relativedelta")

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found: datetime
    words = text.lower().removeprefix("last ").split()
    match words:
        case ["today"]:
            found = midnight
        case ["yesterday"]:
            found = midnight - timedelta(days=1)
        case [day] if day in _DAYS:
            found = midnight + relative.relativedelta(days=-1, weekday=relative.weekday(_DAYS.index(day))(-1))
        case [("minute" | "hour" | "day" | "week" | "month" | "year") as unit]:
            found = now - relative.relativedelta(**{f"{unit}s": 1})
        case [count, unit, "ago"] if count.isdecimal() and len(count) < 6 and unit.rstrip("s") in _UNITS:
            found = now - relative.relativedelta(**{f"{unit.rstrip('s')}s": int(count)})
        case _:
            try:
                found = parser.parse(text, default=midnight)
            except (parser.ParserError, OverflowError) as error:
                raise CommandError(
                    f"--since {clean(text)!r} is no time: say 2026-01-31, 9:30, yesterday, last monday or 3 days ago."
                ) from error
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
