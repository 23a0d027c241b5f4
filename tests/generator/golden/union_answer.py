"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from union_answer.yaml. Do not edit: change that file and run `python -m generator --spec union_answer.yaml --output union_answer`.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import readers
from .models import (
    Cat,
    Dog,
)
from .types import (
    Call,
    Operation,
    View,
)

READ_PET = Operation(
    id="read_pet",
    method="GET",
    path="/pet",
    reader=readers.Tagged("kind", {"cat": Cat, "dog": Dog}),
    idempotent=True,
    authorization=False,
)


def read_pet() -> Call[Cat | Dog | View]:
    """Call `GET /pet`."""
    return Call(operation=READ_PET, path="/pet")


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (READ_PET,)}
