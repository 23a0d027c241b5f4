"""`pareta endpoints deploy` and `wait`: until an endpoint is live, or how to take it up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pareta import APIConnectionError, APITimeoutError, DeployError

from ._errors import DEPLOY_FAILED, INTERRUPTED, NOT_READY, CommandError
from ._invocation import Invocation, complete_alias, complete_endpoint, complete_task, of
from ._progress import DeployProgress, waiting
from ._text import cell, dollars, share

if TYPE_CHECKING:
    from pareta import DeployStream, Endpoint, LeaderboardEntry, Pareta


def deploy(  # noqa: PLR0917  # Typer passes keywords.
    context: typer.Context,
    task: Annotated[str, typer.Argument(help="What it is for: a task's id.", autocompletion=complete_task)],
    model: Annotated[
        str, typer.Option("--model", "-m", help="An alias of the task's leaderboard.", autocompletion=complete_alias)
    ] = "recommended",
    name: Annotated[str | None, typer.Option(help="The endpoint's name, and so its id.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait until it is live.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Deploy a model for a task. Ctrl-C leaves the deployment running."""
    invocation = of(context)
    out = invocation.out
    with invocation.client() as client:
        model = _show_choice(invocation, client, task, model)
        if out.can_ask and not yes and not out.ask("Deploy it?"):
            out.note("Nothing is deployed.")
            return 0
        endpoint_id = name
        try:
            with client.endpoints.deploy(task=task, model=model, name=name) as stream:
                endpoint_id = stream.endpoint_id or name
                if not wait:
                    out.json({"id": endpoint_id}) if invocation.json else out.line(cell(endpoint_id))
                    return 0
                live = _follow(invocation, client, stream, endpoint_id)
        except KeyboardInterrupt:
            way = f"`pareta endpoints wait {cell(endpoint_id)}`" if endpoint_id else "`pareta endpoints list`"
            out.note(f"The deployment goes on. Take it up again with {way}.")
            return INTERRUPTED
        if not invocation.json:
            show(invocation, live)
    return 0


def _show_choice(invocation: Invocation, client: Pareta, task: str, model: str) -> str:
    """Print the row of the leaderboard that is about to be deployed, and return its alias."""
    board = client.tasks.leaderboard(task)
    alias = (board.recommended or model) if model == "recommended" else model
    row = next((each for each in board.models if each.name == alias), None)
    if row is None:
        invocation.out.note(f"{alias} for {task}: it is not on the task's leaderboard.")
        return alias
    pick = ", recommended" if alias == board.recommended else ""
    invocation.out.note(f"{alias}{pick}: {_facts(row, board.metric)}.")
    if board.frontier:
        invocation.out.note(f"{board.frontier.name}, on the frontier: {_facts(board.frontier, board.metric)}.")
    return alias


def _facts(row: LeaderboardEntry, metric: str | None) -> str:
    return f"{metric or 'quality'} {share(row.quality)}, {dollars(row.cost_per_request_micro_usd)} a request"


def _follow(invocation: Invocation, client: Pareta, stream: DeployStream, endpoint_id: str | None) -> Endpoint:
    """Show the events up to the last one, and return the live endpoint."""
    try:
        with DeployProgress(invocation.out) as progress:
            for event in stream:
                data = event["data"]
                if invocation.json:
                    invocation.out.json_line(event)
                if event["event"] == "progress":
                    progress.show(data.get("stage"), data.get("pct"))
                elif event["event"] == "error":
                    message = data.get("message", "the server does not say why")
                    raise CommandError(f"The deployment failed: {message}", DEPLOY_FAILED)
                elif event["event"] == "complete":
                    progress.show("live", 100)
                    endpoint_id = _id_in(data.get("endpoint")) or endpoint_id
    except APIConnectionError as error:
        if endpoint_id is None:
            raise
        invocation.out.note(f"The stream was lost: {error}")
        live = wait_for(invocation, client, endpoint_id, 3600)
        if invocation.json:
            invocation.out.json_line({"event": "complete", "data": {"endpoint": live.to_dict()}})
        return live
    if endpoint_id is None:
        raise DeployError("The server did not say which endpoint it deployed: see `pareta endpoints list`.")
    return wait_for(invocation, client, endpoint_id, 3600)


def _id_in(found: Any) -> str | None:
    try:
        return str(found["id"])
    except (TypeError, KeyError):
        return None


def wait_for(invocation: Invocation, client: Pareta, endpoint_id: str, seconds: float) -> Endpoint:
    """Wait until an endpoint is live.

    Raises:
        CommandError: It is not live in time.

    """
    found = client.endpoints.retrieve(endpoint_id)
    if found.is_live:
        return found
    try:
        with waiting(invocation.out, f"Waiting for {endpoint_id}, which is {found.status}"):
            return client.endpoints.wait_until_live(endpoint_id, timeout=seconds, poll_interval=0.5)
    except APITimeoutError as error:
        raise CommandError(str(error), NOT_READY) from error


def wait(
    context: typer.Context,
    endpoint_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete_endpoint)],
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="How long to wait at most.")] = 600,
) -> int:
    """Wait until an endpoint is live, after `start` or a deployment elsewhere."""
    invocation = of(context)
    with invocation.client() as client:
        try:
            live = wait_for(invocation, client, endpoint_id, timeout)
        except KeyboardInterrupt:
            invocation.out.note(f"Take it up again with `pareta endpoints wait {endpoint_id}`.")
            return INTERRUPTED
    show(invocation, live)
    return 0


def show(invocation: Invocation, endpoint: Endpoint) -> None:
    """Print an endpoint."""
    fields = {"id": endpoint.id, "status": endpoint.status, "task": endpoint.task, "model": endpoint.model}
    fields |= {name: endpoint[name] for name in ("url", "region", "created_at", "failure") if endpoint.get(name)}
    invocation.record(endpoint, fields)
