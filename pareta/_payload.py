"""The JSON of an event, decoded at once where it is as it should be; what is not, `_json` decodes, and says why."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any, NoReturn, cast

from ._json import DEPTH

_SHORT = 2 * DEPTH
"""Whatever is no longer is not nested too deep either: each level takes two brackets."""


def _finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    return _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


# `JSONDecoder.decode` looks for white space on both sides, which takes a quarter of what such a text takes in all.
_decoder: Any = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once


def payload(text: str) -> dict[str, Any] | None:
    """Return the JSON object that `text` is; None where it is none, or may be none."""
    if len(text) > _SHORT:
        return None
    try:
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        return None
    return cast("dict[str, Any]", value) if end == len(text) and type(value) is dict else None
