"""Metrics as bars, and bars as SVG, for notebooks and files. Nothing is needed but the standard library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from attrs import frozen

from pareta_generated.interchange import rows_of
from pareta_generated.json_values import is_array, is_object

_LONGEST = 30
"""Bars in a chart of a series: the latest are shown."""
_COLOURS = {"endpoint": "#3b82f6", "frontier": "#8b95a5", "failure": "#dc2626"}
_ROW, _LEFT, _WIDTH, _BARS = 22, 150, 640, 330
_PAGE = "svg{color:#1f2933;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e4e7eb;background:#14181d}}"


@frozen
class Bar:
    """One value of a chart, and how it reads."""

    label: str
    value: float
    text: str
    of: str = "endpoint"
    """What it measures: `endpoint`, `frontier` or `failure`; it gives the colour."""


@frozen
class Chart:
    """Bars of one unit."""

    title: str
    bars: Sequence[Bar]


def charts_of(feed: Mapping[str, Any]) -> list[Chart]:
    """Return the charts of a metric, such as `endpoints.metrics(id).cost()`; none where there is nothing to draw."""
    window = feed.get("window")
    return [Chart(f"{title}, {window}" if window else title, list(bars)) for title, bars in _drawn(feed)]


def _drawn(feed: Mapping[str, Any]) -> Iterator[tuple[str, Iterator[Bar]]]:
    if "p50_ms" in feed:
        yield "Latency", _latency(feed)
    if "availability" in feed:
        yield "Availability", _one("live", feed["availability"], "{:.2%}")
    if "spend_micro_usd" in feed:
        yield "Spend beside the frontier", _cost(feed)
    if "windows" in feed:
        yield f"Quality ({feed.get('scorer')})", _series(feed["windows"], ("score", "{:.3f}", "endpoint"))
    if "series" in feed:
        shown = (("requests", "{:,.0f}", "endpoint"), ("errors", "{:,.0f} failed", "failure"))
        yield "Requests", _series(feed["series"], *shown)


def _latency(feed: Mapping[str, Any]) -> Iterator[Bar]:
    for name in ("p50", "p95", "p99"):
        yield from _one(name, feed.get(f"{name}_ms"), "{:,.0f} ms")


def _cost(feed: Mapping[str, Any]) -> Iterator[Bar]:
    for each in _objects(feed.get("groups")) or [feed]:
        label = _time(each.get("started_at")) or "endpoint"
        for key, of in (("spend_micro_usd", "endpoint"), ("frontier_baseline_micro_usd", "frontier")):
            name = label if of == "endpoint" else "frontier"
            yield from _one(name, each.get(key), "${:,.6f}", of, scale=1_000_000)


def _series(found: Any, *shown: tuple[str, str, str]) -> Iterator[Bar]:
    for each in _objects(found):
        for key, form, of in shown:
            if of != "failure" or each.get(key):
                yield from _one(_time(each.get("started_at")), each.get(key), form, of)


def _one(label: str, value: Any, form: str, of: str = "endpoint", *, scale: float = 1) -> Iterator[Bar]:
    """Yield the bar of a number; nothing for what is no number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        yield Bar(label, value / scale, form.format(value / scale), of)


def _objects(found: Any) -> Sequence[Mapping[str, Any]]:
    return [each for each in found if is_object(each)][-_LONGEST:] if is_array(found) else []


def _time(value: Any) -> str:
    """Return the date and the minute of an ISO time."""
    return value[5:16].replace("T", " ") if isinstance(value, str) else ""


def svg(charts: Sequence[Chart], *, title: str = "", style: str = "") -> str:
    """Return charts as one SVG element, which stands in HTML as it is. Its texts take the colour around them."""
    parts, top = [f"<style>{style}</style>"] if style else [], 12
    for chart in charts:
        parts.append(_text(0, top + 12, chart.title, weight=600))
        top += 24
        most = max((bar.value for bar in chart.bars), default=0) or 1
        if not chart.bars:
            parts.append(_text(0, top + 12, "nothing in this window", opacity=0.7))
            top += _ROW
        for bar in chart.bars:
            length = max(1, round(_BARS * bar.value / most))
            parts.append(_text(0, top + 14, bar.label))
            parts.append(
                f'<rect x="{_LEFT}" y="{top + 3}" width="{length}" height="14" rx="2"'
                f' fill="{_COLOURS.get(bar.of, _COLOURS["endpoint"])}"/>'
            )
            parts.append(_text(_LEFT + length + 8, top + 14, bar.text))
            top += _ROW
        top += 14
    name = escape(title or "; ".join(chart.title for chart in charts), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{name}" viewBox="-12 0 {_WIDTH} {top}"'
        f' width="{_WIDTH}" height="{top}" style="max-width:100%;height:auto" fill="currentColor"'
        f' font-family="system-ui, DejaVu Sans, sans-serif" font-size="13">{"".join(parts)}</svg>'
    )


def html(raw: Mapping[str, Any]) -> str:
    """Return an object of the API for a notebook: its charts if it is a metric, and its rows as a table."""
    rows = rows_of(dict(raw))
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(str(row.get(name, str())))}</td>' for name in names)}</tr>" for row in rows
    )
    charts = charts_of(raw)
    return f"{svg(charts) if charts else ''}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def document(charts: Sequence[Chart], *, title: str) -> str:
    """Return charts as an SVG file, with a background, light or dark as its reader has it."""
    return svg(charts, title=title, style=_PAGE)


def _text(x: int, y: int, text: str, **attributes: float) -> str:
    extra = "".join(
        f' font-{name}="{value}"' if name == "weight" else f' {name}="{value}"' for name, value in attributes.items()
    )
    return f'<text x="{x}" y="{y}"{extra}>{escape(_printable(text))}</text>'


def _printable(text: str) -> str:
    """Leave out what may not stand in XML."""
    return "".join(char for char in text if char.isprintable())
