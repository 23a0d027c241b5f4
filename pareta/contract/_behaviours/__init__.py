"""Checks of documented semantics that no schema can express; each shows one behaviour."""

from __future__ import annotations

from typing import Final

from ._behaviour import Behaviour
from .billing import BILLING
from .completions import COMPLETIONS
from .deployment import DEPLOYMENT
from .idempotency import IDEMPOTENCY
from .lifecycle import LIFECYCLE
from .read_only import READ_ONLY

BEHAVIOURS: Final[tuple[Behaviour, ...]] = (*READ_ONLY, *DEPLOYMENT, *LIFECYCLE, *COMPLETIONS, *BILLING, *IDEMPOTENCY)

__all__ = ["BEHAVIOURS", "Behaviour"]
