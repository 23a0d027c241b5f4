"""What a run has seen so far: exchanges held by every observer, findings merged, documented answers ticked off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ._conformance import Conformance
from ._document import Document, Operation
from ._exchange import Exchange
from ._observers import OBSERVERS
from ._report import Cell, Finding

CONFORMANCE = {
    "status-documented": "Every status is documented for its operation.",
    "content-type-documented": "Every content type is documented for its status.",
    "headers-documented": "Every required header is there, and has its form.",
    "body-documented": "Every JSON body has the form of its schema.",
    "events-documented": "Every server-sent event has the form of its schema.",
}
REQUEST_IDS = "request-id-unique"


class Journal:
    """Collects what was seen. A finding is kept once, the first time, with how often it came."""

    def __init__(self, document: Document, wanted: frozenset[str] | None = None) -> None:
        self._document = document
        self._wanted = wanted
        self._conformance = Conformance(document)
        self._findings: dict[tuple[str, str, str], tuple[Finding, int]] = {}
        self._notes: list[Finding] = []
        self._request_ids: set[str] = set()
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._asked_for: set[tuple[str, str, str]] = set()
        self.requests: Counter[str] = Counter()
        self.failed: set[str] = set()
        self.noted: dict[str, str] = {}

    def wants(self, check: str) -> bool:
        """Return whether this run is about a check."""
        return self._wanted is None or check in self._wanted

    def fresh_server(self) -> None:
        """Say that the server begins anew, its request ids too."""
        self._request_ids.clear()

    def record(self, exchange: Exchange, *, conforms: bool = True, asked_for: bool = False) -> None:
        """Take an exchange: hold it, and tick off the documented answer that it is.

        `conforms` is False where someone else holds it against the schemas; `asked_for` says that a scenario was
        asked for the answer.
        """
        self.requests[exchange.part] += 1
        self._tick(exchange, asked_for=asked_for)
        for observer in OBSERVERS:
            if self.wants(observer.name):
                for reason in observer.observe(exchange):
                    self.fail(observer.name, reason, exchange)
        self._hold_request_id(exchange)
        if conforms:
            for check, reason in self._conformance.problems(exchange):
                self.fail(check, reason, exchange)

    def fail(
        self,
        check: str,
        reason: str,
        exchange: Exchange | None = None,
        *,
        operation: Operation | None = None,
        steps: Sequence[str] = (),
        kind: str = "",
    ) -> None:
        """Add a finding. Findings of one check, operation and kind are one."""
        if not self.wants(check):
            return
        self.failed.add(check)
        finding = self._finding(check, reason, exchange, operation, steps)
        key = (check, finding.operation, kind)
        first, times = self._findings.get(key, (finding, 0))
        self._findings[key] = (first, times + 1)

    def note(self, check: str, reason: str, exchange: Exchange | None = None) -> None:
        """Add something worth knowing that is no failure."""
        self.noted.setdefault(check, reason)
        self._notes.append(self._finding(check, reason, exchange, None, ()))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, in the order in which it was found."""
        return tuple(
            Finding(
                check=finding.check,
                operation=finding.operation,
                reason=finding.reason,
                where=finding.where,
                curl=finding.curl,
                steps=finding.steps,
                times=times,
            )
            for finding, times in self._findings.values()
        )

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing."""
        return tuple(self._notes)

    def cells(self, *, skipped: frozenset[str] = frozenset()) -> tuple[Cell, ...]:
        """Return every documented answer and how often it was seen; `skipped` operations could not be."""
        return tuple(
            Cell(
                operation=operation.id,
                label=operation.label,
                status=status,
                content_type=kind,
                line=response.line,
                seen=self._seen[operation.id, status, kind],
                asked_for=(operation.id, status, kind) in self._asked_for,
                expected=operation.id not in skipped,
            )
            for operation in self._document.operations.values()
            for status, response in operation.responses.items()
            for kind in response.content or ("",)
        )

    def _tick(self, exchange: Exchange, *, asked_for: bool) -> None:
        if exchange.operation is None:
            return
        key = (exchange.operation.id, str(exchange.status), exchange.content_type)
        if asked_for and not self._seen[key]:
            self._asked_for.add(key)
        elif not asked_for:
            self._asked_for.discard(key)
        self._seen[key] += 1

    def _hold_request_id(self, exchange: Exchange) -> None:
        value = exchange.headers.get("x-request-id")
        if value and value in self._request_ids:
            self.fail(REQUEST_IDS, f"the request id {value!r} was given to a request before", exchange)
        elif value:
            self._request_ids.add(value)

    def _finding(
        self, check: str, reason: str, exchange: Exchange | None, operation: Operation | None, steps: Sequence[str]
    ) -> Finding:
        operation = exchange.operation if exchange is not None else operation
        return Finding(
            check=check,
            operation=operation.label if operation else "",
            reason=" ".join(reason.split()),
            where=self._document.where(operation, exchange.status if exchange else None),
            curl=exchange.curl if exchange else "",
            steps=tuple(steps),
        )
