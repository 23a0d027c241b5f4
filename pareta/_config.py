"""What a client is made of, checked. The same for both worlds."""

from __future__ import annotations

import os
from typing import Any

import attrs

from ._credentials import BaseUrl, Key
from ._log import configure, debug
from ._options import NotGiven, Options, count_of
from ._session import Session
from ._timeouts import HttpxTimeout, Timeouts


@attrs.define(kw_only=True)
class Settings:
    """A client's session, and what its engine is to be. Shared with the clients that `with_options` returns."""

    session: Session
    max_connections: int | None
    engine: str = "auto"
    """What was asked for; `open_engine` of either world chooses."""
    portable: bool = True
    """Whether it can be rebuilt in another process: not over a client of the caller's own."""
    closed: bool = False

    @classmethod
    def of(
        cls,
        *,
        api_key: str | None,
        base_url: str | None,
        timeout: float | HttpxTimeout | None | NotGiven,
        max_retries: int,
        http_client: Any,
        allow_http: bool,
        engine: str,
        max_connections: int | None,
    ) -> Settings:
        """Check the arguments of a client."""
        configure()
        if engine not in ("auto", "httpx", "aiohttp"):
            raise ValueError(f"engine must be 'auto', 'httpx' or 'aiohttp', not {engine!r}")
        if engine == "aiohttp" and http_client is not None:
            raise ValueError("engine='aiohttp' and http_client= exclude each other: that client is the engine")
        default = Timeouts() if http_client is None else None
        options = Options(
            timeouts=default if isinstance(timeout, NotGiven) else Timeouts.of(timeout),
            max_retries=count_of("max_retries", max_retries),
        )
        if max_connections is not None:
            count_of("max_connections", max_connections, least=1)
        session = Session(
            base=BaseUrl.parse(base_url or os.environ.get("PARETA_BASE_URL"), allow_http=allow_http),
            key=Key(api_key),
            options=options,
            own_timeouts=Timeouts() if http_client is None else _timeouts_of(http_client),
        )
        debug("client for %s", session.base)
        return cls(session=session, max_connections=max_connections, engine=engine, portable=http_client is None)

    def moved(self, session: Session) -> Settings:
        """Return what a client is rebuilt from in another process: all but its key, which does not pickle."""
        if not self.portable:
            raise TypeError("a client over http_client= does not pickle: make another in the other process")
        return attrs.evolve(self, session=attrs.evolve(session, options=session.options.changed()))


def _timeouts_of(http_client: Any) -> Timeouts:
    from ._http_client import timeouts_of  # noqa: PLC0415  # With TLS's exceptions, which few need.

    return timeouts_of(http_client)
