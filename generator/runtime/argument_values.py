"""Arguments as JSON values: each is sent as what it means, or refused by its path, with what to pass instead."""

from __future__ import annotations

import sys
from collections import UserString
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from enum import Enum
from math import inf, isfinite
from typing import Any, Final, Literal, cast, final

from .views import View


@final
class Unset:
    """The type of `UNSET`, which marks an argument that was not given. `None` is sent as null."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
_PLAIN = frozenset({str, int, bool, type(None)})
_NO_LISTS = (bytes, bytearray, memoryview)
_NOTHING = frozenset({"NAType", "NotGiven", "Omit", "ellipsis"})
"""Types that stand for no value: of pandas, of OpenAI's client and of Python."""
_WAYS = {
    "__await__": "await it first",
    "_fields": "pass its _asdict(), or a list of it",
    "decode": "decode it to str, or encode it as base64",
    "tolist": "pass its tolist()",
    "to_dict": "pass its to_dict()",
    "dict": "pass its dict()",
    "total_seconds": "pass its total_seconds()",
    "__iter__": "pass a list of it",
    "__float__": "pass a float",
}
"""What to do with a value that has such an attribute."""


class UnsendableError(ValueError):
    """A value has no JSON form. Each container that it stands in adds its step to the path."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.steps: list[str] = []

    def below(self, name: str) -> str:
        """Return the text, with the path from the argument `name`."""
        return f"{name}{''.join(reversed(self.steps))}: {self}"


def to_json_value(value: Any, name: str = "body") -> Any:
    """Return the JSON value of an argument, without `UNSET`. Raise ValueError, with the path, if it has none."""
    try:
        return convert(value)
    except UnsendableError as error:
        raise ValueError(error.below(name)) from error.__cause__
    except RecursionError:
        raise ValueError(f"{name} is nested too deeply, or contains itself") from None


def convert(value: Any) -> Any:
    """Return the JSON value of an argument; raise UnsendableError if it has none."""
    if type(value) in _PLAIN:
        return value
    make = _CONTAINERS.get(type(value), _converted)  # The containers of nearly all arguments.
    return make(value)


def _object(fields: Mapping[Any, Any]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, item in fields.items():
        if item is UNSET:
            continue
        try:
            name = key if type(key) is str else _key(key)
            made[name] = item if type(item) in _PLAIN else convert(item)
        except UnsendableError as error:
            error.steps.append(f".{key}" if str(key).isidentifier() else f"[{key!r:.60}]")
            raise
    return made


def _array(items: Iterable[Any]) -> list[Any]:
    made: list[Any] = []
    for item in items:
        try:
            made.append(item if type(item) in _PLAIN else convert(item))
        except UnsendableError as error:
            error.steps.append(f"[{len(made)}]")
            raise
    return made


_CONTAINERS: dict[Any, Callable[[Any], Any]] = {dict: _object, list: _array}


def _key(key: Any) -> Any:
    name = convert(key)
    if isinstance(name, str | int | float | None):
        return name
    raise UnsendableError(f"cannot send a key of type {type(key).__name__}; keys are text")


def _converted(value: Any) -> Any:  # noqa: PLR0911  # One for each kind.
    match value:
        case Enum():
            return convert(value.value)
        case float() if isfinite(value):
            return float(value)
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case View():
            return value.to_dict()
        case UserString():
            return value.data
        case Mapping():
            return _object(cast("Mapping[Any, Any]", value))  # type: ignore[redundant-cast]  # Pyright needs it.
        case date() | time() if value == value:  # noqa: PLR0124  # pandas' NaT is a datetime, and not itself.
            return value.isoformat()
        case _:
            return _array(value) if _is_list(value) else _of_library(value)


def _is_list(value: object) -> bool:
    """Return whether a value is a sequence, and neither bytes nor a named tuple, which may mean an object."""
    return not _has(value, "_fields") and not isinstance(value, _NO_LISTS) and isinstance(value, Sequence)


def _of_library(value: Any) -> Any:
    """Return the JSON value of an object of a library, which the program has imported then."""
    if isinstance(value, float | date):
        raise _no_value(value)
    if type(value).__name__ in _NOTHING:
        raise _no_value(_described(value))
    if _is_of(value, "decimal", "Decimal"):
        return _decimal(value)
    if _is_of(value, "uuid", "UUID"):
        return str(value)
    if _is_of(value, "numpy", "generic", "ndarray"):
        plain = value.tolist()
        if value.dtype.kind not in "biufUO" or type(plain) is type(value):
            raise UnsendableError(f"cannot send a value of type {value.dtype}; pass numbers or text")
        return convert(plain)
    if _is_of(value, "pydantic", "BaseModel"):
        return convert(_dump(value))
    if _has(value, "__dataclass_fields__"):
        from dataclasses import fields  # It is loaded: it made the class.

        given = ((field.name, getattr(value, field.name)) for field in fields(value))
        return _object({name: item for name, item in given if item is not None})
    way = next((way for name, way in _WAYS.items() if _has(value, name)), "pass a dict, list, str, number or bool")
    raise UnsendableError(f"cannot send {_described(value)}; {way}")


def _is_of(value: Any, module: str, *names: str) -> bool:
    """Return whether a value is of a class of a module that the program may have imported."""
    loaded = sys.modules.get(module)
    kinds = (getattr(loaded, name, None) for name in names)
    return any(isinstance(kind, type) and isinstance(value, kind) for kind in kinds)


def _has(value: object, name: str) -> bool:
    return hasattr(type(value), name)


def _decimal(value: Any) -> int | float:
    number = float(value) if value.is_finite() else inf
    if not isfinite(number):
        raise _no_value(value)
    if type(value)(repr(number)) != value:
        raise UnsendableError(f"cannot send {value} as a number without losing digits; pass int, float or str of it")
    return int(value) if number.is_integer() else number


def _dump(model: Any) -> Any:
    """Return a pydantic model as JSON, without its fields that are None: they were not given."""
    try:
        return model.model_dump(mode="json", by_alias=True, exclude_none=True, warnings=False)
    except ValueError as error:
        raise UnsendableError(f"cannot send {_described(model)}: {error}") from error


def _no_value(shown: Any) -> UnsendableError:
    return UnsendableError(f"cannot send {shown}, for which JSON has no value; pass None or leave it out")


def _described(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"a value of type {type(value).__name__}"
