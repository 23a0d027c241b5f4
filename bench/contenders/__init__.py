"""The clients that are measured. Each does the same things, in a blocking and an async class of its module."""

from __future__ import annotations

from importlib import import_module
from typing import Any

MODULES = {
    "pareta": "sdks",
    "pareta+aiohttp": "sdks",
    "pareta+http_client": "sdks",
    "pareta+otel": "sdks",
    "floor": "floor",
    "floor+aiohttp": "floor",
    "httpx": "with_httpx",
    "httpx2": "with_httpx",
    "aiohttp": "with_aiohttp",
    "openai": "sdks",
    "raw": "with_sockets",
}
KEY = "pareta_sk_bench"
MODEL = "contract-key-fields"
MESSAGES: Any = [{"role": "user", "content": "Which law governs this contract?"}]
HEADERS = {"authorization": f"Bearer {KEY}", "user-agent": "bench/1"}
"""What the bare clients send."""


def contender(name: str, mode: str) -> Any:
    """Return the class of a contender, for blocking or async calls, and what opens its client."""
    module = import_module(f"{__name__}.{MODULES[name]}")
    return module.CONTENDERS.get((name, mode), (None, None))
