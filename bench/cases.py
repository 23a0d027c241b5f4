"""What is measured, and the targets to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Kind = Literal["calls", "cold", "construct", "import", "first call", "connections", "delay"]
PARETA = ("pareta", "pareta+aiohttp")
FLOORS = ("floor", "floor+aiohttp")
OPTIONAL = ("pareta+http_client", "pareta+otel", *FLOORS)
EVERYONE = (*PARETA, *OPTIONAL, "httpx", "httpx2", "aiohttp", "openai", "raw")
BASELINE = "httpx"
FLAT = 0.30
"""How far the cost of a unit may be from its cost at the smallest size."""


class Target(NamedTuple):
    """What a contender is to reach: a multiple of the cost of another one, or an amount."""

    contender: str
    limit: float
    of: str | None = BASELINE


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    name: str
    targets: tuple[Target, ...] = ()
    kind: Kind = "calls"
    mode: Literal["sync", "async"] = "sync"
    action: str = "models"
    payload: str = "models-3"
    calls: int = 1
    """How many calls one sample makes."""
    units: int = 1
    """How many units a call has; the table gives the cost of one."""
    unit: str = "call"
    at_once: int = 1
    slow: tuple[str, ...] = ()
    """Contenders that take part in every third round only, since they take long."""
    only: tuple[str, ...] = EVERYONE
    asked: tuple[str, ...] = ()
    """Optional contenders that take part though they have no target."""

    def includes(self, name: str) -> bool:
        """Return whether a contender takes part; an optional one does where it has a target, or is asked for."""
        wanted = {*self.asked, *(each.contender for each in self.targets)}
        return name in self.only and (name not in OPTIONAL or name in wanted)


class Growth(NamedTuple):
    """What a unit costs as there are more of them."""

    name: str
    cases: tuple[Case, ...]
    fixed: Case | None = None
    """Its cost is subtracted: it has none of the units."""


def _both(default: float, with_aiohttp: float, of: str | None = BASELINE) -> tuple[Target, ...]:
    return (Target("pareta", default, of), Target("pareta+aiohttp", with_aiohttp, of))


_OWN = Target("pareta+http_client", 1.10)
_STREAM: dict[str, Any] = {
    "action": "chat_stream",
    "payload": "chat-stream-20000",
    "units": 20_000,
    "unit": "event",
    "slow": ("openai",),
}
_ENDPOINTS: dict[str, Any] = {"action": "endpoints", "payload": "endpoints-10000", "calls": 2}
_FIVE: dict[str, Any] = {
    "kind": "connections",
    "action": "chat_stream",
    "payload": "chat-stream-20",
    "calls": 5,
    "unit": "connections",
}
_SECOND: dict[str, Any] = {"calls": 20, "unit": "client", "only": EVERYONE[:-1]}
_DELAY: dict[str, Any] = {"kind": "delay", "action": "delay", "payload": "paced", "unit": "event"}

CASES = (
    Case("GET models, 3 entries", (Target("pareta", 0.90), Target("pareta", 0.45, "openai"), _OWN), calls=200),
    Case(
        "POST chat",
        (Target("pareta", 0.95), Target("pareta", 0.30, "openai"), _OWN, Target("pareta+otel", 1.60, "pareta")),
        action="chat",
        payload="chat",
        calls=200,
    ),
    Case("chat stream, 20,000 events", (Target("pareta", 1.00), Target("pareta", 0.15, "openai")), **_STREAM),
    Case(
        "async chat stream, 20,000 events",
        (*_both(1.05, 0.35), Target("pareta", 0.15, "openai")),
        mode="async",
        **_STREAM,
    ),
    Case(
        "deploy stream, 10,000 events",
        (Target("pareta", 0.85),),
        action="deploy_stream",
        payload="deploy-stream",
        units=10_000,
        unit="event",
    ),
    Case("async GET, 1 at a time", _both(0.95, 0.50), mode="async", calls=200),
    Case("async GET, 50 at a time", _both(0.38, 0.20), mode="async", calls=500, at_once=50),
    Case(
        "async GET, 500 at once, cold client",
        (Target("pareta", 0.30, "openai"), Target("pareta+aiohttp", 1.5, "aiohttp")),
        "cold",
        "async",
        calls=500,
        slow=("httpx", "openai"),
    ),
    Case("GET endpoints, 10,000 entries", (Target("pareta", 1.10),), **_ENDPOINTS),
    Case("async GET endpoints, 10,000 entries", _both(1.10, 1.10), mode="async", **_ENDPOINTS),
    Case("import", _both(0.20, 0.20), "import", unit="process"),
    Case("import, client and first call", (Target("pareta", 1.05),), "first call", unit="process"),
    Case("second client in a process", (Target("pareta", 0.0002, None),), "construct", **_SECOND),
    Case("second async client", _both(0.0002, 0.0002, None), "construct", "async", **_SECOND),
    Case("connections of 5 streams", (Target("pareta", 1, None),), **_FIVE),
    Case("connections of 5 async streams", _both(1, 1, None), mode="async", **_FIVE),
    Case("first event, after it was sent", (Target("pareta", 0.005, None),), **_DELAY),
    Case("first async event, after it was sent", _both(0.005, 0.005, None), mode="async", **_DELAY),
)


def _calls(at_once: int) -> Case:
    return Case(f"{at_once} at once", mode="async", calls=max(at_once, 200), at_once=at_once, only=PARETA)


def _entries(mode: Literal["sync", "async"], count: int, calls: int) -> Case:
    name, payload = f"{mode}, {count} entries", f"endpoints-{count}"
    return Case(name, mode=mode, action="endpoints", payload=payload, calls=calls, units=max(count, 1), only=PARETA)


def _events(mode: Literal["sync", "async"], count: int, calls: int) -> Case:
    payload = f"chat-stream-{count}"
    name = f"{mode}, {count} events"
    return Case(name, mode=mode, action="chat_stream", payload=payload, calls=calls, units=count, only=PARETA)


GROWTH = (
    Growth("a call of 1, 50, 500 at once", tuple(map(_calls, (1, 50, 500)))),
    *(
        Growth(
            f"an entry of 100, 10,000, {mode}",
            (_entries(mode, 100, 300), _entries(mode, 10_000, 3)),
            _entries(mode, 0, 300),
        )
        for mode in ("sync", "async")
    ),
    *(
        Growth(f"an event of 1,000, 1,000,000, {mode}", (_events(mode, 1_000, 20), _events(mode, 1_000_000, 1)))
        for mode in ("sync", "async")
    ),
)
KNOWN = {case.name: case for case in CASES}
KNOWN |= {case.name: case for growth in GROWTH for case in (*growth.cases, growth.fixed) if case}
