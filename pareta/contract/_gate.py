"""The coverage gate: a run must see every documented response; a sandbox scenario produces the rare ones."""

from __future__ import annotations

from collections.abc import Iterable

from ._context import Context
from ._examples import example_requests
from ._report import ResponseCoverage, unseen

PART = "gate"
CHECK = "documented-answers-seen"
SENTENCE = "The run saw every documented status and content type of every operation."


def request_missing_errors(context: Context) -> None:
    """Request the documented errors that the run has not seen yet, by scenario."""
    for response in context.client.results.coverage():
        if not response.seen and response.status >= "4":
            context.reset()
            options = next(example_requests(context.client.document.operations[response.operation]))
            headers = {"x-sandbox-scenario": response.status}
            context.client.send(response.operation, **options, headers=headers, by_scenario=True)


def check_coverage(context: Context, coverage: Iterable[ResponseCoverage]) -> None:
    """Fail for unseen responses of the sandbox; note them for another server."""
    missing = [response for response in coverage if response.reachable and not response.seen]
    if not context.is_sandbox:
        if missing:
            context.client.results.note(CHECK, f"not seen on this server: {unseen(missing)}")
        return
    for operation_id in dict.fromkeys(response.operation for response in missing):
        operation = context.client.document.operations[operation_id]
        responses = (f"{each.status} {each.content_type}".strip() for each in missing if each.operation == operation_id)
        context.client.results.fail(CHECK, f"not seen: {', '.join(responses)}", operation=operation)
