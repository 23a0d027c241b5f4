"""`pareta tasks` and `pareta models`: what can be deployed, and what can be called."""

from __future__ import annotations

from typing import Annotated

import typer

from ._invocation import complete_task, fetch
from ._text import cell, dollars

Id = Annotated[str, typer.Argument(metavar="TASK", help="The task's id.", autocompletion=complete_task)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    tasks = typer.Typer(help="Find a task, and the models for it.", no_args_is_help=True)
    tasks.command("match")(match_task)
    tasks.command("list")(list_tasks)
    tasks.command("show")(show_task)
    tasks.command("leaderboard")(show_leaderboard)
    tasks.command("recommended")(show_recommended)
    app.add_typer(tasks, name="tasks")
    models = typer.Typer(help="The endpoints that can be called now.", no_args_is_help=True)
    models.command("list")(list_models)
    app.add_typer(models, name="models")


def list_models(context: typer.Context) -> None:
    """List the models that `pareta chat --model` takes."""
    invocation, models = fetch(context, lambda pa: pa.models.list())
    invocation.table(models, ["ID", "OWNED BY", "CREATED"], [(each.id, each.owned_by, each.created) for each in models])


def list_tasks(context: typer.Context) -> None:
    """List the catalog of tasks."""
    invocation, tasks = fetch(context, lambda pa: pa.tasks.list())
    rows = [(each.id, each.default_scorer, each.has_blob_input) for each in tasks]
    invocation.table(tasks, ["TASK", "SCORER", "FILES"], rows)


def show_task(
    context: typer.Context,
    task: Id,
    examples: Annotated[int | None, typer.Option(metavar="N", min=1, help="Show N examples too.")] = None,
) -> None:
    """Show a task."""
    invocation, found = fetch(context, lambda pa: pa.tasks.retrieve(task, examples_n=examples))
    invocation.record(found, {"task": found.id, "scorer": found.default_scorer, "files": found.has_blob_input})
    for example in [] if invocation.json else found.examples:
        invocation.out.line("")
        invocation.out.record(example.to_dict())


def match_task(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What you want done, in your words.")],
    top_k: Annotated[int, typer.Option(min=1, help="How many candidates to list.")] = 5,
) -> None:
    """Find the task for what you want done."""
    invocation, match = fetch(context, lambda pa: pa.tasks.match(query, top_k=top_k))
    chosen = match.chosen.task_id if match.chosen else None
    rows = [(each.task_id, each.score, each.confidence, each.task_id == chosen) for each in match.candidates]
    invocation.table(match, ["TASK", "SCORE", "CONFIDENCE", "CHOSEN"], rows)
    if chosen is None:
        invocation.out.note("No task fits well. Say it in other words, or see `pareta tasks list`.")


def show_leaderboard(context: typer.Context, task: Id) -> None:
    """Compare the models for a task: quality, and dollars for a request."""
    invocation, board = fetch(context, lambda pa: pa.tasks.leaderboard(task))
    quality = (board.metric or "quality").upper()
    rows = [
        (
            each.name,
            each.kind,
            each.quality,
            dollars(each.cost_per_request_micro_usd),
            each.context_k,
            each.run_mode,
            each.name == board.recommended,
        )
        for each in [*board.models, *([board.frontier] if board.frontier else [])]
    ]
    names = ["MODEL", "KIND", quality, "A REQUEST", "CONTEXT K", "RUN MODE", "RECOMMENDED"]
    invocation.table(board, names, rows)


def show_recommended(context: typer.Context, task: Id) -> None:
    """Print the alias that `pareta endpoints deploy TASK` takes."""
    invocation, alias = fetch(context, lambda pa: pa.tasks.recommended(task))
    invocation.out.json(alias) if invocation.json else invocation.out.line(cell(alias))
