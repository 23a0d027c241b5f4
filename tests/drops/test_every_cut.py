"""Deployments and completions whose connection is dropped after each byte: one endpoint, one debit, no wrong answer."""

import os
from typing import Any

import pytest
from worlds import AiohttpWorld, AsyncWorld, SyncWorld

from .cases import CHATS, DEPLOYS, Case
from .running import run_all

STEP = 1 if os.environ.get("FULL") else 16
"""`FULL=1` takes every byte of the exchanges."""
WORLDS = pytest.mark.parametrize("world", [SyncWorld, AsyncWorld, AiohttpWorld], ids=["sync", "async", "aiohttp"])


def wrong(world: Any, cases: tuple[Case, ...]) -> list[str]:
    """Run the cuts of some cases, and return what is wrong with any."""
    results = list(run_all(world, cases, STEP))
    assert len(results) > 100
    return [f"{ran.case}, {ran.cut}: {ran.wrong}" for ran in results if ran.wrong]


@WORLDS
def test_a_deployment_survives_every_cut(world: Any) -> None:
    """Exactly one endpoint comes of it, and the call returns it or raises what the case says, at that very cut."""
    assert wrong(world, DEPLOYS) == []


@WORLDS
def test_a_completion_is_paid_for_once_whatever_is_cut(world: Any) -> None:
    """Exactly one price is gone, and the answer is the right one, or as far as it came with an error that says so."""
    assert wrong(world, CHATS) == []
