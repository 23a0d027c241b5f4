"""The report as one self-contained HTML page: inline styles, no script, all server text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from ._journal import ResponseCoverage
from ._report import Report

_LEGEND = (
    '<p class="key"><span class="seen">n</span> seen n times <span class="asked">n</span> seen by scenario'
    ' <span class="missing">0</span> not seen. A cell\'s title has its content type and line.</p>'
)


def render(report: Report) -> str:
    """Render the report as HTML."""
    return "\n".join(_parts(report))


def _parts(report: Report) -> Iterator[str]:
    passed, failed, skipped = (len(report.with_outcome(each)) for each in ("passed", "failed", "skipped"))
    verdict = f"{failed} of {passed + failed} tests failed." if failed else f"All {passed} tests passed."
    facts = {
        "passed": passed,
        "failed": failed,
        "skipped": skipped,
        "requests": report.requests,
        "deployments": report.deployments,
        "completions": report.completions,
        "responses seen": f"{sum(bool(each.seen) for each in report.coverage)} of {len(report.coverage)}",
    }
    style = files("pareta.contract").joinpath("report.css").read_text(encoding="utf-8")
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Contract: {verdict}</title><style>{style}</style></head><body><main>"
    yield f"<h1>Contract of {escape(report.target)}</h1>"
    yield f'<p class="verdict {"bad" if failed else "good"}">{verdict}</p><dl class="facts">'
    for name, value in facts.items():
        yield f"<div><dt>{name}</dt><dd>{value}</dd></div>"
    yield "</dl>"
    yield from _matrix(report)
    yield from _failures(report)
    yield from _tests(report)
    yield "</main></body></html>\n"


def _failures(report: Report) -> Iterator[str]:
    if report.failures:
        yield "<h2>Failures</h2>"
    for tests, failure in report.failures.values():
        yield f"<article><h3>{escape(tests[0].name)}</h3><p><em>{escape(tests[0].sentence)}</em></p>"
        yield f"<p>{escape(failure['reason'])}</p><p class='place'><code>{escape(failure['where'])}</code></p>"
        if failure["steps"]:
            yield f"<pre>{escape(chr(10).join(failure['steps']))}</pre>"
        if failure["curl"]:
            yield f"<pre>{escape(failure['curl'])}</pre><pre>{escape(failure['response'])}</pre>"
        if len(tests) > 1:
            others = "".join(f"<li>{escape(each.name)}</li>" for each in tests[1:])
            yield f"<details><summary>{len(tests) - 1} more tests</summary><ul>{others}</ul></details>"
        yield "</article>"


def _matrix(report: Report) -> Iterator[str]:
    statuses = sorted({cell.status for cell in report.coverage})
    rows: dict[tuple[str, str], list[ResponseCoverage]] = {}
    for cell in report.coverage:
        rows.setdefault((cell.operation, cell.label), []).append(cell)
    head = "".join(f'<th scope="col">{status}</th>' for status in statuses)
    yield f'<h2>Documented responses</h2>{_LEGEND}<div class="wide"><table class="matrix">'
    yield f'<thead><tr><th scope="col">operation</th>{head}</tr></thead><tbody>'
    for (operation, label), coverage in rows.items():
        row = "".join(
            f"<td>{''.join(_cell(cell) for cell in coverage if cell.status == status)}</td>" for status in statuses
        )
        name = escape(operation).replace("_", "_<wbr>")
        yield f'<tr><th scope="row">{name}<small>{escape(label)}</small></th>{row}</tr>'
    yield "</tbody></table></div>"


def _cell(cell: ResponseCoverage) -> str:
    kind = "missing" if not cell.seen else "asked" if cell.by_scenario else "seen"
    title = f"{cell.content_type or 'no body'}, line {cell.line}"
    return f'<span class="{kind}" title="{escape(title)}">{cell.seen}</span>'


def _tests(report: Report) -> Iterator[str]:
    yield "<h2>Tests</h2>"
    modules: dict[str, list[str]] = {}
    for each in report.results:
        module, _, name = each.name.partition("::")
        reason = f" <em>{escape(each.reason)}</em>" if each.reason else ""
        line = f"<b>{each.outcome}</b> <code>{escape(name)}</code> {escape(each.sentence)}{reason}"
        modules.setdefault(module, []).append(f'<li class="{each.outcome}">{line}</li>')
    for module, lines in modules.items():
        yield f"<details><summary>{escape(module)} ({len(lines)})</summary><ul>{''.join(lines)}</ul></details>"
