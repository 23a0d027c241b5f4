"""What is wrong with a document: positions and words, collected and reported together."""

from __future__ import annotations

import attrs

Pointer = tuple[str, ...]
"""The keys that lead from a document's root to one of its nodes."""


@attrs.frozen(order=True)
class Problem:
    """One thing that stands in the way, and what to do about it."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class RefusedError(Exception):
    """Nothing can be generated, for each of these reasons."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class StoppedError(Exception):
    """The generator cannot do its work for a reason outside of the document."""
