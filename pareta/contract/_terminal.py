"""The report as text: what is wrong, on one screen."""

from __future__ import annotations

import textwrap

from ._report import Finding, Outcome, Report, unseen

_WIDTH = 110
_TOLD = 8
"""How many findings are told in full; further ones are named, up to _NAMED."""
_NAMED = 20
_OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "noted", "skipped")
_CODES = {"red": "31", "green": "32", "yellow": "33", "bold": "1", "dim": "2"}


def render(report: Report, *, colours: bool = False) -> str:
    """Return the report for a terminal; `colours` for one that shows them."""

    def paint(text: str, colour: str) -> str:
        return f"\033[{_CODES[colour]}m{text}\033[0m" if colours else text

    lines = [paint(f"Contract of {report.target}", "bold") + f"  (seed {report.seed}, {report.examples} examples)", ""]
    for finding in report.findings[:_TOLD]:
        lines += _finding(finding, paint("FAILED", "red"))
    for finding in report.findings[_TOLD:_NAMED]:
        lines.append(f"{paint('FAILED', 'red')}  {_plain(finding.check)}  {_plain(finding.operation)}")
    if len(report.findings) > _TOLD:
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
    if report.cells:
        seen = len(report.cells) - len(report.missing)
        asked = sum(cell.asked_for for cell in report.cells)
        by_asking = f", {asked} of them by asking for them" if asked else ""
        lines.append(f"{'coverage':<10}{seen} of {len(report.cells)} documented answers seen{by_asking}")
    if report.missing:
        text = f"not seen: {unseen(report.cells)}"
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
    """Return text of a server's without what a terminal would act on."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
