"""Waiting, for asyncio and trio. `sync_waiting` has the same names; the two differ in more than `await`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Generic, TypeVar

import anyio

from .._exceptions import ParetaError
from .guards import Guard, TrioGuard, begin_guard

T = TypeVar("T")
MAX_CONNECTIONS = 1000
"""How many calls may be in flight at a time, unless a client says otherwise."""
CAN_INTERRUPT = True
"""Whether `within` ends what takes too long."""

sleep = anyio.sleep


async def result_of(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function, `async` or not, and return its result."""
    result = function(*arguments)
    return await result if hasattr(result, "__await__") else result


async def shielded(seconds: float, call: Callable[[], Awaitable[T]]) -> T | None:
    """Await a call though the task is cancelled, for at most so many seconds."""
    with anyio.move_on_after(seconds, shield=True):
        return await call()
    return None


class AsyncTermination:
    """Makes SIGTERM cancel the task that runs here, so that `async with` blocks end before the process does.

    Where the program has a handler of its own, that one stays.
    """

    def __init__(self) -> None:
        main = threading.current_thread() is threading.main_thread()
        self._installed = main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        self._came = False
        if self._installed:
            self._loop = current_loop()
            self._asyncio = isinstance(self._loop, asyncio.AbstractEventLoop)
            self._task = asyncio.current_task() if self._asyncio else None
            self._scope = anyio.CancelScope()
            if not self._asyncio:
                self._scope.__enter__()
            signal.signal(signal.SIGTERM, self._terminate)

    def _terminate(self, _signal: int, _frame: object) -> None:
        self._came = True
        call_soon(self._loop, self._scope.cancel if self._task is None else self._task.cancel)

    def begin_cleanup(self) -> None:
        """Ignore further signals while a block ends."""
        if self._installed:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def end(self) -> None:
        """Restore what was before; raise SystemExit where SIGTERM has come."""
        if self._installed:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if not self._asyncio:
                self._scope.__exit__(*sys.exc_info())
            if self._came:
                raise SystemExit(128 + signal.SIGTERM)


async def within(seconds: float | None, result: Awaitable[T]) -> T:
    """Await for at most so many seconds; raise TimeoutError after that."""
    if seconds is None:
        return await result
    if isinstance(current_loop(), asyncio.AbstractEventLoop):
        async with asyncio.timeout(seconds):  # A fraction of the cost of anyio's.
            return await result
    with anyio.fail_after(seconds):
        return await result


async def first_timeout(_host: str, _port: int, seconds: float | None) -> float | None:
    """Return the timeout of the first round of attempts: the whole, since anyio tries addresses side by side."""
    return seconds


class AsyncLimiter:
    """Limits how many calls are in flight on one event loop. `release` may run in any thread."""

    def __init__(self, limit: int) -> None:
        self._free = anyio.Semaphore(limit, fast_acquire=True)
        self._loop = current_loop()

    async def acquire(self, seconds: float | None) -> None:
        """Take a place; raise TimeoutError after so many seconds without one."""
        if self._free.value:
            self._free.acquire_nowait()
        else:
            await within(seconds, self._free.acquire())

    def release(self) -> None:
        """Give the place back."""
        if _running_loop() is self._loop:
            self._free.release()
        else:
            call_soon(self._loop, self._free.release)


class AsyncScoped(Generic[T]):
    """A value for each event loop of this process.

    Each has a guard there, so that what a program forgets to close, closes in time.
    """

    def __init__(self, make: Callable[[], T], close: Callable[[T], Awaitable[None]] | None = None) -> None:
        self._make = make
        self._close = close
        self._process = os.getpid()
        self._values: dict[Any, tuple[T, Guard | None]] = {}
        self._last: tuple[Any, T | None] = (None, None)
        self._inherited: list[Any] = []

    def get(self) -> T:
        """Return the value of the event loop that runs."""
        loop, value = self._last
        if value is None or loop is not current_loop() or self._process != os.getpid():
            loop, value = current_loop(), self._get()
            self._last = (loop, value)
        return value

    def _get(self) -> T:
        if self._process != os.getpid():
            self._inherited.append(self._values)  # Closing them would close them for the parent too.
            self._process, self._values = os.getpid(), {}
        loop = current_loop()
        if loop not in self._values:
            for ended in filter(_has_ended, list(self._values)):
                self.forget(ended)
            value, guard = self._make(), None
            if self._close is not None:
                end = partial(_end, weakref.ref(self), loop, value, self._close)
                guard = begin_guard(loop, end)
            self._values[loop] = (value, guard)
        return self._values[loop][0]

    def forget(self, loop: Any) -> None:
        """Forget the value of a loop that ends."""
        self._values.pop(loop, None)
        self._last = (None, None)

    async def close(self) -> None:
        """Close the value of this loop; those of other loops close with them."""
        _, guard = self._values.get(current_loop(), (None, None))
        if guard is not None:
            await guard.aclose()

    def __del__(self) -> None:
        for _, guard in list(self._values.values()):  # A loop may end meanwhile, in another thread.
            if isinstance(guard, TrioGuard) and self._process == os.getpid():  # Those of asyncio end by themselves.
                guard.release()


async def _end(scoped: weakref.ref[AsyncScoped[T]], loop: Any, value: T, close: Callable[[T], Awaitable[None]]) -> None:
    owner = scoped()
    if owner is not None:
        owner.forget(loop)
    await close(value)


def close_later(close: Callable[[], Coroutine[Any, Any, None]], loop: Any) -> None:
    """Run `close` on its event loop, from any thread; do nothing where the loop is over."""
    call_soon(loop, partial(_start, close, loop))


def _start(close: Callable[[], Coroutine[Any, Any, None]], loop: Any) -> None:
    if isinstance(loop, asyncio.AbstractEventLoop):
        loop.create_task(close())  # The loop refers to what it waits for.
    else:
        import trio

        async def shielded() -> None:
            with trio.CancelScope(shield=True):  # The run may be ending, which cancels its system tasks.
                await close()

        with suppress(RuntimeError):  # The run takes no more tasks: it has ended but for this.
            trio.lowlevel.spawn_system_task(shielded)


def call_soon(loop: Any, function: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # The loop is over.
        if isinstance(loop, asyncio.AbstractEventLoop):
            loop.call_soon_threadsafe(function)
        else:
            loop.run_sync_soon(function)


def _has_ended(loop: Any) -> bool:
    if isinstance(loop, asyncio.AbstractEventLoop):
        return loop.is_closed()
    try:
        loop.run_sync_soon(int)  # A call without effect.
    except RuntimeError:
        return True
    return False


def current_loop() -> Any:
    """Return the asyncio event loop that runs here, or trio's token of its run."""
    loop = _running_loop()
    if loop is None:
        raise ParetaError("AsyncPareta needs a running event loop, of asyncio or trio.")
    return loop


def _running_loop() -> Any:
    sniffio = sys.modules.get("sniffio")
    if sniffio is not None and sniffio.thread_local.name == "trio":
        import trio

        return trio.lowlevel.current_trio_token()
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
