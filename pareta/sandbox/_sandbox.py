"""The embedded sandbox, as its users hold it; its thread and what it serves are elsewhere."""

import time
from collections.abc import Callable
from os import PathLike
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from pareta.sandbox._remote import SandboxClock, plan_fault
from pareta.sandbox._settings import DEFAULT_BALANCE, DEFAULT_PATIENCE, ClockKind, EngineName, Settings, Upstream
from pareta.sandbox._thread import ServerThread, import_server

if TYPE_CHECKING:
    from pareta import AsyncPareta, Pareta
    from pareta.sandbox._engine import Engine
    from pareta.sandbox._journal import RecordedRequest
    from pareta.sandbox._platform import Platform
    from pareta.sandbox._verdicts import Verdict

T = TypeVar("T")

_HANG_UP_SECONDS = 0.3


class Sandbox:
    """The platform, on a port of this machine, for as long as it is open.

    It is a context manager; `start` and `close` do the same by hand. The same seed and the same requests give the
    same answers, to the byte where `pace` is 0.

    Args:
        seed: What ids, keys and latencies follow from.
        pace: A factor on every wait. At 1 a deployment takes some two seconds; at 0 nothing waits.
        balance: What the organisation has, in micro-USD.
        clock: `fixed` starts at 2026-01-10T09:00:00Z and moves by paced waits alone; with it, latencies are
            modelled. `real` is the machine's time, and latencies are measured.
        state: A file to keep the state in, which survives the end of the process at any moment; a new one is begun
            with the first state, and deployments under way in an old one go on. None keeps it in memory.
        latency: Milliseconds of real time that every answer, and a stream's first event, comes later.
        engine: What answers chat completions: `extractive` quotes the prompt, `echo` repeats it, a path names a
            script (its format: `pareta.sandbox._script`), and an object of your own has a `name` and a `reply`.
        upstream: The URL of a server that speaks OpenAI's protocol, which answers in place of the engine.
        upstream_key: The API key for that server. The caller's key is never sent there.
        upstream_model: The model to ask there; by default the first that it lists.
        upstream_timeout: Seconds that it may be silent.
        host: The address to bind. Requests must name a loopback host unless it is another.
        port: The port to bind; 0 for a free one.

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
        upstream_timeout: float = DEFAULT_PATIENCE,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._settings = Settings(
            seed=seed,
            pace=pace,
            balance=balance,
            clock=clock,
            state=state,
            latency=latency,
            engine=engine,
            upstream=None
            if upstream is None
            else Upstream(url=upstream, key=upstream_key, model=upstream_model, patience=upstream_timeout),
        )
        self._address = (host, port)
        self._running: ServerThread | None = None

    def start(self) -> Self:
        """Start the server and return once it answers.

        Raises:
            OSError: The address cannot be bound, or the state file cannot be used.
            ValueError: The script of the engine cannot be read.
            ImportError: The extra `sandbox` is not installed.

        """
        if self._running is not None:
            raise RuntimeError("The sandbox has been started already.")
        self._running = ServerThread(self._settings, import_server().bind(*self._address))
        return self

    def close(self) -> None:
        """Stop the server; open streams break off, and state in memory is gone. Closing twice does nothing."""
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
        """The URL for a client's `base_url`, such as `http://127.0.0.1:8700`."""
        return self._call(lambda platform: platform.base_url)

    @property
    def api_key(self) -> str:
        """The one API key that it takes; it follows from the seed."""
        return self._call(lambda platform: platform.api_key)

    @property
    def balance(self) -> int:
        """What the organisation has left, in micro-USD; it can be set."""
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
        """The sandbox's time: `sb.clock.advance(3600)` moves it on by an hour, `sb.clock.now()` tells it."""
        return SandboxClock(self._call)

    @property
    def requests(self) -> "list[RecordedRequest]":
        """The last 1,000 requests, oldest first, each as it is now; without the key."""
        return self._call(lambda platform: platform.journal.requests())

    @property
    def verdicts(self) -> "list[Verdict]":
        """What the clients did wrong, as far as a server can tell; the kinds are those of `Verdict`.

        A stream that was hung up just now is given a moment to be seen as such.
        """
        end = time.monotonic() + _HANG_UP_SECONDS
        while True:
            verdicts = self._call(lambda platform: platform.journal.verdicts())
            if time.monotonic() > end or all(each.kind != "stream-left-open" for each in verdicts):
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
        """Let the next calls of an operation go wrong, in the words of the header `x-sandbox-scenario`.

        Faults come in the order in which they were asked for, and end with a reset of the sandbox. A request with the
        header has what the header says instead.

        Args:
            operation: The operationId, such as `create_chat_completion`; None for any.
            status: Answer with this status, before anything is done.
            reset: Reset the connection.
            truncate: Send half of the answer, or one event of a stream, and hang up.
            silence: Send nothing, until the client hangs up.
            garbage: Send bytes that are no HTTP, and hang up.
            delay: Seconds of real time to wait first.
            after: Do the operation, and let it go wrong only after so many events of its stream, or so many bytes of
                an answer in one piece.
            retry_after: The header `Retry-After` of a status: seconds, or an HTTP date.
            should_retry: The header `x-should-retry` of a status.
            detail: The message of a status.
            deploy_fails: Let a deployment begin, and then fail, with this message where it is a text.
            times: How many calls.

        Raises:
            ValueError: There is no such operation or fault.

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
        self._call(lambda platform: plan_fault(platform, operation, names, given, times))

    def reset(self) -> None:
        """Bring back the first state: endpoints, metrics, balance, counters, the fixed clock; end what is running.

        The journal is empty then, and no fault is left.
        """
        self._call(lambda platform: platform.reset())

    def client(self) -> "Pareta":
        """Return a client of this sandbox, for the caller to close."""
        from pareta import Pareta  # noqa: PLC0415 - it loads the transport, which the sandbox does without.

        return Pareta(api_key=self.api_key, base_url=self.base_url)

    def async_client(self) -> "AsyncPareta":
        """Return an asynchronous client of this sandbox, for the caller to close."""
        from pareta import AsyncPareta  # noqa: PLC0415 - it loads the transport, which the sandbox does without.

        return AsyncPareta(api_key=self.api_key, base_url=self.base_url)

    def _call(self, action: "Callable[[Platform], T]") -> T:
        if self._running is None:
            raise RuntimeError("The sandbox is not running: use `with Sandbox() as sb:`, or start() it.")
        return self._running.call(action)
