"""A response as users see it: a value that pickles, and holds neither a key nor a socket."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, final, overload

from .._exceptions import public
from . import strict_json

T = TypeVar("T")


@public
@final
class Headers(Mapping[str, str]):
    """The headers of a response. Names ignore case; the values of a repeated header are joined by commas."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]] = ()) -> None:
        values: dict[str, str] = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            values[name] = f"{values[name]}, {value}" if name in values else value
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: str | T) -> str | T: ...
    def get(self, name: str, /, default: Any = None) -> Any:
        """Return a header's value, or `default`."""
        return self._values.get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({self._values})"


@public
@final
class Response:
    """A response of the server.

    Attributes:
        method: The method of the request.
        url: The URL of the request.
        status_code: The status.
        headers: The headers; names ignore case.
        content: The decoded body. Of an error status, at most its first 64 kB.
        attempts: How many requests the call took.
        elapsed: How many seconds it took, with retries; of a stream, up to its head.
        proxy: The URL of the proxy that it came through, without its password. None where there is none, and of
            your own `http_client`.

    """

    __slots__ = ("attempts", "content", "elapsed", "headers", "method", "proxy", "status_code", "url")

    def __init__(self, *, method: str, url: str, status_code: int, headers: Headers, content: bytes = b"") -> None:
        self.method = method
        self.url = url
        self.status_code = status_code
        self.headers = headers
        self.content = content
        self.attempts = 1
        self.elapsed = 0.0
        self.proxy: str | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Response):
            return NotImplemented
        compared = ("method", "url", "status_code", "headers", "content")
        return all(getattr(self, name) == getattr(other, name) for name in compared)

    __hash__ = None  # type: ignore[assignment]  # As its headers have none.

    def __repr__(self) -> str:
        return f"Response({self.status_code} to {self.method} {self.url})"

    def containing(self, content: bytes) -> Response:
        """Return this response with another body."""
        other = Response(
            method=self.method, url=self.url, status_code=self.status_code, headers=self.headers, content=content
        )
        other.attempts, other.elapsed, other.proxy = self.attempts, self.elapsed, self.proxy
        return other

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` that the server gave the request."""
        return self.headers.get("x-request-id")

    @property
    def content_type(self) -> str:
        """The media type of the body, in lower case and without parameters; the first one of a repeated header."""
        return re.split("[;,]", self.headers.get("content-type", ""), maxsplit=1)[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON.

        Raises:
            ValueError: It is not JSON.

        """
        return strict_json.decode(self.content)

    @property
    def snippet(self) -> str:
        """The start of the body in one line, for error messages."""
        text = " ".join(self.text[:1000].split())
        return text if len(text) <= 200 else f"{text[:200]}…"

    @property
    def retry_after(self) -> float | None:
        """How many seconds the server asks to wait (`Retry-After`); None where it does not say."""
        return parse_retry_after(self.headers.get("retry-after"))

    @property
    def request_limit(self) -> RateLimit:
        """The limit of requests, by the headers `x-ratelimit-*-requests` or `ratelimit-*`."""
        return self._limit("x-ratelimit-{}-requests", "x-ratelimit-{}", "ratelimit-{}")

    @property
    def token_limit(self) -> RateLimit:
        """The limit of tokens, by the headers `x-ratelimit-*-tokens`."""
        return self._limit("x-ratelimit-{}-tokens")

    @property
    def billed_micro_usd(self) -> int | None:
        """What was billed, in micro-USD (`x-billed-micro-usd`); None where the server does not say."""
        return _whole(self.headers.get("x-billed-micro-usd"))

    def _limit(self, *names: str) -> RateLimit:
        for name in names:
            limit, left, reset = (self.headers.get(name.format(part)) for part in ("limit", "remaining", "reset"))
            if limit or left or reset:
                return RateLimit(_whole(limit), _whole(left), _seconds(reset))
        return RateLimit()


@public
class RateLimit(NamedTuple):
    """A limit of the server, as far as it says so in headers."""

    limit: int | None = None
    """How much is allowed in a window."""
    remaining: int | None = None
    """How much of it is left."""
    reset: float | None = None
    """Seconds until the window begins anew."""


class Unreadable(NamedTuple):
    """A 2xx response whose body cannot be decoded."""

    response: Response
    reason: str


def _whole(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"\d{1,18}", value, re.ASCII) else None


def _seconds(value: str | None) -> float | None:
    """Return the seconds of a duration, `90`, `1.5s`, `6m0s` or `12ms`, as servers write them."""
    number = r"(\d{1,9}(?:\.\d{1,9})?)"
    text = value or ""
    if re.fullmatch(number, text, re.ASCII):
        return float(text)
    found = re.fullmatch(f"(?:{number}h)?(?:{number}m(?!s))?(?:{number}s)?(?:{number}ms)?", text, re.ASCII)
    if not text or found is None:
        return None
    hours, minutes, seconds, thousandths = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, or None.

    The header is a number of seconds or an HTTP date (RFC 9110, section 10.2.3). A past date, a negative
    number and anything malformed give None; a number too large for a float is infinite.
    """
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,400}(\.\d{0,400})?([eE]\+?\d{1,9})?", text, re.ASCII):
        return float(text)
    from email.utils import parsedate_to_datetime  # Its import is slow, and dates are rare.

    try:
        when = parsedate_to_datetime(text)
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return seconds if seconds > 0 and math.isfinite(seconds) else None
