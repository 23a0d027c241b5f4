"""The servers and the security of an operation, where they differ from those of the document."""

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


def is_authorized(spec: Spec, operation: dict[str, Any]) -> bool:
    """Return whether the key goes into the Authorization header, which other schemes do not use."""
    schemes = at(spec.root, "components", "securitySchemes")
    needed = operation.get("security", spec.root.get("security"))
    used = [spec.follow((), schemes.get(name))[1] for one in entries(needed) for name in at(one)]
    return any(at(one).get("type") != "apiKey" for one in used)


def security(registry: Registry, pointer: Pointer, operation: dict[str, Any]) -> list[str] | None:
    """Return the literals of the operation's security schemes, [] for none; None if it has those of the document."""
    spec = registry.spec
    declared = operation.get("security")
    if declared is None or declared == spec.root.get("security", []):
        return None
    known = at(spec.root, "components", "securitySchemes")
    found: list[str] = []
    for index, one in enumerate(entries(declared)):
        for name in at(one):
            if name not in known:
                text = f"security scheme {name!r} is not in `components`; declare it under `securitySchemes`"
                registry.report((*pointer, "security", str(index)), text)
            found.append(names.literal(name))
    return list(dict.fromkeys(found))
