"""Adds the credentials of security schemes to calls, where they are more than one bearer token."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TypeVar

import attrs

from .types import Request

C = TypeVar("C", bound=Request)


@attrs.frozen(repr=False)
class Credentials:
    """The credentials of a client, by the names of their schemes."""

    given: Mapping[str, str]
    has_key: bool
    """Whether the client has a bearer token of its own, for schemes that are not in `given`."""
    schemes: Mapping[str, tuple[str, str]]
    """How the credential of each is sent, and under which name."""
    default: tuple[str, ...]
    """The schemes of operations that have none of their own."""

    def sign(self, call: C) -> C:
        """Return the call with the credentials that it needs. Raise ValueError if one is missing."""
        operation, headers, query = call.operation, dict(call.headers), call.query
        for scheme in self.default if operation.security is None else operation.security:
            kind, name = self.schemes[scheme]
            value = self.given.get(scheme)
            if kind == "tls" or (kind == "bearer" and not value and self.has_key):
                continue
            if not value:
                raise ValueError(f"{operation.id} needs a credential; pass credentials={{{scheme!r}: …}}")
            if kind == "header":
                headers[name] = value
            elif kind == "query":
                query = (*query, (name, value))
            elif kind == "cookie":
                headers["Cookie"] = "; ".join(filter(None, [headers.get("Cookie"), f"{name}={value}"]))
            else:
                operation = attrs.evolve(operation, authorization=False)
                text = base64.b64encode(value.encode()).decode() if kind == "basic" else value
                headers["Authorization"] = f"{kind.capitalize()} {text}"
        return attrs.evolve(call, operation=operation, headers=headers, query=query)
