"""How a client turns calls into requests: where to, as whom, with which options. No I/O."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import quote

import attrs

from pareta_generated.types import Request, StreamCall, encode_query

from .._content import strict_json
from .._content.exchange import HttpRequest, Timeouts
from .._credentials import BaseUrl, Key
from .._log import configure, debug
from .._version import __version__
from .options import DEFAULT_TIMEOUTS, HttpxTimeout, NotGiven, Options, count_of, merge_headers, parse_timeout
from .retry import RetryBudget

_USER_AGENT = f"pareta-python/{__version__}".encode()


def _random() -> float:
    """Return a number from 0 to 1, for jitter."""
    from random import random  # Its import is slow, and retries are rare.

    return random()  # noqa: S311  # Jitter is no secret.


@attrs.frozen(kw_only=True)
class Session:
    """The settings of a client, with the clock and the random numbers of its policy."""

    base: BaseUrl
    key: Key = attrs.field(repr=False)
    options: Options = Options()
    query: tuple[tuple[str, str], ...] = ()
    """Parameters of each request, unless the call has one of that name."""
    own_timeouts: Timeouts = DEFAULT_TIMEOUTS
    """The timeouts of the user's `http_client`, where the options have none."""
    budget: RetryBudget = attrs.field(factory=RetryBudget, repr=False)
    """Shared by a client and all that `with_options` makes of it."""
    clock: Callable[[], float] = attrs.field(default=time.monotonic, repr=False)
    random: Callable[[], float] = attrs.field(default=_random, repr=False)

    @classmethod
    def create(
        cls,
        *,
        api_key: str | None,
        base_url: str | None,
        timeout: float | HttpxTimeout | None | NotGiven,
        max_retries: int,
        default_headers: Mapping[str, str] | None,
        default_query: Mapping[str, Any] | None,
        own_timeouts: Timeouts | None,
        allow_http: bool,
    ) -> Self:
        """Check the arguments of a client. `own_timeouts` are those of its `http_client`, if there is one."""
        configure()
        default = DEFAULT_TIMEOUTS if own_timeouts is None else None
        session = cls(
            base=BaseUrl.parse(base_url or os.environ.get("PARETA_BASE_URL"), allow_http=allow_http),
            key=Key(os.environ.get("PARETA_API_KEY") if api_key is None else api_key),
            options=Options(
                timeouts=default if isinstance(timeout, NotGiven) else parse_timeout(timeout),
                max_retries=count_of("max_retries", max_retries),
                headers=merge_headers((), default_headers or {}),
            ),
            query=encode_query(default_query or {}),
            own_timeouts=own_timeouts or DEFAULT_TIMEOUTS,
        )
        debug("client for %s", session.base)
        return session

    @property
    def timeouts(self) -> Timeouts:
        """The timeouts in effect."""
        return self.options.timeouts or self.own_timeouts

    def changed(self, **options: Any) -> Self:
        """Return a session with other options."""
        return attrs.evolve(self, options=self.options.changed(**options))

    def portable(self) -> Self:
        """Return the session for another process: without an idempotency key, which is for one request."""
        return attrs.evolve(self, options=self.options.changed())

    def request(self, call: Request, *, key: str | None) -> HttpRequest:
        """Return the request of a call; each attempt sends the same one."""
        streams = isinstance(call, StreamCall)
        headers = [
            (b"host", self.base.authority.encode("ascii")),
            (b"user-agent", _USER_AGENT),
            (b"accept", b"text/event-stream" if streams else b"application/json"),
            (b"accept-encoding", b"identity" if streams else b"gzip, deflate"),
        ]
        body = b""
        if call.body is not None:
            body = strict_json.encode(call.body)
            headers.append((b"content-type", b"application/json"))
        if body or call.operation.method in ("POST", "PUT", "PATCH"):
            headers.append((b"content-length", str(len(body)).encode("ascii")))
        headers.extend((name.lower().encode("ascii"), value.encode("ascii")) for name, value in call.headers.items())
        if key is not None:
            headers.append((b"idempotency-key", key.encode("ascii")))
        if self.options.headers:
            given = dict(self.options.headers)
            headers = [pair for pair in headers if pair[0] not in given] + list(self.options.headers)
        query = call.query
        if self.query:
            given_names = dict(query)
            query = (*(pair for pair in self.query if pair[0] not in given_names), *query)
        url = f"{self.base}{call.path}{_query_string(query)}"
        # The key comes last: a traceback of a malformed body shows the variables above.
        headers.insert(1, (b"authorization", self.key.header()))
        return HttpRequest(method=call.operation.method, url=url, headers=headers, body=body)

    def idempotency_key(self, call: Request) -> str | None:
        """Return the key of a call that declares the header; all attempts share it."""
        if "idempotency-key" not in call.operation.headers:
            return None
        given: Mapping[str, str] = {name.lower(): value for name, value in call.headers.items()}
        return None if "idempotency-key" in given else self.options.idempotency_key()


def _query_string(query: tuple[tuple[str, str], ...]) -> str:
    if not query:
        return ""
    return "?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)


def repeatable(call: Request, key: str | None) -> bool:
    """Return whether sending a call twice has one effect: by its method, or because it carries a key."""
    return call.operation.idempotent or key is not None or "idempotency-key" in map(str.lower, call.headers)
