"""Checks of what the API means, which no schema says: each has a name, a sentence, and one thing that it shows."""

from __future__ import annotations

from typing import Final

from ._behaviour import Behaviour
from .billing import BILLING
from .chatting import CHATTING
from .deploying import DEPLOYING
from .lifecycle import LIFECYCLE
from .reading import READING
from .repeating import REPEATING

BEHAVIOURS: Final[tuple[Behaviour, ...]] = (*READING, *DEPLOYING, *LIFECYCLE, *CHATTING, *BILLING, *REPEATING)

__all__ = ["BEHAVIOURS", "Behaviour"]
