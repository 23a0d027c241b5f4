"""Runs a call on a sync or an async client; both return the same kind of result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from pareta import AsyncPareta, AsyncStream, Pareta, Stream

from ._request_recorder import Mode

ClientCall = Callable[[Any], Any]


def run_sync(call: ClientCall, **options: Any) -> Any:
    """Run a call on a sync client and return its result; a stream as a list."""
    with Pareta(**options) as client:
        result = call(client)
        return list(result) if isinstance(result, Stream) else result


def run_async(call: ClientCall, **options: Any) -> Any:
    """Run a call on an async client and return its result; a stream as a list."""

    async def main() -> Any:
        async with AsyncPareta(**options) as client:
            result = await call(client)
            if isinstance(result, AsyncStream):
                return [event async for event in result]
            return result

    return asyncio.run(main())


RUNNERS: Final[dict[Mode, Callable[..., Any]]] = {"sync": run_sync, "async": run_async}
