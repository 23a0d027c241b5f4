# Derived from pareta/_async/client.py. DO NOT EDIT: change that file and run `make generate`.
"""The client, and its namespaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, Unpack

from .._credentials import KeySource
from .._exceptions import public
from .._namespace import Namespace
from .._policy.options import NOT_GIVEN, HttpxTimeout, NotGiven
from .._policy.session import Session
from .._transport.settings import TransportSettings
from .client_base import ClientBase
from .client_options import ClientOptions

if TYPE_CHECKING:
    import ssl

    import httpx

    from .._policy.hooks import Hooks, Tracer
    from .chat import Chat
    from .endpoints import Endpoints
    from .models import Models
    from .tasks import Tasks

T = TypeVar("T")


@public
class Pareta(ClientBase):
    """A client of the Pareta API.

    It keeps connections open: make one, share it, and close it with `with` or `close()`.

    Args:
        api_key: The key, `pareta_sk_…`; by default `PARETA_API_KEY`. A function that returns the key is called
            before each attempt, so that keys can rotate.
        base_url: Where the API is; by default `PARETA_BASE_URL`, else the hosted platform. Only this
            machine may be http.
        timeout: Seconds for each operation of a socket (connecting: at most 5), None for no limit, or an
            `httpx.Timeout`. The default is 600 and 5, or the timeout of `http_client`. A limit for the
            whole call is `with_options(deadline=…)`.
        max_retries: How often a failed call is retried.
        http_client: Your own `httpx.Client`, or one of httpx2. It stays yours to close.
        transport: Your own `httpx.BaseTransport`, such as `httpx.MockTransport`. It stays yours to close.
        proxy: The URL of a proxy, `http://`, `https://` or `socks5://`, or an `httpx.Proxy`. By default the
            environment names it: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`. False for none.
        verify: An `ssl.SSLContext`, with CAs and client certificates; False trusts any server.
        default_headers: Headers to send with each request.
        default_query: Query parameters to send with each request.
        max_connections: How many calls may be in flight at a time; others wait. 1,000 in an event loop, else 100.
        allow_http: Allow plain http to another machine, which shows the key to the network.
        hooks: Functions that see each request, response and retry.
        tracing: What traces each call: `pareta.integrations.otel.OpenTelemetry()`.

    Raises:
        ParetaError: There is no key.
        ValueError: An argument is invalid, or two exclude each other; the text says why.

    """

    def __init__(
        self,
        *,
        api_key: str | KeySource | None = None,
        base_url: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        max_retries: int = 2,
        http_client: httpx.Client | None = None,
        transport: httpx.BaseTransport | None = None,
        proxy: str | httpx.URL | httpx.Proxy | Literal[False] | None = None,
        verify: ssl.SSLContext | bool | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, Any] | None = None,
        max_connections: int | None = None,
        allow_http: bool = False,
        hooks: Hooks | None = None,
        tracing: Tracer | None = None,
    ) -> None:
        settings = TransportSettings.create(
            http_client=http_client,
            transport=transport,
            proxy=proxy,
            verify=verify,
            max_connections=max_connections,
            methods=("close", "handle_request"),
        )
        session = Session.create(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            default_query=default_query,
            own_timeouts=settings.own_timeouts,
            allow_http=allow_http,
            hooks=hooks,
            tracing=tracing,
        )
        self._open(session, settings)

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Make a client from `PARETA_API_KEY` and `PARETA_BASE_URL`; arguments of the constructor win over them."""
        return cls(**options)

    @Namespace
    def models(self) -> type[Models]:
        """The models that can be called now."""
        from .models import Models  # Each namespace is loaded when it is used.

        return Models

    @Namespace
    def endpoints(self) -> type[Endpoints]:
        """Deploy models, operate what is deployed, and measure it."""
        from .endpoints import Endpoints

        return Endpoints

    @Namespace
    def chat(self) -> type[Chat]:
        """Completions, compatible with OpenAI's."""
        from .chat import Chat

        return Chat

    @Namespace
    def tasks(self) -> type[Tasks]:
        """The catalog of tasks, and which model is best at each."""
        from .tasks import Tasks

        return Tasks
