"""`client.chat`: completions, compatible with OpenAI's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._exceptions import public
from .._namespace import Namespace
from .methods import AsyncCompletions

if TYPE_CHECKING:
    from .requester import AsyncRequester


@public
class AsyncChat:
    """Conversations."""

    def __init__(self, requester: AsyncRequester) -> None:
        self._requester = requester

    @Namespace
    def completions(self) -> type[AsyncCompletions]:
        """Answers to conversations."""
        return AsyncCompletions
