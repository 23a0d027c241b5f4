"""The embedded sandbox: a server in a thread of this process; what it serves is elsewhere."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from socket import socket
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from pareta.sandbox._settings import DEFAULT_BALANCE, ClockKind, Settings

if TYPE_CHECKING:
    from pareta import AsyncPareta, Pareta
    from pareta.sandbox._platform import Platform
    from pareta.sandbox._server import SandboxServer

T = TypeVar("T")

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_CALL_SECONDS = 10.0


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
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._settings = Settings(seed=seed, pace=pace, balance=balance, clock=clock)
        self._address = (host, port)
        self._running: _Running | None = None

    def start(self) -> Self:
        """Start the server and return once it answers.

        Raises:
            OSError: The address cannot be bound.
            ImportError: The extra `sandbox` is not installed.

        """
        if self._running is not None:
            raise RuntimeError("The sandbox has been started already.")
        self._running = _Running(self._settings, import_server().bind(*self._address))
        return self

    def close(self) -> None:
        """Stop the server and forget its state; open streams break off. Closing twice does nothing."""
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

    def reset(self) -> None:
        """Bring back the first state: endpoints, metrics, balance, counters, the fixed clock; end what is running."""
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


class _Running:
    """A server and its thread, from its start to its end."""

    def __init__(self, settings: Settings, bound: socket) -> None:
        ready: Future[SandboxServer] = Future()
        self._thread = threading.Thread(
            target=_serve, args=(settings, bound, ready), name="pareta-sandbox", daemon=True
        )
        self._thread.start()
        self._server = ready.result(_START_SECONDS)

    def call(self, action: "Callable[[Platform], T]") -> T:
        """Run an action in the server's thread, and return what it returns."""
        outcome: Future[T] = Future()

        def act() -> None:
            try:
                outcome.set_result(action(self._server.platform))
            except Exception as error:  # noqa: BLE001 - it is the caller's.
                outcome.set_exception(error)

        self._server.loop.call_soon_threadsafe(act)
        return outcome.result(_CALL_SECONDS)

    def close(self) -> None:
        """Stop the server and wait for its thread."""
        self._server.stop()
        self._thread.join(_STOP_SECONDS)


def import_server() -> ModuleType:
    """Return the server's module, or raise ImportError that says what to install."""
    try:
        from pareta.sandbox import _server  # noqa: PLC0415 - it loads what only the extra brings.
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn", "jsonschema_rs", "h11"}:
            raise
        raise ImportError(
            f"The sandbox needs '{error.name}', which comes with the extra: "
            "run pip install '.[sandbox]' in a checkout of this project."
        ) from error
    return _server


def _serve(settings: Settings, bound: socket, ready: "Future[SandboxServer]") -> None:
    """Run a server in this thread; say in `ready` that it answers, or why it does not."""
    quiet = _Quiet(threading.get_ident())
    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(quiet)

    async def main() -> None:
        server_class = import_server().SandboxServer
        server: SandboxServer = server_class(settings, bound, on_ready=lambda: ready.set_result(server))
        await server.serve_until_stopped()

    try:
        asyncio.run(main())
    except BaseException as error:
        bound.close()
        if ready.done():
            raise
        ready.set_exception(error)
    finally:
        logger.removeFilter(quiet)


class _Quiet(logging.Filter):
    """Drops what uvicorn logs from one thread, and leaves other servers of the process alone."""

    def __init__(self, thread: int) -> None:
        super().__init__()
        self._thread = thread

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self._thread
