"""What `with_options` sets for the calls of a client, and what it refuses."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, final

from ._body import ANSWER_LIMIT
from ._timeouts import HttpxTimeout, Timeouts, positive, shown

_OURS = frozenset({"authorization", "host", "content-length", "transfer-encoding", "connection", "idempotency-key"})
_MOST = 10**9
"""More of anything than this overflows what deadlines count with."""


@final
class NotGiven:
    """The type of `NOT_GIVEN`: an option that stays as it is, where None means no limit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven()


class OneKey:
    """An idempotency key that the caller chose: it serves one POST."""

    def __init__(self, value: str) -> None:
        known = isinstance(value, str)  # pyright: ignore[reportUnnecessaryIsInstance]
        if not known or not re.fullmatch("[!-~]{1,255}", value):
            raise ValueError("idempotency_key must be 1 to 255 visible ASCII characters")
        self._left = [value]  # Of which one thread takes it.

    def take(self) -> str:
        """Return the key, once."""
        try:
            return self._left.pop()
        except IndexError:
            raise ValueError(
                "This idempotency_key has served a POST already, and a second would get the first one's answer:"
                " take client.with_options(idempotency_key=…) anew for each call."
            ) from None


class Options(NamedTuple):
    """How calls are sent: time, attempts, headers. A value; a change makes another."""

    timeouts: Timeouts | None = Timeouts()
    """None leaves them to the caller's own HTTP client."""
    deadline: float | None | NotGiven = NOT_GIVEN
    max_retries: int = 2
    max_bytes: int = ANSWER_LIMIT
    headers: tuple[tuple[bytes, bytes], ...] = ()
    key: OneKey | None = None

    def __repr__(self) -> str:  # Without the headers, in which there may be a secret.
        return f"Options({self.timeouts}, max_retries={self.max_retries})"

    def changed(
        self,
        *,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        max_bytes: int | NotGiven = NOT_GIVEN,
        headers: Mapping[str, str] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> Options:
        """Return options that differ in what is given.

        Raises:
            ValueError: A value makes no sense.

        """
        change: dict[str, Any] = {"key": None}  # A key is for one call, not for what is derived from its client.
        if not isinstance(timeout, NotGiven):
            change["timeouts"] = Timeouts.of(timeout)
        if not isinstance(deadline, NotGiven):
            change["deadline"] = None if deadline is None else positive("deadline", deadline)
        if not isinstance(max_retries, NotGiven):
            change["max_retries"] = count_of("max_retries", max_retries)
        if not isinstance(max_bytes, NotGiven):
            change["max_bytes"] = count_of("max_bytes", max_bytes, least=1)
        if not isinstance(headers, NotGiven):
            change["headers"] = _merged(self.headers, headers)
        if not isinstance(idempotency_key, NotGiven):
            change["key"] = OneKey(idempotency_key)
        return self._replace(**change)

    def seconds(self, timeouts: Timeouts) -> float | None:
        """Return how long a logical call may take, waits between its attempts aside; None for no limit."""
        if not isinstance(self.deadline, NotGiven):
            return self.deadline
        if timeouts.connect is None or timeouts.read is None:
            return None
        seconds = (self.max_retries + 1) * (timeouts.connect + timeouts.read)
        return seconds if seconds < math.inf else None

    def idempotency_key(self) -> str:
        """Return the key for a POST: the caller's, else a new one."""
        return self.key.take() if self.key else os.urandom(16).hex()


def count_of(name: str, value: Any, *, least: int = 0) -> int:
    """Return `value`, a whole number of `least` or more; anything else is a ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be a whole number, {least} or more, not {shown(value)}")
    return min(value, _MOST)


def _merged(old: tuple[tuple[bytes, bytes], ...], new: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    merged = dict(old)
    for name, value in new.items():
        key = name.lower()
        if key in _OURS:
            raise ValueError(f"the header {name} is the client's own: {_instead(key)}")
        if not name or not name.isascii() or not all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name):
            raise ValueError(f"not a header's name: {name!r}")
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"the header {name} must be a str, not {type(value).__name__}")  # noqa: TRY004
        if any(ord(char) < 32 or ord(char) == 127 for char in value) or not value.isascii():  # noqa: PLR2004
            raise ValueError(f"the header {name} holds a control or non-ASCII character")
        merged[key.encode()] = value.strip().encode()
    return tuple(merged.items())


def _instead(name: str) -> str:
    return {
        "authorization": "give the key as api_key=",
        "idempotency-key": "give it as idempotency_key=",
        "host": "it follows from base_url=",
    }.get(name, "it follows from the body")
