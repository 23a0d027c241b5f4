"""The options of calls, and the values that they refuse."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol, TypedDict, final

from pareta_generated.types import encode_query

from .._content.body import BODY_LIMIT
from .._content.exchange import Timeouts
from .._exceptions import public

_OURS = frozenset({"authorization", "host", "content-length", "transfer-encoding", "connection", "idempotency-key"})
_MOST = 10**9
"""Larger numbers overflow what sockets, locks and clocks accept."""
CONNECT_TIMEOUT = 5.0
DEFAULT_TIMEOUTS = Timeouts(connect=CONNECT_TIMEOUT, read=600.0, write=600.0, pool=600.0)
"""Seconds for each operation of a socket: a long completion may take minutes before its first byte."""


class HttpxTimeout(Protocol):
    """An `httpx.Timeout`."""

    connect: float | None
    read: float | None
    write: float | None
    pool: float | None


@final
class NotGiven:
    """The type of `NOT_GIVEN`: an option that does not change; None means no limit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven()


class PollOptions(TypedDict, total=False):
    """Options of a method that may send several requests."""

    max_retries: int | NotGiven
    """How often a failed request is retried."""
    extra_headers: Mapping[str, str] | None
    """Headers to send, over those of the client."""
    extra_query: Mapping[str, Any] | None
    """Query parameters to send, over those of the method and of the client."""


@public
class CallOptions(PollOptions, total=False):
    """Options of one call, which every method takes as keywords."""

    timeout: float | HttpxTimeout | None | NotGiven
    """Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`."""
    deadline: float | None | NotGiven
    """Seconds for the whole call, with its retries and the waits between them; None for no limit."""
    idempotency_key: str | None
    """The key of this POST, 1 to 255 visible ASCII characters; without it a random one is sent."""
    extra_body: Mapping[str, Any] | None
    """Fields of the JSON body beside those of the method."""


CALL_OPTIONS = tuple(CallOptions.__annotations__)
POLL_OPTIONS = tuple(PollOptions.__annotations__)
NONE_MEANS_NOT_GIVEN = frozenset({"extra_headers", "extra_query", "extra_body", "idempotency_key"})


class SingleUseKey:
    """An idempotency key that the user chose, for one POST."""

    def __init__(self, value: str) -> None:
        known = isinstance(value, str)  # pyright: ignore[reportUnnecessaryIsInstance]
        if not known or not re.fullmatch("[!-~]{1,255}", value):
            raise ValueError("idempotency_key must be 1 to 255 visible ASCII characters")
        self._unused = [value]  # `pop` is atomic: one thread gets it.

    def renew(self, value: str) -> None:
        """Be another key, of the client's own making, when the request of the one before has ended."""
        self._unused = [value]

    def take(self) -> str:
        """Return the key, once."""
        try:
            return self._unused.pop()
        except IndexError:
            raise ValueError(
                "This idempotency_key was already used. Pass a new one for each request:"
                " client.with_options(idempotency_key=…)."
            ) from None


class Options(NamedTuple):
    """How calls are sent: timeouts, retries, headers. Immutable."""

    timeouts: Timeouts | None = DEFAULT_TIMEOUTS
    """None: the timeouts of the user's `http_client`."""
    deadline: float | None | NotGiven = NOT_GIVEN
    max_retries: int = 2
    max_bytes: int = BODY_LIMIT
    headers: tuple[tuple[bytes, bytes], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    """Parameters of the one call, over its own and those of the client."""
    key: SingleUseKey | None = None

    def __repr__(self) -> str:  # The headers may hold a secret.
        return f"Options({self.timeouts}, max_retries={self.max_retries})"

    def changed(self, **given: Any) -> Options:
        """Return other options, by arguments of `with_options`; raise ValueError for an invalid one."""
        change: dict[str, Any] = {"key": None}  # A key is for one call.
        for name, value in given.items():
            if not isinstance(value, NotGiven):
                field, check = _CHECKS[name]
                change[field] = check(value)
        if "headers" in change:
            change["headers"] = merge_headers(self.headers, change["headers"])
        return self._replace(**change)

    def seconds(self, timeouts: Timeouts) -> float | None:
        """Return how many seconds a logical call may take, without the waits between attempts; None: no limit."""
        if not isinstance(self.deadline, NotGiven):
            return self.deadline
        if timeouts.connect is None or timeouts.read is None:
            return None
        return (self.max_retries + 1) * (timeouts.connect + timeouts.read)

    def idempotency_key(self) -> str:
        """Return the key for a POST: the user's, else a new one."""
        return self.key.take() if self.key else os.urandom(16).hex()


def count_of(name: str, value: Any, *, least: int = 0) -> int:
    """Return `value`, a whole number of `least` or more; anything else is a ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be a whole number, {least} or more, not {show(value)}")
    return min(value, _MOST)


def merge_headers(old: tuple[tuple[bytes, bytes], ...], new: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """Return `old` with `new` over it; raise ValueError for a header that the client sets itself."""
    merged = dict(old)
    for name, value in new.items():
        key = name.lower()
        if key in _OURS:
            raise ValueError(f"the header {name} is the client's own: {_instead(key)}")
        if not name or not name.isascii() or not all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name):
            raise ValueError(f"not a header's name: {name!r}")
        if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"the header {name} must be a str, not {type(value).__name__}")  # noqa: TRY004
        if any(ord(char) < 32 or ord(char) == 127 for char in value) or not value.isascii():
            raise ValueError(f"the header {name} holds a control or non-ASCII character")
        merged[key.encode()] = value.strip().encode()
    return tuple(merged.items())


def _instead(name: str) -> str:
    return {
        "authorization": "give the key as api_key=",
        "idempotency-key": "give it as idempotency_key=",
        "host": "it follows from base_url=",
    }.get(name, "it follows from the body")


def parse_timeout(value: float | HttpxTimeout | None) -> Timeouts:
    """Read the `timeout=` of a client: seconds, None for no limit, or an `httpx.Timeout`.

    Raises:
        ValueError: It is not positive, or not a timeout.

    """
    if value is None:
        return Timeouts(None, None, None, None)
    if isinstance(value, int | float):
        seconds = positive("timeout", value)
        return Timeouts(connect=min(seconds, CONNECT_TIMEOUT), read=seconds, write=seconds, pool=seconds)
    try:
        given = {name: getattr(value, name) for name in Timeouts._fields}
    except AttributeError:
        raise ValueError(f"timeout must be seconds, None or an httpx.Timeout, not {type(value).__name__}") from None
    return Timeouts(
        **{name: None if each is None else positive(f"timeout.{name}", each) for name, each in given.items()}
    )


def positive(name: str, value: Any) -> float:
    """Return `value` as seconds; raise ValueError unless it is a positive, finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ValueError(f"{name} must be a positive number of seconds, not {show(value)}")
    return float(min(value, _MOST))


def show(value: Any) -> str:
    """Return an argument for an error message: scalars by value, anything else by type, since it may be large."""
    return repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"


_CHECKS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "timeout": ("timeouts", parse_timeout),
    "deadline": ("deadline", lambda value: None if value is None else positive("deadline", value)),
    "max_retries": ("max_retries", lambda value: count_of("max_retries", value)),
    "max_bytes": ("max_bytes", lambda value: count_of("max_bytes", value, least=1)),
    "headers": ("headers", dict),
    "extra_headers": ("headers", dict),
    "extra_query": ("query", encode_query),
    "idempotency_key": ("key", SingleUseKey),
}
"""The option that each argument of `with_options` or of a call sets, and how it is checked."""
