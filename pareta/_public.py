"""Where users find a class: in `pareta`, and so its repr and its tracebacks say."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T", bound=type)


def public(cls: T) -> T:
    """Let `cls` say that it is at home in `pareta`."""
    cls.__module__ = "pareta"
    return cls
