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
    "reader",
    "reader_list",
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
    """The class of the object or of the items, the types of the value, or the constant that is its reader."""
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
class ReaderPlan:
    """A constant of `models.py`: the reader of a property."""

    name: str
    type: str
    expression: str


@attrs.frozen
class ResponsePlan:
    """How a successful response is read."""

    media: Literal["json", "text", "bytes", "none"]
    type: str
    cls: str = ""
    """The class of the JSON object or of the items; empty if it has none."""
    is_list: bool = False
    reader: str = ""
    """The expression of the reader, where there is no class."""


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
    readers: list[ReaderPlan] = attrs.field(factory=list[ReaderPlan])
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


Location = Literal[
    "path",
    "query",
    "query_styled",
    "query_object",
    "header",
    "cookie",
    "cookie_styled",
    "body_field",
    "body",
    "extra_body",
]
"""Where an argument is sent. `query_object`: a mapping of query parameters; `…_styled`: by its own style;
`extra_body`: undeclared body fields."""


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
    responses: dict[str, ResponsePlan]
    """How the body is read, by the literal of the status; one entry if it is read in one way."""
    errors: dict[str, str]
    """The class or the reader of an error's body, by the literal of its statuses."""
    result_type: str
    """The type parameter of `Call`; empty if the response is always a stream."""
    accept: str
    """The literal of the Accept header; empty for JSON."""
    events: dict[str, str]
    """The class of each event's payload, by the literal of the event's name."""
    any_event: str
    """The reader of every other event; empty for a plain View."""
    terminal: list[str]
    """The literals of the names of the events that end the stream."""
    done: str
    open_ended: bool
    """Whether the stream may close without `done`."""
    stream_type: str
    """The literal of the stream's media type; empty for server-sent events."""
    event_type: str
    """The type parameter of `StreamCall`; empty if there is no stream."""
    stream_field: str
    """The argument that selects the stream instead of JSON."""
    idempotent: bool
    headers: list[str]
    content_type: str
    """The literal of the media type of a body that is not `application/json`."""
    server: str
    """The literal of the URL, if the operation has a server of its own."""
    authorization: bool
    security: list[str] | None
    """The literals of its security schemes, if they are not those of the document."""
    deprecated: bool
    pages: str
    """How its pages follow each other, as code; empty without `x-pagination`."""
    item_type: str
    """The type of a page's items."""
    polling: str = ""
    poll: str = ""
    poll_type: str = ""
    """How its work is followed and by which function, as code, and what that reads; empty without `x-polling`."""
    parts: list[tuple[str, str]]
    """The arguments of `Call` besides the operation, with the expressions of their values."""

    @property
    def only(self) -> ResponsePlan:
        """How the body is read, if there is one way."""
        return next(iter(self.responses.values())) if len(self.responses) == 1 else ResponsePlan("json", "")

    @property
    def call_type(self) -> str:
        """The type of the call whose response is no stream."""
        if self.polling:
            return f"polling.PolledCall[{self.result_type}, {self.poll_type}]"
        return f"paging.PagedCall[{self.result_type}, {self.item_type}]" if self.pages else f"Call[{self.result_type}]"

    @property
    def first_keyword(self) -> Argument | None:
        """The first keyword-only argument."""
        return next((argument for argument in self.arguments if argument.location != "path"), None)


@attrs.frozen
class WebhooksPlan:
    """The events that the API sends, as one union."""

    type: str
    reader: str
    """The class or the reader of an event."""
    sent: str
    doc: str
    name: str = "WebhookEvent"


@attrs.frozen
class Plan:
    """The plan of the whole package."""

    models: Models
    operations: list[OperationPlan]
    webhooks: WebhooksPlan | None = None
