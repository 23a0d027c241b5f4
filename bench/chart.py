"""The chart: bars on a logarithmic scale, bare httpx at 1, as an SVG that is read in light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from .measure import Result

SHOWN = {"pareta": "pareta", "pareta+aiohttp": "pareta + AiohttpTransport", "openai": "openai"}
_AMOUNTS = ("construct", "connections", "delay")
_LEFT, _RIGHT, _TOP, _BAR = 270, 60, 72, 13
_WIDTH = 860
_LOWEST, _HIGHEST = 0.02, 20.0
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11px }
.axis { stroke: #8c959f; stroke-width: 1 }
.httpx { stroke: #24292f; stroke-width: 1.5 }
.pareta { fill: #0969da } .pareta-aiohttp { fill: #1a7f37 } .openai { fill: #bf8700 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .axis { stroke: #6e7681 } .httpx { stroke: #e6edf3 }
  .pareta { fill: #4493f8 } .pareta-aiohttp { fill: #3fb950 } .openai { fill: #d29922 }
}
"""


def render(results: Sequence[Result], caption: str) -> str:
    """Return the chart of the cases that have a ratio."""
    rows = [each for each in results if each.case.kind not in _AMOUNTS and any(each.ratio(name) for name in SHOWN)]
    parts: list[str] = []
    y = float(_TOP)
    for row in rows:
        bars = [(name, ratio) for name in SHOWN if (ratio := row.ratio(name))]
        middle = y + _BAR * len(bars) / 2 + 4
        parts.append(f'<text x="{_LEFT - 10}" y="{middle:.1f}" text-anchor="end">{escape(row.case.name)}</text>')
        for name, ratio in bars:
            end = _x(ratio)
            parts.append(
                f'<rect class="{_class(name)}" x="{_LEFT}" y="{y:.1f}" width="{end - _LEFT:.1f}" height="{_BAR - 2}">'
                f"<title>{escape(row.case.name)}, {SHOWN[name]}: {ratio:.2f}x</title></rect>"
                f'<text class="small" x="{end + 5:.1f}" y="{y + 10:.1f}">{ratio:.2f}x</text>'
            )
            y += _BAR
        y += 10
    frame = [_legend(), *(_tick(value, y) for value in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0))]
    height = y + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="img"'
        f' aria-label="CPU time as a ratio to bare httpx">\n<style>{_STYLE}</style>\n'
        + "\n".join([*frame, *parts])
        + f'\n<text class="small" x="{_LEFT}" y="{height - 8:.0f}">{escape(caption)}</text>\n</svg>\n'
    )


def _x(ratio: float) -> float:
    span = math.log(_HIGHEST / _LOWEST)
    share = math.log(min(max(ratio, _LOWEST), _HIGHEST) / _LOWEST) / span
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _tick(value: float, bottom: float) -> str:
    x = _x(value)
    kind = "httpx" if value == 1 else "axis"
    dash = "" if value == 1 else ' stroke-dasharray="2 4"'
    label = "httpx = 1" if value == 1 else f"{value:g}x"
    return (
        f'<line class="{kind}"{dash} x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{bottom:.1f}"/>'
        f'<text class="small" x="{x:.1f}" y="{_TOP - 14}" text-anchor="middle">{label}</text>'
    )


def _legend() -> str:
    parts = [f'<text x="{_LEFT}" y="20">CPU time beside bare httpx, logarithmic: less is better</text>']
    for place, (name, label) in enumerate(SHOWN.items()):
        x = _LEFT + place * 170
        parts.append(f'<rect class="{_class(name)}" x="{x}" y="30" width="11" height="11"/>')
        parts.append(f'<text class="small" x="{x + 17}" y="40">{label}</text>')
    return "\n".join(parts)


def _class(name: str) -> str:
    return name.replace("+", "-")
