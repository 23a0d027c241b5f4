"""The sync resources, derived from the async ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.derive import MODULES, Deriver, modules
from generator.problems import RefusedError

ASYNC = '''\
"""Things, awaited.

Use `async with client`, `async for thing in things` and `await things.list()` of AsyncThings.
"""

from collections.abc import AsyncIterator


class AsyncThings:
    async def __aenter__(self) -> "AsyncThings":
        return self

    async def __aexit__(self, *args: object) -> None:
        await self.aclose()  # When `await` ends.

    async def __aiter__(self) -> AsyncIterator[int]:
        async for one in self.things:
            yield one

    async def __anext__(self) -> int:
        text = f"{await self.name()} {self!r:>{4}}"
        value = [await x for x in (1,
                                   2)]; more = \\
            3
        raise StopAsyncIteration(text, value, more)
'''

SYNC = '''\
"""Things, awaited.

Use `with client`, `for thing in things` and `things.list()` of Things.
"""

from collections.abc import Iterator


class Things:
    def __enter__(self) -> "Things":
        return self

    def __exit__(self, *args: object) -> None:
        self.close()  # When `await` ends.

    def __iter__(self) -> Iterator[int]:
        for one in self.things:
            yield one

    def __next__(self) -> int:
        text = f"{self.name()} {self!r:>{4}}"
        value = [x for x in (1,
                                   2)]; more = \\
            3
        raise StopIteration(text, value, more)
'''


def test_waiting_is_what_goes_away() -> None:
    """Keywords, names, protocols and the words of docstrings take their sync form; all else stays as it is."""
    assert Deriver().module(ASYNC) == SYNC


def test_every_rename_is_used() -> None:
    """The table holds nothing that no module needs."""
    deriver = Deriver()
    deriver.module(ASYNC)
    assert deriver.unused() == []


def test_a_rename_that_nothing_uses_is_reported() -> None:
    """A table that grew stale would hide a name that was misspelt."""
    deriver = Deriver({"aclose": "close", "asleep": "sleep"})
    deriver.module("await x.aclose()\n")
    assert deriver.unused() == ["asleep"]


def test_every_missing_module_is_an_error(tmp_path: Path) -> None:
    """A resource that was moved does not silently keep its old twin."""
    with pytest.raises(RefusedError) as refused:
        modules(tmp_path, lambda _, source: source)
    assert [problem.file for problem in refused.value.problems] == sorted(f"pareta/_async/{n}.py" for n in MODULES)


def test_a_derived_module_says_so(tmp_path: Path) -> None:
    """Its first line names the file to change and the command to run."""
    folder = tmp_path / "pareta" / "_async"
    folder.mkdir(parents=True)
    for name in MODULES:
        (folder / f"{name}.py").write_text(ASYNC)
    derived = modules(tmp_path, lambda _, source: source)
    first = derived[tmp_path / "pareta" / "_sync" / "chat.py"].splitlines()[0]
    assert first == "# Derived from pareta/_async/chat.py. DO NOT EDIT: change that file and run `make generate`."


def test_a_module_that_is_no_python_is_refused(tmp_path: Path) -> None:
    """The refusal names the module."""
    folder = tmp_path / "pareta" / "_async"
    folder.mkdir(parents=True)
    for name in MODULES:
        (folder / f"{name}.py").write_text("x = (\n")
    with pytest.raises(RefusedError, match=r"pareta/_async/chat\.py:1:1: not Python"):
        modules(tmp_path, lambda _, source: source)
