"""The run: its parts in order, and what they found as a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

from . import _document, _examples, _gate, _generated, _guard, _machine
from ._behaviours import BEHAVIOURS, Behaviour
from ._bench import Bench, Broken, NotHere
from ._document import Document
from ._exchange import snippet
from ._journal import CONFORMANCE, REQUEST_IDS, Journal
from ._observers import OBSERVERS
from ._report import Checked, Outcome, Report
from ._settings import Settings
from ._target import Target, foreign, own
from ._wire import Unreachable, Wire

_UNAUTHORIZED = 401
_STEPS = 12
"""How many of the requests before a failure are shown."""
_NEEDS_WRITES = "it deploys, asks, stops or deletes: allow writes to have it checked"
_NEEDS_OWN = "it needs a sandbox of its own"
_SHAPES = (KeyError, TypeError, ValueError, IndexError, AttributeError)


def hold(base_url: str | None = None, *, api_key: str = "", settings: Settings | None = None) -> Report:
    """Hold a server against the document and return what was found.

    Args:
        base_url: The server; None for a sandbox of our own, which is started and closed here.
        api_key: The key to send; of our own sandbox it is known.
        settings: What to run.

    Raises:
        Unreachable: The server does not answer, or does not take the key.

    """
    chosen = settings or Settings()
    with ExitStack() as stack:
        if base_url is None:
            target = stack.enter_context(own(chosen.seed))
        else:
            target = foreign(base_url, api_key, allow_writes=chosen.allow_writes)
        return hold_target(target, chosen)


def hold_target(target: Target, settings: Settings) -> Report:
    """Hold a target, which may be a sandbox that a test has made."""
    begun = time.monotonic()
    document = _document.load()
    journal = Journal(document, settings.checks)
    run = _Run(target, document, journal, settings)
    run.probe()
    for part in settings.parts:
        run.part(part)
    skipped = frozenset[str]() if target.writes else _guard.WRITING
    return Report(
        target=target.name,
        seed=settings.seed,
        examples=settings.examples,
        findings=journal.findings,
        notes=journal.notes,
        checks=tuple(run.checked()),
        cells=journal.cells(skipped=skipped),
        requests=dict(journal.requests),
        gated=target.sandbox is not None and _gate.PART in settings.parts,
        seconds=time.monotonic() - begun,
    )


class _Run:
    """A run, part by part."""

    def __init__(self, target: Target, document: Document, journal: Journal, settings: Settings) -> None:
        self._target = target
        self._document = document
        self._journal = journal
        self._settings = settings
        self._skipped: dict[str, str] = {}

    def probe(self) -> None:
        """Raise Unreachable where nothing answers, or the key is not taken."""
        with Wire(self._target, self._document, Journal(self._document), "probe") as wire:
            exchange = wire.send("list_models")
            if exchange.status == _UNAUTHORIZED:
                raise Unreachable(f"{self._target.base_url} does not take the API key: it answers 401")

    def part(self, part: str) -> None:
        """Run one part, on a server as fresh as it can be had."""
        with Wire(self._target, self._document, self._journal, part) as wire:
            bench = Bench(wire)
            bench.fresh()
            try:
                {
                    "generated": self._generated,
                    "behaviour": self._behaviours,
                    "machine": self._machine,
                    "examples": self._examples,
                    "gate": self._gate,
                }[part](bench)
            finally:
                bench.clean_up()

    def _generated(self, _: Bench) -> None:
        _generated.run(self._target, self._document, self._journal, self._settings)
        guarded = frozenset[str]() if self._target.sandbox else _guard.WRITING
        if guarded and self._target.writes:
            guarded = frozenset({"deploy_endpoint"})
        for operation_id in sorted(guarded):
            why = "each would cost minutes and money" if self._target.writes else _NEEDS_WRITES
            self._skipped[f"generated requests to {operation_id}"] = why

    def _behaviours(self, bench: Bench) -> None:
        for behaviour in BEHAVIOURS:
            if not self._journal.wants(behaviour.name):
                continue
            why = self._why_not(behaviour)
            if why:
                self._skipped[behaviour.name] = why
                continue
            bench.fresh()
            bench.wire.trail.clear()
            self._guarded(behaviour.name, bench, behaviour.run)

    def _why_not(self, behaviour: Behaviour) -> str:
        if behaviour.own and self._target.sandbox is None:
            return _NEEDS_OWN
        return _NEEDS_WRITES if behaviour.writes and not self._target.writes else ""

    def _guarded(self, name: str, bench: Bench, run: Callable[[Bench], None]) -> None:
        try:
            run(bench)
        except Broken as broken:
            trail = tuple(bench.wire.trail[-_STEPS:])
            self._journal.fail(name, broken.reason, broken.exchange, steps=trail if len(trail) > 1 else ())
        except NotHere as absent:
            self._journal.note(name, str(absent))
        except Unreachable as gone:
            self._journal.fail(name, f"the server did not answer: {gone}")
        except _SHAPES as error:
            reason = f"an answer has another shape than is documented ({type(error).__name__}: {snippet(str(error))})"
            self._journal.fail(name, reason, bench.wire.last)

    def _machine(self, bench: Bench) -> None:
        if self._target.writes:
            self._guarded("state-deployments", bench, lambda here: _machine.run(here, self._settings))
        else:
            self._skipped.update(dict.fromkeys(_machine.INVARIANTS, _NEEDS_WRITES))

    def _examples(self, bench: Bench) -> None:
        self._guarded("examples-valid", bench, _examples.hold_valid)
        if bench.ours:
            self._guarded("examples-true", bench, _examples.hold_true)
        else:
            self._skipped["examples-true"] = _NEEDS_OWN

    def _gate(self, bench: Bench) -> None:
        if bench.ours:
            _gate.ask_for_the_rest(bench)
        skipped = frozenset[str]() if self._target.writes else _guard.WRITING
        _gate.hold(bench, self._journal.cells(skipped=skipped))

    def checked(self) -> Iterator[Checked]:
        """Yield every check and how it came out."""
        for part, sentences in self._sentences().items():
            for name, sentence in sentences.items():
                if self._journal.wants(name):
                    outcome, reason = self._outcome(name)
                    yield Checked(name=name, sentence=sentence, part=part, outcome=outcome, reason=reason)

    def _outcome(self, name: str) -> tuple[Outcome, str]:
        if name in self._journal.failed:
            return "failed", ""
        if name in self._skipped:
            return "skipped", self._skipped[name]
        return ("noted", self._journal.noted[name]) if name in self._journal.noted else ("passed", "")

    def _sentences(self) -> Mapping[str, Mapping[str, str]]:
        generated = dict(_generated.SENTENCES)
        generated.update({name: "" for name in self._skipped if name.startswith("generated requests to")})
        sentences = {
            "answers": {
                **CONFORMANCE,
                **{each.name: each.sentence for each in OBSERVERS},
                REQUEST_IDS: "No two requests share a request id.",
            },
            _generated.PART: generated,
            "behaviour": {each.name: each.sentence for each in BEHAVIOURS},
            "machine": _machine.INVARIANTS,
            _examples.PART: _examples.CHECKS,
            _gate.PART: {_gate.CHECK: _gate.SENTENCE},
        }
        known = {name for names in sentences.values() for name in names}
        generated.update(dict.fromkeys(sorted(self._journal.failed - known), ""))
        return {part: names for part, names in sentences.items() if part == "answers" or part in self._settings.parts}
