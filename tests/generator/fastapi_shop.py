"""A FastAPI application, of whose published document `test_fastapi_application` makes an SDK."""

import datetime as dt
import enum
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Depends, FastAPI, File, Form, Header, HTTPException, Path, Query, UploadFile
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, Field

KEY = "shop-key"


class Size(enum.StrEnum):
    """How large something is."""

    SMALL = "small"
    LARGE = "large"


class Book(BaseModel):
    """Something to read."""

    kind: Literal["book"] = "book"
    pages: int = Field(ge=1)


class Toy(BaseModel):
    """Something to play with."""

    kind: Literal["toy"] = "toy"
    ages: tuple[int, int]


class NewItem(BaseModel):
    """What to sell."""

    name: str = Field(min_length=1, max_length=40)
    price: float = Field(gt=0)
    size: Size = Size.SMALL
    detail: Annotated[Book | Toy, Field(discriminator="kind")]
    tags: set[str] = set()
    labels: dict[str, str] | None = None


class Item(NewItem):
    """What is sold."""

    id: uuid.UUID
    made: dt.datetime


class Page(BaseModel):
    """A page of items."""

    items: list[Item]
    total: int


class Receipt(BaseModel):
    """What was uploaded."""

    names: list[str]
    size: int
    note: str | None


class Progress(BaseModel):
    """How far an import is."""

    done: int
    of: int


bearer = HTTPBearer()
items: dict[uuid.UUID, Item] = {}
made = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)


def buyer(key: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    """Return who asks."""
    if key.credentials != KEY:
        raise HTTPException(401, "this key is unknown")
    return "ann"


def window(offset: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=50)] = 2) -> tuple[int, int]:
    """Return which items to list."""
    return offset, offset + limit


Found = Annotated[uuid.UUID, Path(description="The item's id.")]
public = APIRouter(tags=["public"])
router = APIRouter(prefix="/items", tags=["items"], dependencies=[Depends(buyer)])


@public.get("/health")
async def health() -> dict[str, str]:
    """Say that the shop is open."""
    return {"status": "ok"}


@public.get("/motd", response_class=PlainTextResponse)
async def motd(visits: Annotated[int, Cookie()] = 0) -> str:
    """Greet."""
    return f"visit {visits + 1}"


@public.get("/me")
async def who_am_i(name: Annotated[str, Depends(buyer)], x_trace: Annotated[str | None, Header()] = None) -> list[str]:
    """Return who asks, and from where."""
    return [name, x_trace or "-"]


@router.get("")
async def list_items(
    span: Annotated[tuple[int, int], Depends(window)],
    size: Size | None = None,
    tag: Annotated[list[str] | None, Query()] = None,
) -> Page:
    """List what is sold."""
    found = [one for one in items.values() if size in (None, one.size) and set(tag or ()) <= one.tags]
    return Page(items=found[slice(*span)], total=len(found))


@router.post("", status_code=201)
async def create_item(item: NewItem) -> Item:
    """Sell something."""
    one = Item(id=uuid.uuid5(uuid.NAMESPACE_DNS, item.name), made=made, **item.model_dump())
    items[one.id] = one
    return one


@router.get("/{item_id}", responses={404: {"description": "There is none."}})
async def read_item(item_id: Found) -> Item:
    """Return one."""
    if item_id not in items:
        raise HTTPException(404, "no such item")
    return items[item_id]


@router.get("/{item_id}/detail")
async def read_detail(item_id: Found) -> Book | Toy:
    """Return what is particular to it."""
    return items[item_id].detail


@router.delete("/{item_id}", status_code=204)
async def delete_item(item_id: Found) -> None:
    """Sell it no more."""
    del items[item_id]


@router.put("/{item_id}/pictures")
async def upload_pictures(
    item_id: Found,
    pictures: list[UploadFile],
    cover: Annotated[bytes, File()],
    note: Annotated[str | None, Form()] = None,
) -> Receipt:
    """Take pictures."""
    size = len(cover) + sum([len(await one.read()) for one in pictures])
    return Receipt(names=[one.filename or "" for one in pictures], size=size, note=note)


@router.get("/{item_id}/cover", response_class=Response, responses={200: {"content": {"image/png": {}}}})
async def cover(item_id: Found) -> Response:
    """Return its picture."""
    return Response(b"\x89PNG" + item_id.bytes, media_type="image/png")


@public.get("/export", response_class=StreamingResponse, responses={200: {"content": {"text/csv": {}}}})
async def export() -> StreamingResponse:
    """Send text, piece by piece."""
    return StreamingResponse(iter(["name,", "price\n"]), media_type="text/csv")


@public.post("/login")
async def login(user: Annotated[str, Form()], password: Annotated[str, Form()]) -> dict[str, int]:
    """Take a form."""
    return {user: len(password)}


@router.get("/{item_id}/watch", response_class=EventSourceResponse)
async def watch(item_id: Found, steps: int = 3) -> AsyncIterator[Progress]:
    """Send events."""
    for done in range(1, steps + 1):
        yield Progress(done=done, of=steps)


@router.get("/{item_id}/history")
async def history(item_id: Found) -> AsyncIterator[Progress]:
    """Send a line each."""
    yield Progress(done=1, of=2)
    yield Progress(done=2, of=2)


class Sold(BaseModel):
    """An item was sold."""

    type: Literal["item.sold"] = "item.sold"
    item: uuid.UUID


class Returned(BaseModel):
    """An item came back."""

    type: Literal["item.returned"] = "item.returned"
    reason: str


app = FastAPI(title="Shop", version="1.0.0")


@app.webhooks.post("item.sold")
def sold(event: Sold) -> None:
    """Tell of a sale."""


@app.webhooks.post("item.returned")
def returned(event: Returned) -> None:
    """Tell of a return."""


app.include_router(public)
app.include_router(router)
