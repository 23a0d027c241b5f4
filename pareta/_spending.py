"""What the completions of a client may cost, by its own count."""

from __future__ import annotations

import os
from threading import Lock
from typing import Any

from ._exceptions import BudgetExceededError


class Spending:
    """Counts what completions cost, for all threads and tasks that share a client. In micro-USD."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.prices: dict[str, int] = {}
        """The price of a completion, by the id of its endpoint."""
        self._spent = 0
        self._fresh()

    def _fresh(self) -> None:
        self._process, self._lock = os.getpid(), Lock()

    @property
    def spent(self) -> int:
        """What was spent, completions in flight included."""
        return self._spent

    def take(self, price: int, model: str) -> None:
        """Count a completion that is about to be sent; raise BudgetExceededError where it would pass the budget."""
        if self._process != os.getpid():  # A fork may have copied a lock that is taken.
            self._fresh()
        with self._lock:
            if self._spent + price <= self.budget:
                self._spent += price
                return
        raise BudgetExceededError(
            f"A completion of {model} costs {price:,} micro-USD, and {self._spent:,} of this client's"
            f" {self.budget:,} are spent. Nothing was sent.",
            spent_micro_usd=self._spent,
            budget_micro_usd=self.budget,
        )

    def give_back(self, price: int) -> None:
        """Count a completion as not billed: the server refused it."""
        with self._lock:
            self._spent -= price

    def __reduce__(self) -> tuple[Any, ...]:
        return (Spending, (self.budget,))  # Another process begins to count anew.
