"""Runs the server in a thread of this process."""

import asyncio
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from socket import socket
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from pareta._clock import monotonic
from pareta.sandbox._settings import HOW_TO_INSTALL, SandboxSettings

if TYPE_CHECKING:
    from pareta.sandbox._platform import Platform
    from pareta.sandbox._server import SandboxServer

T = TypeVar("T")

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_CALL_SECONDS = 10.0


class ServerThread:
    """A server that runs in its own thread."""

    def __init__(self, settings: SandboxSettings, bound: socket) -> None:
        ready: Future[SandboxServer] = Future()
        self._thread = threading.Thread(
            target=_serve, args=(settings, bound, ready), name="pareta-sandbox", daemon=True
        )
        self._thread.start()
        self._server = ready.result(_START_SECONDS)

    def call(self, action: "Callable[[Platform], T]") -> T:
        """Run an action in the server's thread, and return its result.

        Raises:
            TimeoutError: The thread does not respond; the message has its stack.

        """
        outcome: Future[T] = Future()

        def act() -> None:
            try:
                outcome.set_result(action(self._server.platform))
            except Exception as error:  # raised in the caller
                outcome.set_exception(error)

        self._server.loop.call_soon_threadsafe(act)
        try:
            outcome.exception(_CALL_SECONDS)  # Unlike `result`, it does not raise the action's own TimeoutError.
        except TimeoutError:
            raise TimeoutError(f"The sandbox did not respond within {_CALL_SECONDS:.0f} s: {self._stack()}") from None
        return outcome.result()

    def close(self) -> None:
        """Stop the server and wait for its thread."""
        self._server.stop()
        self._thread.join(_STOP_SECONDS)

    def _stack(self) -> str:
        frame = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        if frame is None:
            return "its thread has ended."
        stack = "".join(traceback.format_stack(frame)[-3:])
        return f"the process is overloaded, or its thread is blocked here:\n{stack}"


def import_server() -> ModuleType:
    """Return the server's module, or raise ImportError if the extra is not installed."""
    try:
        from pareta.sandbox import _server  # needs the extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn", "jsonschema_rs", "h11"}:
            raise
        raise ImportError(f"The sandbox needs '{error.name}': {HOW_TO_INSTALL}") from error
    return _server


def _serve(settings: SandboxSettings, bound: socket, ready: "Future[SandboxServer]") -> None:
    """Run a server in this thread; `ready` gets the server or the exception."""
    quiet = _ThreadLogFilter(threading.get_ident())
    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(quiet)

    async def main() -> None:
        server_class = import_server().SandboxServer
        server: SandboxServer = server_class(settings, bound, on_ready=lambda: ready.set_result(server))
        await server.serve_until_stopped()

    try:
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(main())
    except BaseException as error:
        bound.close()
        if ready.done():
            raise
        ready.set_exception(error)
    finally:
        logger.removeFilter(quiet)


def _new_loop() -> asyncio.AbstractEventLoop:
    """Return an event loop whose timers go on while a test has frozen the time."""
    loop = asyncio.new_event_loop()
    loop.time = monotonic  # type: ignore[method-assign]  # asyncio asks it for all times.
    return loop


class _ThreadLogFilter(logging.Filter):
    """Drops uvicorn's log records of one thread; other servers in the process keep theirs."""

    def __init__(self, thread: int) -> None:
        super().__init__()
        self._thread = thread

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self._thread
