"""Renders changes as text, JSON or Markdown."""

from __future__ import annotations

import json
from typing import Any

from .changes import Change
from .kinds import Bump, highest

_TITLES = {"breaking": "Breaking", "risky": "May break", "safe": "New and changed"}


def bump(changes: list[Change]) -> Bump:
    """Return the bump that the changes demand."""
    return highest([one.rule.bump for one in changes])


def text(changes: list[Change], version: str = "") -> str:
    """Return a line for each change, and the bump."""
    counts = ", ".join(f"{sum(one.rule.level == level for one in changes)} {level}" for level in _TITLES)
    demanded = f"; at least {version}" if version else ""
    return "".join(f"{one}\n" for one in changes) + f"{counts}: {bump(changes)}{demanded}\n"


def as_values(changes: list[Change]) -> dict[str, Any]:
    """Return the bump and the changes as JSON values."""
    found = [
        {"kind": one.kind, "level": one.rule.level, "what": one.what, "why": one.rule.why, "where": one.where,
         "names": list(one.names)} for one in changes
    ]  # fmt: skip
    return {"bump": bump(changes), "changes": found}


def as_json(changes: list[Change], version: str = "") -> str:
    """Return the changes as JSON."""
    return json.dumps({"version": version, **as_values(changes)}, indent=2) + "\n"


def markdown(changes: list[Change], version: str = "") -> str:
    """Return the changes as a draft for a changelog."""
    parts = [f"## {version or 'Unreleased'}\n"]
    for level, title in _TITLES.items():
        listed = [one for one in changes if one.rule.level == level and one.rule.bump != "patch"]
        if listed:
            lines = [f"- {one.what}: {one.rule.why}." for one in listed]
            parts.append(f"### {title}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)
