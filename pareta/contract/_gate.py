"""The coverage gate: every documented answer is seen, the rare ones by asking a sandbox of our own for them."""

from __future__ import annotations

from collections.abc import Iterable

from ._bench import Bench
from ._examples import requests_of
from ._report import Cell, unseen

PART = "gate"
CHECK = "documented-answers-seen"
SENTENCE = "Every documented status and content type of every operation was seen."


def ask_for_the_rest(bench: Bench) -> None:
    """Ask for the documented errors that did not come by themselves."""
    for cell in bench.wire.journal.cells():
        if not cell.seen and cell.status >= "4":
            bench.fresh()
            options = next(requests_of(bench.wire.document.operations[cell.operation]))
            headers = {"x-sandbox-scenario": cell.status}
            bench.wire.send(cell.operation, **options, headers=headers, asked_for=True)


def hold(bench: Bench, cells: Iterable[Cell]) -> None:
    """Fail for what was not seen on a sandbox of our own; on another server say so."""
    due = [cell for cell in cells if cell.expected and not cell.seen]
    if not bench.ours:
        if due:
            bench.wire.journal.note(CHECK, f"not seen on this server: {unseen(due)}")
        return
    for operation_id in dict.fromkeys(cell.operation for cell in due):
        operation = bench.wire.document.operations[operation_id]
        answers = (f"{cell.status} {cell.content_type}".strip() for cell in due if cell.operation == operation_id)
        bench.wire.journal.fail(CHECK, f"not seen: {', '.join(answers)}", operation=operation)
