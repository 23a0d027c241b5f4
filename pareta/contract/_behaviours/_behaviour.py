"""What a check of behaviour is; the checks themselves are beside."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from .._bench import Bench


@frozen
class Behaviour:
    """A check. It raises Broken where it does not hold."""

    name: str
    sentence: str
    run: Callable[[Bench], None]
    writes: bool = True
    """Whether it deploys, asks, stops or deletes."""
    own: bool = False
    """Whether it needs a sandbox of our own."""


def behaviour(
    name: str, sentence: str, *, writes: bool = True, own: bool = False
) -> Callable[[Callable[[Bench], None]], Behaviour]:
    """Make a check of a function."""
    return lambda run: Behaviour(name, sentence, run, writes, own)
