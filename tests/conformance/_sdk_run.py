"""Runs the checks of the SDK, and makes the report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from pareta.contract._report import CheckResult, Report
from pareta.contract._results import Results
from pareta.sandbox import Sandbox, _document

from . import _reading, _sending, _streams

PARTS: Final = ("sending", "reading", "streams")


def check_sdk(*, examples: int = 25, seed: int = 7, parts: Sequence[str] = PARTS) -> Report:
    """Check that the SDK conforms to the document.

    Args:
        examples: The number of responses to generate for each operation.
        seed: The seed of the generator.
        parts: The parts to run.

    """
    begun = time.monotonic()
    document = _document.load()
    results = Results(document)
    sentences: dict[str, str] = {}
    if "sending" in parts:
        sentences |= _sending.CHECKS
        with Sandbox(seed=seed, pace=0) as sandbox:
            _sending.Sending(document, results, sandbox).check_all()
    if "reading" in parts:
        sentences |= _reading.CHECKS
        _reading.check_bodies(document, results, examples=examples, chosen_seed=seed)
    if "streams" in parts:
        sentences |= _streams.CHECKS
        _streams.check_streams(document, results, examples=examples, chosen_seed=seed)
    return Report(
        target="the SDK",
        seed=seed,
        examples=examples,
        findings=results.findings,
        notes=(),
        checks=tuple(
            CheckResult(name=name, sentence=text, part="sdk", outcome="failed" if name in results.failed else "passed")
            for name, text in sentences.items()
        ),
        coverage=(),
        requests={},
        gated=False,
        seconds=time.monotonic() - begun,
    )
