"""Problems of a document with their positions, collected and reported together."""

from __future__ import annotations

import attrs

Pointer = tuple[str, ...]
"""The keys from the document's root to a node."""


@attrs.frozen(order=True)
class Problem:
    """One problem of the document, and how to correct it."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class RefusedError(Exception):
    """The document cannot be generated. It holds every problem."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class GenerationError(Exception):
    """Generation failed for a reason outside the document."""
