"""The logger `pareta`: info for what a user should know of, debug for each request. Never a key, never a body."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable

logger = logging.getLogger("pareta")
logger.addHandler(logging.NullHandler())


def configure() -> None:
    """Print the log to standard error where `PARETA_LOG` asks for it (`debug` or `info`); once in a process."""
    level = os.environ.get("PARETA_LOG", "").strip().lower()
    if level not in ("debug", "info") or any(handler.name == "pareta" for handler in logger.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.name = "pareta"
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level.upper())


def log_undeclared(method: str, fields: Iterable[str]) -> None:
    """Say which fields of a body are passed on although the API's document does not declare them."""
    for name in fields:
        logger.info("%s: the field %r is not in the API's document; it is sent as it is", method, name)
