# Derived from pareta/_async/client_base.py. DO NOT EDIT: change that file and run `make generate`.
"""What a client does beside its namespaces: options, any call, OpenAI's client, closing and pickling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

from pareta_generated.types import Call, StreamCall

from .._credentials import KeySource
from .._error_text import not_a_call
from .._policy.logical import logical
from .._policy.options import NOT_GIVEN, CallOptions, HttpxTimeout, NotGiven
from .._policy.session import Session
from .._transport.settings import TransportSettings
from .requester import Requester

if TYPE_CHECKING:
    from openai import OpenAI

    from pareta_generated.polling import PolledCall

    from .._models import Endpoint
    from .streams import Stream

T = TypeVar("T")
P = TypeVar("P")


class ClientBase:
    """The base class of the client."""

    _settings: TransportSettings
    _requester: Requester

    def _open(self, session: Session, settings: TransportSettings) -> None:
        from .._transport.sync_sender import open_sender  # httpx is slow to import.

        self._settings = settings
        self._requester = Requester(session, open_sender(session.base, settings))

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return str(self._requester.session.base)

    @property
    def proxy(self) -> str | None:
        """The URL of the proxy that requests go through, without its password; None where there is none.

        It is None with your own `http_client` or `transport`, too.
        """
        return self._requester.sender.proxy

    def with_options(
        self,
        *,
        api_key: str | KeySource | NotGiven = NOT_GIVEN,
        budget_micro_usd: int | None | NotGiven = NOT_GIVEN,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        max_bytes: int | NotGiven = NOT_GIVEN,
        headers: Mapping[str, str] | NotGiven = NOT_GIVEN,
        idempotency_key: str | NotGiven = NOT_GIVEN,
    ) -> Self:
        """Return a client with other options, which shares the connections of this one.

        Args:
            api_key: Another key, or a function that returns it.
            budget_micro_usd: What completions may cost from now on, by this client's own count: the price
                on the leaderboard, each. Further ones raise BudgetExceededError. None: no limit.
            timeout: Seconds for each operation of a socket, None, or an `httpx.Timeout`.
            deadline: Seconds for a whole call with its retries and waits; None for no limit.
            max_retries: How often a failed call is retried.
            max_bytes: How many decoded bytes a body may have, by default 32 MiB. An event of a stream
                may have half of that, a line a quarter.
            headers: Headers to add.
            idempotency_key: The key of the one POST that the returned client sends.

        Raises:
            ValueError: A value is invalid.

        """
        other = object.__new__(type(self))
        other._settings = self._settings
        other._requester = self._requester._replace(
            session=self._requester.session.changed(
                api_key=api_key,
                budget_micro_usd=budget_micro_usd,
                timeout=timeout,
                deadline=deadline,
                max_retries=max_retries,
                max_bytes=max_bytes,
                headers=headers,
                idempotency_key=idempotency_key,
            ),
        )
        return other

    def openai(self, endpoint: Endpoint | None = None, **options: Any) -> OpenAI:
        """Return OpenAI's client for this platform, with this client's key. The package `openai` must be installed.

        Args:
            endpoint: A live endpoint, whose `url` it then uses; by default the platform's `base_url`.
            options: Further arguments of OpenAI's client. Its connections are its own: of this client's proxy,
                certificates and limits it has `proxy=False` alone.

        Raises:
            ParetaError: `openai` is not installed.
            ValueError: The endpoint has no URL yet, or one that would show the key to the network.

        """
        from .openai_client import openai_client  # Rarely needed.

        return openai_client(self._requester.session, endpoint, options, direct=self._settings.proxy is False)

    @overload
    def call(self, call: Call[T], **options: Unpack[CallOptions]) -> T: ...
    @overload
    def call(self, call: StreamCall[T], **options: Unpack[CallOptions]) -> Stream[T]: ...
    def call(self, call: Call[T] | StreamCall[T], **options: Unpack[CallOptions]) -> T | Stream[T]:
        """Send any call of `pareta_generated.api`, with retries and errors as the other methods.

        Args:
            call: The result of a generated function, such as `api.retrieve_endpoint("ep_a1b2c3")`.
            options: Options of this call: see `CallOptions`.

        Returns:
            The result that the document declares; of a stream, an iterator of its items.

        Raises:
            TypeError: It is no call of `pareta_generated`; nothing is sent.

        """
        if isinstance(call, Call):
            return self._requester.send(call, options)
        if not isinstance(call, StreamCall):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(not_a_call(call))
        return self._requester.stream(call, options)

    def wait(
        self,
        call: PolledCall[Any, P],
        *,
        on_progress: Callable[[P], object] | None = None,
        **options: Unpack[CallOptions],
    ) -> P:
        """Send a call that starts work, and poll until the work is done, as `x-polling` of its document says.

        Args:
            call: The result of a generated function whose operation has `x-polling`. This platform has none.
            on_progress: A function that is called with each answer of the poll.
            options: Options of each request; the `deadline` is that of the whole, by default an hour.

        Returns:
            The last answer of the poll.

        Raises:
            OperationFailedError: The work failed.
            APITimeoutError: It is not done in time.
            TypeError: It is no such call; nothing is sent.

        """
        from pareta_generated.polling import PolledCall

        from .._policy import polling

        if not isinstance(call, PolledCall):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(not_a_call(call, "wait() takes what a function of an operation with `x-polling` returns"))
        session, call = self._requester.session.prepare(call, options)
        return self._requester.run(logical(session, call, polling.wait(session, call, on_progress)))

    def close(self) -> None:
        """Close the connections. Your own `http_client` or `transport` stays open."""
        self._requester.sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        self._settings.check_portable()
        return (self._unpickle, (self._requester.session.portable(), self._settings))

    @classmethod
    def _unpickle(cls, session: Session, settings: TransportSettings) -> Self:
        """Rebuild a client in another process, with the key of the environment there."""
        client = object.__new__(cls)
        client._open(session, settings)
        return client

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"
