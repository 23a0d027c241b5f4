"""`client.models`: what can be called right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._calls import LIST_MODELS
from .._models import ModelList
from .._public import public

if TYPE_CHECKING:
    from ._driver import AsyncCaller


@public
class AsyncModels:
    """The models that can be called right now: the live endpoints, in the form of OpenAI's index."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list(self) -> ModelList:
        """List the endpoints that are live and have a URL.

        Returns:
            A collection to iterate and count. Each model's `id` is what a completion takes as `model`.

        Raises:
            AuthenticationError: The key is missing or not valid.
            ParetaError: Any other failure, after the retries.

        """
        return await self._caller.send(LIST_MODELS())
