"""What is to be written, as values: everything that the templates need to know, and no template."""

from __future__ import annotations

from typing import Literal

import attrs

Kind = Literal[
    "string", "moment", "integer", "number", "boolean", "scalars", "one", "one_due", "many", "values", "mapping", "any"
]


@attrs.frozen
class Property:
    """One property of a received object, and how it is read."""

    name: str
    wire: str
    """The field's name on the wire, as a Python literal."""
    type: str
    kind: Kind
    of: str
    """The class of the object or of the entries, or what the value must be an instance of."""
    doc: str


@attrs.define
class Received:
    """An object of an answer: a view, or a feed."""

    name: str
    feed: bool
    doc: str
    properties: list[Property] = attrs.field(factory=list[Property])


@attrs.frozen
class Field:
    """One key of a sent object."""

    wire: str
    literal: str
    type: str
    doc: str


@attrs.define
class Sent:
    """An object of a request: a TypedDict."""

    name: str
    doc: str
    fields: list[Field] = attrs.field(factory=list[Field])
    functional: bool = False
    """Whether a key is no identifier, so that it cannot be written as a class."""


@attrs.frozen
class Alias:
    """A type that the document names and that is no object of its own."""

    name: str
    type: str
    doc: str


@attrs.define
class Models:
    """Everything that stands in `models.py`."""

    enums: list[Alias] = attrs.field(factory=list[Alias])
    received: list[Received] = attrs.field(factory=list[Received])
    sent: list[Sent] = attrs.field(factory=list[Sent])
    aliases: list[Alias] = attrs.field(factory=list[Alias])


Place = Literal["path", "query", "spread", "header", "body", "whole", "extra"]
"""Where an argument goes. `spread`: any query parameters; `whole`: the body itself; `extra`: undeclared body fields."""


@attrs.frozen
class Argument:
    """One argument of an operation's function."""

    name: str
    place: Place
    literal: str
    type: str
    default: str
    """The default as code; empty where the argument must be given."""
    value: str
    """The expression that is sent."""
    doc: str


@attrs.frozen(kw_only=True)
class OperationPlan:
    """One operation: its constant, and its function."""

    id: str
    constant: str
    method: str
    path: str
    """The path's template, as a literal."""
    arguments: list[Argument]
    summary: str
    description: str
    raises: str
    """When it raises ValueError; empty where it never does."""
    answer: str
    """The class of the answer or of its entries; empty where there is none."""
    returns: str
    """What `Call` is a call of; empty where there is only a stream."""
    many: bool
    empty: bool
    events: dict[str, str]
    """Literal of an event's name: class of its payload."""
    done: str
    streams: str
    """What `StreamCall` is a call of; empty where there is no stream."""
    stream_field: str
    """The argument that chooses between the two."""
    repeatable: bool
    headers: list[str]
    parts: list[tuple[str, str]]
    """What the call is made of beside its operation: names, and the expressions of their values."""

    @property
    def first_keyword(self) -> Argument | None:
        """The argument that the star stands before."""
        return next((argument for argument in self.arguments if argument.place != "path"), None)


@attrs.frozen
class Plan:
    """The whole package."""

    models: Models
    operations: list[OperationPlan]
