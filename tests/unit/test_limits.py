"""What is too long in a stream, and when that is told."""

from __future__ import annotations

from typing import Any

import pytest

from pareta import APIResponseError, Headers, Response
from pareta._content.deploy_stream import DeployStreamParser
from pareta._content.event_stream import EventStreamParser
from pareta_generated import api

RESPONSE = Response(method="POST", url="https://api.pareta.ai/v1/endpoints", status_code=200, headers=Headers())
PROGRESS = b'event: progress\ndata: {"stage":"pulling weights","pct":45}\n\n'
COMPLETE = b'event: complete\ndata: {"endpoint":{"id":"ep_1"}}\n\n'
TOO_LONG = b"data: " + b"x" * 300


def readings() -> list[Any]:
    """Return a reading of each kind, for lines of up to 250 bytes."""
    return [DeployStreamParser(RESPONSE, 1000), EventStreamParser(api.deploy_endpoint(task="t"), RESPONSE, 1000)]


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_too_long_comes_after_what_was_complete(place: int) -> None:
    """Events that share a piece with a line beyond the limit are delivered before the error."""
    events = readings()[place].feed(PROGRESS * 2 + TOO_LONG)
    assert len([next(events), next(events)]) == 2
    with pytest.raises(APIResponseError, match="a line is longer than 250 bytes"):
        next(events)


@pytest.mark.parametrize("place", [0, 1])
def test_nothing_too_long_is_seen_after_the_end(place: int) -> None:
    """What follows the last event in its piece may be of any length."""
    reading = readings()[place]
    assert len(list(reading.feed(PROGRESS + COMPLETE + TOO_LONG))) == 2
    assert reading.done
