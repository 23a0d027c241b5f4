"""What a unit costs pareta as there are more: calls at once, entries of a list, events of a stream. And memory."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .cases import CASES
from .environment import ROOT, variables
from .measure import Result

OURS = ("pareta", "pareta+aiohttp")
_ENTRIES = {"GET models, 3 entries": 3, "GET models, 100 entries": 100, "GET models, 10,000 entries": 10_000}
_AT_ONCE = ("async GET, 1 at a time", "async GET, 50 at a time", "async GET, 500 at a time")
_EVENTS = ("chat stream, 1,000 events", "chat stream, 20,000 events", "chat stream, 1,000,000 events")
# In a process of its own, since what other cases needed at most is not given back.
_READ = """
import resource, sys
from pareta import Pareta
client = Pareta(api_key="k", base_url=sys.argv[1])
for chunk in client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True):
    chunk.choices[0].delta.content
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


class Growth(NamedTuple):
    """One row: what a unit costs at each size, in seconds (memory: in MB)."""

    name: str
    costs: tuple[float, ...]
    memory: bool = False

    def __str__(self) -> str:
        shown = [f"{each:.0f} MB" if self.memory else f"{each * 1e6:.2f} µs" for each in self.costs]
        last = "" if self.memory else f" ({self.costs[-1] / self.costs[0]:.2f}x)"
        return f"{self.name}: {', '.join(shown)}{last}"


def growth(results: Sequence[Result]) -> list[Growth]:
    """Return what follows from the results, as far as their cases were measured."""
    known = {result.case.name: result for result in results}
    rows: list[Growth] = []
    for name in OURS:
        for title, cases in (("a call, at once", _AT_ONCE), ("an event of a stream of", _EVENTS)):
            sizes = [(_size(case), known[case].cost(name)) for case in cases if case in known]
            costs = [cost for _, cost in sizes if cost is not None]
            if len(costs) > 1:
                rows.append(Growth(f"{name}, {title} {_listed([size for size, _ in sizes])}", tuple(costs)))
    found = {count: known[case].cost("pareta") for case, count in _ENTRIES.items() if case in known}
    if len(found) == len(_ENTRIES) and all(found.values()):
        few, some, many = (found[count] or 0.0 for count in _ENTRIES.values())
        # A call costs what it costs without any entry too: what counts is what more of them add.
        rows.append(
            Growth("pareta, an entry of a list beyond 3 of 100, 10,000", ((some - few) / 97, (many - few) / 9_997))
        )
    return rows


def memory(python: Path, url: str, counts: Sequence[int]) -> Growth:
    """Return the most memory that a process took which read a stream, by the stream's length."""
    taken = []
    for count in counts:
        command = [python, "-c", _READ, f"{url}/chat-stream-{count}"]
        done = subprocess.run(command, cwd=ROOT, env=variables(), check=True, capture_output=True, text=True)
        taken.append(float(done.stdout))
    return Growth(f"pareta, memory for a stream of {_listed(counts)} events", tuple(taken), memory=True)


def _size(name: str) -> int:
    (case,) = (each for each in CASES if each.name == name)
    return case.per_call if case.per_call > 1 else case.at_once


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(f"{size:,}" for size in sizes)
