"""Plans the clients of a document that has no overlay: a namespace for each tag, a method for each operation."""

from __future__ import annotations

import keyword
import re
from typing import Any

import attrs

from . import names, security, servers
from .plan import Argument, OperationPlan, Plan
from .problems import RefusedError
from .spec import Spec, at, entries

_OPTIONS = frozenset({"timeout", "deadline", "max_retries", "extra_headers", "extra_query", "idempotency_key"})
_MEMBERS = frozenset({"cached_property", "close", "aclose"})

# `list` may be a method, as nothing else in its class says `list`.
_NO_METHODS = (names.RESERVED_FUNCTIONS | {"cached_property"}) - {"list"}


@attrs.frozen
class Method:
    """A method of a namespace."""

    name: str
    operation: OperationPlan
    arguments: list[Argument]
    overlaps: bool
    """Whether an argument has the name of an option of the call."""
    every: str = ""
    """The name of the method that iterates over all pages; empty if there is one page."""
    waits: str = ""
    """The name of the method that waits for the work; empty if there is none."""

    @property
    def rest(self) -> str:
        """The name of the options of the call."""
        return "call_options" if any(one.name == "options" for one in self.arguments) else "options"

    @property
    def result_type(self) -> str:
        """The type of the result; empty if there is only a stream."""
        return self.operation.result_type

    @property
    def item_type(self) -> str:
        """The type of a page's items."""
        return self.operation.item_type

    @property
    def poll_type(self) -> str:
        """The type of what the polls read."""
        return self.operation.poll_type

    @property
    def event_type(self) -> str:
        """The type of a stream's items; empty if there is none."""
        return self.operation.event_type

    @property
    def stream_field(self) -> str:
        """The argument that selects the stream."""
        return self.operation.stream_field

    @property
    def first_keyword(self) -> Argument | None:
        """The first keyword-only argument."""
        return next((one for one in self.arguments if one.location != "path"), None)


@attrs.frozen
class Namespace:
    """The operations of a tag."""

    name: str
    cls: str
    doc: str
    methods: list[Method]
    unwrap: str = ""
    """The name of the method that reads webhooks; empty if the API sends none."""


@attrs.frozen
class Mode:
    """A client's flavour."""

    sync: bool
    prefix: str
    base: str
    stream: str
    iterator: str
    key: str


MODES = {
    "sync": Mode(True, "", "Pareta", "Stream", "Iterator", "str | Callable[[], str]"),  # noqa: FBT003
    "async": Mode(
        sync=False,
        prefix="Async",
        base="AsyncPareta",
        stream="AsyncStream",
        iterator="AsyncIterator",
        key="str | Callable[[], str | Awaitable[str]]",
    ),
}


def values(spec: Spec, plan: Plan) -> dict[str, Any]:
    """Return what the template renders.

    Raises:
        RefusedError: A schema has the name of a class of the client, or a credential cannot be sent.

    """
    if wrong := security.unsendable(spec):
        raise RefusedError(wrong)
    text = "the client has a class {!r} of its own; rename the schema, or generate without --client"
    taken = plan.models.names
    if shadowing := sorted(names.CLIENT_CLASSES.intersection(taken)):
        schemas = {names.class_name(name): name for name in at(spec.root, "components", "schemas")}
        places = [("components", "schemas", schemas.get(name, "")) for name in shadowing]
        raise RefusedError([spec.problem(at_, text.format(one)) for at_, one in zip(places, shadowing, strict=True)])
    title = " ".join(str(at(spec.root, "info").get("title", "")).split()) or "the API"
    name = names.snake_case(re.sub("(?i) api$", "", title)).upper() or "SERVICE"
    server = servers.default(spec)
    spaces = {space.name: space for space in _namespaces(spec, plan.operations, taken)}
    if plan.webhooks:
        doc = "The events that the API sends."
        space = spaces.setdefault("webhooks", Namespace("webhooks", _class_name("webhooks", taken), doc, []))
        free = "unwrap_webhook" if "unwrap" in (one.name for one in space.methods) else "unwrap"
        spaces["webhooks"] = attrs.evolve(space, unwrap=free)
    return {
        "namespaces": list(spaces.values()),
        "modes": MODES,
        "env": f"{name}_API_KEY",
        "secret_env": f"{name}_WEBHOOK_SECRET",
        "server": names.literal(server) if server.startswith("http") else "",
        "auth": security.values(spec),
    }


