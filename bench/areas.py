"""What a frame of the sandbox's process is about: the area of the innermost module on its stack that has one."""

from __future__ import annotations

from functools import cache
from pathlib import PurePath
from types import FrameType

_AREAS = {
    "HTTP: h11": ("h11/",),
    "HTTP: protocol": ("uvicorn/", "sandbox/_connection", "sandbox/_server"),
    "event loop and sockets": ("asyncio/", "/selectors", "/socket"),
    "routing, hosts, keys, responses": (
        *("starlette/", "sandbox/_app", "sandbox/_routing", "sandbox/_http", "sandbox/_delivery", "sandbox/_handlers"),
        *("sandbox/_scenario", "sandbox/_plan", "sandbox/_platform", "sandbox/_pages"),
    ),
    "validation": ("sandbox/_validation", "jsonschema_rs/"),
    "journal and verdicts": ("sandbox/_journal", "sandbox/_verdicts"),
    "state, SQLite": ("sandbox/_store", "sandbox/_rows", "sandbox/_schema", "sandbox/_deployments"),
    "idempotency keys": ("sandbox/_idempotency",),
    "billing": ("sandbox/_billing", "sandbox/_seeding", "sandbox/_catalog"),
    "text: engine, tokens": (
        *("sandbox/_engine", "sandbox/_extraction", "sandbox/_words", "sandbox/_tokens", "sandbox/_filling"),
        "sandbox/_shapes",
    ),
    "completions and streams": ("sandbox/_chat", "sandbox/_completion", "sandbox/_tape", "sandbox/_clock"),
    "JSON": ("json/",),
    "metrics": ("sandbox/_metrics",),
}


def area_of(frame: FrameType | None) -> str:
    """Return what the process was doing in `frame`; C code counts for who called it."""
    while frame is not None:
        area = _area(frame.f_code.co_filename)
        if area is not None:
            return area
        frame = frame.f_back
    return "other"


@cache
def _area(file: str) -> str | None:
    name = "/".join(("", *PurePath(file).with_suffix("").parts[-2:]))
    return next((area for area, parts in _AREAS.items() if any(part in name for part in parts)), None)
