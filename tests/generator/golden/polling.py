"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from polling.yaml. Do not edit: change that file and run `python -m generator --spec polling.yaml --output polling`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from . import polling
from .models import (
    Job,
)
from .types import (
    Call,
    Operation,
    quote_segment,
)

START_JOB = Operation(
    id="start_job",
    method="POST",
    path="/{owner}/jobs",
    response_type=Job,
    authorization=False,
)
START_JOB_POLLING = polling.Polling(
    id=("id",), parameter="job_id", state=("state",), done=("succeeded",), failed=("failed", "lost"), interval=5
)


def start_job(owner: str | None) -> polling.PolledCall[Job, Job]:
    """Call `POST /{owner}/jobs`.

    Raises:
        ValueError: `owner` is None, empty, or not allowed in a URL path.

    """
    return polling.PolledCall(
        operation=START_JOB,
        path=f"/{quote_segment('owner', owner)}/jobs",
        response_type=Job,
        poll=functools.partial(read_job, owner=owner),
        polling=START_JOB_POLLING,
    )


READ_JOB = Operation(
    id="read_job",
    method="GET",
    path="/{owner}/jobs/{job_id}",
    response_type=Job,
    idempotent=True,
    authorization=False,
)


def read_job(owner: str | None, job_id: str | None) -> Call[Job]:
    """Call `GET /{owner}/jobs/{job_id}`.

    Raises:
        ValueError: `owner` or `job_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=READ_JOB,
        path=f"/{quote_segment('owner', owner)}/jobs/{quote_segment('job_id', job_id)}",
        response_type=Job,
    )


OPERATIONS: Mapping[str, Operation] = {
    operation.id: operation
    for operation in (
        START_JOB,
        READ_JOB,
    )
}
