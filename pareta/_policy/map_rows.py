"""The rows of a `map`: what of them is sent, under which idempotency key, and what comes of it. Pure."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from pareta_generated.types import encode_body

from .._content import strict_json
from .._exceptions import public
from .._tools import format_of, tools_of

if TYPE_CHECKING:
    from .._models import ChatCompletion
    from .map_lanes import Lane

R = TypeVar("R")


@public
@attrs.frozen(kw_only=True)
class MapResult(Generic[R]):
    """What came of one row: the completion or the error, never both."""

    index: int
    """The row's place in the inputs, from 0."""
    row: R
    """The row, as it was given."""
    completion: ChatCompletion | None
    """The answer; None where there is an error."""
    error: Exception | None
    """Why there is no answer."""
    attempts: int
    """How many requests it took; 0 where nothing was sent."""
    cost_micro_usd: int | None
    """What it cost; 0 where the server refused it. None: not known, and of an error, it may have been billed."""


@attrs.define(eq=False)
class MapRow:
    """A row on its way."""

    index: int
    value: Any
    """What the user gave."""
    arguments: dict[str, Any] = attrs.field(factory=dict[str, Any])
    """Keywords of `create` that are the row's own."""
    digest: str = ""
    """A hash of them, where the key follows from it."""
    name: str | None = None
    """What the user calls it, where a key follows from that."""
    lane: Lane | None = None
    key: str = ""
    attempts: int = 0
    failures: int = 0
    """Attempts that count: a 429 and a 503 do not."""
    bound: bool = False
    """Whether its endpoint may have answered, and billed, so that no other may be asked."""
    price: int | None = None
    begun: float = 0.0
    ended: float = 0.0
    completion: ChatCompletion | None = None
    error: Exception | None = None

    def result(self) -> MapResult[Any]:
        """Return what came of it."""
        return MapResult(
            index=self.index,
            row=self.value,
            completion=self.completion,
            error=self.error,
            attempts=self.attempts,
            cost_micro_usd=self.price if self.completion is not None else None if self.bound else 0,
        )


_OWN = ("stream", "stream_options", "idempotency_key", "max_retries", "deadline")


class ResultQueue:
    """Results that wait to be read: in the order of their rows, or as they came."""

    def __init__(self, *, ordered: bool) -> None:
        self._came: deque[MapResult[Any]] | None = None if ordered else deque()
        self._by_index: dict[int, MapResult[Any]] = {}
        self._next = 0

    def add(self, result: MapResult[Any]) -> None:
        """Take a result."""
        if self._came is None:
            self._by_index[result.index] = result
        else:
            self._came.append(result)

    @property
    def ready(self) -> bool:
        """Whether the next result is there."""
        return self._next in self._by_index if self._came is None else bool(self._came)

    def pop(self) -> MapResult[Any] | None:
        """Return the next result; None where it is not there yet."""
        if self._came is not None:
            return self._came.popleft() if self._came else None
        result = self._by_index.pop(self._next, None)
        self._next += result is not None
        return result


def refuse_own(extra: Mapping[str, Any]) -> None:
    """Raise TypeError for a keyword of `create` that `map` sets itself, or that is each row's."""
    for name in ("messages", *_OWN):
        if name in extra:
            raise TypeError(f"map() takes no {name}: it is the row's, or map's own. Nothing was sent.")


def arguments_of(row: Any, prompt: Callable[[Any], Any] | None) -> dict[str, Any]:
    """Return the keywords of `create` for a row; raise ValueError for one that has no messages."""
    value = _without_array(row if prompt is None else prompt(row))
    kind: Any = value.__class__
    if isinstance(value, str):
        return {"messages": [{"role": "user", "content": value}]}
    if issubclass(kind, Mapping) and (messages := _without_array(value.get("messages"))):
        # A row has columns of its own; what `prompt` returns is meant to be sent.
        return {"messages": messages} if prompt is None else _converted(value)
    if issubclass(kind, Sequence) and value and not issubclass(kind, bytes | bytearray):
        return {"messages": value}
    what = "a row" if prompt is None else "what prompt returns"
    raise ValueError(f"{what} must be a text, a list of messages, or a dict with messages, not {kind.__name__}")


def _without_array(value: Any) -> Any:
    """Return a list for an array of NumPy, which Ray and pandas make of one, and which has no truth."""
    return value.tolist() if hasattr(value, "tolist") else value


def _converted(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return keywords of `create` as JSON values, so that they can be compared."""
    converted = dict(arguments)
    for name in ("model", *_OWN):
        if name in converted:
            raise ValueError(f"prompt must not return {name}: it is the same for all rows, or map's own")
    for name, convert in (("tools", tools_of), ("response_format", format_of)):
        if name in converted:
            converted[name] = convert(converted[name])
    return converted


def digest_of(arguments: Mapping[str, Any]) -> str:
    """Return a hash of arguments, the same in each process; raise ValueError for what is no JSON."""
    return blake2b(strict_json.encode(encode_body(arguments)), digest_size=12).hexdigest()


def key_of(journal_id: str | None, row: MapRow, model: str) -> str:
    """Return the idempotency key of a row: it follows from its name, or from the journal and its place, if it can."""
    if row.name is None and journal_id is None:
        return os.urandom(16).hex()
    own = f"name {row.name}" if row.name is not None else f"{journal_id} {row.index}"
    return blake2b(f"{model} {row.digest} {own}".encode(), digest_size=16).hexdigest()
