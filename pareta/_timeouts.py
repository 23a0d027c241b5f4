"""How long to wait: for one operation of a socket, and for a whole logical call."""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple, Protocol

CONNECT = 10.0
OPERATION = 60.0
_LONGEST = 1e9
"""More seconds than this, thirty years, overflow what sockets and locks count with."""


class HttpxTimeout(Protocol):
    """An `httpx.Timeout`, or what looks like one."""

    connect: float | None
    read: float | None
    write: float | None
    pool: float | None


class Timeouts(NamedTuple):
    """Seconds for each kind of socket operation; None waits for ever."""

    connect: float | None = CONNECT
    read: float | None = OPERATION
    write: float | None = OPERATION
    pool: float | None = OPERATION

    @classmethod
    def of(cls, value: float | HttpxTimeout | Timeouts | None) -> Timeouts:
        """Read the `timeout=` of a client: seconds, None for no limit, or an `httpx.Timeout`.

        Raises:
            ValueError: It is not positive, or no timeout at all.

        """
        if isinstance(value, Timeouts):
            return value
        if value is None:
            return cls(connect=None, read=None, write=None, pool=None)
        if isinstance(value, int | float):
            seconds = positive("timeout", value)
            return cls(connect=min(seconds, CONNECT), read=seconds, write=seconds, pool=seconds)
        try:
            given = {name: getattr(value, name) for name in ("connect", "read", "write", "pool")}
        except AttributeError:
            raise ValueError(f"timeout must be seconds, None or an httpx.Timeout, not {type(value).__name__}") from None
        return cls(
            **{name: None if each is None else positive(f"timeout.{name}", each) for name, each in given.items()}
        )


def positive(name: str, value: Any) -> float:
    """Return `value` as seconds; anything but a positive, finite number is a ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ValueError(f"{name} must be a positive number of seconds, not {shown(value)}")
    return float(min(value, _LONGEST))


def shown(value: Any) -> str:
    """Return an argument for an error's text; one that is no scalar by its type, since it may be of any size."""
    return repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"


class Patience:
    """The seconds that one operation may take, which end sooner when the whole call's deadline comes.

    Each read of a socket asks `left` anew: a server that sends a byte at a time gains nothing by it.
    """

    __slots__ = ("seconds", "until")

    def __init__(self, seconds: float | None, until: float | None = None) -> None:
        """Make it of an operation's seconds (None: no limit) and a deadline by `time.monotonic`."""
        self.seconds = seconds
        self.until = until

    def left(self) -> float | None:
        """Return the seconds that an operation that begins now may take; None for no limit.

        Raises:
            TimeoutError: The deadline has passed.

        """
        if self.until is None:
            return self.seconds
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left if self.seconds is None or left < self.seconds else self.seconds
