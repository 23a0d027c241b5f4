# Derived from pareta/_async/chat.py. DO NOT EDIT: change that file and run `make generate`.
"""`client.chat`: completions, compatible with OpenAI's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._exceptions import public
from .._namespace import Namespace
from .methods import Completions

if TYPE_CHECKING:
    from .requester import Requester


@public
class Chat:
    """Conversations."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester

    @Namespace
    def completions(self) -> type[Completions]:
        """Answers to conversations."""
        return Completions
