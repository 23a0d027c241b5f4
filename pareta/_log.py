"""The logger `pareta`: INFO for retries and the like, DEBUG for each request. It never logs keys or bodies."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger


@cache
def _logger() -> Logger:
    import logging  # Slow to import.

    logger = logging.getLogger("pareta")
    logger.addHandler(logging.NullHandler())
    return logger


def debug_enabled() -> bool:
    """Return whether DEBUG is enabled; False until `logging` is imported."""
    return "logging" in sys.modules and _logger().isEnabledFor(10)


def debug(text: str, *values: object) -> None:
    """Log at DEBUG."""
    if debug_enabled():
        _logger().debug(text, *values)


def info(text: str, *values: object) -> None:
    """Log at INFO."""
    if "logging" in sys.modules:
        _logger().info(text, *values)


def configure() -> None:
    """Log to standard error where `PARETA_LOG` is `debug` or `info`; once in a process."""
    level = os.environ.get("PARETA_LOG", "").strip().lower()
    if level not in ("debug", "info"):
        return
    import logging

    logger = _logger()
    if any(handler.name == "pareta" for handler in logger.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.name = "pareta"
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level.upper())
