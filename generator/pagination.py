"""Plans the pages of an operation that has `x-pagination`."""

from __future__ import annotations

from typing import Any

import attrs

from . import names
from .arguments import parameters_of
from .extension import Extension
from .plan import Argument
from .problems import Pointer
from .responses import Successes
from .shapes import Shape, properties, shape
from .spec import at
from .views import ViewPlanner

_FIELDS = {
    "cursor": {"style", "parameter", "items", "next", "last", "more"},
    "page": {"style", "parameter", "items", "more", "total"},
    "offset": {"style", "parameter", "items", "more", "total"},
}
_CURSORS = ("string", "integer", "scalars")


@attrs.frozen
class PagesPlan:
    """How the pages follow each other, as the arguments of `paging.Pages`, and the type of their items."""

    code: str = ""
    item_type: str = ""


def plan(
    views: ViewPlanner, pointer: Pointer, operation: dict[str, Any], response: Successes, arguments: list[Argument]
) -> PagesPlan:
    """Return how the pages of an operation follow each other. Report what of the extension is wrong."""
    if "x-pagination" not in operation:
        return PagesPlan()
    found = Extension(views, (*pointer, "x-pagination"), at(operation["x-pagination"]))
    style = found.node.get("style")
    if not isinstance(style, str) or style not in _FIELDS:
        found.report("style", f"style {style!r} does not exist; use cursor, page or offset")
        return PagesPlan()
    for field in sorted(found.node.keys() - _FIELDS[style]):
        found.report(field, f"style {style!r} has no field {field!r}; use {', '.join(sorted(_FIELDS[style]))}")
    plain = response.plain
    if response.event_type or len(plain) != 1 or plain[0].media != "json":
        found.report("", "the answer must be JSON of one schema; describe it so, or remove the extension")
        return PagesPlan()
    if any(one.location == "header" and one.literal.lower() == '"idempotency-key"' for one in arguments):
        found.report("", "each page is another request, so an `Idempotency-Key` has no place; remove one of them")
    _parameter(found, operation, style, arguments)
    cls = "" if plain[0].is_list else plain[0].cls
    items = found.property_at("items", cls)
    type_ = items.type if items else plain[0].type
    if not type_.startswith("list[") or len(names.union_members(type_)) > 1:
        found.report("items", "the items are no array; name the property that holds them in `items`")
        return PagesPlan()
    _position(found, style, cls, items.value_type if items else plain[0].cls)
    registry = views.registry
    registry.claim(f"{str(operation.get('operationId', '')).upper()}_PAGES", found.pointer)
    return PagesPlan(f'style="{style}", {found.code()}', type_[5:-1]) if found.correct else PagesPlan()


def _parameter(found: Extension, operation: dict[str, Any], style: str, arguments: list[Argument]) -> None:
    """Check the parameter that selects the page, and find the number of the first one."""
    wire = found.text("parameter")
    given = next((one for one in arguments if one.literal == names.literal(wire) and one.location != "path"), None)
    if given is None or given.location not in ("query", "body_field") or _is_form(found, operation, given):
        text = f"{wire!r} is no parameter" if wire else "no `parameter`"
        found.report("parameter", f"{text}; name the query parameter or field of the JSON body that selects the page")
        return
    declared = _shape(found, operation, wire, given)
    found.arguments["parameter"] = given.literal
    if given.location == "body_field":
        found.arguments["in_body"] = "True"
    if style == "cursor":
        return
    if declared is None or declared.kind != "integer":
        found.report("parameter", f"{wire!r} must be an integer where the style is {style}")
        return
    first = declared.schema.get("default", 1 if style == "page" else 0)
    if isinstance(first, int) and first:
        found.arguments["first"] = str(first)


def _is_form(found: Extension, operation: dict[str, Any], given: Argument) -> bool:
    return given.location == "body_field" and not _json_body(found, operation)[1]


def _json_body(found: Extension, operation: dict[str, Any]) -> tuple[Pointer, dict[str, Any]]:
    pointer, body = found.views.registry.spec.follow((*found.pointer[:-1], "requestBody"), operation.get("requestBody"))
    return (*pointer, "content", "application/json", "schema"), at(body, "content", "application/json", "schema")


def _shape(found: Extension, operation: dict[str, Any], wire: str, given: Argument) -> Shape | None:
    spec = found.views.registry.spec
    if given.location == "query":
        pointer, node = parameters_of(spec, found.pointer[:-1], operation)["query", wire]
        return shape(spec, (*pointer, "schema"), node.get("schema"))
    pointer, schema = _json_body(found, operation)
    members = properties(spec, shape(spec, pointer, schema))
    return next((shape(spec, one.pointer, one.schema) for one in members if one.wire == wire), None)


def _position(found: Extension, style: str, cls: str, item: str) -> None:
    """Check how the next page is found, and which one is the last."""
    found.property_at("more", cls)
    total = found.property_at("total", cls)
    if total and total.kind != "integer":
        found.report("total", "the number of pages or items is an integer; name such a property")
    cursor = found.property_at("next", cls)
    last = found.property_at("last", item)
    if style == "cursor" and ("next" in found.node) == ("last" in found.node):
        text = "a cursor is a property of the answer, `next`, or of its last item, `last`; name one of them"
        found.report("next", text)
    for field, one in (("next", cursor), ("last", last)):
        if one and one.kind not in _CURSORS:
            found.report(field, "a cursor is a string or an integer; name such a property")
