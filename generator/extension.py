"""Reads an extension of an operation that names properties of answers: `x-pagination`, `x-polling`."""

from __future__ import annotations

from typing import Any

import attrs

from . import names
from .plan import Property, ViewPlan
from .problems import Pointer
from .views import ViewPlanner


@attrs.define(eq=False)
class Extension:
    """The extension of one operation."""

    views: ViewPlanner
    pointer: Pointer
    node: dict[str, Any]
    arguments: dict[str, str] = attrs.field(factory=dict[str, str])
    """The arguments that say it in generated code."""
    correct: bool = True

    def report(self, field: str, text: str) -> None:
        """Report what is wrong with a field; of one that is absent, at the whole."""
        self.correct = False
        pointer = (*self.pointer, field) if field in self.node else self.pointer
        self.views.registry.report(pointer, f"`{self.pointer[-1]}`: {text}")

    def text(self, field: str) -> str:
        """Return the value of a field; an empty string if it is absent, or reported as no text."""
        value = self.node.get(field, "")
        if field in self.node and not (isinstance(value, str) and value):
            self.report(field, f"`{field}` is text; write a name")
            return ""
        return str(value)

    def property_at(self, field: str, cls: str) -> Property | None:
        """Return the property at the path in a field, from the class of an answer. Its names are the argument."""
        found, path = None, list[str]()
        for step in self.text(field).split(".") if self.text(field) else []:
            view = self._view(cls)
            found = next((one for one in view.properties if one.wire == names.literal(step)), None) if view else None
            if found is None:
                where = f"{view.name} has no property {step!r}" if view else f"{step!r} is in no object"
                self.report(field, f"{where}; name one of the answer, with a dot for each step")
                return None
            path.append(names.literal(found.name))
            cls = found.value_type if found.kind in ("one", "one_required") else ""
        if path:
            self.arguments[field] = names.literal_tuple(path)
        return found

    def code(self) -> str:
        """Return the arguments as code."""
        return ", ".join(f"{name}={value}" for name, value in self.arguments.items())

    def _view(self, cls: str) -> ViewPlan | None:
        return next((one for one in self.views.planned.values() if one.name == cls), None)
