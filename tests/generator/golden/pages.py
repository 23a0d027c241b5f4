"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from pages.yaml. Do not edit: change that file and run `python -m generator --spec pages.yaml --output pages`.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import paging
from .models import (
    Cat,
    CatPage,
)
from .types import (
    Operation,
    encode_query,
)

LIST_CATS = Operation(
    id="list_cats",
    method="GET",
    path="/cats",
    response_type=CatPage,
    idempotent=True,
    authorization=False,
)
LIST_CATS_PAGES = paging.Pages(style="cursor", parameter="after", items=("data",), next=("meta", "next"))


def list_cats(*, after: str | None = None) -> paging.PagedCall[CatPage, Cat]:
    """Call `GET /cats`."""
    return paging.PagedCall(
        operation=LIST_CATS,
        path="/cats",
        query=encode_query({"after": after}),
        response_type=CatPage,
        pages=LIST_CATS_PAGES,
    )


OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in (LIST_CATS,)}
