"""The server of an operation, where it differs from that of the document."""

from __future__ import annotations

import re
from typing import Any

from . import names
from .problems import Pointer
from .spec import Spec, at, entries
from .views import Registry


def server(registry: Registry, pointer: Pointer, operation: dict[str, Any]) -> str:
    """Return the literal of the URL that the operation is sent to, if it is not the document's; else ""."""
    spec = registry.spec
    for where, node in ((pointer, operation), (pointer[:2], at(spec.root, *pointer[:2]))):
        listed = entries(node.get("servers"))
        if not listed:
            continue
        found = _url(registry, where, listed[0])
        if found == default(spec):
            return ""
        if not re.match(r"https?://", found):
            text = f"server {found!r} is not an absolute URL; write one, or remove `servers`"
            registry.report((*where, "servers"), text)
        return names.literal(found)
    return ""


def check(registry: Registry) -> None:
    """Report what is wrong with the document's first server, which clients call."""
    if listed := entries(registry.spec.root.get("servers")):
        _url(registry, (), listed[0])


def _url(registry: Registry, where: Pointer, node: Any) -> str:
    found, unknown = url(node)
    if unknown:
        text = f"server variable {unknown!r} has no default; give it one in `variables`"
        registry.report((*where, "servers"), text)
    return found


def default(spec: Spec) -> str:
    """Return the URL of the document's first server; "/" without one."""
    listed = entries(spec.root.get("servers"))
    return url(listed[0])[0] if listed else "/"


def url(node: Any) -> tuple[str, str]:
    """Return the URL of a server with its variables at their defaults, and the first variable without one."""
    unknown: list[str] = []

    def value(match: re.Match[str]) -> str:
        found = at(node, "variables", match[1]).get("default")
        if found is None:
            unknown.append(match[1])
        return str(found)

    found = re.sub(r"\{([^{}]*)\}", value, str(at(node).get("url", "/")))
    return found.rstrip("/") or "/", unknown[0] if unknown else ""
