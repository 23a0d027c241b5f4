"""What a client knows when it turns a call into a request: where to, as whom, with which options. No I/O."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import attrs

from pareta_generated.types import Request, StreamCall

from . import _json
from ._budget import Budget
from ._credentials import BaseUrl, Key
from ._engine import HttpRequest
from ._options import Options
from ._timeouts import Timeouts
from ._version import __version__

_USER_AGENT = f"pareta-python/{__version__}".encode()


def _dice() -> float:
    """Return a number from 0 to 1, for jitter."""
    from random import random  # noqa: PLC0415  # Its import is slow, and calls are seldom repeated.

    return random()  # noqa: S311  # Nobody gains by guessing it.


@attrs.frozen(kw_only=True)
class Session:
    """A client's settings, and the clock and the dice that its policy uses."""

    base: BaseUrl
    key: Key = attrs.field(repr=False)
    options: Options = Options()
    own_timeouts: Timeouts = Timeouts()
    """The timeouts of the caller's HTTP client, which hold where the options name none."""
    budget: Budget = attrs.field(factory=Budget, repr=False)
    """What retries may cost; one for a client and all that `with_options` makes of it."""
    clock: Callable[[], float] = attrs.field(default=time.monotonic, repr=False)
    random: Callable[[], float] = attrs.field(default=_dice, repr=False)

    @property
    def timeouts(self) -> Timeouts:
        """The timeouts that hold."""
        return self.options.timeouts or self.own_timeouts

    def changed(self, **options: Any) -> Session:
        """Return a session whose options differ."""
        return attrs.evolve(self, options=self.options.changed(**options))

    def request(self, call: Request, *, key: str | None) -> HttpRequest:
        """Return the request that `call` is; the same one on each attempt."""
        target = quoted(self.base.prefix + call.path, call.query)
        streams = isinstance(call, StreamCall)
        headers = [
            (b"host", self.base.authority.encode("ascii")),
            (b"authorization", self.key.header()),
            (b"user-agent", _USER_AGENT),
            (b"accept", b"text/event-stream" if streams else b"application/json"),
            (b"accept-encoding", b"identity" if streams else b"gzip, deflate"),
        ]
        body = b""
        if call.body is not None:
            body = _json.encode(call.body)
            headers.append((b"content-type", b"application/json"))
        if body or call.operation.method in ("POST", "PUT", "PATCH"):
            headers.append((b"content-length", str(len(body)).encode("ascii")))
        headers.extend((name.lower().encode("ascii"), value.encode("ascii")) for name, value in call.headers.items())
        if key is not None:
            headers.append((b"idempotency-key", key.encode("ascii")))
        if self.options.headers:
            given = dict(self.options.headers)
            headers = [pair for pair in headers if pair[0] not in given] + list(self.options.headers)
        return HttpRequest(
            method=call.operation.method,
            url=self.base.root + target,
            target=target.encode("ascii"),
            headers=headers,
            body=body,
        )

    def idempotency_key(self, call: Request) -> str | None:
        """Return the key of a call that needs one to be repeated; minted once for all of its attempts."""
        if "idempotency-key" not in call.operation.headers:
            return None
        given: Mapping[str, str] = {name.lower(): value for name, value in call.headers.items()}
        return None if "idempotency-key" in given else self.options.idempotency_key()


def quoted(path: str, query: tuple[tuple[str, str], ...]) -> str:
    """Return the request's target. The path is quoted already."""
    if not query:
        return path
    return path + "?" + "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)


def repeatable(call: Request, key: str | None) -> bool:
    """Whether sending `call` twice has one effect: by its method, or because it carries a key."""
    return call.operation.idempotent or key is not None or "idempotency-key" in map(str.lower, call.headers)
