"""The plan of a package: the values that the templates render."""

from __future__ import annotations

from typing import Literal

import attrs

Kind = Literal[
    "string",
    "datetime",
    "integer",
    "number",
    "boolean",
    "scalars",
    "one",
    "one_required",
    "many",
    "values",
    "mapping",
    "any",
]


@attrs.frozen
class Property:
    """One property of a view, and how it is read."""

    name: str
    wire: str
    """The field's name on the wire, as a Python literal."""
    type: str
    kind: Kind
    value_type: str
    """The class of the object or of the items, or the types that the value must be an instance of."""
    doc: str


@attrs.define
class ViewPlan:
    """An object of a response: a `View` or a `DictView`."""

    name: str
    pointer: str
    """The JSON pointer of its schema, as a literal."""
    dict_view: bool
    doc: str
    properties: list[Property] = attrs.field(factory=list[Property])


@attrs.frozen
class Field:
    """One key of a TypedDict."""

    wire: str
    literal: str
    type: str
    doc: str


@attrs.define
class TypedDictPlan:
    """An object of a request, as a TypedDict."""

    name: str
    doc: str
    fields: list[Field] = attrs.field(factory=list[Field])
    functional: bool = False
    """Whether a key is not an identifier, so that the functional syntax is needed."""


@attrs.frozen
class Alias:
    """A named type of the document that is not an object."""

    name: str
    type: str
    doc: str


@attrs.define
class Models:
    """The content of `models.py`."""

    enums: list[Alias] = attrs.field(factory=list[Alias])
    views: list[ViewPlan] = attrs.field(factory=list[ViewPlan])
    typed_dicts: list[TypedDictPlan] = attrs.field(factory=list[TypedDictPlan])
    aliases: list[Alias] = attrs.field(factory=list[Alias])

    @property
    def names(self) -> list[str]:
        """The names that it defines, sorted."""
        return sorted(
            [one.name for one in (*self.enums, *self.aliases)]
            + [one.name for one in self.views]
            + [one.name for one in self.typed_dicts]
        )


Location = Literal["path", "query", "query_object", "header", "body_field", "body", "extra_body"]
"""Where an argument is sent. `query_object`: a mapping of query parameters; `extra_body`: undeclared body fields."""


@attrs.frozen
class Argument:
    """One argument of an operation's function."""

    name: str
    location: Location
    literal: str
    type: str
    default: str
    """The default as code; empty if the argument is required."""
    value: str
    """The expression of the value that is sent."""
    doc: str


@attrs.frozen(kw_only=True)
class OperationPlan:
    """One operation: its constant, and its function."""

    id: str
    constant: str
    method: str
    path: str
    """The path template, as a literal."""
    arguments: list[Argument]
    summary: str
    description: str
    raises: str
    """When it raises ValueError; empty if it never does."""
    response_type: str
    """The class of the JSON response or of its items; empty if it has none."""
    result_type: str
    """The type parameter of `Call`; empty if the response is always a stream."""
    is_list: bool
    no_content: bool
    events: dict[str, str]
    """The class of each event's payload, by the literal of the event's name."""
    terminal: list[str]
    """The literals of the names of the events that end the stream."""
    done: str
    event_type: str
    """The type parameter of `StreamCall`; empty if there is no stream."""
    stream_field: str
    """The argument that selects the stream instead of JSON."""
    idempotent: bool
    headers: list[str]
    parts: list[tuple[str, str]]
    """The arguments of `Call` besides the operation, with the expressions of their values."""

    @property
    def first_keyword(self) -> Argument | None:
        """The first keyword-only argument."""
        return next((argument for argument in self.arguments if argument.location != "path"), None)


@attrs.frozen
class Plan:
    """The plan of the whole package."""

    models: Models
    operations: list[OperationPlan]
