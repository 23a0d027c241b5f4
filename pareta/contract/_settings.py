"""What a run of the suite is asked for."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen, validators

PARTS: Final = ("generated", "behaviour", "machine", "examples", "gate")
"""The parts of a run, in their order."""
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
"""The phases of the generated part."""


@frozen(kw_only=True)
class Settings:
    """What to run. The same settings against the same server give the same report.

    Args:
        examples: How many requests are made up for each operation in each phase.
        seed: What they follow from.
        allow_writes: Whether a server that is not our own may be deployed to, asked, stopped and deleted on.
        parts: Which parts to run: all, unless a test wants fewer.
        phases: Which phases of the generated part to run.
        checks: Which checks of our own to run, by name; None for all.
        operations: Which operations to generate requests for, by id; None for all.

    """

    examples: int = field(default=25, validator=validators.ge(1))
    seed: int = 7
    allow_writes: bool = False
    parts: tuple[str, ...] = field(default=PARTS, validator=validators.deep_iterable(validators.in_(PARTS)))
    phases: tuple[str, ...] = field(default=PHASES, validator=validators.deep_iterable(validators.in_(PHASES)))
    checks: frozenset[str] | None = None
    operations: tuple[str, ...] | None = None
