"""The results of a run: it checks each exchange, merges findings and counts coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from attrs import evolve

from pareta.sandbox._document import Document, Operation

from ._exchange import Exchange
from ._exchange_checks import EXCHANGE_CHECKS
from ._report import Finding, ResponseCoverage
from ._response_validator import ResponseValidator

CONFORMANCE = {
    "status-documented": "Every status is documented for its operation.",
    "content-type-documented": "Every content type is documented for its status.",
    "headers-documented": "Every required header is present and fits its schema.",
    "body-documented": "Every JSON body fits its schema.",
    "events-documented": "Every server-sent event fits its schema.",
}
REQUEST_IDS = "request-id-unique"


class Results:
    """Collects exchanges, findings and coverage. Equal findings are merged: the first one, with a count."""

    def __init__(self, document: Document, wanted: frozenset[str] | None = None) -> None:
        self._document = document
        self._wanted = wanted
        self._validator = ResponseValidator(document)
        self._findings: dict[tuple[str, str, str], tuple[Finding, int]] = {}
        self._notes: list[Finding] = []
        self._request_ids: set[str] = set()
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._asked_for: set[tuple[str, str, str]] = set()
        self.requests: Counter[str] = Counter()
        self.failed: set[str] = set()
        self.noted: dict[str, str] = {}

    def wants(self, check: str) -> bool:
        """Return whether this run includes a check."""
        return self._wanted is None or check in self._wanted

    def forget_request_ids(self) -> None:
        """Forget the request ids seen so far; call it after a server reset."""
        self._request_ids.clear()

    def record(self, exchange: Exchange, *, validate: bool = True, by_scenario: bool = False) -> None:
        """Check an exchange and count its coverage.

        Args:
            exchange: The exchange.
            validate: Whether to validate it against the schemas; False if schemathesis has done so.
            by_scenario: Whether a sandbox scenario requested the response.

        """
        self.requests[exchange.part] += 1
        self._count(exchange, by_scenario=by_scenario)
        for check in EXCHANGE_CHECKS:
            if self.wants(check.name):
                for reason in check.problems(exchange):
                    self.fail(check.name, reason, exchange)
        self._check_request_id(exchange)
        if validate:
            for name, reason in self._validator.problems(exchange):
                self.fail(name, reason, exchange)

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
        """Add a finding. Findings with the same check, operation and kind are merged."""
        if not self.wants(check):
            return
        self.failed.add(check)
        finding = self._finding(check, reason, exchange, operation, steps)
        key = (check, finding.operation, kind)
        first, times = self._findings.get(key, (finding, 0))
        self._findings[key] = (first, times + 1)

    def note(self, check: str, reason: str, exchange: Exchange | None = None) -> None:
        """Add a note, which is not a failure."""
        self.noted.setdefault(check, reason)
        self._notes.append(self._finding(check, reason, exchange, None, ()))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The failures, in the order in which they were found."""
        return tuple(evolve(finding, times=times) for finding, times in self._findings.values())

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The notes."""
        return tuple(self._notes)

    def coverage(self, *, skipped: frozenset[str] = frozenset()) -> tuple[ResponseCoverage, ...]:
        """Return how often each documented response was seen; `skipped` operations are unreachable in this run."""
        return tuple(
            ResponseCoverage(
                operation=operation.id,
                label=operation.label,
                status=status,
                content_type=kind,
                line=response.line,
                seen=self._seen[operation.id, status, kind],
                by_scenario=(operation.id, status, kind) in self._asked_for,
                reachable=operation.id not in skipped,
            )
            for operation in self._document.operations.values()
            for status, response in operation.responses.items()
            for kind in response.content or ("",)
        )

    def _count(self, exchange: Exchange, *, by_scenario: bool) -> None:
        if exchange.operation is None:
            return
        key = (exchange.operation.id, str(exchange.status), exchange.content_type)
        if by_scenario and not self._seen[key]:
            self._asked_for.add(key)
        elif not by_scenario:
            self._asked_for.discard(key)
        self._seen[key] += 1

    def _check_request_id(self, exchange: Exchange) -> None:
        value = exchange.headers.get("x-request-id")
        if value and value in self._request_ids:
            self.fail(REQUEST_IDS, f"an earlier request has the same request id {value!r}", exchange)
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
