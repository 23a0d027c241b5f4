"""The SDK held against the document: what it sends, what it reads, and what it does in both worlds.

`python -m pareta.contract.sdk` runs it. `RequestForm` holds a single request, and `recording` hands over every request
that clients send, for a test suite that wants to hold them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._form import RequestForm
from ._recording import Sent, recording

if TYPE_CHECKING:
    from ._run import hold_sdk

__all__ = ["RequestForm", "Sent", "hold_sdk", "recording"]


def __getattr__(name: str) -> Any:
    if name != "hold_sdk":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ._run import hold_sdk  # noqa: PLC0415  # It loads what makes answers up, which is slow.

    return hold_sdk
