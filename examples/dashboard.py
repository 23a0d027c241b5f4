"""Write a page with the charts of all endpoints.

It is one file of HTML with inline SVG: it can be mailed, or served from anywhere.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from pareta import Endpoint, Pareta
from pareta.charts import charts_of, svg


def section(pa: Pareta, endpoint: Endpoint) -> str:
    """Return the part of the page for one endpoint."""
    metrics = pa.endpoints.metrics(endpoint.id)
    feeds = (metrics.performance(), metrics.cost(group_by="hour"), metrics.activity())
    charts = [chart for feed in feeds for chart in charts_of(feed)]
    title = escape(f"{endpoint.id}: {endpoint.task}, {endpoint.model}, {endpoint.status}")
    return f"<h2>{title}</h2>{svg(charts, title=title)}"


def main(path: Path) -> None:
    """Write the page."""
    with Pareta.from_env() as pa:
        parts = [section(pa, endpoint) for endpoint in pa.endpoints.list()]
    style = "body{font-family:system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Endpoints</title><style>{style}</style>'
    path.write_text(f"{head}<h1>Endpoints</h1>{''.join(parts)}</html>\n", "utf-8")
    print(f"{path} is written.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
