"""The report as one self-contained HTML page: inline styles, no script, all server text escaped."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from ._report import CheckResult, Finding, Report, ResponseCoverage

_LEGEND = (
    '<p class="key"><span class="seen">n</span> seen n times <span class="asked">n</span> seen by scenario'
    ' <span class="missing">0</span> not seen. A cell\'s title has its content type and line.</p>'
)


def render(report: Report) -> str:
    """Render the report as HTML."""
    seen = len(report.coverage) - len(report.missing)
    style = files("pareta.contract").joinpath("report.css").read_text(encoding="utf-8")
    facts = {
        "requests": str(sum(report.requests.values())),
        "checks passed": str(report.count("passed")),
        "failed": str(report.count("failed")),
        "skipped": str(report.count("skipped")),
        "responses seen": f"{seen} of {len(report.coverage)}",
        "seconds": f"{report.seconds:.1f}",
    }
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Contract: {escape(report.verdict)}</title><style>{style}</style></head><body><main>",
            f"<h1>Contract of {escape(report.target)}</h1>",
            f'<p class="verdict {"good" if report.ok else "bad"}">{escape(report.verdict)}</p>',
            '<dl class="facts">',
            *(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items()),
            f"</dl><p>Seed {report.seed}, {report.examples} examples for each operation and phase.</p>",
            *_findings(report, "Failures", report.findings, "bad"),
            *_findings(report, "Notes", report.notes, "odd"),
            *_matrix(report),
            *_checks(report),
            "</main></body></html>\n",
        ]
    )


def _findings(report: Report, title: str, findings: tuple[Finding, ...], kind: str) -> list[str]:
    if not findings:
        return []
    parts = [f"<section><h2>{title}</h2>"]
    for finding in findings:
        times = f" · {finding.times} times" if finding.times > 1 else ""
        parts.append(f'<article class="{kind}"><h3>{escape(finding.check)}</h3>')
        parts.append(f'<p class="place">{escape(finding.operation)}{times} · <code>{escape(finding.where)}</code></p>')
        parts.append(f"<p><em>{escape(report.sentence(finding.check))}</em></p>")
        parts.append(f"<p>{escape(finding.reason)}</p>")
        if finding.steps:
            parts.append("<ol>" + "".join(f"<li>{escape(step)}</li>" for step in finding.steps) + "</ol>")
        if finding.curl:
            parts.append(f"<pre>{escape(finding.curl)}</pre>")
        parts.append("</article>")
    return [*parts, "</section>"]


def _matrix(report: Report) -> list[str]:
    statuses = sorted({cell.status for cell in report.coverage})
    rows: dict[tuple[str, str], list[ResponseCoverage]] = {}
    for cell in report.coverage:
        rows.setdefault((cell.operation, cell.label), []).append(cell)
    head = "".join(f'<th scope="col">{status}</th>' for status in statuses)
    parts = [
        "<section><h2>Documented responses</h2>",
        _LEGEND,
        f'<div class="wide"><table class="matrix"><thead><tr><th scope="col">operation</th>{head}</tr></thead><tbody>',
    ]
    for (operation, label), coverage in rows.items():
        row = "".join(
            f"<td>{''.join(_cell(cell) for cell in coverage if cell.status == status)}</td>" for status in statuses
        )
        name = escape(operation).replace("_", "_<wbr>")
        parts.append(f'<tr><th scope="row">{name}<small>{escape(label)}</small></th>{row}</tr>')
    return [*parts, "</tbody></table></div></section>"]


def _cell(cell: ResponseCoverage) -> str:
    kind = "missing" if not cell.seen else "asked" if cell.by_scenario else "seen"
    title = f"{cell.content_type or 'no body'}, line {cell.line}"
    return f'<span class="{kind}" title="{escape(title)}">{cell.seen}</span>'


def _checks(report: Report) -> list[str]:
    parts = ["<section><h2>Checks</h2>"]
    for part, checks in report.parts.items():
        failed = sum(each.outcome == "failed" for each in checks)
        count = f"{len(checks)}" + (f", {failed} failed" if failed else "")
        parts.append(f"<details{' open' if failed else ''}><summary>{escape(part)} ({count})</summary><ul>")
        parts += [_check(each) for each in checks]
        parts.append("</ul></details>")
    return [*parts, "</section>"]


def _check(check: CheckResult) -> str:
    reason = f" <em>{escape(check.reason)}</em>" if check.reason else ""
    sentence = f" {escape(check.sentence)}" if check.sentence else ""
    name = f"<b>{check.outcome}</b> <code>{escape(check.name)}</code>"
    return f'<li class="{check.outcome}">{name}{sentence}{reason}</li>'
