"""The logger `pareta`: info for what a user should know of, debug for each request. Never a key, never a body."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger


@cache
def _logger() -> Logger:
    import logging  # noqa: PLC0415  # Slow, and so left to whoever wants a log.

    logger = logging.getLogger("pareta")
    logger.addHandler(logging.NullHandler())
    return logger


def debugging() -> bool:
    """Whether someone may read what `debug` says. Who has not loaded `logging` reads nothing."""
    return "logging" in sys.modules and _logger().isEnabledFor(10)


def debug(text: str, *values: object) -> None:
    """Log a request, or what came of it."""
    if debugging():
        _logger().debug(text, *values)


def info(text: str, *values: object) -> None:
    """Log what a user should know of."""
    if "logging" in sys.modules:
        _logger().info(text, *values)


def configure() -> None:
    """Print the log to standard error where `PARETA_LOG` asks for it (`debug` or `info`); once in a process."""
    level = os.environ.get("PARETA_LOG", "").strip().lower()
    if level not in ("debug", "info"):
        return
    import logging  # noqa: PLC0415

    logger = _logger()
    if any(handler.name == "pareta" for handler in logger.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.name = "pareta"
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level.upper())


def log_undeclared(method: str, fields: Iterable[str]) -> None:
    """Say which fields of a body are passed on although the API's document does not declare them."""
    for name in fields:
        info("%s: the field %r is not in the API's document; it is sent as it is", method, name)
