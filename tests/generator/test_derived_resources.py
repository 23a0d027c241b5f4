"""The blocking half of the SDK, derived from the async half."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.derive import RENAMES, Deriver, modules
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


def test_names_take_their_blocking_form() -> None:
    """`AsyncX` becomes `X` and `async_x` becomes `sync_x`, in imports, code and prose; `asyncio` is another word."""
    source = "from .async_waiting import AsyncLimiter, asyncio  # See async_waiting.\n"
    assert Deriver().module(source) == "from .sync_waiting import Limiter, asyncio  # See sync_waiting.\n"


def test_a_rename_that_nothing_uses_is_reported() -> None:
    """A table that grew stale would hide a name that was misspelt."""
    deriver = Deriver({"aclose": "close", "asleep": "sleep"})
    deriver.module("await x.aclose()\n")
    assert deriver.unused() == ["asleep"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project with a module in each folder that is derived from."""
    for folder, name in (("_async", "chat.py"), ("_transport", "async_stack.py"), ("_transport", "async_waiting.py")):
        path = tmp_path / "pareta" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ASYNC + "".join(f"{name}\n" for name in RENAMES))
    return tmp_path


def test_each_module_has_a_twin_that_names_it(project: Path) -> None:
    """The first line says which file to change and which command to run; what is written by hand has none."""
    derived = modules(project, lambda _, source: source)
    assert {path.relative_to(project).as_posix(): text.splitlines()[0] for path, text in derived.items()} == {
        f"pareta/{twin}.py": f"# Derived from pareta/{source}.py. DO NOT EDIT: change that file and run `make generate`."  # noqa: E501
        for source, twin in (("_async/chat", "_sync/chat"), ("_transport/async_stack", "_transport/sync_stack"))
    }


@pytest.mark.parametrize("twin", ["_sync/tasks.py", "_transport/sync_pool.py"])
def test_a_twin_without_its_source_is_an_error(project: Path, twin: str) -> None:
    """A module that was renamed does not leave its old twin behind."""
    path = project / "pareta" / twin
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    with pytest.raises(RefusedError, match=f"pareta/{twin}:1:1: the module that it was derived from is gone"):
        modules(project, lambda _, source: source)


def test_a_module_that_is_no_python_is_refused(project: Path) -> None:
    """The refusal names the module."""
    (project / "pareta" / "_async" / "chat.py").write_text("x = (\n")
    with pytest.raises(RefusedError, match=r"pareta/_async/chat\.py:1:1: not Python"):
        modules(project, lambda _, source: source)
