"""Waiting, for blocking code. `async_waiting` has the same names; the two differ in more than `await`."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

T = TypeVar("T")
MAX_CONNECTIONS = 100
"""How many calls may be in flight at a time, unless a client says otherwise."""
CAN_INTERRUPT = False
"""Whether `within` ends what takes too long."""
FIRST_ADDRESS = 0.5
"""Seconds for each address of a name that has several, in a first round of attempts."""

_TERMINATED = 128 + signal.SIGTERM
"""The exit code of a process that SIGTERM ended, as shells count."""

sleep = time.sleep


def result_of(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function and return its result; refuse one that is `async`."""
    result = function(*arguments)
    if hasattr(result, "__await__"):
        if hasattr(result, "close"):
            result.close()  # A coroutine that was never awaited is a warning.
        raise TypeError("Pareta calls no async function; pass a plain one, or use AsyncPareta, which takes both kinds")
    return result


def shielded(_seconds: float, call: Callable[[], T]) -> T:
    """Return the result of a call. Nothing interrupts a blocking one but a signal."""
    return call()


class Termination:
    """Makes SIGTERM raise SystemExit in the main thread, so that `with` blocks end before the process does.

    Where the program has a handler of its own, that one stays.
    """

    def __init__(self) -> None:
        main = threading.current_thread() is threading.main_thread()
        self._installed = main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        if self._installed:
            signal.signal(signal.SIGTERM, self._terminate)

    def _terminate(self, _signal: int, _frame: object) -> None:
        raise SystemExit(_TERMINATED)

    def begin_cleanup(self) -> None:
        """Ignore further signals while a block ends."""
        if self._installed:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def end(self) -> None:
        """Restore what was before."""
        if self._installed:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def within(_seconds: float | None, result: T) -> T:
    """Return the result of a call that has ended: nothing interrupts a blocking one."""
    return result


def first_timeout(host: str, port: int, seconds: float | None) -> float | None:
    """Return the timeout of the first round of attempts to connect; a second one has all `seconds`.

    The system tries the addresses of a name one after another, each for the whole timeout. A short first
    round comes to the second address soon, if the first does not respond.
    """
    if seconds is None or seconds > FIRST_ADDRESS:
        with suppress(OSError):
            if len(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)) > 1:
                return FIRST_ADDRESS
    return seconds


class Limiter:
    """Limits how many calls are in flight. `release` may run anywhere, even in the garbage collector.

    A semaphore would deadlock there; SimpleQueue is reentrant.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = count()
        self._free: SimpleQueue[None] = SimpleQueue()

    def acquire(self, seconds: float | None) -> None:
        """Take a place; raise TimeoutError after so many seconds without one."""
        with suppress(Empty):
            return self._free.get_nowait()
        if next(self._used) < self._limit:
            return None
        try:
            return self._free.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None

    def release(self) -> None:
        """Give the place back."""
        self._free.put(None)


class Scoped(Generic[T]):
    """A value of this process. After a fork, the child makes its own; the old one is its parent's."""

    def __init__(self, make: Callable[[], T], close: Callable[[T], Any] | None = None) -> None:
        self._make = make
        self._close = close
        self._last = (os.getpid(), make())
        self._inherited: list[T] = []

    def get(self) -> T:
        """Return the value."""
        process, value = self._last
        if process != os.getpid():
            self._inherited.append(value)  # Closing it would close it for the parent too.
            self._last = (os.getpid(), value := self._make())
        return value

    def close(self) -> None:
        """Close the value."""
        process, value = self._last
        if self._close is not None and process == os.getpid():
            self._close(value)

    __del__ = close


def close_later(close: Callable[[], None], _loop: object) -> None:
    """Close at once: nothing here waits."""
    close()


def current_loop() -> object:
    """Return None: blocking code has no event loop."""
    return None
