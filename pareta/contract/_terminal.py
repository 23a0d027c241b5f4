"""The report as text that fits on one screen."""

from __future__ import annotations

import textwrap

from ._report import Finding, Outcome, Report, unseen

_WIDTH = 110
_DETAILED = 8
"""The number of findings shown in full; the next ones, up to _NAMED, are shown by name."""
_NAMED = 20
_OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "noted", "skipped")
_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


def render(report: Report, *, colours: bool = False) -> str:
    """Render the report for a terminal, with ANSI colours if `colours`."""

    def paint(text: str, colour: str) -> str:
        return f"\033[{_CODES[colour]}m{text}\033[0m" if colours else text

    lines = [paint(f"Contract of {report.target}", "bold") + f"  (seed {report.seed}, {report.examples} examples)", ""]
    for finding in report.findings[:_DETAILED]:
        lines += _finding(finding, paint("FAILED", "red"))
    for finding in report.findings[_DETAILED:_NAMED]:
        lines.append(f"{paint('FAILED', 'red')}  {_plain(finding.check)}  {_plain(finding.operation)}")
    if len(report.findings) > _DETAILED:
        more = len(report.findings) - _NAMED
        lines += [*([f"        and {more} more"] if more > 0 else []), "        --html FILE shows them all", ""]
    for note in report.notes:
        lines += _finding(note, paint("NOTED ", "yellow"))
    lines += _skipped(report)
    lines += _counts(report)
    verdict = paint(report.verdict, "green" if report.ok else "red")
    lines += ["", f"{verdict}  ({report.seconds:.1f} s)"]
    return "\n".join(lines) + "\n"


def _counts(report: Report) -> list[str]:
    checks = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in _OUTCOMES)
    lines = [f"{'checks':<10}{checks}"]
    if report.requests:
        lines.append(f"{'requests':<10}" + ", ".join(f"{count} {part}" for part, count in report.requests.items()))
    if report.coverage:
        seen = len(report.coverage) - len(report.missing)
        forced = sum(response.by_scenario for response in report.coverage)
        by_scenario = f", {forced} of them by scenario" if forced else ""
        lines.append(f"{'coverage':<10}{seen} of {len(report.coverage)} documented responses seen{by_scenario}")
    if report.missing:
        text = f"not seen: {unseen(report.coverage)}"
        lines += textwrap.wrap(text, _WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 10)
    return lines


def _finding(finding: Finding, word: str) -> list[str]:
    times = f"  ({finding.times} times)" if finding.times > 1 else ""
    lines = [f"{word}  {_plain(finding.check)}  {_plain(finding.operation)}{times}"]
    lines += textwrap.wrap(_plain(finding.reason), _WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 8)
    lines.append(f"        {finding.where}")
    lines += [f"        {place}. {_plain(step)}" for place, step in enumerate(finding.steps, start=1)]
    if finding.curl:
        lines.append(f"        {_plain(finding.curl)}")
    return [*lines, ""]


def _skipped(report: Report) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for check in report.skipped:
        reasons.setdefault(check.reason, []).append(check.name)
    lines: list[str] = []
    for reason, names in reasons.items():
        text = f"{reason}: {', '.join(names)}"
        lines += textwrap.wrap(text, _WIDTH, initial_indent="SKIPPED ", subsequent_indent=" " * 8)
    return [*lines, ""] if lines else []


def _plain(text: str) -> str:
    """Escape control characters in text from the server."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
