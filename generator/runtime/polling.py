"""Calls whose result is the start of work: the call that reads its state, and what the states mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

import attrs

from .types import Call, Origin, View

R = TypeVar("R")
P = TypeVar("P")


@attrs.frozen(kw_only=True)
class Polling:
    """How the work that an operation starts is followed. A path is a tuple of properties."""

    parameter: str
    """The argument of the call that polls, which takes the id."""
    id: tuple[str, ...]
    """The path of the id in the result of the operation."""
    state: tuple[str, ...]
    """The path of the state in what the poll reads."""
    done: tuple[str | bool | int, ...]
    failed: tuple[str | bool | int, ...] = ()
    interval: float = 2.0
    """Seconds between two polls, where the server asks for no other time."""


@attrs.frozen(eq=False, kw_only=True)
class PolledCall(Call[R], Generic[R, P]):
    """A call whose result is the start of work. Sending it gives that; `client.wait` goes on to its end."""

    poll: Callable[..., Call[P]]
    """The function that makes the call which polls."""
    polling: Polling

    def following(self, started: R) -> Call[P]:
        """Return the call that reads the state of the work, by the result of this call."""
        found = _at(started, self.polling.id)
        if found is None or found == "":
            origin: Origin = getattr(started, "_origin", None) or View.make_origin(None)
            raise origin.decode_error(f"$.{'.'.join(self.polling.id)}", "the id of the work", found)
        return self.poll(**{self.polling.parameter: found})

    def signing(self, sign: Callable[[Call[P]], Call[P]]) -> Self:
        """Return this call, each poll of which goes through `sign`, which adds credentials."""

        def poll(**arguments: Any) -> Call[P]:
            return sign(self.poll(**arguments))

        return attrs.evolve(self, poll=poll)

    def state(self, answer: P) -> Any:
        """Return the state that an answer of the poll tells."""
        return _at(answer, self.polling.state)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what is at a path; None if an object on the way is absent."""
    for name in path:
        value = None if value is None else getattr(value, name)
    return value
