"""Shows a new upstream beside the former one and our fixes: what they changed, what the fixes touch, what collides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from .. import lint
from ..diff import operations, report
from ..diff.changes import Change
from ..problems import Problem
from ..spec import Spec, at
from .overlay import Fix


@attrs.frozen
class View:
    """The three sides of an import."""

    changes: list[Change] | None
    """What they changed, with our fixes on both sides; None without a former upstream."""
    problems: list[Problem]
    """Why the two cannot be compared."""
    mixed: bool
    """Whether our own fixes changed since the former upstream, so that their effects are among the changes."""
    fixes: list[Fix]
    collisions: list[tuple[Fix, str, str]]
    """The fix, `superfluous` or `changed`, and what to look at."""


def view(former: Spec | None, new: Spec, fixes: list[Fix]) -> View:
    """Compare two imported documents, each with what `records` returned in `x-import`."""
    known = at(former.root if former else {}, "x-import")
    problems = [*lint.problems(former), *lint.problems(new)] if former else []
    changes = operations.compare(former, new) if former and not problems else None
    mixed = known.get("overlay") != at(new.root, "x-import").get("overlay")
    found = list(_collisions(fixes, at(known, "fixes"), at(new.root, "x-import", "fixes")))
    return View(changes, problems, mixed, fixes, found)


def records(fixes: list[Fix]) -> dict[str, Any]:
    """Return what the next import has to know of the fixes, by target."""
    found: dict[str, Any] = {}
    for fix in fixes:
        key, number = fix.target, 2
        while key in found:
            key, number = f"{fix.target} #{number}", number + 1
        found[key] = {"selected": fix.selected, "overwritten": fix.overwritten}
    return found


def _collisions(fixes: list[Fix], known: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[Fix, str, str]]:
    for fix, key in zip(fixes, now, strict=True):
        before = at(known, key)
        if fix.superfluous:
            yield fix, "superfluous", "the new document says so itself; remove the action"
            continue
        was = at(before, "overwritten")
        changed = [place for place, value in fix.overwritten.items() if place in was and was[place] != value]
        if changed:
            values = f"{_short(was[changed[0]])} to {_short(fix.overwritten[changed[0]])}"
            more = f" (and {len(changed) - 1} more such)" if len(changed) > 1 else ""
            yield (
                fix,
                "changed",
                f"they changed {changed[0]}, which it overwrites, from {values}{more}; look at the fix",
            )
        elif before and before.get("selected") != fix.selected:
            yield fix, "changed", "they changed what it selects, beside what it overwrites; look at the fix"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 60 else f"{text[:57]}…"


def text(shown: View, former: str) -> str:
    """Return the view as text; empty if there is nothing to see."""
    parts: list[str] = []
    if shown.changes is not None:
        mixed = "The fixes, or what is skipped, changed since, and are among it; --from tells them apart.\n"
        parts.append(f"They changed since {former}:\n{mixed if shown.mixed else ''}{report.text(shown.changes)}")
    if shown.problems:
        parts.append(
            f"What they changed since {former} cannot be told:\n" + "".join(f"{one}\n" for one in shown.problems)
        )
    if shown.fixes:
        parts.append("Our fixes touch:\n" + "".join(f"{_line(one)}\n" for one in shown.fixes))
    if shown.collisions:
        lines = (f"{fix.where.file}:{fix.where.line}: {fix.target}: {what}\n" for fix, _, what in shown.collisions)
        parts.append("These collide:\n" + "".join(lines))
    return "\n".join(parts)


def _line(fix: Fix) -> str:
    keys = ", ".join(_keys(fix)) or "removed"
    places = f" in {len(fix.places)} places" if len(fix.places) > 1 else ""
    return f"{fix.where.file}:{fix.where.line}: {fix.target}: {keys}{places} ({fix.reason})"


def _keys(fix: Fix) -> list[str]:
    depth = len(fix.places[0]) if fix.places else 0
    return list(dict.fromkeys(".".join(leaf[depth:]) or "the value" for leaf in fix.written))


def as_json(shown: View, former: str) -> str:
    """Return the view as JSON."""
    fixes = [
        {"where": f"{one.where.file}:{one.where.line}", "target": one.target, "reason": one.reason,
         "places": len(one.places), "writes": _keys(one)} for one in shown.fixes
    ]  # fmt: skip
    collisions = [
        {"where": f"{fix.where.file}:{fix.where.line}", "target": fix.target, "kind": kind, "what": what}
        for fix, kind, what in shown.collisions
    ]
    theirs = (
        None if shown.changes is None else {"since": former, "mixed": shown.mixed, **report.as_values(shown.changes)}
    )
    problems = [str(one) for one in shown.problems]
    return (
        json.dumps({"theirs": theirs, "problems": problems, "fixes": fixes, "collisions": collisions}, indent=2) + "\n"
    )
