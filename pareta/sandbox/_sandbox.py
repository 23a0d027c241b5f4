"""The public `Sandbox` class."""

import time
from collections.abc import Callable, Iterable
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import pareta
from pareta._clock import monotonic
from pareta.sandbox._controls import SandboxClock, queue_fault
from pareta.sandbox._settings import (
    DEFAULT_BALANCE,
    DEFAULT_UPSTREAM_TIMEOUT,
    ClockKind,
    EngineName,
    SandboxSettings,
    Upstream,
)
from pareta.sandbox._thread import ServerThread, import_server

if TYPE_CHECKING:
    from pareta import AsyncPareta, Pareta
    from pareta.sandbox._journal import RecordedRequest
    from pareta.sandbox._platform import Platform
    from pareta.sandbox._text_engine import Engine
    from pareta.sandbox._verdicts import Verdict

T = TypeVar("T")

_HANG_UP_SECONDS = 0.3


class Sandbox:
    """A local server of the Pareta API.

    Use it as a context manager, or call `start` and `close`. The same seed and requests give the same responses; with
    `pace=0` they are identical to the byte.

    Args:
        seed: The seed of ids, API key and modelled latencies.
        pace: A factor on every wait. At 1 a deployment takes about two seconds; at 0 nothing waits.
        balance: The organisation's balance, in micro-USD.
        clock: `fixed` starts at 2026-01-10T09:00:00Z, only waits move it, and latencies are modelled. `real` is the
            machine's time, and latencies are measured.
        state: A file for the state, which survives a crash of the process. Deployments in progress resume. None keeps
            the state in memory.
        latency: Milliseconds of real time to add to every response, or to the first event of a stream.
        engine: The text generator: `extractive` quotes the prompt, `echo` repeats it, a path is a script (see
            `pareta.sandbox._script` for its format), or pass an object with `name` and `reply`.
        upstream: The URL of an OpenAI-compatible server that answers instead of the engine.
        upstream_key: The upstream's API key. The caller's key is never sent to it.
        upstream_model: The upstream's model; by default the first one that it lists.
        upstream_timeout: The upstream's read timeout, in seconds.
        host: The address to bind. On a loopback address, requests must have a loopback Host, or one of `allow_hosts`.
        port: The port to bind; 0 for a free one.
        allow_hosts: Further hosts to answer for, such as `host.docker.internal`.
        cors: The origins whose pages may call this sandbox, such as `http://localhost:5173`; `*` for any.

    """

    def __init__(
        self,
        *,
        seed: int = 0,
        pace: float = 1.0,
        balance: int = DEFAULT_BALANCE,
        clock: ClockKind = "fixed",
        state: str | PathLike[str] | None = None,
        latency: float = 0.0,
        engine: "EngineName | PathLike[str] | Engine" = "extractive",
        upstream: str | None = None,
        upstream_key: str | None = None,
        upstream_model: str | None = None,
        upstream_timeout: float = DEFAULT_UPSTREAM_TIMEOUT,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_hosts: str | Iterable[str] = (),
        cors: str | Iterable[str] = (),
    ) -> None:
        self._settings = SandboxSettings(
            seed=seed,
            pace=pace,
            balance=balance,
            clock=clock,
            state=state,
            latency=latency,
            engine=engine,
            upstream=None
            if upstream is None
            else Upstream(url=upstream, key=upstream_key, model=upstream_model, timeout=upstream_timeout),
            allow_hosts=allow_hosts,
            cors=cors,
        )
        self._address = (host, port)
        self._running: ServerThread | None = None

    def start(self) -> Self:
        """Start the server, and return when it is ready.

        Raises:
            OSError: The address cannot be bound, or the state file cannot be used.
            ValueError: The script of the engine cannot be read.
            ImportError: The extra `sandbox` is not installed.

        """
        if self._running is not None:
            raise RuntimeError("The sandbox is already started.")
        self._running = ServerThread(self._settings, import_server().bind(*self._address))
        return self

    def close(self) -> None:
        """Stop the server, abort open streams and discard state in memory. A second call does nothing."""
        running, self._running = self._running, None
        if running is not None:
            running.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """The URL to pass as a client's `base_url`, such as `http://127.0.0.1:8700`."""
        return self._call(lambda platform: platform.base_url)

    @property
    def api_key(self) -> str:
        """The only valid API key; the seed determines it."""
        return self._call(lambda platform: platform.api_key)

    @property
    def balance(self) -> int:
        """The organisation's balance, in micro-USD. It can be set."""
        return self._call(lambda platform: platform.store.balance)

    @balance.setter
    def balance(self, micro_usd: int) -> None:
        if micro_usd < 0:
            raise ValueError("balance must not be negative")

        def change(platform: "Platform") -> None:
            platform.store.balance = micro_usd

        self._call(change)

    @property
    def clock(self) -> SandboxClock:
        """The sandbox's clock: `sb.clock.now()` returns the time, `sb.clock.advance(3600)` adds an hour."""
        return SandboxClock(self._call)

    @property
    def requests(self) -> "list[RecordedRequest]":
        """The last 1,000 requests, oldest first, without the API key."""
        return self._call(lambda platform: platform.journal.requests())

    @property
    def verdicts(self) -> "list[Verdict]":
        """The mistakes of the clients that a server can detect; `Verdict` lists the kinds.

        It waits up to 0.3 s for the server to notice that a client has closed a stream.
        """
        end = monotonic() + _HANG_UP_SECONDS
        while True:
            verdicts = self._call(lambda platform: platform.journal.verdicts())
            if monotonic() > end or all(each.kind != "stream-left-open" for each in verdicts):
                return verdicts
            time.sleep(0.01)

    def fault(
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        reset: bool = False,
        truncate: bool = False,
        silence: bool = False,
        garbage: bool = False,
        delay: float | None = None,
        after: int | None = None,
        retry_after: float | str | None = None,
        should_retry: bool | None = None,
        detail: str | None = None,
        deploy_fails: str | bool = False,
        times: int = 1,
    ) -> None:
        """Make the next calls of an operation fail, as the header `x-sandbox-scenario` does.

        Faults apply in the order of the calls to `fault`; `reset` clears them. The header takes precedence.

        Args:
            operation: The operationId, such as `create_chat_completion`; None for any.
            status: Return this status without running the operation.
            reset: Reset the connection.
            truncate: Send half of the response, or one event of a stream, and close the connection.
            silence: Send nothing until the client disconnects.
            garbage: Send bytes that are not HTTP, and close the connection.
            delay: Seconds of real time to wait first.
            after: Run the operation, and inject the fault after this many events of a stream or bytes of a body.
            retry_after: The `Retry-After` header to send with `status`: seconds, or an HTTP date.
            should_retry: The `x-should-retry` header to send with `status`.
            detail: The message to send with `status`.
            deploy_fails: Accept a deployment and make it fail; pass a string to set the message.
            times: The number of calls.

        Raises:
            ValueError: The operation or the fault does not exist.

        """
        chosen = {"reset": reset, "truncate": truncate, "silence": silence, "garbage": garbage}
        names = [name for name, wanted in chosen.items() if wanted]
        names += [] if status is None else [str(status)]
        names += ["deploy-fails"] if deploy_fails else []
        options = {
            "delay": delay,
            "after": after,
            "retry-after": retry_after,
            "should-retry": None if should_retry is None else str(should_retry).lower(),
            "detail": detail,
            "message": deploy_fails if isinstance(deploy_fails, str) else None,
        }
        given = {name: str(value) for name, value in options.items() if value is not None}
        self._call(lambda platform: queue_fault(platform, operation, names, given, times))

    def reset(self) -> None:
        """Restore the initial state: endpoints, metrics, balance, counters and fixed clock.

        It aborts running deployments and streams, and clears the recorded requests and the faults.
        """
        self._call(lambda platform: platform.reset())

    def client(self) -> "Pareta":
        """Return a sync client of this sandbox, which uses no proxy; the caller closes it."""
        return pareta.Pareta(api_key=self.api_key, base_url=self.base_url, proxy=False)

    def async_client(self) -> "AsyncPareta":
        """Return an async client of this sandbox, which uses no proxy; the caller closes it."""
        return pareta.AsyncPareta(api_key=self.api_key, base_url=self.base_url, proxy=False)

    def _call(self, action: "Callable[[Platform], T]") -> T:
        if self._running is None:
            raise RuntimeError("The sandbox is not running: use `with Sandbox() as sb:`, or call start().")
        return self._running.call(action)
