"""Runs the parts of the suite in order, and makes the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

from pareta.sandbox import _document
from pareta.sandbox._document import Document

from . import _case_hooks, _examples, _gate, _generated, _state_machine
from ._behaviours import BEHAVIOURS, Behaviour
from ._client import ContractClient, UnreachableError
from ._context import CheckFailed, CheckSkipped, Context
from ._exchange import snippet
from ._exchange_checks import EXCHANGE_CHECKS
from ._report import CheckResult, Outcome, Report, ResponseCoverage
from ._results import CONFORMANCE, REQUEST_IDS, Results
from ._suite_settings import SuiteSettings
from ._target import Target, external_target, sandbox_target

_UNAUTHORIZED = 401
_STEPS = 12
"""The number of requests before a failure that are shown."""
_NEEDS_WRITES = "needs --allow-writes: it deploys, completes, stops or deletes"
_NEEDS_SANDBOX = "needs the suite's own sandbox"
_SHAPE_ERRORS = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def check(base_url: str | None = None, *, api_key: str = "", settings: SuiteSettings | None = None) -> Report:
    """Check that a server conforms to the document.

    Args:
        base_url: The server's URL; None starts a sandbox and checks that.
        api_key: The API key; not needed for the sandbox.
        settings: The settings of the run.

    Raises:
        UnreachableError: The server does not respond or rejects the API key.

    """
    chosen = settings or SuiteSettings()
    with ExitStack() as stack:
        if base_url is None:
            target = stack.enter_context(sandbox_target(chosen.seed))
        else:
            target = external_target(base_url, api_key, allow_writes=chosen.allow_writes)
        return check_target(target, chosen)


def check_target(target: Target, settings: SuiteSettings, document: Document | None = None) -> Report:
    """Check a target against a document; by default against the packaged one."""
    begun = time.monotonic()
    document = document or _document.load()
    results = Results(document, settings.checks)
    run = _SuiteRun(target, document, results, settings)
    run.probe()
    for part in settings.parts:
        run.part(part)
    return Report(
        target=target.name,
        seed=settings.seed,
        examples=settings.examples,
        findings=results.findings,
        notes=results.notes,
        checks=tuple(run.checked()),
        coverage=run.coverage(),
        requests=dict(results.requests),
        gated=target.sandbox is not None and _gate.PART in settings.parts,
        seconds=time.monotonic() - begun,
    )


class _SuiteRun:
    """Runs the suite part by part."""

    def __init__(self, target: Target, document: Document, results: Results, settings: SuiteSettings) -> None:
        self._target = target
        self._document = document
        self._results = results
        self._settings = settings
        self._skipped: dict[str, str] = {}

    def probe(self) -> None:
        """Raise UnreachableError if the server does not respond or rejects the API key."""
        with ContractClient(self._target, self._document, Results(self._document), "probe") as client:
            exchange = client.send("list_models")
            if exchange.status == _UNAUTHORIZED:
                raise UnreachableError(f"{self._target.base_url} rejects the API key: it returns 401")

    def part(self, part: str) -> None:
        """Run one part; a sandbox is reset first."""
        with ContractClient(self._target, self._document, self._results, part) as client:
            context = Context(client)
            context.reset()
            try:
                {
                    "generated": self._generated,
                    "behaviour": self._behaviours,
                    "machine": self._state_machine,
                    "examples": self._examples,
                    "gate": self._gate,
                }[part](context)
            finally:
                context.clean_up()

    def _generated(self, _: Context) -> None:
        _generated.run(self._target, self._document, self._results, self._settings)
        skipped = frozenset[str]() if self._target.sandbox else _case_hooks.WRITE_OPERATIONS
        if skipped and self._target.writes:
            skipped = frozenset({"deploy_endpoint"})
        for operation_id in sorted(skipped):
            reason = "each request takes minutes and money" if self._target.writes else _NEEDS_WRITES
            self._skipped[f"generated requests to {operation_id}"] = reason

    def _behaviours(self, context: Context) -> None:
        for behaviour in BEHAVIOURS:
            if not self._results.wants(behaviour.name):
                continue
            reason = self._skip_reason(behaviour)
            if reason:
                self._skipped[behaviour.name] = reason
                continue
            context.reset()
            context.client.steps.clear()
            self._run_check(behaviour.name, context, behaviour.run)

    def _skip_reason(self, behaviour: Behaviour) -> str:
        if behaviour.sandbox_only and self._target.sandbox is None:
            return _NEEDS_SANDBOX
        return _NEEDS_WRITES if behaviour.writes and not self._target.writes else ""

    def _run_check(self, name: str, context: Context, run: Callable[[Context], None]) -> None:
        try:
            run(context)
        except CheckFailed as failure:
            steps = tuple(context.client.steps[-_STEPS:])
            self._results.fail(name, failure.reason, failure.exchange, steps=steps if len(steps) > 1 else ())
        except CheckSkipped as skipped:
            self._results.note(name, str(skipped))
        except UnreachableError as error:
            self._results.fail(name, f"the server did not respond: {error}")
        except _SHAPE_ERRORS as error:
            reason = f"a response does not have the documented shape ({type(error).__name__}: {snippet(str(error))})"
            self._results.fail(name, reason, context.client.last_exchange)

    def _state_machine(self, context: Context) -> None:
        if self._target.writes:
            self._run_check("state-deployments", context, lambda each: _state_machine.run(each, self._settings))
        else:
            self._skipped.update(dict.fromkeys(_state_machine.INVARIANTS, _NEEDS_WRITES))

    def _examples(self, context: Context) -> None:
        self._run_check("examples-valid", context, _examples.check_schemas)
        if context.is_sandbox:
            self._run_check("examples-true", context, _examples.check_responses)
        else:
            self._skipped["examples-true"] = _NEEDS_SANDBOX

    def _gate(self, context: Context) -> None:
        if context.is_sandbox:
            _gate.request_missing_errors(context)
        _gate.check_coverage(context, self.coverage())

    def coverage(self) -> tuple[ResponseCoverage, ...]:
        """Return how often each documented response was seen."""
        return self._results.coverage(skipped=frozenset() if self._target.writes else _case_hooks.WRITE_OPERATIONS)

    def checked(self) -> Iterator[CheckResult]:
        """Yield every check with its outcome."""
        for part, sentences in self._sentences().items():
            for name, sentence in sentences.items():
                if self._results.wants(name):
                    outcome, reason = self._outcome(name)
                    yield CheckResult(name=name, sentence=sentence, part=part, outcome=outcome, reason=reason)

    def _outcome(self, name: str) -> tuple[Outcome, str]:
        if name in self._results.failed:
            return "failed", ""
        if name in self._skipped:
            return "skipped", self._skipped[name]
        return ("noted", self._results.noted[name]) if name in self._results.noted else ("passed", "")

    def _sentences(self) -> Mapping[str, Mapping[str, str]]:
        generated = dict(_generated.SENTENCES)
        generated.update({name: "" for name in self._skipped if name.startswith("generated requests to")})
        sentences = {
            "answers": {
                **CONFORMANCE,
                **{each.name: each.sentence for each in EXCHANGE_CHECKS},
                REQUEST_IDS: "No two requests share a request id.",
            },
            _generated.PART: generated,
            "behaviour": {each.name: each.sentence for each in BEHAVIOURS},
            "machine": _state_machine.INVARIANTS,
            _examples.PART: _examples.CHECKS,
            _gate.PART: {_gate.CHECK: _gate.SENTENCE},
        }
        known = {name for names in sentences.values() for name in names}
        generated.update(dict.fromkeys(sorted(self._results.failed - known), ""))
        return {part: names for part, names in sentences.items() if part == "answers" or part in self._settings.parts}
