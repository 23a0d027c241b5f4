# Derived from pareta/_async/client.py. DO NOT EDIT: change that file and run `make generate`.
"""The client: where it connects, as whom, and the namespaces of what it can do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack, overload

from pareta_generated.types import Call, StreamCall

from .. import _flows as flows
from .._config import Settings
from .._engine import EngineName
from .._events import EventReading
from .._options import NOT_GIVEN, NotGiven
from .._public import public
from .._timeouts import HttpxTimeout
from ._driver import Caller, open_engine

if TYPE_CHECKING:
    from .._http_client import HttpClient
    from .chat import Chat
    from .endpoints import Endpoints
    from .models import Models
    from .streams import Stream
    from .tasks import Tasks

T = TypeVar("T")


class ClientOptions(TypedDict, total=False):
    """The arguments of `Pareta`, for the functions that hand them on."""

    api_key: str | None
    base_url: str | None
    timeout: float | HttpxTimeout | None | NotGiven
    max_retries: int
    http_client: HttpClient | None
    allow_http: bool
    engine: EngineName
    max_connections: int | None


@public
class Pareta:
    """A client of the Pareta API.

    It keeps connections open between calls: make one and share it, and close it in the end, by
    `with` or `close()`.

    Args:
        api_key: The key, `pareta_sk_…`. It is not taken from the environment here: see `from_env`.
        base_url: Where the API is; else `PARETA_BASE_URL`, else the hosted platform. It must be https,
            unless the host is this machine.
        timeout: Seconds for each operation of a socket (connecting: at most 10); None for no limit, or
            an `httpx.Timeout`. Without it 60 and 10, or what `http_client` is set to. What a whole call
            may take is `with_options(deadline=…)`.
        max_retries: How often a call is tried again after a failure that may pass.
        http_client: An `httpx.Client` of your own to send through, with its proxies, certificates
            and hooks. It stays yours to close.
        allow_http: Allow a base URL of plain http to another machine, which shows the key to the network.
        engine: What reads answers: `"httpx"` is h11, as httpx does; `"aiohttp"` is aiohttp's parser, for asyncio
            alone, and needs `pareta[aiohttp]`; `"auto"` chooses, asyncio with aiohttp where that is installed.
        max_connections: How many calls may be in flight at a time; further ones wait.

    Raises:
        ParetaError: There is no key.
        ValueError: An argument makes no sense; the text says which and why.

    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        max_retries: int = 2,
        http_client: HttpClient | None = None,
        allow_http: bool = False,
        engine: EngineName = "auto",
        max_connections: int | None = None,
    ) -> None:
        settings = Settings.of(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            http_client=http_client,
            allow_http=allow_http,
            engine=engine,
            max_connections=max_connections,
        )
        self._caller = Caller(settings, settings.session, open_engine(settings, http_client))

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Make a client of `PARETA_API_KEY` and `PARETA_BASE_URL`; an argument that is given wins.

        Args:
            options: Any argument of the constructor.

        Raises:
            ParetaError: `PARETA_API_KEY` is not set, and no `api_key` is given.
            ValueError: An argument makes no sense.

        """
        if options.get("api_key") is None:
            options["api_key"] = os.environ.get("PARETA_API_KEY")
        return cls(**options)

    @cached_property
    def models(self) -> Models:
        """What can be called right now."""
        from .models import Models  # noqa: PLC0415  # Each namespace is loaded when it is used.

        return Models(self._caller)

    @cached_property
    def endpoints(self) -> Endpoints:
        """Deploy models, operate what is deployed, and measure it."""
        from .endpoints import Endpoints  # noqa: PLC0415

        return Endpoints(self._caller)

    @cached_property
    def chat(self) -> Chat:
        """Completions, compatible with OpenAI's."""
        from .chat import Chat  # noqa: PLC0415

        return Chat(self._caller)

    @cached_property
    def tasks(self) -> Tasks:
        """The catalog of tasks, and which model is best at each."""
        from .tasks import Tasks  # noqa: PLC0415

        return Tasks(self._caller)

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return str(self._caller.session.base)

    @property
    def engine(self) -> str:
        """What reads answers: `h11`, `aiohttp`, or the library of the client that was passed."""
        return self._caller.engine.name

    def with_options(
        self,
        *,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        max_bytes: int | NotGiven = NOT_GIVEN,
        headers: Mapping[str, str] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> Self:
        """Return a client that shares this one's connections and differs in what is given.

        Args:
            timeout: Seconds for each operation of a socket, None, or an `httpx.Timeout`.
            deadline: Seconds for a whole call with its retries, waits and slow drips; None for no limit.
            max_retries: How often a call is tried again.
            max_bytes: How long an answer may be, decoded: 32 MiB without it. Of a stream, an event may have
                half of it, and a line a quarter.
            headers: Headers to send too; they add to those of before.
            idempotency_key: The key of the one POST that the returned client is for.

        Raises:
            ValueError: A value makes no sense.

        """
        other = object.__new__(type(self))
        other._caller = self._caller._replace(
            session=self._caller.session.changed(
                timeout=timeout,
                deadline=deadline,
                max_retries=max_retries,
                max_bytes=max_bytes,
                headers=headers,
                idempotency_key=idempotency_key,
            ),
        )
        return other

    @overload
    def call(self, call: Call[T]) -> T: ...
    @overload
    def call(self, call: StreamCall[T]) -> Stream[T]: ...
    def call(self, call: Call[T] | StreamCall[T]) -> T | Stream[T]:
        """Send any call of `pareta_generated.api`, with the client's retries and errors.

        Args:
            call: What a generated function returns, such as `api.retrieve_endpoint("ep_a1b2c3")`.

        Returns:
            What the document says of the operation's answer; for one that streams, an iterator of the
            payloads of its events.

        Raises:
            ParetaError: As any method of the client.

        """
        if isinstance(call, Call):
            return self._caller.send(call)
        from .streams import Stream  # noqa: PLC0415

        opened = self._caller.run(flows.open_any(self._caller.session, call))
        return Stream(opened, EventReading(call, opened.response, opened.limit))

    def close(self) -> None:
        """Close the connections. A client of the caller's own stays open."""
        self._caller.settings.closed = True
        self._caller.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return (self._again, (self._caller.settings.moved(self._caller.session),))

    @classmethod
    def _again(cls, settings: Settings) -> Self:
        """Rebuild a client from a pickle; its key is that of the environment here."""
        client = object.__new__(cls)
        client._caller = Caller(settings, settings.session, open_engine(settings, None))
        return client

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, engine={self.engine!r})"
