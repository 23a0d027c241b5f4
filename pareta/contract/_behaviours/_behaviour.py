"""The type of a behaviour check, and the decorator that makes one."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from .._context import Context


@frozen
class Behaviour:
    """A check of one behaviour. `run` raises CheckFailed when the server does not have it."""

    name: str
    sentence: str
    run: Callable[[Context], None]
    writes: bool = True
    """Whether it deploys, completes, stops or deletes."""
    sandbox_only: bool = False
    """Whether it needs the suite's own sandbox."""


def behaviour(
    name: str, sentence: str, *, writes: bool = True, sandbox_only: bool = False
) -> Callable[[Callable[[Context], None]], Behaviour]:
    """Turn a function into a check."""
    return lambda run: Behaviour(name, sentence, run, writes, sandbox_only)
