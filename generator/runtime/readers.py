"""Readers of JSON values that are more than one object: unions, maps, and arrays of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol, TypeVar

import attrs

from .json_values import (
    JSON,
    Origin,
    find_path,
    is_array,
    is_object,
    parse_boolean,
    parse_datetime,
    parse_integer,
    parse_number,
)
from .views import View

T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    """Reads a JSON value of one declared shape."""

    @property
    def expected(self) -> str:
        """The JSON types that it reads, for an error message."""
        ...

    @property
    def lenient(self) -> bool:
        """Whether a scalar of another type reads as None."""
        ...

    def accepts(self, value: Any) -> bool:
        """Return whether the outermost JSON type of `value` is one that it reads."""
        ...

    def read(self, value: Any, origin: Origin) -> T_co:
        """Return the value of a JSON value that it accepts."""
        ...


def _path(origin: Origin, value: Any) -> str:
    return find_path(origin.root, lambda here: here is value) or "$"


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "string": lambda value: value if isinstance(value, str) else None,
    "integer": parse_integer,
    "number": parse_number,
    "boolean": parse_boolean,
    "datetime": parse_datetime,
}


@attrs.frozen
class Scalar:
    """Reads a string, datetime, integer, number or boolean."""

    kind: str
    lenient: ClassVar[bool] = True

    @property
    def expected(self) -> str:
        """The JSON type."""
        return f"a {'string' if self.kind == 'datetime' else self.kind}"

    def accepts(self, value: Any) -> bool:
        """Return whether `value` is of the JSON type."""
        return self.read(value, None) is not None

    def read(self, value: Any, _origin: Origin | None) -> Any:
        """Return the value; None if it is of another type."""
        return _PARSERS[self.kind](value)


@attrs.frozen
class AnyValue:
    """Reads any JSON value as it is."""

    expected: ClassVar[str] = "a JSON value"
    lenient: ClassVar[bool] = True

    def accepts(self, _value: Any) -> bool:
        """Return True."""
        return True

    def read(self, value: Any, _origin: Origin) -> Any:
        """Return `value`."""
        return value


@attrs.frozen
class Nullable:
    """Reads null as None, and another value by `reader`."""

    reader: Reader[Any]

    @property
    def expected(self) -> str:
        """The JSON types."""
        return f"{self.reader.expected} or null"

    @property
    def lenient(self) -> bool:
        """As of the reader."""
        return self.reader.lenient

    def accepts(self, value: Any) -> bool:
        """Return whether `value` is null, or accepted by the reader."""
        return value is None or self.reader.accepts(value)

    def read(self, value: Any, origin: Origin) -> Any:
        """Return None, or what the reader returns."""
        return None if value is None else self.reader.read(value, origin)


class _Object:
    """What all readers of objects share."""

    expected: ClassVar[str] = "an object"
    lenient: ClassVar[bool] = False

    def accepts(self, value: Any) -> bool:
        """Return whether `value` is an object."""
        return is_object(value)


@attrs.frozen
class ObjectOf(_Object):
    """Reads an object as a view."""

    view: type[View]

    def read(self, value: Any, origin: Origin) -> Any:
        """Return the view."""
        return self.view.from_dict(value, origin)


@attrs.frozen
class ListOf:
    """Reads an array, each of whose items `item` reads."""

    item: Reader[Any]
    expected: ClassVar[str] = "an array"
    lenient: ClassVar[bool] = False

    def accepts(self, value: Any) -> bool:
        """Return whether `value` is an array."""
        return is_array(value)

    def read(self, value: list[Any], origin: Origin) -> list[Any]:
        """Return the items."""
        item = self.item
        for index, one in enumerate(value):
            if not item.accepts(one):
                raise origin.decode_error(f"{_path(origin, value)}[{index}]", item.expected, one)
        return [item.read(one, origin) for one in value]


@attrs.frozen
class MapOf(_Object):
    """Reads an object as a dict, each of whose values `item` reads."""

    item: Reader[Any]

    def read(self, value: JSON, origin: Origin) -> dict[str, Any]:
        """Return the values by key."""
        item = self.item
        for key, one in value.items():
            if not item.accepts(one):
                raise origin.decode_error(f"{_path(origin, value)}.{key}", item.expected, one)
        return {key: item.read(one, origin) for key, one in value.items()}


@attrs.frozen
class Candidate:
    """One object of a union: its class, the keys that it requires, and the values that are constant in it."""

    view: type[View]
    required: frozenset[str] = frozenset()
    constants: Mapping[str, tuple[Any, ...]] = attrs.field(factory=dict[str, tuple[Any, ...]])
    known: frozenset[str] = frozenset()

    def fits(self, raw: JSON) -> bool:
        """Return whether no required key is absent, and no constant differs."""
        if not self.required <= raw.keys():
            return False
        return all(raw.get(key, values[0]) in values for key, values in self.constants.items())


@attrs.frozen
class Tagged(_Object):
    """Reads an object of a union by the value of its discriminator; a plain `View` if the value is not known."""

    key: str
    views: Mapping[str, type[View]]

    def read(self, value: JSON, origin: Origin) -> View:
        """Return the view of the class that the discriminator names."""
        tag = value.get(self.key)
        return self.views.get(tag if isinstance(tag, str) else "", View).from_dict(value, origin)

    from_dict = read  # As a class has it, for the payload of an event.


@attrs.frozen
class Fitting(_Object):
    """Reads an object of a union as the class that fits and knows most of its keys; a plain `View` if none fits."""

    candidates: tuple[Candidate, ...]

    def read(self, value: JSON, origin: Origin) -> View:
        """Return the view of the class that fits."""
        fitting = [one for one in self.candidates if one.fits(value)]
        best = max(fitting, key=lambda one: len(one.known & value.keys()), default=None)
        return (best.view if best else View).from_dict(value, origin)

    from_dict = read


@attrs.frozen
class OneOf:
    """Reads a value by the first of `readers` that accepts its JSON type."""

    readers: tuple[Reader[Any], ...]

    @property
    def expected(self) -> str:
        """The JSON types."""
        return " or ".join(dict.fromkeys(one.expected for one in self.readers))

    @property
    def lenient(self) -> bool:
        """Whether one of the readers is."""
        return any(one.lenient for one in self.readers)

    def accepts(self, value: Any) -> bool:
        """Return whether one of the readers accepts `value`."""
        return any(one.accepts(value) for one in self.readers)

    def read(self, value: Any, origin: Origin) -> Any:
        """Return what that reader returns."""
        found = next((one for one in self.readers if one.accepts(value)), None)
        return None if found is None else found.read(value, origin)
