"""Calls side by side, for asyncio and trio. `sync_workers` has the same names; there they are threads."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from contextvars import Context, copy_context
from typing import Any, Final, TypeAlias, TypeVar

import anyio

from .async_waiting import call_soon, current_loop, within

R = TypeVar("R")
_Job: TypeAlias = tuple[Callable[..., Awaitable[Any]], tuple[Any, ...]]
AsyncRows: TypeAlias = Iterable[R] | AsyncIterable[R]
"""What `map` takes as inputs."""
END: Final = object()
"""What a source gives after its last row."""
PENDING: Final = object()
"""What a source gives while the next row is on its way: the wait ends when it is there."""


class AsyncWorkers:
    """Runs calls of one event loop, each in a task, and collects what they return."""

    def __init__(self) -> None:
        self._loop = current_loop()
        self._asyncio = isinstance(self._loop, asyncio.AbstractEventLoop)
        self._running: set[Any] = set()
        """Tasks of asyncio, or cancel scopes of trio."""
        self._done: deque[tuple[Any, BaseException | None]] = deque()
        self._changed: asyncio.Event | anyio.Event | None = None
        """Set when something is done, while it is waited for."""
        self._closing = False
        self._advance: Callable[[], bool] | None = None
        self._context: Context
        """That of the task that waits."""
        self._takes = False
        """Whether the next call goes to the task that has just ended one, in place of a new task."""
        self._taken: _Job | None = None

    def start(self, call: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
        """Run a call; what it returns or raises is collected."""
        job = call, arguments
        if self._takes and self._taken is None:
            self._taken = job
        elif self._asyncio:
            task = self._loop.create_task(self._run(job))
            self._running.add(task)
            task.add_done_callback(self._end)
        else:
            import trio

            scope = trio.CancelScope()
            self._running.add(scope)
            trio.lowlevel.spawn_system_task(self._run_in, scope, job, context=copy_context())

    async def _run_in(self, scope: Any, job: _Job) -> None:
        with scope:
            await self._run(job)
        self._end(scope)

    async def _run(self, job: _Job | None) -> None:
        while job is not None:
            call, arguments = job
            try:
                self._done.append((await call(*arguments), None))
            except Exception as error:
                self._done.append((None, error))
            job = self._go_on()

    def _go_on(self) -> _Job | None:
        """Do what the task that waits would do now; return a call for the task that has ended one, if there is one."""
        job, ends = None, True
        if self._advance is not None and not self._closing:
            self._takes = True
            try:
                ends = self._context.run(self._advance)
            except Exception as error:
                self._done.append((None, error))
            self._takes = False
            job, self._taken = self._taken, None
        if ends:
            self.notify()
        return job

    def _end(self, running: Any) -> None:
        self._running.discard(running)
        if self._closing:
            self.notify()

    def event(self) -> asyncio.Event | anyio.Event:
        """Return an event of the loop; anyio's costs more to make."""
        return asyncio.Event() if self._asyncio else anyio.Event()

    def notify(self) -> None:
        """End the wait."""
        if self._changed is not None:
            self._changed.set()

    def wake(self) -> None:
        """End the wait; this may be called in any thread, and by the handler of a signal."""
        call_soon(self._loop, self.notify)

    def collect(self) -> list[Any]:
        """Return what has been returned since; raise the first exception instead, if there is one."""
        found: list[Any] = []
        while self._done:
            result, error = self._done.popleft()
            if error is not None:
                raise error
            found.append(result)
        return found

    async def wait(self, seconds: float | None, advance: Callable[[], bool] | None = None) -> None:
        """Wait until something is done, for at most so many seconds.

        `advance` is called when something is done, and returns whether that ends the wait. So calls begin in the turn
        of the loop in which others end. If all were begun after all had ended, so many objects would be freed and made
        at once that Python's garbage collector would run for every tenth call.

        """
        if self._done:
            return
        self._changed = self.event()
        self._advance, self._context = advance, copy_context()
        try:
            await within(seconds, self._changed.wait())
        except TimeoutError:
            pass
        finally:
            self._changed = self._advance = None

    def cancel(self) -> None:
        """End what runs; this may be called in any thread."""
        self._closing = True
        for running in list(self._running):
            call_soon(self._loop, running.cancel)

    async def aclose(self) -> None:
        """End what runs, and wait until it has ended."""
        self.cancel()
        while self._running:
            self._done.clear()
            await self.wait(None)


class AsyncSource:
    """The rows of an iterable, `async` or not, one at a time."""

    def __init__(self, rows: Iterable[Any] | AsyncIterable[Any], workers: AsyncWorkers) -> None:
        self._next = None if isinstance(rows, AsyncIterable) else iter(rows)
        self._rows = rows
        self._workers = workers
        self._came: deque[Any] = deque()
        self._wanted: asyncio.Event | anyio.Event | None = None

    def read(self) -> Any:
        """Return the next row, or END, or PENDING."""
        if self._next is not None:
            return next(self._next, END)
        if self._came:
            return self._came.popleft()
        if self._wanted is None:  # One task reads them all: generators may not like to be passed around.
            self._wanted = self._workers.event()
            self._workers.start(self._read_all)
        self._wanted.set()
        return PENDING

    async def _read_all(self) -> None:
        async for row in self._rows:  # type: ignore[union-attr]  # Only an AsyncIterable is read here.
            self._came.append(row)
            self._wanted = self._workers.event()
            self._workers.notify()
            await self._wanted.wait()
        self._came.append(END)
