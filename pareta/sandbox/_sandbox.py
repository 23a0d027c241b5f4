"""The embedded sandbox, as its users hold it; its thread and what it serves are elsewhere."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from pareta.sandbox._settings import DEFAULT_BALANCE, ClockKind, Settings
from pareta.sandbox._thread import ServerThread, import_server

if TYPE_CHECKING:
    from pareta import AsyncPareta, Pareta
    from pareta.sandbox._platform import Platform

T = TypeVar("T")


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
        self._running: ServerThread | None = None

    def start(self) -> Self:
        """Start the server and return once it answers.

        Raises:
            OSError: The address cannot be bound.
            ImportError: The extra `sandbox` is not installed.

        """
        if self._running is not None:
            raise RuntimeError("The sandbox has been started already.")
        self._running = ServerThread(self._settings, import_server().bind(*self._address))
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
