"""Which core each process runs on: clients on one, the server on another, where the system lets one choose."""

from __future__ import annotations

import os
from typing import Literal


def pin(role: Literal["client", "server"]) -> None:
    """Keep this process on the core of its role."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[0] if role == "client" else cores[-1]})
