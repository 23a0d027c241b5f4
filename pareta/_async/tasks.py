"""`client.tasks`: the catalog of tasks, and which model is best at each."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Unpack

from pareta_generated import api
from pareta_generated.models import Leaderboard, Task, TaskMatch

from .._exceptions import public
from .._policy.options import CallOptions

if TYPE_CHECKING:
    from .requester import AsyncRequester


@public
class AsyncTasks:
    """The catalog of tasks."""

    def __init__(self, requester: AsyncRequester) -> None:
        self._requester = requester

    async def list(self, **options: Unpack[CallOptions]) -> builtins.list[Task]:
        """List every task that a model can be deployed for."""
        return (await self._requester.send(api.list_tasks(), options)).tasks

    async def retrieve(
        self, task_id: str | None, examples_n: int | None = None, **options: Unpack[CallOptions]
    ) -> Task:
        """Retrieve a task.

        Args:
            task_id: The task's id, such as `contract-key-fields`.
            examples_n: How many worked examples to include in `examples`, up to 20.
            options: Options of this call: see `CallOptions`.

        Raises:
            NotFoundError: There is no such task.
            ValueError: The id is None or empty; nothing is sent.

        """
        return await self._requester.send(api.retrieve_task(task_id, examples_n=examples_n), options)

    async def match(self, query: str | None, top_k: int = 5, **options: Unpack[CallOptions]) -> TaskMatch:
        """Find the task that fits an intent.

        Args:
            query: What you want to do, in plain words.
            top_k: How many candidates to return at most, from 1 to 50.
            options: Options of this call: see `CallOptions`.

        Returns:
            The candidates, best first; `chosen` is None where none fits well enough.

        Raises:
            BadRequestError: `top_k` is out of range.
            ValueError: The query is None or empty; nothing is sent.

        """
        return await self._requester.send(api.match_task(query=query, top_k=top_k), options)

    async def leaderboard(self, task_id: str | None, **options: Unpack[CallOptions]) -> Leaderboard:
        """Rank the models for a task, by measured quality and price.

        Raises:
            NotFoundError: There is no such task.
            ValueError: The id is None or empty; nothing is sent.

        """
        return await self._requester.send(api.task_leaderboard(task_id), options)

    async def recommended(self, task_id: str | None, **options: Unpack[CallOptions]) -> str | None:
        """Return the alias that `model="recommended"` stands for when this task is deployed.

        Raises:
            NotFoundError: There is no such task.
            ValueError: The id is None or empty; nothing is sent.

        """
        return (await self.leaderboard(task_id, **options)).recommended
