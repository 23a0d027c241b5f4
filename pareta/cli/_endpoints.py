"""`pareta endpoints`: what is deployed, and what it does and costs."""

from __future__ import annotations

from typing import Annotated

import typer

from . import _deploy, _metrics, _watch
from ._invocation import complete_endpoint, fetch, of

Id = Annotated[str, typer.Argument(metavar="ID", help="The endpoint's id.", autocompletion=complete_endpoint)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    endpoints = typer.Typer(help="Deploy models, operate what is deployed, and measure it.", no_args_is_help=True)
    endpoints.command("deploy")(_deploy.deploy)
    endpoints.command("list")(list_endpoints)
    endpoints.command("show")(show)
    endpoints.command("wait")(_deploy.wait)
    endpoints.command("start")(start)
    endpoints.command("stop")(stop)
    endpoints.command("delete")(delete)
    endpoints.command("metrics")(_metrics.metrics)
    endpoints.command("watch")(_watch.watch)
    app.add_typer(endpoints, name="endpoints")


def list_endpoints(context: typer.Context) -> None:
    """List every endpoint, in any status."""
    invocation, endpoints = fetch(context, lambda pa: pa.endpoints.list())
    rows = [(each.id, each.status, each.task, each.model) for each in endpoints]
    invocation.table(endpoints, ["ID", "STATUS", "TASK", "MODEL"], rows)


def show(context: typer.Context, endpoint_id: Id) -> None:
    """Show an endpoint."""
    _deploy.show(*fetch(context, lambda pa: pa.endpoints.retrieve(endpoint_id)))


def start(context: typer.Context, endpoint_id: Id) -> None:
    """Start a stopped endpoint. `wait` waits until it is live."""
    invocation, state = fetch(context, lambda pa: pa.endpoints.start(endpoint_id))
    invocation.record(state, state)


def stop(context: typer.Context, endpoint_id: Id) -> None:
    """Stop an endpoint: it costs nothing and serves nothing until it is started again."""
    invocation, state = fetch(context, lambda pa: pa.endpoints.stop(endpoint_id))
    invocation.record(state, state)


def delete(
    context: typer.Context,
    endpoint_id: Id,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete an endpoint for good."""
    out = of(context).out
    if out.can_ask and not yes and not out.ask(f"Delete {endpoint_id} for good?"):
        return
    fetch(context, lambda pa: pa.endpoints.delete(endpoint_id))
    out.note(f"{endpoint_id} is deleted.")
