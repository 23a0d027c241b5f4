"""`client.models`: what can be called right now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._exceptions import public
from .._models import LIST_MODELS, ModelList
from .._policy.options import CallOptions

if TYPE_CHECKING:
    from .requester import AsyncRequester


@public
class AsyncModels:
    """The models that can be called right now: the live endpoints, in the form of OpenAI's index."""

    def __init__(self, requester: AsyncRequester) -> None:
        self._requester = requester

    async def list(self, **options: Unpack[CallOptions]) -> ModelList:
        """List the endpoints that are live and have a URL.

        Returns:
            A collection to iterate and count. Each model's `id` is what a completion takes as `model`.

        Raises:
            AuthenticationError: The key is missing or not valid.

        """
        return await self._requester.send(LIST_MODELS(), options)
