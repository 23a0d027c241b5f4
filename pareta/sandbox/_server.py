"""The sandbox on a port: uvicorn around the application, made to start, fail and stop at once."""

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache

import uvicorn

from pareta.sandbox import _document
from pareta.sandbox._app import Application, Contract, allowed_hosts, contract_of
from pareta.sandbox._connection import ConnectionProtocol
from pareta.sandbox._platform import Platform
from pareta.sandbox._settings import Settings

_REACHED_BY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - they are compared, not bound.
_GRACE_SECONDS = 1
_IDLE_SECONDS = 75
_TICK_SECONDS = 1.0
_POLL_SECONDS = 0.002


def bind(host: str, port: int) -> socket.socket:
    """Return a bound socket, or raise OSError with the reason."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told that it is TCP, asyncio switches Nagle's algorithm off: a small answer takes 0.7 ms instead of 44.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    """Return the base URL of a bound socket, by which this machine reaches it."""
    address, port = bound.getsockname()[:2]
    host = _REACHED_BY.get(address, str(address))
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@cache
def _published() -> Contract:
    """Return the contract of the document that the package carries; compiled once, since it does not change."""
    return contract_of(_document.load())


class SandboxServer(uvicorn.Server):
    """A server that `stop` ends from any thread, open streams included.

    It is made and served in one thread, whose SQLite connection it has. `on_ready` is called once it answers.
    """

    def __init__(self, settings: Settings, bound: socket.socket, *, on_ready: Callable[[], None]) -> None:
        self.platform = Platform(settings, base_url=url_of(bound))
        host = bound.getsockname()[0]
        try:
            app = Application(self.platform, _published(), hosts=allowed_hosts(host))
        except BaseException:
            self.platform.close()
            raise
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=ConnectionProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=_IDLE_SECONDS,
                server_header=False,
                date_header=settings.clock == "real",
            )
        )
        self._bound = bound
        self._on_ready = on_ready
        self.loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()

    async def serve_until_stopped(self) -> None:
        """Serve; return once the server was stopped and everything is closed."""
        try:
            await self.serve([self._bound])
        finally:
            if self.platform.upstream is not None:
                await self.platform.upstream.aclose()
            self.platform.close()
            self._bound.close()

    def stop(self) -> None:
        """Ask the server to end; from any thread or signal handler."""
        self.should_exit = True
        self.loop.call_soon_threadsafe(self._stopping.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        """Tick once a second, and end at once when asked to; uvicorn's own looks ten times a second."""
        while not await self.on_tick(0):
            try:
                await asyncio.wait_for(self._stopping.wait(), _TICK_SECONDS)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break open streams off and close, at most a second later; uvicorn's own waits longer than it needs."""
        del sockets  # Its servers close them.
        self.platform.jobs.stop()
        for server in self.servers:
            server.close()
        for connection in tuple(self.server_state.connections):
            connection.shutdown()
        await self._wait_for_connections()
        for task in tuple(self.server_state.tasks):
            task.cancel()
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)

    async def _wait_for_connections(self) -> None:
        end = self.loop.time() + _GRACE_SECONDS
        while (self.server_state.connections or self.server_state.tasks) and self.loop.time() < end:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to whoever runs the server."""
        yield
