"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from body_fields.yaml. Do not edit: change that file and run `python -m generator --spec body_fields.yaml --output body_fields`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .types import (
    Call,
    Operation,
    encode_body,
    require,
)

CREATE_PET = Operation(
    id="create_pet",
    method="POST",
    path="/pets",
    no_content=True,
    authorization=False,
)


def create_pet(*, name: str | None, size: Literal["small", "large"] | str = "small") -> Call[None]:
    """Call `POST /pets`.

    Args:
        name: Its name.
        size: Default: `"small"`.

    Raises:
        ValueError: `name` is None or empty.

    """
    return Call(operation=CREATE_PET, path="/pets", body=encode_body({"name": require("name", name), "size": size}))


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (CREATE_PET,)}
