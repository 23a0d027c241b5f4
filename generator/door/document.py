"""The document while it is imported: it changes in place, and each change is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from ..problems import Pointer, Problem, RefusedError
from ..spec import Spec, at, is_array

_VALUES = frozenset({"const", "default", "enum", "example", "value"})
_NAMED = frozenset({
    "$defs", "callbacks", "dependentSchemas", "examples", "headers", "links", "parameters", "pathItems",
    "patternProperties", "properties", "requestBodies", "responses", "schemas", "securitySchemes",
})  # fmt: skip


@attrs.define(eq=False)
class Import:
    """A document that is being imported. `spec.root` changes; positions stay those of the source."""

    spec: Spec
    notes: list[tuple[Pointer, str]] = attrs.field(factory=list[tuple[Pointer, str]])
    refused: list[Problem] = attrs.field(factory=list[Problem])

    @property
    def root(self) -> dict[str, Any]:
        """The document."""
        return self.spec.root

    def note(self, pointer: Pointer, text: str) -> None:
        """Note what was done to the node at `pointer`."""
        self.notes.append((pointer, text))

    def refuse(self, pointer: Pointer, text: str) -> None:
        """Note what cannot be done."""
        self.refused.append(self.spec.problem(pointer, text))

    def stop_if_refused(self) -> None:
        """Raise RefusedError if something was refused."""
        if self.refused:
            raise RefusedError(self.refused)

    def lines(self) -> list[str]:
        """Return the notes by place, those of one kind that are many in short."""
        by_text: dict[str, list[Problem]] = {}
        for pointer, text in self.notes:
            problem = self.spec.problem(pointer, text)
            by_text.setdefault(text, []).append(problem)
        found: list[tuple[Problem, str]] = []
        for text, problems in by_text.items():
            first = min(problems)
            more = f" (and {len(problems) - 1} more such)" if len(problems) > 1 else ""
            found.append((first, f"{first.file}:{first.line}:{first.column}: {text}{more}"))
        return [line for _, line in sorted(found)]

    def components(self, kind: str) -> dict[str, Any]:
        """Return the components of a kind, which can be added to."""
        section: dict[str, Any] = self.root.setdefault("components", {}).setdefault(kind, {})
        return section


def rewrite_refs(node: Any, change: Callable[[str], str]) -> None:
    """Change each `$ref`, and each target of a discriminator's mapping, below `node`."""
    stack: list[tuple[Any, bool]] = [(node, False)]
    while stack:
        here, named = stack.pop()
        if is_array(here):
            stack.extend((item, False) for item in here)
            continue
        found = at(here)
        if isinstance(found.get("$ref"), str):
            found["$ref"] = change(found["$ref"])
        if "propertyName" in found and isinstance(found.get("mapping"), dict):
            for tag, target in at(found, "mapping").items():
                if isinstance(target, str) and "/" in target:
                    found["mapping"][tag] = change(target)
        stack.extend((value, inner) for _, value, inner in below(found, named=named))


def below(node: Any, *, named: bool) -> Iterator[tuple[str, Any, bool]]:
    """Yield what an object of the document contains, without values of the API; True for a map whose keys are names.

    `named` says whether the object is such a map: a property can have the name `default`.
    """
    for key, value in at(node).items():
        if named or not (key in _VALUES or (key == "examples" and is_array(value))):
            yield key, value, not named and key in _NAMED


def pointer_of(ref: str) -> Pointer:
    """Return the pointer of a local reference."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in ref.removeprefix("#/").split("/"))


def ref_of(pointer: Pointer) -> str:
    """Return the local reference to a pointer."""
    return "#/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
