"""What the generated models and operations are built from: pure values, no I/O.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any, ClassVar, Final, Generic, Literal, Self, TypeGuard, TypeVar, cast, final
from urllib.parse import quote

import attrs

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
V = TypeVar("V", bound="View")
F = TypeVar("F", bound="Feed")
JSON = dict[str, Any]


@final
class Unset:
    """The type of `UNSET`: an argument that was not given, where `None` would be sent as null."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()


class UnreadableError(ValueError):
    """An answer does not have the shape that the document gives it."""


class Origin:
    """Where a view came from: the answer's request id, and the whole JSON value that it stands in.

    Every view of one answer shares one origin. A client may subclass it, so that what
    cannot be read is raised as an exception of its own that names the call.
    """

    __slots__ = ("request_id", "root")

    def __init__(self, root: Any, request_id: str | None = None) -> None:
        self.root = root
        self.request_id = request_id

    def unreadable(self, path: str, expected: str, found: Any) -> Exception:
        """Return the exception for a value at JSON path `path` that is not what it should be."""
        return UnreadableError(f"{path}: expected {expected}, found {kind_of(found)}")

    def misshapen(self, node: JSON, key: str, expected: str, found: Any) -> Exception:
        """Return the exception for the value at `key` of `node`, whose path is found only now."""
        return self.unreadable(f"{_find(self.root, node) or '$'}.{key}", expected, found)

    def at(self, root: Any) -> Self:
        """Return this origin with another root: a part that is taken out of an answer."""
        other = copy.copy(self)
        other.root = root
        return other


_KINDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def kind_of(value: Any) -> str:
    """Name the JSON type of `value`, for an error's text."""
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "a number")


def is_object(value: Any) -> TypeGuard[JSON]:
    """Return whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether `value` is a JSON array."""
    return isinstance(value, list)


def _find(root: Any, node: Any) -> str | None:
    """Return the JSON path from `root` to the object that is `node`; a stack, since JSON may be deep."""
    stack: list[tuple[Any, str]] = [(root, "$")]
    while stack:
        here, path = stack.pop()
        if here is node:
            return path
        if is_object(here):
            stack.extend((value, f"{path}.{key}") for key, value in here.items())
        elif is_array(here):
            stack.extend((value, f"{path}[{index}]") for index, value in enumerate(here))
    return None


@attrs.define(eq=False, repr=False)
class View:
    """A JSON object from the API: typed properties over exactly what the server sent.

    Reading never fails on what a newer server adds or leaves out: a field that is absent, null or
    of another scalar type reads as None (a list as `[]`), and everything stays in `to_dict()`.
    """

    _raw: JSON
    _origin: Origin
    _kept: dict[str, Any] | None = attrs.field(init=False, default=None)

    make_origin: ClassVar[Callable[[Any], Origin]] = Origin

    @classmethod
    def from_dict(cls, raw: JSON, origin: Origin | None = None) -> Self:
        """Wrap `raw`, a JSON object. It is neither copied nor walked, so the cost does not depend on its size."""
        origin = View.make_origin(raw) if origin is None else origin
        if not isinstance(raw, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise origin.unreadable("$", f"an object ({cls.__name__})", raw)
        return cls(raw, origin)

    def to_dict(self) -> JSON:
        """Return the server's JSON object, whole, as a copy of one's own."""
        return copied(self._raw)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the raw JSON value at `key`, or `default` where the server sent none."""
        return self._raw.get(key, default)

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` of the answer that this object came in."""
        return self._origin.request_id

    def __getitem__(self, key: str) -> Any:
        if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{type(self).__name__} keys are strings, not {type(key).__name__}")
        return self._raw[key]

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # Equal by a dict, which has no hash.

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View) or type(other) is not type(self):
            return NotImplemented
        return self._raw == other._raw

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={_brief(value)}" for key, value in self._raw.items())
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._raw, self._origin.at(self._raw)))

    def _one(self, key: str, view: type[V]) -> V | None:
        """Return the object at `key` as a view, the same one each time; None where there is none."""
        kept = self._kept
        if kept is not None and key in kept:
            found: V = kept[key]
            return found
        value = self._raw.get(key)
        if value is None:
            return None
        if not is_object(value):
            raise self._origin.misshapen(self._raw, key, f"an object ({view.__name__})", value)
        made = view(value, self._origin)
        if kept is None:
            self._kept = {key: made}
        else:
            kept[key] = made
        return made

    def _one_due(self, key: str, view: type[V]) -> V:
        """Return the object at `key`, which the document requires; an empty view where there is none."""
        return self._one(key, view) or view({}, self._origin)

    def _many(self, key: str, view: type[V]) -> list[V]:
        """Return the objects of the list at `key` as views, built once; `[]` where there is none."""
        kept = self._kept
        if kept is not None and key in kept:
            views: list[V] = kept[key]
            return views
        found: list[Any] | None = self._raw.get(key)
        if type(found) is list and len(found) == 1 and is_object(one := found[0]):  # As in nearly every chunk.
            made = [view(one, self._origin)]
        else:
            made = views_of(view, entries(self._raw, key, dict, self._origin), self._origin)
        if kept is None:
            self._kept = {key: made}
        else:
            kept[key] = made
        return made

    def _values(self, key: str, kind: type[T] | tuple[type[T], ...]) -> list[T]:
        """Return the scalars of the list at `key`; `[]` where there is none."""
        return entries(self._raw, key, kind, self._origin)

    def _mapping(self, key: str) -> JSON | None:
        """Return the free-form object at `key`, raw; None where there is none."""
        return mapping(self._raw, key, self._origin)


