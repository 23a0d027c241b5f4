"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from several_statuses.yaml. Do not edit: change that file and run `python -m generator --spec several_statuses.yaml --output several_statuses`.
"""

from __future__ import annotations

from collections.abc import Mapping

from .models import (
    Cat,
)
from .types import (
    Call,
    Operation,
    Result,
)

READ_REPORT = Operation(
    id="read_report",
    method="GET",
    path="/report",
    by_status={
        "200": Result(
            media="text",
        ),
        "202": Result(
            response_type=Cat,
        ),
        "204": Result(media="none"),
    },
    idempotent=True,
    accept="text/csv, application/json",
    authorization=False,
)


def read_report() -> Call[str | Cat | None]:
    """Call `GET /report`."""
    return Call(operation=READ_REPORT, path="/report")


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (READ_REPORT,)}
