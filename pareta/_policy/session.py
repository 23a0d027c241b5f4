"""How a client turns calls into requests: where to, as whom, with which options. No I/O."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar
from urllib.parse import quote

import attrs

from pareta_generated.types import Request, StreamCall, encode_body, encode_query

from .._clock import monotonic
from .._content import strict_json
from .._content.exchange import FileBody, HttpRequest, Timeouts
from .._credentials import BaseUrl, Key
from .._log import configure, debug
from .._models import Endpoint
from .._spending import Spending
from .._version import __version__
from .options import (
    CALL_OPTIONS,
    DEFAULT_TIMEOUTS,
    NONE_MEANS_NOT_GIVEN,
    NOT_GIVEN,
    HttpxTimeout,
    NotGiven,
    Options,
    count_of,
    merge_headers,
    parse_timeout,
)
from .retry import RetryBudget
from .slips import refuse_unknown

if TYPE_CHECKING:
    from .hooks import Hooks, Tracer

R = TypeVar("R", bound=Request)
_METHODS_WITH_BODY = ("POST", "PUT", "PATCH")
_USER_AGENT = f"pareta-python/{__version__}".encode()


def _random() -> float:
    """Return a number from 0 to 1, for jitter."""
    from random import random  # Its import is slow, and retries are rare.

    return random()  # noqa: S311  # Jitter is no secret.


class Session(NamedTuple):
    """The settings of a client, with the clock and the random numbers of its policy."""

    base: BaseUrl
    key: Key
    budget: RetryBudget
    """Shared by a client and all that `with_options` makes of it."""
    options: Options = Options()
    query: tuple[tuple[str, str], ...] = ()
    """Parameters of each request, unless the call has one of that name."""
    own_timeouts: Timeouts = DEFAULT_TIMEOUTS
    """The timeouts of the user's `http_client`, where the options have none."""
    hooks: tuple[Hooks, ...] = ()
    tracer: Tracer | None = None
    spending: Spending | None = None
    """Shared by a client that has a budget and all that `with_options` makes of it."""
    clock: Callable[[], float] = monotonic
    random: Callable[[], float] = _random

    @classmethod
    def create(
        cls,
        *,
        api_key: str | Callable[[], Any] | None,
        base_url: str | None,
        timeout: float | HttpxTimeout | None | NotGiven,
        max_retries: int,
        default_headers: Mapping[str, str] | None,
        default_query: Mapping[str, Any] | None,
        own_timeouts: Timeouts | None,
        allow_http: bool,
        hooks: Hooks | None,
        tracing: Tracer | None,
    ) -> Self:
        """Check the arguments of a client. `own_timeouts` are those of its `http_client`, if there is one."""
        configure()
        default = DEFAULT_TIMEOUTS if own_timeouts is None else None
        session = cls(
            base=BaseUrl.parse(base_url or os.environ.get("PARETA_BASE_URL"), allow_http=allow_http),
            key=Key.of(api_key),
            budget=RetryBudget(),
            options=Options(
                timeouts=default if isinstance(timeout, NotGiven) else parse_timeout(timeout),
                max_retries=count_of("max_retries", max_retries),
                headers=merge_headers((), default_headers or {}),
            ),
            query=encode_query(default_query or {}),
            own_timeouts=own_timeouts or DEFAULT_TIMEOUTS,
            hooks=(*([hooks] if hooks else ()), *([tracing.hooks] if tracing else ())),
            tracer=tracing,
        )
        debug("client for %s", session.base)
        return session

    @property
    def timeouts(self) -> Timeouts:
        """The timeouts in effect."""
        return self.options.timeouts or self.own_timeouts

    def changed(
        self,
        *,
        api_key: str | Callable[[], Any] | NotGiven,
        budget_micro_usd: int | None | NotGiven,
        **options: Any,
    ) -> Self:
        """Return a session with other options, and without an idempotency key, which is for one request."""
        key = self.key if isinstance(api_key, NotGiven) else Key.of(api_key)
        spending = self.spending
        if not isinstance(budget_micro_usd, NotGiven):
            budget = budget_micro_usd
            spending = None if budget is None else Spending(count_of("budget_micro_usd", budget))
        return self._replace(key=key, spending=spending, options=self.options.changed(**options))

    def bare(self) -> Self:
        """Return the session for a request of the client's own, beside the one that the user makes."""
        return self._replace(spending=None, options=self.options.changed()._replace(query=()))

    def portable(self) -> Self:
        """Return the session for another process: hooks and traces stay here."""
        return self._replace(options=self.options.changed(), hooks=(), tracer=None)

    def prepare(self, call: R, given: Mapping[str, Any], known: tuple[str, ...] = CALL_OPTIONS) -> tuple[Self, R]:
        """Apply the options of one call; return the session and the call to send.

        Raises:
            TypeError: An option is not known.
            ValueError: A value is invalid, or has no place in this call.

        """
        changes = {
            name: value
            for name, value in given.items()
            if value is not NOT_GIVEN and (value is not None or name not in NONE_MEANS_NOT_GIVEN)
        }
        if not changes:
            return self, call
        refuse_unknown(call.operation.id, changes, known)
        body = changes.pop("extra_body", None)
        if body is not None:
            if call.operation.method not in _METHODS_WITH_BODY:
                raise ValueError(f"extra_body: a {call.operation.method} has no body; use extra_query")
            call = attrs.evolve(call, body=encode_body(call.body or {}, body))
        if "idempotency_key" in changes and "idempotency-key" not in call.operation.headers:
            raise ValueError(f"idempotency_key: a {call.operation.method} takes none; repeating it has one effect")
        options = self.options.changed(**changes)
        if "idempotency_key" not in changes:
            options = options._replace(key=self.options.key)
        return self._replace(options=options), call

    def url_of(self, endpoint: Endpoint) -> str:
        """Return the base URL of an endpoint's own API; raise ValueError where it cannot be given the key."""
        if endpoint.url is None:
            raise ValueError(f"endpoint {endpoint.id} has no URL: its status is {endpoint.status!r}")
        base = BaseUrl.parse(endpoint.url, allow_http=self.base.scheme == "http")
        return f"{base}/v1"

    def request(self, call: Request, *, key: str | None) -> HttpRequest:
        """Return the request of a call; each attempt sends the same one."""
        streams, operation = isinstance(call, StreamCall), call.operation
        if operation.server is not None:
            raise ValueError(f"{operation.id} goes to {operation.server}: call it by a client with that base_url")
        headers = [
            (b"host", self.base.authority.encode("ascii")),
            (b"user-agent", _USER_AGENT),
            (b"accept", (operation.stream_type if streams else operation.accept).encode("ascii")),
            (b"accept-encoding", b"identity" if streams else b"gzip, deflate"),
        ]
        body: bytes | FileBody = b""
        if call.body is not None:
            body = strict_json.encode(call.body)
            headers.append((b"content-type", operation.content_type.encode("ascii")))
        elif call.content is not None:
            body, parameter = call.content.encode()
            headers.append((b"content-type", f"{operation.content_type}{parameter}".encode("ascii")))
        if body or operation.method in _METHODS_WITH_BODY:
            headers.append((b"content-length", str(len(body)).encode("ascii")))
        headers.extend((name.lower().encode("ascii"), value.encode("ascii")) for name, value in call.headers.items())
        if key is not None:
            headers.append((b"idempotency-key", key.encode("ascii")))
        if self.options.headers:
            given = dict(self.options.headers)
            headers = [pair for pair in headers if pair[0] not in given] + list(self.options.headers)
        query = call.query
        if self.query or self.options.query:
            query = _merge_queries(self.query, query, self.options.query)
        url = f"{self.base}{call.path}{_query_string(query)}"
        # The key comes last: a traceback of a malformed body shows the variables above.
        if operation.authorization:
            headers.insert(1, (b"authorization", self.key.header()))
        return HttpRequest(method=operation.method, url=url, headers=headers, body=body)

    def idempotency_key(self, call: Request) -> str | None:
        """Return the key of a call that declares the header; all attempts share it."""
        if "idempotency-key" not in call.operation.headers:
            return None
        given: Mapping[str, str] = {name.lower(): value for name, value in call.headers.items()}
        return None if "idempotency-key" in given else self.options.idempotency_key()


def _merge_queries(*queries: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the parameters of all queries; where several have a name, the last one's."""
    merged: tuple[tuple[str, str], ...] = ()
    for query in queries:
        names = dict(query)
        merged = (*(pair for pair in merged if pair[0] not in names), *query)
    return merged


def _query_string(query: tuple[tuple[str, str], ...]) -> str:
    if not query:
        return ""
    return "?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)


def repeatable(call: Request, key: str | None) -> bool:
    """Return whether sending a call twice has one effect: by its method, or because it carries a key."""
    return call.operation.idempotent or key is not None or "idempotency-key" in map(str.lower, call.headers)
