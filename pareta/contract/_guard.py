"""Keeps generated requests away from what others have on a server that is not ours."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import schemathesis
from schemathesis import hooks

from ._document import Document
from ._exchange import fields
from ._journal import Journal
from ._target import Target
from ._wire import Wire

WRITING = frozenset({"deploy_endpoint", "start_endpoint", "stop_endpoint", "delete_endpoint", "create_chat_completion"})
"""The operations that change something, or cost."""
_ABSENT = "contract-suite-no-such-endpoint"
_NOT_FOUND = 404


class Guard:
    """Points requests that would change or bill an endpoint of someone else's at one that does not exist.

    Deployments are not generated at all: each would take minutes and money. The checks of behaviour deploy what
    they need. Without leave to write, no operation that writes is called.
    """

    def __init__(self, target: Target, document: Document, journal: Journal) -> None:
        self._wire = Wire(target, document, journal, "guard")
        self._known: dict[str, bool] = {}
        self.skipped_operations = frozenset({"deploy_endpoint"}) if target.writes else WRITING

    def spare(self, case: Any) -> None:
        """Point a case that would change or bill an endpoint at none."""
        path: dict[str, Any] = case.path_parameters or {}
        if case.method != "GET" and isinstance(path.get("endpoint_id"), str) and self._is_there(path["endpoint_id"]):
            case.path_parameters["endpoint_id"] = _ABSENT
        body = fields(case.body)
        model = body.get("model")
        if isinstance(model, str) and self._is_there(model):
            body["model"] = _ABSENT

    def clean_up(self) -> None:
        """Close its connections."""
        self._wire.__exit__(None, None, None)

    def _is_there(self, name: str) -> bool:
        if name not in self._known:
            listed = self._wire.send("list_endpoints").json
            self._known[name] = any(name in (each["id"], each["name"]) for each in listed)
        return self._known[name]


@contextmanager
def guarded(guard: Guard | None) -> Generator[None]:
    """Have every generated request pass a guard, for as long as the context lasts."""
    if guard is None:
        yield
        return

    def before_call(_: Any, case: Any, __: Any) -> None:
        guard.spare(case)

    schemathesis.hook(before_call)  # pyright: ignore[reportUnknownMemberType]  # Only a global one is always asked.
    try:
        yield
    finally:
        hooks.unregister(before_call)  # pyright: ignore[reportUnknownMemberType]
        guard.clean_up()
