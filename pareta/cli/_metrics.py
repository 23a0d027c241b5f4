"""`pareta endpoints metrics`: as tables, JSON, plots in the terminal, or a picture in a file."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ._errors import FAILED, CommandError
from ._invocation import complete_endpoint, of
from ._text import clean, dollars, milliseconds, share
from ._times import window_of

if TYPE_CHECKING:
    from pareta import Pareta
    from pareta.charts import Chart


_OWN_NUMBER = re.compile(r"(?m) (\x1b\[[\d;]*m)*[\d.]+(\x1b\[[\d;]*m)*$")
"""What plotext prints behind a bar: the value without its unit."""


def metrics(  # noqa: PLR0917  # Typer passes keywords.
    context: typer.Context,
    endpoint_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete_endpoint)],
    window: Annotated[str | None, typer.Option(help="The time up to now, such as 30m, 24h or 7d.")] = None,
    since: Annotated[str | None, typer.Option(help='The same in words: "last monday", "3 days ago".')] = None,
    group_by: Annotated[Literal["day", "hour"] | None, typer.Option(help="Split the cost.")] = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw them in the terminal.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw them to a file, .svg or .png.")] = None,
) -> None:
    """Show latency, uptime, spend and savings, quality and usage."""
    from pareta.charts import charts_of, document

    invocation = of(context)
    if out is not None and out.suffix not in {".svg", ".png"}:
        raise CommandError(f"--out {clean(out)}: the name must end in .svg or .png.")
    if group_by is None and (plot or out):
        group_by = "hour"
    with invocation.client() as client:
        feeds = read(client, endpoint_id, window=window_of(window, since), group_by=group_by)
    charts = [chart for feed in feeds.values() for chart in charts_of(feed)]
    if out is not None:
        _write(out, document(charts, title=endpoint_id))
        invocation.out.note(f"{out} is written.")
    if invocation.json:
        invocation.out.json(feeds)
    elif plot:
        console = invocation.out.console
        colour = bool(console.color_system) and not console.no_color
        for chart in charts:
            unicode = not console.options.ascii_only
            invocation.out.line(plotted(chart, console.width, colour=colour, unicode=unicode))
    elif out is None:
        invocation.out.record(summary(feeds))


def read(client: Pareta, endpoint_id: str, *, window: str | None, group_by: Any = None) -> dict[str, dict[str, Any]]:
    """Return the five feeds of an endpoint by their names."""
    metrics = client.endpoints.metrics(endpoint_id)
    return {
        "performance": metrics.performance(window=window),
        "uptime": metrics.uptime(window=window),
        "cost": metrics.cost(window=window, group_by=group_by),
        "quality": metrics.quality(window=window),
        "activity": metrics.activity(window=window),
    }


def summary(feeds: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return what the feeds say, in words and units."""
    latency, cost, usage, quality = (feeds[name] for name in ("performance", "cost", "activity", "quality"))
    percentiles = ", ".join(f"{name} {milliseconds(latency.get(f'{name}_ms'))}" for name in ("p50", "p95", "p99"))
    return {
        "window": clean(cost.get("window")),
        "requests": f"{usage.get('requests')}, and {usage.get('errors')} failed",
        "tokens": f"{usage.get('prompt_tokens')} read, {usage.get('completion_tokens')} written",
        "latency": percentiles,
        "availability": share(feeds["uptime"].get("availability")),
        "quality": f"{share(quality.get('score'))} ({clean(quality.get('scorer'))})",
        "spend": dollars(cost.get("spend_micro_usd")),
        "on the frontier": dollars(cost.get("frontier_baseline_micro_usd")),
        "saved": dollars(cost.get("savings_micro_usd")),
    }


def plotted(chart: Chart, width: int, *, colour: bool, unicode: bool) -> str:
    """Return a chart as lines of a terminal."""
    if not chart.bars:
        return f"{clean(chart.title)}:\nnothing in this window\n"
    plotext: Any = import_module("plotext")  # It has no types.
    plotext.clear_figure()
    labels = [clean(f"{bar.label} {bar.text}") for bar in chart.bars]
    plotext.simple_bar(labels, [bar.value for bar in chart.bars], width=width, title=clean(chart.title))
    text = _OWN_NUMBER.sub("", str(plotext.build()))
    if not unicode:
        text = text.replace("▇", "#").replace("─", "-")
    return text if colour else str(plotext.uncolorize(text))


def _write(path: Path, svg: str) -> None:
    if path.suffix == ".svg":
        path.write_text(svg, "utf-8")
        return
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise CommandError("A PNG needs resvg: pip install './pareta[cli]'; or write an .svg.", FAILED) from None
    path.write_bytes(bytes(svg_to_bytes(svg_string=svg, zoom=2)))
