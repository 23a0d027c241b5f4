"""Deployments and completions whose connection is dropped after each byte: one endpoint, one debit, no wrong answer."""

import gc
import os
import weakref
from typing import Any

import pytest
from modes import AsyncioMode, Mode, SyncMode, TrioMode

from pareta.sandbox import Sandbox

from .cases import CHATS, DEPLOYS
from .running import run_all

CASES = (*DEPLOYS, *CHATS)
STEP = 1 if os.environ.get("FULL") else 48
"""`FULL=1` takes every byte in each mode; else each takes its own, and every 16th is taken by one."""


@pytest.mark.parametrize(
    ("mode", "offset"),
    [
        pytest.param(SyncMode, 0, id="sync"),
        pytest.param(AsyncioMode, STEP // 3, id="asyncio"),
        pytest.param(TrioMode, STEP // 3 * 2, id="trio", marks=pytest.mark.long),
    ],
)
def test_no_dropped_byte_costs_an_endpoint_a_debit_or_a_right_answer(mode: Any, offset: int) -> None:
    """Of each call comes one endpoint or one debit, and the caller gets the right answer, or what its case says."""
    results = run_all(mode, CASES, STEP, offset)
    assert {ran.case for ran in results} == {case.name for case in CASES}
    assert [f"{ran.case}, {ran.cut}: {ran.wrong}" for ran in results if ran.wrong] == []


def test_a_client_that_is_closed_is_held_no_more(mode: Mode, sandbox: Sandbox) -> None:
    """A run makes thousands; were they kept, each full pass of the garbage collector would stall it for seconds."""
    client = mode.client(sandbox.base_url, api_key=sandbox.api_key)
    mode.run(client.models.list())
    mode.close(client)
    kept = weakref.ref(client)
    del client
    gc.collect()
    assert kept() is None
