"""Closes what belongs to an event loop before that ends: by a generator in asyncio, by a task in trio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any

End = Callable[[], Awaitable[None]]


def begin_guard(loop: Any, end: End) -> Guard:
    """Return what awaits `end` before the event loop ends that runs here, or when it is closed."""
    if not isinstance(loop, asyncio.AbstractEventLoop):
        return TrioGuard(loop, end)
    guard = _asyncio_guard(end)
    with suppress(StopIteration):  # This runs up to its `yield`.
        guard.asend(None).send(None)
    return guard


async def _asyncio_guard(end: End) -> AsyncGenerator[None]:
    """Wait; asyncio closes the generators that it knows before a loop ends, and those that nobody refers to."""
    try:
        yield
    finally:
        await end()


class TrioGuard:
    """A system task, which trio cancels before a run ends. It would warn of a generator that nobody refers to."""

    def __init__(self, token: Any, end: End) -> None:
        import trio

        self._token = token
        self._over, self._ended = trio.Event(), trio.Event()
        trio.lowlevel.spawn_system_task(self._wait, end)

    async def _wait(self, end: End) -> None:
        import trio

        try:
            await self._over.wait()
        finally:
            with trio.CancelScope(shield=True), suppress(Exception):
                await end()
            self._ended.set()

    def release(self) -> None:
        """Let it end: from any thread, and after the run."""
        with suppress(RuntimeError):  # The run is over.
            self._token.run_sync_soon(self._over.set)

    async def aclose(self) -> None:
        """End it, and wait until it has."""
        import trio

        self._over.set()
        with trio.CancelScope(shield=True):
            await self._ended.wait()


Guard = AsyncGenerator[None] | TrioGuard
