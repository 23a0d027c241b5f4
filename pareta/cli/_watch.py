"""`pareta endpoints watch`: every endpoint, what it serves and what that costs, drawn anew all the time."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pareta import ParetaError

from ._invocation import of
from ._text import cell, dollars, milliseconds
from ._times import window_of

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from pareta import Endpoint, Pareta

_COLUMNS = ("ENDPOINT", "STATUS", "TASK", "MODEL", "REQUESTS/S", "P95", "SPEND", "SAVED")
_WIDE = 100
"""Columns; a narrower terminal does not show the task and the model."""


class Look(NamedTuple):
    """The endpoints at one moment."""

    at: float
    rows: dict[str, dict[str, Any]]


def watch(
    context: typer.Context,
    interval: Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="Time between two looks.")] = 2,
    count: Annotated[int | None, typer.Option(metavar="N", min=1, help="Stop after N looks.")] = None,
    window: Annotated[str, typer.Option(help="The time that p95, spend and savings cover.")] = "24h",
) -> None:
    """Watch all endpoints until Ctrl-C: status, requests a second, p95, spend, savings."""
    from concurrent.futures import ThreadPoolExecutor

    invocation = of(context)
    window_of(window, None)
    out = invocation.out
    live: Any = None
    last: Look | None = None
    with invocation.client() as client, ThreadPoolExecutor(8) as pool:
        try:
            while count is None or count > 0:
                look = _look(client, pool, window)
                cells = _cells(look, last)
                if invocation.json:
                    out.json_line(list(look.rows.values()))
                elif out.is_terminal and out.can_redraw:
                    if live is None:
                        from rich.live import Live

                        live = Live(console=out.console, auto_refresh=False, screen=False)
                        live.start()
                    live.update(_drawn(cells, out.console.width), refresh=True)
                else:
                    out.table(_COLUMNS, cells)
                last = look
                count = None if count is None else count - 1
                if count != 0:
                    time.sleep(interval)
        finally:
            if live is not None:
                live.stop()


def _look(client: Pareta, pool: ThreadPoolExecutor, window: str) -> Look:
    endpoints = [each for each in client.endpoints.list() if each.id]
    rows = pool.map(partial(_row, client, window), endpoints)
    return Look(time.monotonic(), {str(each.id): row for each, row in zip(endpoints, rows, strict=True)})


def _row(client: Pareta, window: str, endpoint: Endpoint) -> dict[str, Any]:
    row: dict[str, Any] = {"endpoint": endpoint.to_dict()}
    metrics = client.endpoints.metrics(endpoint.id)
    try:
        row |= {
            "activity": metrics.activity(window=window),
            "performance": metrics.performance(window=window),
            "cost": metrics.cost(window=window),
        }
    except ParetaError as error:  # It was deleted meanwhile, or one look failed: the next may not.
        row["error"] = str(error)
    return row


def _cells(look: Look, last: Look | None) -> list[list[str]]:
    return [
        [
            endpoint_id,
            row["endpoint"].get("status"),
            row["endpoint"].get("taskName"),
            row["endpoint"].get("model"),
            _rate(endpoint_id, look, last),
            milliseconds(row.get("performance", {}).get("p95_ms")),
            dollars(row.get("cost", {}).get("spend_micro_usd")),
            dollars(row.get("cost", {}).get("savings_micro_usd")),
        ]
        for endpoint_id, row in look.rows.items()
    ]


def _rate(endpoint_id: str, look: Look, last: Look | None) -> str:
    """Return how many requests a second there were since the last look."""
    if last is None:
        return "-"
    now, then = (each.rows.get(endpoint_id, {}).get("activity", {}).get("requests") for each in (look, last))
    if not isinstance(now, int) or not isinstance(then, int):
        return "-"
    return f"{max(0, now - then) / max(look.at - last.at, 1e-3):.1f}"


def _drawn(cells: list[list[str]], width: int) -> Any:
    from rich.console import Group
    from rich.text import Text

    from ._output import grid

    shown = [index for index, name in enumerate(_COLUMNS) if width >= _WIDE or name not in {"TASK", "MODEL"}]
    starting = sum(row[1] == "starting" for row in cells)
    title = f"{len(cells)} endpoints, {starting} starting  {time.strftime('%H:%M:%S')}  Ctrl-C leaves"
    table = grid([_COLUMNS[index] for index in shown], [[cell(row[index]) for index in shown] for row in cells])
    return Group(Text(title, style="dim"), table)
