"""Plans the methods of the SDK whose parameters follow from the document, for `templates/methods.py.jinja`."""

from __future__ import annotations

import ast
from pathlib import Path

import attrs

from . import names, prose
from .plan import Argument, OperationPlan

OPTIONS = "pareta/_policy/options.py"
METHODS = "pareta/_async/methods.py"
_WIDTH = 104
_ACCEPTED = {
    "tools": ("Sequence[ToolParam | Callable[..., Any]] | None", "tools_of"),
    "response_format": ("ResponseFormatParam | type[Any] | None", "format_of"),
}
"""Parameters that take more than the document says: their type, and what makes of it what the document says."""


@attrs.frozen
class Parameter:
    """One keyword of a method."""

    name: str
    type: str
    default: str
    """The default as code; empty if the parameter is required."""
    doc: str
    unset: bool = False
    """Whether the operation's function takes UNSET where the method takes None."""
    convert: str = ""
    """The function that the argument goes through, if any."""


@attrs.frozen
class Method:
    """A method that sends one operation."""

    name: str
    summary: str
    description: str
    parameters: list[Parameter]
    result: str
    is_metric: bool
    """Whether it reads a metric of an endpoint."""


def plan(operations: list[OperationPlan]) -> dict[str, Method]:
    """Return the method of each operation, by the operation's id."""
    return {
        one.id: Method(
            one.id.removeprefix("endpoint_"),
            one.summary,
            one.description,
            [_parameter(each) for each in one.arguments if each.location in ("body_field", "query")],
            one.result_type,
            one.id.startswith("endpoint_") and any(each.name == "filters" for each in one.arguments),
        )
        for one in operations
    }


def options(project: Path) -> list[Parameter]:
    """Return the options of one call: the fields of `CallOptions` and of its base, with their docstrings."""
    tree = ast.parse((project / OPTIONS).read_text(encoding="utf-8"))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    found: list[Parameter] = []
    for node in (classes["CallOptions"], classes["PollOptions"]):
        for field, text in zip(node.body, node.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                doc = ast.literal_eval(text.value) if isinstance(text, ast.Expr) else ""
                type_ = ast.unparse(field.annotation)
                default = "NOT_GIVEN" if "NotGiven" in type_ else "None"
                found.append(Parameter(field.target.id, type_, default, str(doc)))
    return sorted(found, key=lambda one: one.name.startswith("extra_"))


def own(name: str, type_: str, default: str, doc: str) -> Parameter:
    """Return a parameter that the document does not have."""
    return Parameter(name, type_, default, doc)


def flag(name: str, doc: str) -> Parameter:
    """Return a flag that the document does not have."""
    return Parameter(name, "bool", "False", doc)


def callback(name: str, type_: str, doc: str) -> Parameter:
    """Return a function of the user's, which the document does not have."""
    return Parameter(name, f"{type_} | None", "None", doc)


def choice(name: str, values: list[str], doc: str) -> Parameter:
    """Return a parameter with a few values, the first by default, which the document does not have."""
    return Parameter(name, names.literal_type(values), names.literal(values[0]), doc)


def docstring(summary: str, description: str, parameters: list[Parameter], rest: str, rest_doc: str) -> str:
    """Return the first sections of a method's docstring, up to the arguments."""
    items = [prose.item(one.name, one.doc, _WIDTH) for one in parameters] + [prose.item(rest, rest_doc, _WIDTH)]
    parts = [summary, prose.paragraphs(description, _WIDTH)]
    parts.append("\n".join(["Args:", *(f"    {item}" for item in items)]))
    return "\n\n".join(part for part in parts if part)


def _parameter(argument: Argument) -> Parameter:
    unset = argument.default == "UNSET"
    members = [each for each in names.union_members(argument.type) if each != "Unset"]
    if any(each.startswith("Literal[") for each in members):  # Of the known values, so that a slip is seen.
        members = [each for each in members if each != "str"]
    type_, convert = _ACCEPTED.get(argument.name) or (names.union(*members, *(["None"] if unset else [])), "")
    return Parameter(argument.name, type_, "None" if unset else argument.default, argument.doc, unset, convert)