def _namespaces(spec: Spec, operations: list[OperationPlan], taken: list[str]) -> list[Namespace]:
    by_id = {one.id: one for one in operations}
    tags = [at(tag) for tag in entries(spec.root.get("tags"))]
    described = {str(tag.get("name")): str(tag.get("description") or "") for tag in tags}
    spaces: dict[str, Namespace] = {}
    for _, operation in spec.operations():
        tag = str(next(iter(entries(operation.get("tags"))), "default"))
        name = names.attribute(tag).strip("_") or "default"
        name = f"{name}_" if keyword.iskeyword(name) or name in _MEMBERS else name
        cls = _class_name(tag, taken)
        doc = " ".join(described.get(tag, "").split()).replace("\\", "\\\\").replace('"', "'")
        space = spaces.setdefault(name, Namespace(name, cls, doc.partition(". ")[0] or f"Operations of `{name}`.", []))
        space.methods.append(_method(by_id[str(operation["operationId"])], name))
    for space in spaces.values():
        known = [one.name for one in space.methods]
        for index, one in enumerate(space.methods):
            if known.count(one.name) > 1:
                space.methods[index] = attrs.evolve(one, name=one.operation.id)
        known = [one.name for one in space.methods]
        for index, one in enumerate(space.methods):
            if one.operation.pages:
                every = _free(f"{one.name}_all", "_pages", known)
                space.methods[index] = attrs.evolve(one, every=every)
            elif one.operation.polling:
                waits = _free(f"{one.name}_and_wait", "_for_it", known)
                space.methods[index] = attrs.evolve(one, waits=waits)
        if "list" in (one.name for one in space.methods):
            space.methods[:] = map(_beside_list, space.methods)
    return list(spaces.values())


def _class_name(tag: str, taken: list[str]) -> str:
    cls = names.class_name(f"{tag}_api")
    while cls in taken or f"Async{cls}" in taken:
        cls += "Methods"
    return cls


def _free(name: str, more: str, known: list[str]) -> str:
    while name in known:
        name += more
    return name


def _method(one: OperationPlan, space: str) -> Method:
    """Return the method of an operation, whose name does not repeat that of the namespace."""
    name = one.id
    for affix in (space, space.removesuffix("s")):
        shorter = name.removeprefix(f"{affix}_").removesuffix(f"_{affix}")
        if shorter != name and shorter and not keyword.iskeyword(shorter) and shorter not in _NO_METHODS:
            name = shorter
            break
    kept = [each for each in one.arguments if each.location != "extra_body" and not _is_option(each)]
    return Method(name, one, kept, any(each.name in _OPTIONS for each in kept))


def _is_option(one: Argument) -> bool:
    """Return whether an argument is what the option of the same name sends anyway."""
    return one.name == "idempotency_key" and one.location == "header" and bool(one.default)


def _beside_list(one: Method) -> Method:
    """Return a method whose types say `builtins.list`, since `list` is a method of its class."""

    def spelled(type_: str) -> str:
        return re.sub(r'("(?:[^"\\]|\\.)*")|\blist\[', lambda found: found[1] or "builtins.list[", type_)

    arguments = [attrs.evolve(each, type=spelled(each.type)) for each in one.arguments]
    operation = attrs.evolve(
        one.operation,
        result_type=spelled(one.operation.result_type),
        event_type=spelled(one.operation.event_type),
        item_type=spelled(one.operation.item_type),
        poll_type=spelled(one.operation.poll_type),
    )
    return attrs.evolve(one, arguments=arguments, operation=operation)
