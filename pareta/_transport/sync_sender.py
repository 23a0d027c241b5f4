# Derived from pareta/_transport/async_sender.py. DO NOT EDIT: change that file and run `make generate`.
"""Sends requests through an httpx client, one made here or the user's. This is where httpx is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any

import httpx

from .._content.exchange import FileBody, HttpRequest, TimeLimit, Timeouts, TransportError
from .._credentials import BaseUrl
from .errors import raised_response, reraise
from .settings import TransportSettings, seconds_left
from .sync_response import Pieces, RawResponse
from .sync_stack import ConnectionStack
from .sync_waiting import MAX_CONNECTIONS, Limiter, Scoped, within

LARGE = 2**20
"""From this size on, aiohttp warns of a body that comes in one piece."""


def open_sender(base: BaseUrl, settings: TransportSettings) -> Sender:
    """Return the sender of a client: over the user's http_client or transport, else over connections made here."""
    if settings.http_client is not None:
        parse = lru_cache(maxsize=256)(settings.http_client.base_url.__class__)  # The URL class of its library.
        return Sender(settings.http_client, partial(_build, settings.http_client, parse), stock=True)
    transport, proxy = settings.transport, None
    if transport is None:
        options = settings.stock_options(base)
        if options["proxy"] is not None:
            url = options["proxy"].url  # httpx has taken the password out of it.
            proxy = f"{url.scheme}://{url.netloc.decode()}"
        transport = ConnectionStack(partial(httpx.HTTPTransport, **options))
    limit = settings.max_connections or MAX_CONNECTIONS
    client = _CookielessClient(transport=transport, trust_env=False)
    # aiohttp fixes the timeouts of a response when it is requested.
    stock = not type(transport).__module__.startswith("httpx_aiohttp")
    build = partial(_new_request, whole=stock)
    return Sender(client, build, stock=stock, limit=limit, owns=settings.transport is None, proxy=proxy)


class Sender:
    """Sends requests, at most so many at a time."""

    def __init__(
        self,
        client: Any,
        build: Callable[[HttpRequest, dict[str, Any]], Any],
        *,
        stock: bool,
        limit: int | None = None,
        owns: bool = False,
        proxy: str | None = None,
    ) -> None:
        """Take an httpx client, what builds its requests, and whether it is closed with this.

        `stock` says that timeouts can change after the request, as those of httpx's own transports do;
        `proxy` is the URL of the proxy in between, without a password.
        """
        self._client = client
        self._build = build
        self._stock = stock
        self.limit = limit
        """How many requests may be in flight; None where the user's client decides."""
        self._owns = owns
        self.proxy = proxy
        self._limiters = None if limit is None else Scoped(partial(Limiter, limit))
        self.closed = False

    def send(
        self, request: HttpRequest, timeouts: Timeouts, until: float | None, *, silent: bool = False
    ) -> RawResponse:
        """Send a request and return when the head of its response is there. Raises TransportError.

        `silent` says that the body may be silent for longer than the read timeout.
        """
        handled = sys.exception()
        release = self._acquire(seconds_left(timeouts.pool, until))
        left = seconds_left(None, until)
        limits = timeouts._asdict()
        if left is not None:
            for name, seconds in limits.items():
                if seconds is None or seconds > left:
                    limits[name] = left
        if silent and not self._stock:
            if timeouts.connect is not None and timeouts.read is not None:
                left = seconds_left(timeouts.connect + timeouts.read, until)
            limits["read"] = None
        try:
            # No variable holds the built request, which tracebacks would show with the key.
            response = within(
                None if self._owns else left,  # The connections made here keep the deadline themselves.
                self._client.send(
                    self._build(request, {"timeout": limits, "deadline": until}), stream=True, follow_redirects=False
                ),
            )
        except BaseException as error:
            response = raised_response(error, limits)
            if response is None:
                release()
                reraise(error, handled, until, self.proxy)
        return RawResponse(
            response,
            limits,
            TimeLimit(timeouts.read, until),
            release,
            silent=silent and not self._stock,
            proxy=self.proxy,
        )

    def _acquire(self, seconds: float | None) -> Callable[[], None]:
        if self._limiters is None:
            return lambda: None  # The user's client has limits of its own.
        limiter = self._limiters.get()
        try:
            limiter.acquire(seconds)
        except TimeoutError:
            text = f"{self.limit} calls are in flight (max_connections), and none ended in time"
            raise TransportError("timeout", text) from None
        return limiter.release

    def close(self) -> None:
        """Close the connections made here. A client or transport of the user stays open."""
        self.closed = True
        if self._owns:
            self._client.close()


class _NoCookies(httpx.Cookies):
    """Cookies that stay empty."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Ignore the cookies of a response."""


class _CookielessClient(httpx.Client):
    """A client without cookies: the API has none, and looking for them takes 12 % of a call."""

    cookies: Any = _NoCookies()


class _Body(httpx.ByteStream):
    """A body in one piece, for both kinds of client."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        return Pieces([self._content] if self._content else [])  # h11 makes an event of an empty piece too.


class _FileBody(httpx.SyncByteStream):
    """A body that is read from files while it is sent."""

    def __init__(self, body: FileBody) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        return Pieces(self._body)


_url = lru_cache(maxsize=256)(httpx.URL)  # Parsing takes longer than all else about a request.


def _new_request(request: HttpRequest, extensions: dict[str, Any], *, whole: bool) -> httpx.Request:
    """Return a request that is sent as it is."""
    message = httpx.Request(
        request.method,
        _url(request.url),
        headers=request.headers,
        stream=_Body(request.body) if isinstance(request.body, bytes) else _FileBody(request.body),
        extensions=extensions,
    )
    if isinstance(request.body, bytes) and (whole or len(request.body) < LARGE):
        message.read()  # Mocks and recorders look at `content`.
    return message


def _build(client: Any, parse: Callable[[str], Any], request: HttpRequest, extensions: dict[str, Any]) -> Any:
    """Build a request with the user's client: with its own headers, cookies and parameters."""
    hooks = client.event_hooks["response"]
    if hooks and hooks[0] is not _read_error:
        hooks.insert(0, _read_error)
    body: bytes | _FileBody | None = (
        request.body or None if isinstance(request.body, bytes) else _FileBody(request.body)
    )
    length = {"content-length": str(len(request.body))} if isinstance(body, _FileBody) else None
    message = client.build_request(
        request.method, parse(request.url), content=body, headers=length, extensions=extensions
    )
    # The client has made its own Host and Content-Length.
    headers = [pair for pair in request.headers if pair[0] not in (b"host", b"content-length")]
    names = dict(headers)
    kept = [pair for pair in message.headers.raw if pair[0].lower() not in names]
    message.headers = type(message.headers)(kept + headers)  # `headers=` would do the same in five times the time.
    return message


def _read_error(response: Any) -> None:
    """Read the body of an error response to a request of this package, before another hook raises for its status."""
    if "deadline" in response.request.extensions and not response.is_success:
        with suppress(Exception):  # The status counts all the same.
            response.read()
