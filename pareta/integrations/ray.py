"""Ray Data: `dataset.map_batches(ChatCompletions(model="ep_…"))`. It imports no Ray, and takes any columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pareta import Pareta


class ChatCompletions:
    """Answers the rows of a batch: columns in, columns out, those of the answers beside those of the rows.

    It pickles. Each worker process makes one client, of `PARETA_API_KEY` and `PARETA_BASE_URL` in its environment.
    A batch that is run again, since its worker died, is not billed again: the keys of its rows follow from this
    object and from the rows.

    The columns of the answers are `answer` (the text), `error` (its text), `attempts` and `cost_micro_usd`. An error
    that concerns all rows is raised.

    Args:
        model: The id of the endpoint that answers.
        prompt: A function that makes of a row, a dict, its text, its messages or keywords of `create`. Without it,
            the column `messages` is sent.
        id_column: The column that tells rows apart. Without it, rows that are alike in one batch are counted, and
            rows that are alike in two batches get one answer, and are billed once.
        run: A name that takes part in the keys: objects of one name send a row under one key. Without it, copies of
            one object do, and no others. Actors make objects of their own, so give them one.
        options: Further arguments of `map`, such as `concurrency`, `rps`, `wake` or `temperature`.

    """

    def __init__(
        self,
        *,
        model: str,
        prompt: Callable[[dict[str, Any]], Any] | None = None,
        id_column: str | None = None,
        run: str | None = None,
        **options: Any,
    ) -> None:
        self._run = os.urandom(12).hex() if run is None else run
        self._id_column = id_column
        self._options: dict[str, Any] = {"model": model, "prompt": prompt, **options}

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """Return the columns of a batch, and those of the answers."""
        columns = {name: list(values) for name, values in batch.items()}
        rows = [_Row(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        seen: dict[str, int] = {}
        for row in rows:
            name = repr(row[self._id_column]) if self._id_column else repr(sorted(row.items()))
            seen[name] = seen.get(name, 0) + 1
            row.name = f"{self._run} {name} {seen[name]}"
        results = sorted(
            _client().chat.completions.map(rows, key=_name_of, **self._options), key=lambda each: each.index
        )
        texts = [each.completion and each.completion.choices[0].message.content for each in results]
        return {
            **batch,
            "answer": texts,
            "error": [each.error and f"{type(each.error).__name__}: {each.error}" for each in results],
            "attempts": [each.attempts for each in results],
            "cost_micro_usd": [each.cost_micro_usd for each in results],
        }


class _Row(dict[str, Any]):
    """A row, and the name that makes its key."""

    name = ""


def _name_of(row: _Row) -> str:
    return row.name


@cache
def _client() -> Pareta:
    """Return the one client of this process."""
    return Pareta()
