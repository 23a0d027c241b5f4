"""JSON strictly by RFC 8259, in and out. Every failure is a ValueError."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, cast

DEPTH = 200
"""How deep a response may be nested: reading, printing and pickling it must not exhaust the stack."""
_SHORT = 2 * DEPTH
"""A text up to this length is not nested too deep: each level takes two brackets."""
LONG = 2_000
"""From this length on, scanning a text for brackets takes longer than checking each entry of a list."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ALIKE = bytes.maketrans(b"{}", b"[]")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond what a number can hold")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_scan: Callable[[str, int], tuple[Any, int]] = vars(_decoder)["scan_once"]  # What `raw_decode` wraps.
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def decode(content: bytes) -> Any:
    """Return the JSON value of a whole body.

    Raises:
        ValueError: It is not UTF-8, not JSON, or nested too deep.

    """
    return decode_text(content.decode("utf-8"))


def decode_text(text: str) -> Any:
    """Return the JSON value of `text`."""
    try:
        try:
            value, end = _scan(text, 0)  # `decode` skips white space first, which takes as long.
        except StopIteration:
            value, end = _decoder.decode(text), len(text)  # It begins with white space, or is not JSON.
        if end < len(text) and text[end:].strip(" \t\n\r"):
            value = _decoder.decode(text)  # This raises, and says why.
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if len(text) > DEPTH and _too_deep(text, value):
        raise ValueError(f"it is nested deeper than {DEPTH} levels")
    return value


def decode_short_object(text: str, start: int = 0, after: int = 0) -> dict[str, Any] | None:
    """Decode a JSON object fast that stands in a short text, from `start` up to the last `after` characters.

    Return None where this does not apply; use `decode_text` then.
    """
    if len(text) > _SHORT:
        return None
    try:
        value, end = _scan(text, start)
    except (ValueError, StopIteration, RecursionError):
        return None
    found: dict[str, Any] | None = value if end + after == len(text) and value.__class__ is dict else None
    return found


def around_object(text: str, name: str) -> tuple[str, str]:
    """Return what stands before and after the first object called `name`, if `text` is short and has one."""
    start = text.find("{", text.find(f'"{name}"') + 1)
    try:
        return (text[:start], text[_scan(text, start)[1] :]) if 0 <= start < len(text) <= _SHORT else ("", "")
    except (ValueError, StopIteration, RecursionError):
        return "", ""


def _too_deep(text: str, value: Any) -> bool:
    """Return whether `value`, decoded from `text`, exceeds the depth limit. Cheap bounds are tried first."""
    if len(text) > LONG and _is_flat(value):
        return False
    # Depth never exceeds the number of brackets. Few texts have arrays: the search stops at the last one.
    opened = text.count("{") + text.count("[", 0, text.rfind("[") + 1)
    return opened > DEPTH and opened - _abreast(value) > DEPTH and _depth(text) > DEPTH and _depth_of(value) > DEPTH


def _is_flat(value: Any) -> bool:
    """Return True where `value` surely is a list, or an object of lists, of objects without nesting.

    CPython's garbage collector tracks lists, but no dict that holds only texts and numbers. Where it
    tracks all dicts this returns False, and the brackets are counted, which takes six times as long.
    """
    lists = _lists(value)
    tracked = sum(map(gc.is_tracked, _held(value)))
    return tracked == len(lists) and not any(any(map(gc.is_tracked, each)) for each in lists)


def _abreast(value: Any) -> int:
    """Return how many objects in the lists of `value` are siblings of others, and so add no level."""
    return sum(list(map(type, each)).count(dict) - 1 for each in _lists(value))


def _lists(value: Any) -> list[list[Any]]:
    return [each for each in _held(value) if isinstance(each, list)]


def _held(value: Any) -> Iterable[Any]:
    return cast("dict[str, Any]", value).values() if isinstance(value, dict) else (value,)


def _depth(text: str) -> int:
    """Return an upper bound of the depth; brackets in strings count too. It takes one pass per level."""
    brackets = text.encode("utf-8").translate(_ALIKE, _NO_BRACKETS)
    for depth in range(DEPTH + 1):
        inner = brackets.replace(b"[]", b"")
        if len(inner) == len(brackets):
            return depth if not inner else DEPTH + 1  # The rest stands in strings: only the value tells.
        brackets = inner
    return DEPTH + 1


def _depth_of(value: Any) -> int:
    """Return how deep a JSON value is nested, at most one more than the limit."""
    level: list[Any] = [value]
    for depth in range(DEPTH + 2):
        objects: list[dict[str, Any]] = [node for node in level if isinstance(node, dict)]
        arrays: list[list[Any]] = [node for node in level if isinstance(node, list)]
        if not objects and not arrays:
            return depth
        level = [item for node in objects for item in node.values()] + [item for node in arrays for item in node]
    return DEPTH + 2


def encode(value: Any) -> bytes:
    """Return `value` as JSON.

    Raises:
        ValueError: It has no JSON form; the text names the type.

    """
    try:
        return _encoder.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{_place_of_half(value)}: it holds half of a surrogate pair, which is no text") from None
    except RecursionError:
        raise ValueError("the body is nested too deep") from None
    except TypeError as error:
        raise ValueError(f"the body cannot be sent as JSON: {error}") from None


def _place_of_half(value: Any) -> str:
    """Return where a body holds a lone surrogate, which UTF-8 cannot encode."""
    from pareta_generated.json_values import find_path

    path = find_path(value, lambda here: isinstance(here, str) and any("\ud800" <= char <= "\udfff" for char in here))
    return (path or "a name").removeprefix("$.")