class Feed(JSON):
    """A JSON object from the API that is a plain dict in every respect, with typed properties beside.

    For readings that people print, dump and tabulate. `feed["key"]` and `feed.key` read the same;
    the property is typed, and None (a list `[]`) where the server sent nothing usable.
    """

    __slots__ = ("_origin",)
    _origin: Origin

    @classmethod
    def from_dict(cls, raw: JSON, origin: Origin | None = None) -> Self:
        """Make the feed of `raw`, a JSON object."""
        origin = View.make_origin(raw) if origin is None else origin
        if not isinstance(raw, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise origin.unreadable("$", f"an object ({cls.__name__})", raw)
        feed = cls(raw)
        feed._origin = origin
        return feed

    def to_dict(self) -> JSON:
        """Return the server's JSON object as a plain dict of one's own."""
        return copied(dict(self))

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` of the answer that this reading came in; None for one made by hand."""
        return self._from().request_id

    def __reduce__(self) -> tuple[Any, ...]:
        raw = dict(self)
        return (_feed_again, (type(self), raw, self._from().at(raw)))

    def _from(self) -> Origin:
        try:
            return self._origin
        except AttributeError:  # Made by hand, as any dict may be.
            return View.make_origin(self)

    def _one(self, key: str, feed: type[F]) -> F | None:
        value = mapping(self, key, self._from())
        return None if value is None else feed.from_dict(value, self._from())

    def _many(self, key: str, feed: type[F]) -> list[F]:
        origin = self._from()
        found: list[JSON] = entries(self, key, dict, origin)
        return [feed.from_dict(entry, origin) for entry in found]

    def _values(self, key: str, kind: type[T] | tuple[type[T], ...]) -> list[T]:
        return entries(self, key, kind, self._from())

    def _mapping(self, key: str) -> JSON | None:
        return mapping(self, key, self._from())


def _feed_again(feed: type[F], raw: JSON, origin: Origin) -> F:
    return feed.from_dict(raw, origin)


def entries(raw: JSON, key: str, kind: type[T] | tuple[type[T], ...], origin: Origin) -> list[T]:
    """Return the list at `key`, every entry of which must be of `kind`; `[]` where there is none."""
    value = raw.get(key)
    if value is None:
        return []
    if not is_array(value):
        raise origin.misshapen(raw, key, "an array", value)
    if _are_all(value, kind):
        return value
    for index, entry in enumerate(value):
        if not isinstance(entry, kind) or (isinstance(entry, bool) and kind not in (bool, object)):
            expected = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
            raise origin.misshapen(raw, f"{key}[{index}]", expected, entry)
    return value


def _are_all(values: list[Any], kind: Any) -> bool:
    """Return whether all values are of just the type `kind`, without a step of Python's for each."""
    return list(map(type, values)).count(kind) == len(values)


def views_of(view: type[V], found: list[JSON], origin: Origin) -> list[V]:
    """Return a view of each of the objects.

    Of a long list, all views are made before the first is filled: while objects are made, garbage is looked for
    now and then, and views that are full lead that search through the whole answer.
    """
    if len(found) < 5:  # noqa: PLR2004
        return [view(raw, origin) for raw in found]
    views: list[Any] = list(map(object.__new__, repeat(view, len(found))))
    for each, raw in zip(views, found, strict=True):
        each._raw, each._origin, each._kept = raw, origin, None  # noqa: SLF001
    return views


def mapping(raw: JSON, key: str, origin: Origin) -> JSON | None:
    """Return the object at `key`, raw; None where there is none."""
    value = raw.get(key)
    if value is None or is_object(value):
        return value
    raise origin.misshapen(raw, key, "an object", value)


def integer(value: Any) -> int | None:
    """Read a JSON integer, of which 7.0 is one; anything else reads as None."""
    if type(value) is int:
        return value
    return int(value) if isinstance(value, float) and value.is_integer() else None


def number(value: Any) -> float | None:
    """Read a JSON number; anything else, a boolean too, reads as None."""
    return value if type(value) in (int, float) else None


def boolean(value: Any) -> bool | None:
    """Read a JSON boolean; anything else reads as None."""
    return value if isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """Read an ISO 8601 date-time as an aware datetime, UTC where it names no zone; else None."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        # The forms that the standard library leaves out are rare: its import is not paid by others.
        from dateutil.parser import isoparse  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415

        try:
            found = isoparse(value)
        except (ValueError, OverflowError):
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def plain(value: Any) -> Any:
    """Return the JSON form of an argument: views as they came, mappings as dicts, what was not given left out."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, View):
        return value.to_dict()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        fields = cast("Mapping[Any, Any]", value)  # type: ignore[redundant-cast]  # Not to each type checker.
        return {key: plain(item) for key, item in fields.items() if item is not UNSET}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        items = cast("Sequence[Any]", value)  # type: ignore[redundant-cast]
        return [plain(item) for item in items]
    return cast("Any", value)  # Not JSON: the encoder says so, and names its type.


def segment(name: str, value: str | None) -> str:
    """Quote one path segment. What would address another resource, or nothing, is refused."""
    if value is None or value == "":
        raise ValueError(f"{name} is {'None' if value is None else 'empty'}")
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{name} must be a str, not {type(value).__name__}")  # noqa: TRY004
    if value in (".", "..") or any(ord(char) < 32 or ord(char) == 127 for char in value):  # noqa: PLR2004
        raise ValueError(f"{name} cannot stand in a URL: {value!r}")
    return quote(value, safe="")


def due(name: str, value: T | None) -> T:
    """Return `value`, which the API requires: neither None nor empty."""
    if value is None:
        raise ValueError(f"{name} is None")
    if isinstance(value, Sized) and len(value) == 0:
        raise ValueError(f"{name} is empty")
    return value


def body_of(given: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> JSON:
    """Return the body of a request: the arguments that were given, and what the document does not declare."""
    try:
        body: JSON = plain(given)
        further: JSON = plain(extra or {})
    except RecursionError:
        raise ValueError("the arguments are nested too deep, or hold themselves") from None
    for name in further:
        if name in body:
            raise ValueError(f"{name} is given twice: as an argument and as a further field")
    return body | further


def header_fields(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that were given, as text."""
    return dict(pairs(given))


def pairs(query: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> tuple[tuple[str, str], ...]:
    """Return the query's parameters as text: None left out, a list repeated, true and false, ISO 8601."""
    for name in extra or ():
        if query.get(name, UNSET) not in (None, UNSET):
            raise ValueError(f"{name} is given twice: as an argument and as a further parameter")
    return tuple(
        (name, _parameter(item))
        for name, value in (*query.items(), *(extra or {}).items())
        for item in (cast("Iterable[Any]", value) if isinstance(value, list | tuple | set | frozenset) else (value,))
        if item is not None and item is not UNSET
    )


def _parameter(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return value.isoformat() if isinstance(value, date) else str(value)
    except RecursionError:
        raise ValueError("a parameter is nested too deep") from None


def _brief(value: Any, *, within: bool = False) -> str:
    """Return `value` for a view's repr: objects in short, lists by their length, long text cut."""
    if is_array(value) and value:
        return f"[{len(value)} item{'s' if len(value) > 1 else ''}]"
    if is_object(value) and value:
        return "{…}" if within else "{" + ", ".join(f"{k!r}: {_brief(v, within=True)}" for k, v in value.items()) + "}"
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}…'"  # noqa: PLR2004


def copied(value: T) -> T:
    """Return a copy of a JSON value, however deep it is."""
    top: list[Any] = [value]
    stack: list[Any] = [top]
    while stack:
        node: Any = stack.pop()
        places: Any = node.items() if hasattr(node, "items") else enumerate(node)
        for place, item in list(places):
            if is_object(item) or is_array(item):
                node[place] = item.copy()
                stack.append(node[place])
    result: T = top[0]
    return result


@attrs.frozen(eq=False, kw_only=True)
class Operation:
    """One operation of the API, as its OpenAPI document describes it."""

    id: str
    method: str
    path: str
    """The path's template: `/v1/things/{thing_id}`."""
    answer: type[View | Feed] | None = None
    """The class of the JSON answer, or of its entries where it is an array."""
    many: bool = False
    """Whether the answer is a JSON array."""
    empty: bool = False
    """Whether the answer carries nothing to read."""
    events: Mapping[str, type[View]] = attrs.field(factory=dict[str, type[View]])
    """The payload's class by the event's name, for an answer in server-sent events (`message` where it has none)."""
    done: str | None = None
    """The data that ends a stream and is no JSON."""
    repeatable: bool = False
    """Whether sending it twice does what sending it once does, by the meaning of its method."""
    headers: frozenset[str] = frozenset()
    """The request headers that it declares, in lower case."""


@attrs.frozen(eq=False, kw_only=True)
class Request:
    """What `Call` and `StreamCall` share: an operation with its arguments, ready for a transport."""

    operation: Operation
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    body: JSON | None = None


@attrs.frozen(eq=False, kw_only=True)
class Call(Request, Generic[T_co]):
    """An operation with its arguments, answered once."""

    answer: type[View | Feed] | None = None
    """What reads the answer: `operation.answer`, or a subclass of it."""

    def read(self, raw: Any, origin: Origin) -> T_co:
        """Return what the operation returns, made of the JSON value `raw`. Only its outermost shape is checked."""
        if self.operation.empty:
            return cast("T_co", None)
        answer = self.answer
        if self.operation.many:
            return cast("T_co", entries_of(raw, answer, origin))
        return cast("T_co", raw if answer is None else answer.from_dict(raw, origin))


@attrs.frozen(eq=False, kw_only=True)
class StreamCall(Request, Generic[T_co]):
    """An operation with its arguments, answered in server-sent events."""

    def read(self, event: str, raw: JSON, origin: Origin) -> T_co:
        """Return the payload of one event; one that the document does not name is a plain `View`."""
        return cast("T_co", self.operation.events.get(event, View).from_dict(raw, origin))


def entries_of(raw: Any, answer: type[View | Feed] | None, origin: Origin) -> list[Any]:
    """Return the entries of an answer that is an array."""
    if not is_array(raw):
        raise origin.unreadable("$", "an array", raw)
    if answer is None:
        return raw
    if not _are_all(raw, dict):
        for index, entry in enumerate(raw):
            if not is_object(entry):
                raise origin.unreadable(f"$[{index}]", f"an object ({answer.__name__})", entry)
    if issubclass(answer, View):
        return views_of(answer, raw, origin)
    return [answer.from_dict(entry, origin) for entry in raw]
