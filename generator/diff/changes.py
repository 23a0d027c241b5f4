"""A change, and the collection of those that a comparison finds."""

from __future__ import annotations

import attrs

from ..problems import Pointer
from ..spec import Spec
from .kinds import KINDS, Kind


@attrs.frozen
class Change:
    """One change."""

    kind: str
    what: str
    """What changed, and how."""
    where: str
    """`file:line` in the new document, else in the old one; the module of a Python name."""
    names: tuple[str, ...] = ()
    """The Python names that it affects."""

    @property
    def rule(self) -> Kind:
        """What changes of this kind do."""
        return KINDS[self.kind]

    def __str__(self) -> str:
        names = f" [{', '.join(self.names)}]" if self.names else ""
        return f"{self.where}: {self.rule.level}: {self.what} ({self.kind}: {self.rule.why}){names}"


@attrs.define(eq=False)
class Changes:
    """The changes between two documents; each is kept once."""

    old: Spec
    new: Spec
    found: dict[tuple[str, str, str], Change] = attrs.field(factory=dict[tuple[str, str, str], Change])

    def add(  # What a change is.
        self, kind: str, what: str, old: Pointer | None, new: Pointer | None, *names: str
    ) -> None:
        """Add a change of the node at `old` or `new`; None where there is none."""
        spec, pointer = (self.new, new) if new is not None else (self.old, old or ())
        place = spec.problem(pointer, "")
        where = f"{place.file}:{place.line}"
        self.found.setdefault((kind, what, where), Change(kind, what, where, names))

    def sorted(self) -> list[Change]:
        """Return the changes: what breaks first, then by place."""
        order = ("breaking", "risky", "safe")
        return sorted(self.found.values(), key=lambda one: (order.index(one.rule.level), one.where, one.what))
