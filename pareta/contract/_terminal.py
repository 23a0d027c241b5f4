"""The report as text: what is wrong, on one screen."""

from __future__ import annotations

import textwrap

from ._report import Finding, Report

_WIDTH = 110
_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


def render(report: Report, *, colours: bool = False) -> str:
    """Return the report for a terminal; `colours` for one that shows them."""

    def paint(text: str, colour: str) -> str:
        return f"\033[{_CODES[colour]}m{text}\033[0m" if colours else text

    lines = [paint(f"Contract of {report.target}", "bold") + f"  (seed {report.seed}, {report.examples} examples)", ""]
    for finding in report.findings:
        lines += _finding(finding, paint("FAILED", "red"))
    for note in report.notes:
        lines += _finding(note, paint("NOTED ", "yellow"))
    lines += _skipped(report)
    seen = len(report.cells) - len(report.missing)
    asked = sum(cell.asked_for for cell in report.cells)
    lines += [
        f"{'requests':<10}" + ", ".join(f"{count} {part}" for part, count in report.requests.items()),
        f"{'checks':<10}{report.count('passed')} passed, {report.count('failed')} failed,"
        f" {report.count('noted')} noted, {report.count('skipped')} skipped",
        f"{'coverage':<10}{seen} of {len(report.cells)} documented answers seen"
        + (f", {asked} of them by asking for them" if asked else ""),
    ]
    if report.missing:
        lines += textwrap.wrap(
            "not seen: "
            + "; ".join(f"{cell.operation} {cell.status} {cell.content_type}".strip() for cell in report.missing),
            _WIDTH,
            initial_indent=" " * 10,
            subsequent_indent=" " * 10,
        )
    verdict = paint("Nothing is wrong.", "green")
    if not report.ok:
        verdict = paint(f"{len(report.findings)} things are wrong.", "red")
    lines += ["", f"{verdict}  ({report.seconds:.1f} s)"]
    return "\n".join(lines) + "\n"


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
    """Return text of a server's without what a terminal would act on."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
