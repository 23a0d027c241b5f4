"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from event_stream.yaml. Do not edit: change that file and run `python -m generator --spec event_stream.yaml --output event_stream`.
"""

from __future__ import annotations

from collections.abc import Mapping

from .models import (
    Cat,
    Dog,
)
from .types import (
    Operation,
    StreamCall,
)

WATCH = Operation(
    id="watch",
    method="GET",
    path="/events",
    events={"cat": Cat, "dog": Dog},
    terminal=frozenset({"dog"}),
    idempotent=True,
    authorization=False,
)


def watch() -> StreamCall[Cat | Dog]:
    """Call `GET /events`."""
    return StreamCall(operation=WATCH, path="/events")


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (WATCH,)}
