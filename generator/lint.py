"""Refuses documents."""

from __future__ import annotations

from .problems import Problem
from .spec import Spec


def problems(spec: Spec) -> list[Problem]:
    """Return problems."""
    return []
