"""Metrics as charts, and charts as SVG."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from pareta import EndpointCost, Leaderboard, ModelList
from pareta.charts import Bar, Chart, charts_of, document, svg

FEEDS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"window": "24h", "p50_ms": 120.4, "p95_ms": 2000, "p99_ms": None}, "Latency, 24h", ["120 ms", "2,000 ms"]),
    ({"window": "7d", "availability": 0.9995}, "Availability, 7d", ["99.95%"]),
    (
        {"spend_micro_usd": 210, "frontier_baseline_micro_usd": 5200},
        "Spend beside the frontier",
        ["$0.000210", "$0.005200"],
    ),
    (
        {"scorer": "f1", "windows": [{"started_at": "2026-01-10T09:00:00Z", "score": 0.9312}]},
        "Quality (f1)",
        ["0.931"],
    ),
    ({"series": [{"started_at": "2026-01-10T09:00:00Z", "requests": 7, "errors": 2}]}, "Requests", ["7", "2 failed"]),
]


@pytest.mark.parametrize(("feed", "title", "texts"), FEEDS)
def test_each_metric_has_its_chart(feed: dict[str, Any], title: str, texts: list[str]) -> None:
    """Each metric becomes bars, which say their values with units; what is missing is left out."""
    (chart,) = charts_of(feed)
    assert (chart.title, [bar.text for bar in chart.bars]) == (title, texts)


@pytest.mark.parametrize("value", [None, "x", [], {}, True, -5])
@pytest.mark.parametrize("key", ["p50_ms", "availability", "spend_micro_usd", "windows", "series"])
def test_odd_values_draw_nothing(key: str, value: Any) -> None:
    """What is no number, or no list, is no bar, and no error."""
    charts = charts_of({key: value})
    assert [bar for chart in charts for bar in chart.bars] == []
    ET.fromstring(svg(charts))


def test_a_picture_is_xml_with_a_name() -> None:
    """The SVG is well-formed whatever the texts hold, and has a name for those who do not see it."""
    evil = Chart("<script>\x00&", [Bar('"><b>', 1, "\x1b[31m"), Bar("b", 2, "2")])
    picture = ET.fromstring(svg([evil], title='a"b'))
    assert picture.get("aria-label") == 'a"b'
    assert picture.get("role") == "img"
    texts = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["<script>&", '"><b>', "[31m", "b", "2"]


def test_a_file_is_light_and_dark() -> None:
    """A picture for a file has a background, and another where its reader prefers the dark."""
    assert "prefers-color-scheme:dark" in document([], title="t")
    assert "prefers-color-scheme" not in svg([])


def test_a_long_series_shows_its_end() -> None:
    """Of a long series the latest thirty are drawn."""
    series = [{"started_at": f"2026-01-{day:02}T00:00:00Z", "requests": day} for day in range(1, 32)]
    (chart,) = charts_of({"series": series})
    assert [bar.text for bar in chart.bars] == [str(day) for day in range(2, 32)]


def test_a_notebook_shows_charts_and_rows() -> None:
    """A metric is shown in a notebook as its charts and its rows; another object as its rows."""
    cost = EndpointCost.from_dict(
        {"window": "24h", "spend_micro_usd": 210, "frontier_baseline_micro_usd": 5200, "groups": [{"requests": "<b>"}]}
    )
    shown = cost._repr_html_()
    assert shown is not None
    assert shown.startswith("<svg ")
    assert "<th>requests</th>" in shown
    assert "<td>&lt;b&gt;</td>" in shown
    board = Leaderboard.from_dict({"models": [{"name": "qwen-2"}, {"quality": 0.9}]})
    assert board._repr_html_() == (
        "<table><thead><tr><th>name</th><th>quality</th></tr></thead>"
        "<tbody><tr><td>qwen-2</td><td></td></tr><tr><td></td><td>0.9</td></tr></tbody></table>"
    )


def test_rows_are_a_data_frame() -> None:
    """`to_pandas` has a row for each object of the one list of an object, even of an empty one; else one row."""
    models = ModelList.from_dict({"object": "list", "data": [{"id": "a"}, {"id": "b", "created": 5}]})
    assert models.to_pandas()["id"].tolist() == ["a", "b"]
    assert models.to_pandas()["created"].isna().tolist() == [True, False]
    assert EndpointCost.from_dict({"window": "24h", "requests": 3}).to_pandas()["requests"].tolist() == [3]
    assert len(EndpointCost.from_dict({"groups": []}).to_pandas()) == 0


def test_without_pandas_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pandas is not installed, `to_pandas` raises an ImportError that names it."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pandas"):
        ModelList.from_dict({"data": []}).to_pandas()
