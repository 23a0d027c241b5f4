"""JSON objects of a response as typed views; reading one does not copy it.

Copied from generator/runtime/views.py. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, KeysView
from itertools import repeat
from typing import Any, ClassVar, Self, TypeVar

from .interchange import Interchange, short_repr, to_text
from .json_values import JSON, Origin, deep_copy, is_array, is_object, read_array, read_by, read_object

T = TypeVar("T")
V = TypeVar("V", bound="View")
D = TypeVar("D", bound="DictView")


class View(Interchange):
    """A JSON object from the API, with typed properties.

    Reading does not fail when a newer server adds or omits fields. A field that is absent, null or
    of another scalar type reads as None (a list as `[]`). `dict(view)` and `**view` have the server's
    keys and values; nested ones are shared, as by a copy of a dict. `to_dict()` copies all.
    """

    __slots__ = ("__weakref__", "_cache", "_origin", "_raw")

    make_origin: ClassVar[Callable[[Any], Origin]] = Origin

    def __init__(self, raw: JSON, origin: Origin) -> None:
        self._raw = raw
        self._origin = origin
        self._cache: dict[str, Any] | None = None

    @classmethod
    def from_dict(cls, raw: JSON, origin: Origin | None = None) -> Self:
        """Make a view of the JSON object `raw`, without copying it: the cost does not depend on its size."""
        origin = View.make_origin(raw) if origin is None else origin
        if not isinstance(raw, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise origin.decode_error("$", f"an object ({cls.__name__})", raw)
        return cls(raw, origin)

    def to_dict(self) -> JSON:
        """Return a deep copy of the server's JSON object."""
        return deep_copy(self._raw)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the server's JSON object as text: compact, or indented by so many spaces."""
        return to_text(self._raw, indent)

    def keys(self) -> KeysView[str]:
        """Return the keys that the server sent."""
        return self._raw.keys()

    def get(self, key: str, default: Any = None) -> Any:
        """Return the raw JSON value at `key`, or `default` if the server did not send it."""
        return self._raw.get(key, default)

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` header of the response."""
        return self._origin.request_id

    def __getitem__(self, key: str) -> Any:
        if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{type(self).__name__} keys are strings, not {type(key).__name__}")
        return self._raw[key]

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # Compares by a dict, which has no hash.

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, View) or type(other) is not type(self):
            return NotImplemented
        return self._raw == other._raw

    _repr_pretty_ = Interchange._repr_pretty_  # IPython looks where `__repr__` is.

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={short_repr(value)}" for key, value in self._raw.items())
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._raw, self._origin.with_root(self._raw)))

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        for key, value in self._raw.items():
            yield key, self._as_views(key, value) if is_object(value) or is_array(value) else value

    def _as_views(self, key: str, value: Any) -> Any:
        """Return the view or the list of views that `key` reads as; else `value`, since printing never fails."""
        try:
            found: Any = getattr(self, key)
        except Exception:  # No property has that name, or it is of another shape.
            return value
        return found if isinstance(found[0] if is_array(found) and found else found, View) else value

    def _one(self, key: str, view: type[V]) -> V | None:
        """Return the object at `key` as a view, the same view each time; None if it is absent."""
        cache = self._cache
        if cache is not None and key in cache:
            found: V = cache[key]
            return found
        value = self._raw.get(key)
        if value is None:
            return None
        if value.__class__ is not dict and not is_object(value):
            raise self._origin.field_error(self._raw, key, f"an object ({view.__name__})", value)
        made = view(value, self._origin)
        if cache is None:
            self._cache = {key: made}
        else:
            cache[key] = made
        return made

    def _one_required(self, key: str, view: type[V]) -> V:
        """Return the object at `key`, which the document requires; an empty view if it is absent."""
        value: Any = self._raw.get(key)
        if self._cache is None and value.__class__ is dict:  # Nearly every chunk.
            made = view(value, self._origin)
            self._cache = {key: made}
            return made
        return self._one(key, view) or view({}, self._origin)

    def _many(self, key: str, view: type[V]) -> list[V]:
        """Return the objects of the list at `key` as views, the same list each time; `[]` if it is absent."""
        cache = self._cache
        if cache is not None and key in cache:
            views: list[V] = cache[key]
            return views
        found: list[Any] | None = self._raw.get(key)
        if type(found) is list and len(found) == 1 and (one := found[0]).__class__ is dict:  # Nearly every chunk.
            made = [view(one, self._origin)]
        else:
            made = make_views(view, read_array(self._raw, key, dict, self._origin), self._origin)
        if cache is None:
            self._cache = {key: made}
        else:
            cache[key] = made
        return made

    def _values(self, key: str, kind: type[T] | tuple[type[T], ...]) -> list[T]:
        """Return the scalars of the list at `key`; `[]` if it is absent."""
        return read_array(self._raw, key, kind, self._origin)

    def _mapping(self, key: str) -> JSON | None:
        """Return the raw object at `key`; None if it is absent."""
        return read_object(self._raw, key, self._origin)

    def _read(self, key: str, reader: Any) -> Any:
        """Return the value at `key` by a reader, the same value each time; None if it is absent."""
        cache = self._cache or {}
        if key not in cache:
            self._cache = cache = {**cache, key: read_by(reader, self._raw, key, self._origin)}
        return cache[key]


class DictView(JSON, Interchange):
    """A JSON object from the API as a `dict`, with typed properties.

    For objects that people print, dump and tabulate. `metrics["key"]` is the raw value. `metrics.key`
    is typed: None (a list `[]`) if the field is absent or of another type.
    """

    __slots__ = ("_origin",)
    _origin: Origin

    @classmethod
    def from_dict(cls, raw: JSON, origin: Origin | None = None) -> Self:
        """Make a dict view of the JSON object `raw`."""
        origin = View.make_origin(raw) if origin is None else origin
        if not isinstance(raw, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise origin.decode_error("$", f"an object ({cls.__name__})", raw)
        view = cls(raw)
        view._origin = origin
        return view

    def to_dict(self) -> JSON:
        """Return a deep copy of the server's JSON object."""
        return deep_copy(dict(self))

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the server's JSON object as text: compact, or indented by so many spaces."""
        return to_text(self, indent)

    @property
    def request_id(self) -> str | None:
        """The `x-request-id` header of the response; None for an object that was made by hand."""
        return self._get_origin().request_id

    _repr_pretty_ = Interchange._repr_pretty_  # IPython looks where `__repr__` is.

    def __repr__(self) -> str:
        return f"{type(self).__name__}({super().__repr__()})"

    def __str__(self) -> str:
        return super().__repr__()  # Printed, it is the server's JSON.

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        yield "", dict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        raw = dict(self)
        return (type(self).from_dict, (raw, self._get_origin().with_root(raw)))

    def _get_origin(self) -> Origin:
        try:
            return self._origin
        except AttributeError:  # Made by hand, as any dict can be.
            return View.make_origin(self)

    def _one(self, key: str, view: type[D]) -> D | None:
        value = read_object(self, key, self._get_origin())
        return None if value is None else view.from_dict(value, self._get_origin())

    def _one_required(self, key: str, view: type[D]) -> D:
        return view.from_dict(read_object(self, key, self._get_origin()) or {}, self._get_origin())

    def _many(self, key: str, view: type[D]) -> list[D]:
        origin = self._get_origin()
        found: list[JSON] = read_array(self, key, dict, origin)
        return [view.from_dict(item, origin) for item in found]

    def _values(self, key: str, kind: type[T] | tuple[type[T], ...]) -> list[T]:
        return read_array(self, key, kind, self._get_origin())

    def _mapping(self, key: str) -> JSON | None:
        return read_object(self, key, self._get_origin())


def make_views(view: type[V], found: list[JSON], origin: Origin) -> list[V]:
    """Return a view of each object.

    For a long list, it allocates all views before it fills the first one. Allocation triggers garbage collections,
    and each of them would follow the filled views through the whole response.
    """
    if len(found) < 5:
        return [view(raw, origin) for raw in found]
    views: list[Any] = list(map(object.__new__, repeat(view, len(found))))
    for each, raw in zip(views, found, strict=True):
        each._raw, each._origin, each._cache = raw, origin, None  # noqa: SLF001
    return views
