"""What a stream costs does not grow with its length: neither the work for an event, nor what is kept."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pareta import Headers, Response
from pareta._content.chat_stream import ChatStreamParser
from pareta._content.deploy_stream import DeployStreamParser

RESPONSE = Response(method="POST", url="https://api.pareta.ai/v1/x", status_code=200, headers=Headers())
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'
PROGRESS = b'event: progress\ndata: {"stage":"pulling weights","pct":45}\n\n'
Read = Callable[[int], None]


def read(reading: Any, event: bytes, count: int) -> Iterator[Any]:
    """Feed an event so often, one at a time and then many at a time."""
    for _ in range(count // 2):
        yield from reading.feed(event)
    for _ in range(count // 100):
        yield from reading.feed(event * 50)


def chat(count: int) -> None:
    """Read a chat stream and each chunk's text."""
    assert (
        sum(len(each.choices[0].delta.content or "") for each in read(ChatStreamParser(RESPONSE), CHUNK, count))
        == count
    )


def deploy(count: int) -> None:
    """Read a deploy stream."""
    assert sum(each["data"]["pct"] == 45 for each in read(DeployStreamParser(RESPONSE), PROGRESS, count)) == count


def calls(run: Read, count: int) -> int:
    """Count the functions that are called."""
    found = 0

    def profile(_frame: Any, kind: str, _argument: Any) -> None:
        nonlocal found
        found += kind in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        run(count)
    finally:
        sys.setprofile(before)
    return found


def peak(run: Read, count: int) -> int:
    """Measure the most memory that is held at a time."""
    tracemalloc.start()
    try:
        run(count)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("run", [chat, deploy])
def test_an_event_costs_the_same_in_a_long_stream(run: Read) -> None:
    """The calls for an event of 20,000 are those for one of 1,000."""
    run(100)  # What is done once is done.
    assert calls(run, 20_000) / 20_000 == pytest.approx(calls(run, 1_000) / 1_000, rel=0.02)


def test_a_long_deployment_is_not_kept() -> None:
    """Reading 20,000 events holds no more than reading 1,000."""
    deploy(1_000)
    assert peak(deploy, 20_000) < 1.5 * peak(deploy, 1_000) + 10_000


def test_of_a_long_completion_the_text_is_kept() -> None:
    """Reading 20,000 chunks holds their text, some bytes a chunk, and none of the chunks."""
    chat(1_000)
    assert peak(chat, 20_000) < peak(chat, 1_000) + 20_000 * 10
