"""The exchanges of a run, and how often each documented response was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import frozen

from pareta.sandbox._document import Document

from ._exchange import Exchange

ResponseKey = tuple[str, str, str]
"""Operation id, status and content type; the id is empty where a request is of no operation."""


@frozen(kw_only=True)
class ResponseCoverage:
    """How often a documented response was seen."""

    operation: str
    label: str
    status: str
    content_type: str
    line: int
    seen: int
    by_scenario: bool
    """Whether it was seen only because a sandbox scenario requested it."""


class RunJournal:
    """Everything that one process of a run has sent and received."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.epoch = 0
        """How often the server was reset; a reset sandbox repeats its request ids."""
        self.seen: Counter[ResponseKey] = Counter()
        self.unscripted: set[ResponseKey] = set()
        """The responses that no scenario requested."""

    def record(self, exchange: Exchange) -> None:
        """Add an exchange."""
        self.exchanges.append(exchange)
        key = (exchange.operation.id if exchange.operation else "", str(exchange.status), exchange.content_type)
        self.seen[key] += 1
        if "x-sandbox-scenario" not in exchange.request_headers:
            self.unscripted.add(key)

    def coverage(self, document: Document) -> tuple[ResponseCoverage, ...]:
        """Return how often each documented response was seen."""
        return tuple(
            ResponseCoverage(
                operation=operation.id,
                label=operation.label,
                status=status,
                content_type=kind,
                line=response.line,
                seen=self.seen[key],
                by_scenario=key in self.seen and key not in self.unscripted,
            )
            for operation in document.operations.values()
            for status, response in operation.responses.items()
            for kind in response.content or ("",)
            for key in [(operation.id, status, kind)]
        )

    def succeeded(self, operation_id: str) -> int:
        """Return how many requests of an operation had a 2xx response."""
        return sum(n for (operation, status, _), n in self.seen.items() if operation == operation_id and status < "3")

    def summary(self) -> list[tuple[ResponseKey, int, bool]]:
        """Return what an xdist worker tells its controller."""
        return [(key, count, key in self.unscripted) for key, count in self.seen.items()]

    def add_summary(self, summary: Iterable[tuple[ResponseKey, int, bool]]) -> None:
        """Add what an xdist worker has seen."""
        for (operation, status, kind), count, unscripted in summary:
            key = (operation, status, kind)
            self.seen[key] += count
            if unscripted:
                self.unscripted.add(key)


def unseen(coverage: Iterable[ResponseCoverage]) -> str:
    """Summarise the unseen responses by status and content type; name up to three operations each."""
    operations: dict[str, list[str]] = {}
    for response in coverage:
        if not response.seen:
            operations.setdefault(f"{response.status} {response.content_type}".strip(), []).append(response.operation)
    return "; ".join(
        f"{answer} of {', '.join(names) if len(names) <= 3 else f'{len(names)} operations'}"
        for answer, names in sorted(operations.items())
    )
