"""Which tests a run takes: a sample of each matrix, what the sample leaves out (TIER=rest), or all (FULL=1)."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from zlib import crc32

import pytest
from modes import AsyncioMode, TrioMode

TIER = "all" if os.environ.get("FULL") else os.environ.get("TIER", "sample")


def pytest_report_header() -> str | None:
    """Say what this run takes."""
    said = {
        "sample": "a sample of each matrix; `make test-all` takes all",
        "rest": "what the sample of `make test` leaves out",
    }
    return said.get(TIER)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of this tier. Those that are asked for by name are kept in any."""
    if TIER == "all" or config.option.keyword or any("::" in each for each in config.args):
        return
    left = left_out(items)
    config.hook.pytest_deselected(items=[each for each in items if (each in left) == (TIER == "sample")])
    items[:] = [each for each in items if (each in left) == (TIER == "rest")]


def left_out(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Return the tests that a sample does not take."""
    left: set[pytest.Item] = set()
    matrices: defaultdict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("long"):
            left.add(item)
        elif isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            if item.get_closest_marker("matrix"):
                matrices[item.nodeid.partition("[")[0]].append(item)
            elif _is_other_loop(item):
                left.add(item)
    for rows in matrices.values():
        seen: set[tuple[str, int]] = set()
        for item in sorted(rows, key=lambda each: crc32(each.nodeid.encode())):
            values = {(name, id(value)) for name, value in item.callspec.params.items()}
            if values <= seen:
                left.add(item)
            seen |= values
    return left


def _is_other_loop(item: pytest.Function) -> bool:
    """Return whether a test runs on asyncio, where the sample takes trio, or the other way round."""
    mode = item.callspec.params.get("mode") or item.callspec.params.get("async_mode")
    row = re.sub("asyncio|trio", "", item.nodeid)
    chosen = (AsyncioMode, TrioMode)[crc32(row.encode()) % 2]
    return mode in (AsyncioMode, TrioMode) and mode is not chosen
