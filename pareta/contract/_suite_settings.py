"""The settings of a run."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen, validators

PARTS: Final = ("generated", "behaviour", "machine", "examples", "gate")
"""The parts of a run, in their order."""
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
"""The phases of the generated part."""


@frozen(kw_only=True)
class SuiteSettings:
    """The settings of a run. With the same settings, the same server gets the same report.

    Args:
        examples: The number of requests to generate for each operation and phase.
        seed: The seed of the generator.
        allow_writes: Whether the suite may deploy, complete, stop and delete on an external server.
        parts: The parts to run.
        phases: The phases of the generated part to run.
        checks: The names of the behaviour and response checks to run; None for all.
        operations: The ids of the operations to generate requests for; None for all.

    """

    examples: int = field(default=25, validator=validators.ge(1))
    seed: int = 7
    allow_writes: bool = False
    parts: tuple[str, ...] = field(default=PARTS, validator=validators.deep_iterable(validators.in_(PARTS)))
    phases: tuple[str, ...] = field(default=PHASES, validator=validators.deep_iterable(validators.in_(PHASES)))
    checks: frozenset[str] | None = None
    operations: tuple[str, ...] | None = None
