"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from multipart.yaml. Do not edit: change that file and run `python -m generator --spec multipart.yaml --output multipart`.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import bodies
from .types import (
    UNSET,
    Call,
    Operation,
    Unset,
)

UPLOAD_PICTURE = Operation(
    id="upload_picture",
    method="POST",
    path="/pictures",
    no_content=True,
    content_type="multipart/form-data",
    authorization=False,
)


def upload_picture(*, file: bodies.FileParam, note: str | Unset = UNSET) -> Call[None]:
    """Call `POST /pictures`."""
    return Call(
        operation=UPLOAD_PICTURE,
        path="/pictures",
        content=bodies.encode_multipart({"file": file, "note": note}, files=frozenset({"file"})),
    )


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (UPLOAD_PICTURE,)}
