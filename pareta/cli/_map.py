"""`pareta map`: answers for all rows of a file, in another file."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pareta import ParetaError

from ._errors import FAILED, INTERRUPTED, CommandError
from ._invocation import Invocation, complete_model, of
from ._progress import MapProgress, gently
from ._text import clean, dollars

if TYPE_CHECKING:
    from pareta import MapResult, MapResults, Pareta

    from ._tables import Row, Shape, Writer

_DOLLARS = re.compile(r"\$(\d+(?:\.\d{1,6})?)|(\d+(?:\.\d{1,6})?) ?usd", re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("map")(map_rows)


def map_rows(  # noqa: PLR0917  # Typer passes keywords.
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(metavar="IN", exists=True, dir_okay=False, help="The rows: .jsonl, .csv or .parquet.")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", dir_okay=False, help="The rows with their answers, likewise.")
    ],
    model: Annotated[
        list[str],
        typer.Option("--model", "-m", help="The endpoint's id; several share the rows.", autocompletion=complete_model),
    ],
    prompt_column: Annotated[str | None, typer.Option(metavar="NAME", help="The column that is asked.")] = None,
    system: Annotated[str | None, typer.Option("--system", "-s", help="How to answer.")] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, help="The longest answer.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=2, help="How freely it answers.")] = None,
    concurrency: Annotated[
        str, typer.Option(metavar="N", help="Requests at a time; auto follows the answers.")
    ] = "auto",
    rps: Annotated[float | None, typer.Option(help="Requests a second, at most.")] = None,
    budget: Annotated[str | None, typer.Option(metavar="5usd", help="What this run may cost.")] = None,
    wake: Annotated[bool, typer.Option("--wake", help="Start an endpoint that is stopped.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an earlier run ended.")] = False,
) -> int:
    """Answer every row of a file; each answer is billed. Ctrl-C ends it gently, and --resume goes on.

    A row has `messages`, and beside them other parameters of a completion, or a text in the column `prompt`; a line
    of JSON may also be the text or the messages themselves. OUT has the columns answer, error, attempts and
    cost_micro_usd too, and as JSON Lines the whole completion. OUT.journal keeps what was answered.
    """
    from . import _tables

    invocation = of(context)
    width = _width(concurrency)
    micro_usd = None if budget is None else _micro_usd(budget)
    journal = target.with_name(f"{target.name}.journal")
    _check_files(target, journal, resume=resume)
    shape = _tables.survey(source, typed=_tables.kind_of(target) == ".parquet")
    _check_columns(source, shape, prompt_column)
    limits = {} if width == "auto" else {"max_connections": width}
    with invocation.client(**limits) as client:
        results = client.chat.completions.map(
            _tables.read(source),
            models=model,
            prompt=_prompt(client, prompt_column, system),
            concurrency=width,
            rps=rps,
            budget_micro_usd=micro_usd,
            journal=journal,
            wake=wake,
            max_tokens=max_tokens,
            temperature=temperature,
        )
        return _Run(invocation, results, shape, target, journal).go()


class _Run:
    """One run: the results on their way into the file, and how it ended."""

    def __init__(
        self, invocation: Invocation, results: MapResults[Row], shape: Shape, target: Path, journal: Path
    ) -> None:
        self._invocation = invocation
        self._results = results
        self._rows = shape.rows
        self._shape = shape
        self._target = target
        self._journal = journal
        self._answered = 0
        self._unknown = False
        """Whether a row may have been billed, or nobody knows for how much."""

    def go(self) -> int:
        """Write all results, and return the exit code."""
        from ._tables import Writer

        new = not self._journal.exists()
        with Writer(self._target, self._shape) as writer:
            error = self._write_all(writer)
            if error is not None and not self._answered and not self._unknown:  # As with a misspelt model.
                if new and self._results.delivered:
                    self._journal.unlink()
                raise error
            writer.finish()
        self._show()
        if self._results.delivered < self._rows:
            self._say_how_to_go_on()
        if error is not None:
            raise error
        if self._results.delivered < self._rows:
            return INTERRUPTED
        if self._results.failed:
            raise CommandError(
                f"{self._results.failed:,} of {self._rows:,} rows failed: the column error says why."
                " The same command with --resume sends them again.",
                FAILED,
            )
        return 0

    def _write_all(self, writer: Writer) -> ParetaError | None:
        """Write what comes; return what ended it before the end."""
        try:
            with MapProgress(self._invocation.out, self._results, self._rows) as progress, gently(progress.stop):
                for result in self._results:
                    writer.write(self._row(result))
        except ParetaError as error:
            return error
        except KeyboardInterrupt:
            self._say_how_to_go_on()
            raise
        return None

    def _row(self, result: MapResult[Row]) -> Row:
        completion, error = result.completion, result.error
        self._answered += completion is not None
        self._unknown = self._unknown or result.cost_micro_usd is None
        choices = completion.choices if completion is not None else []
        return {
            **result.row,
            "answer": choices[0].message.content if choices else None,
            "error": f"{type(error).__name__}: {error}" if error is not None else None,
            "attempts": result.attempts,
            "cost_micro_usd": result.cost_micro_usd,
            "completion": completion.to_dict() if completion is not None else None,
        }

    def _show(self) -> None:
        results = self._results
        found = {
            "rows": self._rows,
            "answered": self._answered,
            "failed": results.failed,
            "resumed": results.resumed,
            "requests": results.requests,
            "spent_micro_usd": results.spent_micro_usd,
            "out": str(self._target),
            "journal": str(self._journal),
        }
        cost = "not known" if self._unknown and not results.spent_micro_usd else dollars(results.spent_micro_usd)
        names = {"resumed": "from before", "spent_micro_usd": "cost"}
        shown = {names.get(name, name): value for name, value in found.items()}
        self._invocation.record(found, shown | {"cost": cost})

    def _say_how_to_go_on(self) -> None:
        done, rows = self._results.delivered - self._results.failed, self._rows
        self._invocation.out.note(
            f"{done:,} of {rows:,} rows are answered, and kept in {self._journal}."
            " The same command with --resume goes on."
        )


def _check_files(target: Path, journal: Path, *, resume: bool) -> None:
    name = clean(target)
    if not resume and target.exists():
        raise CommandError(f"{name} is there already. Choose another name, or go on with --resume.")
    if not resume and journal.exists():
        raise CommandError(f"{clean(journal)} is of an earlier run. Go on with --resume, or choose another name.")
    if target.exists() and not journal.exists():
        raise CommandError(f"{name} is there, but not {clean(journal)}, so --resume cannot go on. Choose another name.")


def _check_columns(source: Path, shape: Shape, column: str | None) -> None:
    from ._tables import ANSWER, WHOLE

    if taken := [name for name in shape.columns if name in {*ANSWER, WHOLE}]:
        raise CommandError(f"{clean(source)} has a column {taken[0]}, as the answers have. Give it another name.")
    wanted = {column} if column is not None else {"messages", "prompt"}
    if shape.rows and not wanted & set(shape.columns):
        there = clean(", ".join(shape.columns))
        raise CommandError(
            f"{clean(source)} has no column {clean(' or '.join(sorted(wanted)))}: it has {there}."
            " --prompt-column says which one is asked."
        )


def _prompt(client: Pareta, column: str | None, system: str | None) -> Callable[[Row], Row]:
    """Return a function that makes keywords of `create` of a row."""
    from inspect import signature

    from pareta import CallOptions

    known = signature(client.chat.completions.create).parameters.keys() - CallOptions.__annotations__.keys()
    first = [{"role": "system", "content": system}] if system else []

    def prompt(row: Row) -> Row:
        if column is None and row.get("messages"):
            own = {name: value for name, value in row.items() if name in known and value is not None}
        else:
            name = column or "prompt"
            text = row.get(name)
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"the row has no text in the column {name}, so it was not sent")
            own = {"messages": [{"role": "user", "content": text}]}
        return {**own, "messages": [*first, *own["messages"]]}

    return prompt


def _width(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    if not text.isdecimal() or not 0 < int(text) <= 10_000:
        raise CommandError(f"--concurrency {clean(text)}: say auto, or a number from 1 to 10000.")
    return int(text)


def _micro_usd(text: str) -> int:
    found = _DOLLARS.fullmatch(text.strip())
    if found is None:
        raise CommandError(f"--budget {clean(text)}: say it in dollars, such as 5usd, $5 or 0.25usd.")
    return int(Decimal(found[1] or found[2]) * 1_000_000)
