"""Waiting for a limited time on asyncio, and closing while trio ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import trio
import trio.testing

from pareta._transport.async_waiting import close_later, within


def test_a_result_that_is_there_is_returned() -> None:
    """What need not wait is returned, as is what waits for less than its time."""

    async def later(seconds: float) -> float:
        if seconds:
            await asyncio.sleep(seconds)
        return seconds

    async def both() -> list[float]:
        return [await within(5, later(0)), await within(5, later(0.001))]

    assert asyncio.run(both()) == [0, 0.001]


def test_an_item_of_an_async_generator_ends_it_as_ever() -> None:
    """The end of an async generator passes through."""

    async def items() -> list[int]:
        async def one() -> AsyncIterator[int]:
            yield 1
            await asyncio.sleep(0)

        pieces = one()
        first = await within(5, anext(pieces))
        with pytest.raises(StopAsyncIteration):
            await within(5, anext(pieces))
        return [first]

    assert asyncio.run(items()) == [1]


def test_what_takes_too_long_sees_a_cancellation() -> None:
    """After the time, what waits is cancelled, may clean up, and TimeoutError is raised."""
    cleaned: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleaned.append("yes")

    with pytest.raises(TimeoutError):
        asyncio.run(within(0.01, wait()))
    assert cleaned == ["yes"]


def test_a_cancelled_task_cancels_what_it_waits_for() -> None:
    """A cancellation from outside is no TimeoutError, and reaches what waits."""

    async def cancel() -> None:
        task = asyncio.create_task(within(60, asyncio.sleep(60)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())


def test_an_error_of_what_waits_is_raised() -> None:
    """An error passes through, whether it is raised at once or later."""

    async def fail(seconds: float) -> None:
        if seconds:
            await asyncio.sleep(seconds)
        raise OSError(str(seconds))

    for seconds in (0, 0.001):
        with pytest.raises(OSError, match=str(seconds)):
            asyncio.run(within(5, fail(seconds)))


def test_what_is_dropped_while_trio_ends_does_not_break_it() -> None:
    """A run that takes no more tasks ends as ever; nothing in it is left to close."""
    closed: list[bool] = []

    async def close() -> None:
        closed.append(True)

    async def last(token: trio.lowlevel.TrioToken) -> None:
        try:
            await trio.sleep_forever()
        finally:
            token.run_sync_soon(close_later, close, token)

    async def main() -> None:
        token = trio.lowlevel.current_trio_token()
        trio.lowlevel.spawn_system_task(last, token)
        await trio.testing.wait_all_tasks_blocked()

    trio.run(main)
    assert closed == []
