"""Calls side by side, in threads. `async_workers` has the same names; there they are tasks."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeAlias, TypeVar

R = TypeVar("R")
Rows: TypeAlias = Iterable[R]
"""What `map` takes as inputs."""
END: Final = object()
"""What a source gives after its last row."""
PENDING: Final = object()
"""What no source gives here: reading a row blocks."""

_Job: TypeAlias = tuple[Any, ...] | None
_Done: TypeAlias = tuple[Any, BaseException | None]


class Workers:
    """Runs calls in threads, as many as there are calls at a time, and collects what they return.

    A blocking call cannot be ended. Its thread is a daemon, so that it holds up no exit.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._done: SimpleQueue[_Done] = SimpleQueue()
        self._first: deque[_Done] = deque()
        """What a wait has taken from the queue."""
        self._threads = self._running = 0

    def start(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Run a call; what it returns or raises is collected."""
        self._jobs.put((copy_context().run, call, *arguments))
        self._running += 1
        if self._running > self._threads:
            self._threads += 1
            threading.Thread(target=_work, args=(self._jobs, self._done), name="pareta-map", daemon=True).start()

    def wake(self) -> None:
        """End the wait; this may be called in any thread, and by the handler of a signal."""
        self._running += 1
        self._done.put((None, None))

    def collect(self) -> list[Any]:
        """Return what has been returned since; raise the first exception instead, if there is one."""
        with suppress(Empty):
            while True:
                self._first.append(self._done.get_nowait())
        found: list[Any] = []
        while self._first:
            result, error = self._first.popleft()
            self._running -= 1
            if error is not None:
                raise error
            found.append(result)
        return found

    def wait(self, seconds: float | None, _advance: Callable[[], bool] | None = None) -> None:
        """Wait until something is done, for at most so many seconds."""
        if not self._first:
            with suppress(Empty):
                self._first.append(self._done.get(timeout=seconds))

    def cancel(self) -> None:
        """Begin no further call; those that run go on in their threads, and what they return is dropped."""
        with suppress(Empty):
            while True:
                self._jobs.get_nowait()
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = 0

    def close(self) -> None:
        """Begin no further call."""
        self.cancel()


def _work(jobs: SimpleQueue[_Job], done: SimpleQueue[_Done]) -> None:
    while (job := jobs.get()) is not None:
        call, *arguments = job
        try:
            done.put((call(*arguments), None))
        except BaseException as error:  # The thread that collects raises it.
            done.put((None, error))


class Source:
    """The rows of an iterable, one at a time, read in the thread that reads the results."""

    def __init__(self, rows: Iterable[Any], _workers: Workers) -> None:
        if hasattr(rows, "__aiter__"):
            raise TypeError("Pareta.map reads no async iterable; pass a plain one, or use AsyncPareta")
        self._next = iter(rows)

    def read(self) -> Any:
        """Return the next row, or END."""
        return next(self._next, END)
