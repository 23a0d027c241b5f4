"""How many calls may be in flight on a loop at a time; further ones wait before they reach a connection."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from .._engine import Fault
from .._timeouts import Patience
from ._waiting import within


class Slots:
    """The places for calls on one loop."""

    def __init__(self, count: int, loop: asyncio.AbstractEventLoop) -> None:
        self._count = count
        self._loop = loop
        self._free = asyncio.Semaphore(count)

    async def take(self, pool: Patience) -> None:
        """Take a place, or wait for one."""
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            await within(pool.left(), self._free.acquire())
        except TimeoutError as error:
            text = f"{self._count} calls are in flight (max_connections), and none ended in time"
            raise Fault("timeout", text) from error

    def give(self) -> None:
        """Give a place back, from wherever: the garbage collector runs in any thread, a semaphore in its loop's."""
        if self._loop.is_closed():
            return
        if running() is self._loop:
            self._free.release()
        else:
            with suppress(RuntimeError):  # It was closed meanwhile.
                self._loop.call_soon_threadsafe(self._free.release)


def running() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs in this thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
