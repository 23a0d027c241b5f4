"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from parameters.yaml. Do not edit: change that file and run `python -m generator --spec parameters.yaml --output parameters`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import styles
from .models import (
    RetrievePetFilterParam,
)
from .types import (
    Call,
    Operation,
    encode_headers,
    quote_segment,
)

RETRIEVE_PET = Operation(
    id="retrieve_pet",
    method="GET",
    path="/pets/{pet_id}",
    no_content=True,
    idempotent=True,
    headers=frozenset({"x-trace"}),
    authorization=False,
)


def retrieve_pet(
    pet_id: int | None,
    *,
    ids: Sequence[str] | None = None,
    filter: RetrievePetFilterParam | None = None,
    x_trace: str | None = None,
    session: str | None = None,
) -> Call[None]:
    """Call `GET /pets/{pet_id}`.

    Raises:
        ValueError: `pet_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=RETRIEVE_PET,
        path=f"/pets/{quote_segment('pet_id', None if pet_id is None else str(pet_id))}",
        query=styles.styled_query("ids", ids, "pipeDelimited", explode=False)
        + styles.styled_query("filter", filter, "deepObject", explode=True),
        headers=encode_headers({"Cookie": styles.cookies({"session": session}), "X-Trace": x_trace}),
    )


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (RETRIEVE_PET,)}
