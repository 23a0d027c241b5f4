"""Both worlds behind one face: a client, and what a call comes to, streams drained."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from pareta import AsyncChatStream, AsyncDeployStream, AsyncPareta, ChatStream, DeployStream, Pareta

from ._recording import World

Act = Callable[[Any], Any]


def run_sync(act: Act, **options: Any) -> Any:
    """Run a call on a blocking client and return what came of it; a stream as a list."""
    with Pareta(**options) as client:
        result = act(client)
        return list(result) if isinstance(result, ChatStream | DeployStream) else result


def run_async(act: Act, **options: Any) -> Any:
    """Run a call on an asyncio client and return what came of it; a stream as a list."""

    async def main() -> Any:
        async with AsyncPareta(**options) as client:
            result = await act(client)
            if isinstance(result, AsyncChatStream | AsyncDeployStream):
                return [event async for event in result]
            return result

    return asyncio.run(main())


WORLDS: Final[dict[World, Callable[..., Any]]] = {"sync": run_sync, "async": run_async}
