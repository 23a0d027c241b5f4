"""The report as text that fits on one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._journal import unseen
from ._report import Report

_WIDTH = 110
_DETAILED = 3
"""The number of failures shown in full; the next ones, up to _NAMED, are shown by name."""
_NAMED = 10
_FEW = 3
_INDENT = " " * 8


def render(report: Report) -> Iterator[str]:
    """Yield the lines of the report."""
    failures = list(report.failures.values())
    for tests, failure in failures[:_DETAILED]:
        others = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
        yield from lines_of(tests[0].name + others, tests[0].sentence, [failure])
        yield ""
    for tests, failure in failures[_DETAILED:_NAMED]:
        yield _cut(f"FAILED  {tests[0].name}  {failure['reason']}")
    if len(failures) > _DETAILED:
        more = len(failures) - _NAMED
        yield f"{_INDENT}{f'and {more} more failures; ' if more > 0 else ''}--html FILE shows them all"
    for reason, names in report.skips.items():
        shown = [name.partition("::")[2] for name in names[:_FEW]]
        others = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        yield from _wrap(f"{reason}: {', '.join(shown)}{others}", "SKIPPED ")
    yield f"requests  {report.requests}, with {report.deployments} deployments and {report.completions} completions"
    seen = sum(bool(each.seen) for each in report.coverage)
    forced = sum(each.by_scenario for each in report.coverage)
    by_scenario = f", {forced} of them by scenario" if forced else ""
    yield f"coverage  {seen} of {len(report.coverage)} documented responses seen{by_scenario}"
    if seen < len(report.coverage) and report.is_whole:
        yield from _wrap(f"not seen: {unseen(report.coverage)}", " " * 10)


def lines_of(name: str, sentence: str, failures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a failed test."""
    yield f"FAILED  {_plain(name)}"
    if sentence:
        yield f"{_INDENT}{sentence}"
    for failure in failures:
        yield from _wrap(_plain(failure["reason"]), _INDENT)
        yield f"{_INDENT}{failure['where']}"
        yield from (f"{_INDENT}{_plain(step)}" for step in failure["steps"])
        if failure["curl"]:
            yield f"{_INDENT}{_plain(failure['curl'])}"
            yield f"{_INDENT}→ {_plain(failure['response'])}"


def _wrap(text: str, begin: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=begin, subsequent_indent=" " * len(begin))


def _cut(text: str) -> str:
    text = _plain(text)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _plain(text: str) -> str:
    """Escape control characters in text from the server."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
