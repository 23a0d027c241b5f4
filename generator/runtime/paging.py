"""Calls whose result is one page of many: the items of a page, and the call of the page that follows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Generic, Literal, Self, TypeVar, cast

import attrs

from .encoding import encode_query
from .types import Call, Origin, View

P = TypeVar("P")
I = TypeVar("I")  # noqa: E741  # An item.


@attrs.frozen(kw_only=True)
class Pages:
    """How the pages of an operation follow each other. A path is a tuple of properties."""

    style: Literal["cursor", "page", "offset"]
    parameter: str
    """The query parameter, or the field of the body, that selects the page."""
    in_body: bool = False
    first: int = 0
    """The number of the first page, or the first offset."""
    items: tuple[str, ...] = ()
    """The path of the items; empty if the result is their list."""
    next: tuple[str, ...] = ()
    """The path of the next page's cursor."""
    last: tuple[str, ...] = ()
    """The path of that cursor in the last item."""
    more: tuple[str, ...] = ()
    """The path of what is absent, null, false or empty on the last page."""
    total: tuple[str, ...] = ()
    """The path of the number of all pages, or of all items where the style is offset."""


@attrs.frozen(eq=False, kw_only=True)
class PagedCall(Call[P], Generic[P, I]):
    """A call whose result is one page. Sending it gives that page."""

    pages: Pages

    def items(self, page: P) -> list[I]:
        """Return the items of a page."""
        found = _at(page, self.pages.items)
        return [] if found is None else cast("list[I]", found)

    def following(self, page: P) -> Self | None:
        """Return the call of the page after `page`, the result of this call; None after the last one."""
        pages, items = self.pages, self.items(page)
        if pages.more and not _at(page, pages.more):
            return None
        name = pages.parameter
        here = (self.body or {}).get(name) if pages.in_body else dict(self.query).get(name)
        if pages.style == "cursor":
            value = _at(page, pages.next) if pages.next else _at(items[-1], pages.last) if items else None
            if value is not None and str(value) == str(here):
                origin: Origin = getattr(page if pages.next else items[-1], "_origin", None) or View.make_origin(None)
                path = f"$.{'.'.join(pages.next or pages.last)}"
                raise origin.decode_error(path, f"another cursor than {here!r}, that of this page", value)
            return None if value is None or value == "" else self._moved(value)
        number = (pages.first if here is None else int(here)) + (1 if pages.style == "page" else len(items))
        total = _at(page, pages.total) if pages.total else None
        return None if not items or (total is not None and number - pages.first >= total) else self._moved(number)

    def iterate(self, send: Callable[[Call[P]], P]) -> Iterator[I]:
        """Yield the items of this page and of all that follow. Each page is requested when it is reached.

        Args:
            send: What sends a call and returns its result, such as `client.call`.

        """
        call: PagedCall[P, I] | None = self
        while call is not None:
            page = send(call)
            yield from call.items(page)
            call = call.following(page)

    async def aiterate(self, send: Callable[[Call[P]], Awaitable[P]]) -> AsyncIterator[I]:
        """Yield the items of this page and of all that follow, as `iterate` does, with an async `send`."""
        call: PagedCall[P, I] | None = self
        while call is not None:
            page = await send(call)
            for item in call.items(page):
                yield item
            call = call.following(page)

    def _moved(self, value: Any) -> Self:
        name = self.pages.parameter
        if self.pages.in_body:
            return attrs.evolve(self, body={**(self.body or {}), name: value})
        others = tuple(pair for pair in self.query if pair[0] != name)
        return attrs.evolve(self, query=(*others, *encode_query({name: value})))


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what is at a path; None if an object on the way is absent."""
    for name in path:
        value = None if value is None else getattr(value, name)
    return value
