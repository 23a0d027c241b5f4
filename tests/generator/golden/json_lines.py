"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from json_lines.yaml. Do not edit: change that file and run `python -m generator --spec json_lines.yaml --output json_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping

from .models import (
    Cat,
)
from .types import (
    Operation,
    StreamCall,
)

READ_LINES = Operation(
    id="read_lines",
    method="GET",
    path="/lines",
    any_event=Cat,
    idempotent=True,
    stream_type="application/x-ndjson",
    authorization=False,
)


def read_lines() -> StreamCall[Cat]:
    """Call `GET /lines`."""
    return StreamCall(operation=READ_LINES, path="/lines")


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (READ_LINES,)}
