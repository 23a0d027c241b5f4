"""The security of operations: which of its schemes a call meets, and how the credential of each is sent."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from . import names
from .problems import Pointer, Problem
from .spec import Spec, at, entries
from .views import Registry

Kind = Literal["bearer", "basic", "header", "query", "cookie", "tls", ""]


def kind_of(spec: Spec, name: str) -> tuple[Kind, str]:
    """Return how a scheme's credential is sent, and the name that it has there; empty where it cannot be sent."""
    scheme = at(spec.follow((), at(spec.root, "components", "securitySchemes").get(name))[1])
    place, type_ = scheme.get("in"), scheme.get("type")
    if type_ == "apiKey" and (place == "header" or place == "query" or place == "cookie"):  # noqa: PLR1714  # Narrows.
        return place, str(scheme.get("name"))
    if type_ == "http":
        wanted = str(scheme.get("scheme")).lower()
        return ("bearer" if wanted == "bearer" else "basic" if wanted == "basic" else ""), ""
    kinds: dict[Any, Kind] = {"oauth2": "bearer", "openIdConnect": "bearer", "mutualTLS": "tls"}
    return kinds.get(type_, ""), ""


@lru_cache(maxsize=2)
def main(spec: Spec) -> str:
    """Return the first scheme that an operation asks for, whose credential is the client's key; empty without one."""
    nodes = [operation.get("security", spec.root.get("security")) for _, operation in spec.operations()]
    listed = [name for node in nodes for one in entries(node) for name in at(one)]
    return next((name for name in listed if kind_of(spec, name)[0] not in ("tls", "")), "")


def requirement(spec: Spec, operation: dict[str, Any]) -> list[str]:
    """Return the schemes that a call of an operation meets: one of its alternatives, that of the key if it can be."""
    listed = [list(at(one)) for one in entries(operation.get("security", spec.root.get("security")))]
    wanted = [one for one in listed if one]
    usable = [one for one in wanted if all(kind_of(spec, name)[0] for name in one)]
    key = main(spec)
    best = next((one for one in usable if key in one), (usable or wanted or [[]])[0])
    return [] if [] in listed and key not in best else best


def is_authorized(spec: Spec, operation: dict[str, Any]) -> bool:
    """Return whether a bearer token goes into the Authorization header."""
    return any(kind_of(spec, name)[0] == "bearer" for name in requirement(spec, operation))


def own(registry: Registry, pointer: Pointer, operation: dict[str, Any]) -> list[str] | None:
    """Return the literals of the schemes of an operation, [] for none; None if it has those of the document."""
    declared = operation.get("security")
    if declared is None or declared == registry.spec.root.get("security", []):
        return None
    check(registry, pointer, operation)
    return [names.literal(name) for name in requirement(registry.spec, operation)]


def check(registry: Registry, pointer: Pointer, node: dict[str, Any]) -> None:
    """Report the schemes of an operation, or of the document, that are not declared."""
    for index, one in enumerate(entries(node.get("security"))):
        for name in at(one):
            if name not in at(registry.spec.root, "components", "securitySchemes"):
                text = f"security scheme {name!r} is not in `components`; declare it under `securitySchemes`"
                registry.report((*pointer, "security", str(index)), text)


def unsendable(spec: Spec) -> list[Problem]:
    """Return the operations whose credentials a client cannot send."""
    found: list[Problem] = []
    for pointer, operation in spec.operations():
        for name in requirement(spec, operation):
            if not kind_of(spec, name)[0]:
                text = f"a client cannot send what {name!r} asks for; describe another scheme, or leave out --client"
                found.append(spec.problem((*pointer, "security") if "security" in operation else ("security",), text))
    return found


def values(spec: Spec) -> dict[str, Any]:
    """Return what the template of the clients renders."""
    key = main(spec)
    needed = [requirement(spec, operation) for _, operation in spec.operations()]
    schemes = dict.fromkeys(name for one in needed for name in one)
    kinds = {name: kind_of(spec, name) for name in schemes}
    return {
        "kind": kinds.get(key, ("none", ""))[0],
        "main": names.literal(key),
        "signed": any(kind != "bearer" or name != key for name, (kind, _) in kinds.items()),
        "more": any(name != key and kind != "tls" for name, (kind, _) in kinds.items()),
        "default": [names.literal(name) for name in requirement(spec, {})],
        "schemes": {names.literal(name): (kind, names.literal(wire)) for name, (kind, wire) in kinds.items()},
    }
