"""What is measured, in which units, and what is to be reached: ratios of CPU time to bare httpx in the same run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["calls", "cold", "construct", "import", "first call", "connections", "delays"]
EVERYONE = ("pareta", "pareta+aiohttp", "httpx", "aiohttp", "openai", "raw")
BASELINE = "httpx"


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    name: str
    kind: Kind = "calls"
    world: Literal["sync", "async"] = "sync"
    action: str = "models"
    payload: str = "models-3"
    calls: int = 1
    """How many calls one sample makes."""
    per_call: int = 1
    """How many units, of which the table gives the cost of one, a call has."""
    unit: str = "call"
    at_once: int = 1
    targets: dict[str, float] = field(default_factory=dict)
    """By contender: the ratio to reach, or for what is no ratio the figure itself."""
    full: bool = False
    """Whether it is measured only where much time is given."""
    without: tuple[str, ...] = ()
    """Who takes so long that it does not take part."""
    slow: tuple[str, ...] = ()
    """Who takes so long that it takes part in every third round only."""

    @property
    def absolute(self) -> bool:
        """Whether its target is a figure and no ratio."""
        return self.kind in ("construct", "connections", "delays")


def _both(default: float, with_aiohttp: float) -> dict[str, float]:
    return {"pareta": default, "pareta+aiohttp": with_aiohttp}


_STREAM = {"action": "chat_stream", "unit": "event", "slow": ("openai",)}
CASES = (
    Case("GET models, 3 entries", calls=200, targets={"pareta": 0.60}),
    Case("GET models, 100 entries", payload="models-100", calls=100),
    Case("GET models, 10,000 entries", payload="models-10000", calls=3, slow=("openai",)),
    Case("GET endpoints, 100 entries", action="endpoints", payload="endpoints-100", calls=100),
    Case(
        "GET endpoints, 10,000 entries",
        action="endpoints",
        payload="endpoints-10000",
        calls=2,
        targets={"pareta": 1.10},
    ),
    Case(
        "GET endpoints, 10,000 entries, async",
        world="async",
        action="endpoints",
        payload="endpoints-10000",
        calls=2,
        targets=_both(1.10, 1.10),
    ),
    Case("POST chat, answer of 600 B", action="chat", payload="chat", calls=200, targets={"pareta": 0.60}),
    Case(
        "chat stream, 20,000 events", payload="chat-stream-20000", per_call=20_000, targets={"pareta": 0.90}, **_STREAM
    ),
    Case("chat stream, coalesced", payload="chat-stream-coalesced", per_call=20_000, **_STREAM),
    Case(
        "deploy stream, 10,000 events",
        action="deploy_stream",
        payload="deploy-stream",
        per_call=10_000,
        unit="event",
        targets={"pareta": 0.90},
    ),
    Case("async GET, 1 at a time", world="async", calls=200, targets=_both(0.60, 0.30)),
    Case("async GET, 50 at a time", world="async", calls=500, at_once=50, targets=_both(0.80, 0.16)),
    Case("async GET, 500 at a time", world="async", calls=1_000, at_once=500, slow=("httpx", "openai")),
    Case(
        "async GET, 500 at once, cold client",
        "cold",
        "async",
        calls=500,
        targets=_both(0.20, 0.06),
        slow=("httpx", "openai"),
    ),
    Case(
        "async chat stream, 20,000 events",
        world="async",
        payload="chat-stream-20000",
        per_call=20_000,
        targets=_both(0.90, 0.40),
        **_STREAM,
    ),
    Case("async chat stream, coalesced", world="async", payload="chat-stream-coalesced", per_call=20_000, **_STREAM),
    Case("chat stream, 1,000 events", payload="chat-stream-1000", calls=20, per_call=1_000, full=True, **_STREAM),
    Case(
        "chat stream, 1,000,000 events",
        payload="chat-stream-1000000",
        per_call=1_000_000,
        full=True,
        without=("openai",),
        **_STREAM,
    ),
    Case("import", "import", unit="process", targets=_both(0.40, 0.40)),
    Case("import, client and first call", "first call", unit="process", targets={"pareta": 0.60}),
    Case("second client in a process", "construct", calls=20, unit="client", targets={"pareta": 0.0002}),
    Case(
        "connections of 5 streams in a row",
        "connections",
        action="chat_stream",
        payload="chat-stream-20",
        calls=5,
        unit="connections",
        targets={"pareta": 1},
    ),
    Case(
        "connections of 5 streams in a row, async",
        "connections",
        "async",
        "chat_stream",
        "chat-stream-20",
        calls=5,
        unit="connections",
        targets=_both(1, 1),
    ),
    Case(
        "an event's delay after it was sent",
        "delays",
        action="delays",
        payload="paced",
        unit="event",
        targets={"pareta": 0.005},
    ),
    Case(
        "an event's delay after it was sent, async",
        "delays",
        "async",
        "delays",
        "paced",
        unit="event",
        targets=_both(0.005, 0.005),
    ),
)
