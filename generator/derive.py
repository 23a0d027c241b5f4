"""Derives the sync resources from the async ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def modules(project: Path, polish: Callable[[str, str], str]) -> dict[Path, str]:
    return {}
