"""A sandbox in a process of its own, whose state is in a file, and what it debited."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Self

from pareta import Pareta

MODEL = "ep_a1b2c3"
PRICE = 210
"""What a completion costs, in micro-USD."""


class Platform:
    """A sandbox that runs until the block ends."""

    def __init__(self, folder: Path) -> None:
        line = [sys.executable, "-m", "pareta.sandbox", "--port", "0", "--pace", "0", "--balance", str(10**12)]
        self._process = subprocess.Popen(
            [*line, "--state", str(folder / "state.db")], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._process.stdout is not None
        self.environment = {"RAY_USAGE_STATS_ENABLED": "0"}
        """What leads to it. Ray would tell its makers that it is used."""
        while len(self.environment) < 3:
            self.environment |= re.findall(r"export (PARETA_\w+)=(\S+)", self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def debits(self) -> int:
        """Return how many completions were billed; each costs `PRICE`, or this raises."""
        settings = self.environment
        with Pareta(api_key=settings["PARETA_API_KEY"], base_url=settings["PARETA_BASE_URL"]) as pa:
            cost = pa.endpoints.metrics(MODEL).cost()
        if cost.spend_micro_usd != (cost.requests or 0) * PRICE:
            raise RuntimeError(f"{cost.requests} completions were billed {cost.spend_micro_usd} micro-USD")
        return cost.requests or 0
