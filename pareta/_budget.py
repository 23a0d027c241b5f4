"""The retry budget of a client: how many retries a server that fails is sent beside its calls. Pure."""

from __future__ import annotations

from typing import Any

CAPACITY = 6
"""How many retries a client may make before calls must succeed again, unless one call may make more."""
PRICE = 10
"""How many calls must succeed to pay for a retry: in the long run at most one call in ten is tried again."""


class Budget:
    """A bucket of tokens, full at first: a retry takes one, a call that succeeds gives a tenth of one back.

    It counts what is spent and not what is left, since the calls that share it may differ in how often
    they may be tried again. It has no lock: a fork could leave that locked, and what two threads may
    make of one token is harmless.
    """

    __slots__ = ("_spent",)

    def __init__(self) -> None:
        self._spent = 0  # In tenths of a token.

    def take(self, max_retries: int) -> bool:
        """Take a token for a retry of a call with so many at most; return whether there was one."""
        if self._spent + PRICE > PRICE * max(CAPACITY, max_retries):
            return False
        self._spent += PRICE
        return True

    def succeed(self) -> None:
        """Give a tenth of a token back."""
        if self._spent > 0:  # Mostly it is full.
            self._spent -= 1

    def __repr__(self) -> str:
        return f"Budget(spent={self._spent / PRICE})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Budget, ())  # Another process begins with a full one.
