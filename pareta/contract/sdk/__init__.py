"""The SDK held against the document: what it sends, what it reads, and what it does in both worlds.

`python -m pareta.contract.sdk` runs it; `RequestForm` holds a single request.
"""

from __future__ import annotations

from ._form import RequestForm
from ._recording import Sent, recording
from ._run import hold_sdk

__all__ = ["RequestForm", "Sent", "hold_sdk", "recording"]
