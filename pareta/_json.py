"""JSON as the API speaks it: strictly RFC 8259 on the way in and out, every failure a ValueError."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond what a number can hold")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
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
        return _decoder.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def encode(value: Any) -> bytes:
    """Return `value` as JSON.

    Raises:
        ValueError: It cannot be said in JSON; the text names the type.

    """
    try:
        return _encoder.encode(value).encode("utf-8")
    except RecursionError:
        raise ValueError("the body is nested too deep") from None
    except TypeError as error:
        raise ValueError(f"the body cannot be sent as JSON: {error}") from None
