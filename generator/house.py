"""The rules of our own document, which a document may break and still be generated from."""

from __future__ import annotations

from .spec import Spec


def check(spec: Spec) -> None:
    """Raise RefusedError with everything in `spec` that breaks a rule."""
