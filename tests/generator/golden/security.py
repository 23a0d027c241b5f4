"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from security.yaml. Do not edit: change that file and run `python -m generator --spec security.yaml --output security`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from .types import (
    Call,
    Operation,
)

READ_SECRET = Operation(
    id="read_secret",
    method="GET",
    path="/secret",
    no_content=True,
    idempotent=True,
    server="https://vault.test",
    authorization=False,
    security=("token",),
)


def read_secret() -> Call[None]:
    """Call `GET /secret`."""
    warnings.warn("read_secret is deprecated", DeprecationWarning, stacklevel=2)
    return Call(operation=READ_SECRET, path="/secret")


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (READ_SECRET,)}
