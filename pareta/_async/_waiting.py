"""Awaiting for a limited time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float | None, awaitable: Awaitable[T]) -> T:
    """Await for at most so many seconds.

    Raises:
        TimeoutError: They are over.

    """
    if seconds is None:
        return await awaitable
    async with asyncio.timeout(seconds):
        return await awaitable
