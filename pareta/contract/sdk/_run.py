"""The run of everything that holds the SDK against the document, as a report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from pareta.sandbox import Sandbox

from .. import _document
from .._journal import Journal
from .._report import Checked, Report
from . import _reading, _sending, _streams

PARTS: Final = ("sending", "reading", "streams")


def hold_sdk(*, examples: int = 25, seed: int = 7, parts: Sequence[str] = PARTS) -> Report:
    """Hold the SDK against the document: what it sends, reads and does.

    Args:
        examples: How many answers to make up for each operation.
        seed: What they follow from.
        parts: What to hold: all, unless a test wants less.

    """
    begun = time.monotonic()
    document = _document.load()
    journal = Journal(document)
    sentences: dict[str, str] = {}
    if "sending" in parts:
        sentences |= _sending.CHECKS
        with Sandbox(seed=seed, pace=0) as sandbox:
            _sending.Sending(document, journal, sandbox).hold()
    if "reading" in parts:
        sentences |= _reading.CHECKS
        _reading.hold(document, journal, examples=examples, chosen_seed=seed)
    if "streams" in parts:
        sentences |= _streams.CHECKS
        _streams.hold(document, journal, examples=examples, chosen_seed=seed)
    return Report(
        target="the SDK",
        seed=seed,
        examples=examples,
        findings=journal.findings,
        notes=(),
        checks=tuple(
            Checked(name=name, sentence=text, part="sdk", outcome="failed" if name in journal.failed else "passed")
            for name, text in sentences.items()
        ),
        cells=(),
        requests={},
        gated=False,
        seconds=time.monotonic() - begun,
    )
