"""The clients that are measured, each doing the same things: a sync and an async class in a module of its own."""

from __future__ import annotations

from importlib import import_module
from typing import Any

MODULES = {
    "pareta": "ours",
    "pareta+aiohttp": "ours",
    "httpx": "with_httpx",
    "aiohttp": "with_aiohttp",
    "openai": "with_openai",
    "raw": "with_sockets",
}
KEY = "pareta_sk_bench"
MODEL = "contract-key-fields"
MESSAGES: Any = [{"role": "user", "content": "Which law governs this contract?"}]
HEADERS = {"authorization": f"Bearer {KEY}", "user-agent": "bench/1"}
"""What the bare clients send."""


def contender(name: str, world: str) -> Any:
    """Return the class of a contender for `world`, sync or async; None where it has none."""
    found = import_module(f"{__name__}.{MODULES[name]}")
    if name == "pareta+aiohttp":
        return found.AIOHTTP if world == "async" else None
    return getattr(found, world.upper(), None)
