"""What generated requests are changed in: kept away from what others have, and given keys of their own."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

import schemathesis
from schemathesis import hooks
from schemathesis.core.parameters import ParameterLocation

from ._document import Document
from ._exchange import entries, fields, is_array
from ._journal import Journal
from ._target import Target
from ._wire import Wire

WRITING = frozenset({"deploy_endpoint", "start_endpoint", "stop_endpoint", "delete_endpoint", "create_chat_completion"})
"""The operations that change something, or cost."""
_ABSENT = "contract-suite-no-such-endpoint"
_KEY = "idempotency-key"
_VALID_KEY = re.compile(r"[!-~]{1,255}")


class Guard:
    """Points requests that would change or bill an endpoint of someone else's at one that does not exist.

    Deployments are not generated at all: each would take minutes and money. The checks of behaviour deploy what
    they need. Without leave to write, no operation that writes is called.
    """

    def __init__(self, target: Target, document: Document, journal: Journal) -> None:
        self._wire = Wire(target, document, journal, "guard")
        self._known: dict[str, bool] = {}
        self.skipped_operations = frozenset({"deploy_endpoint"}) if target.writes else WRITING

    def look_at(self, case: Any) -> None:
        """Point a case that would change or bill an endpoint at none."""
        path: dict[str, Any] = case.path_parameters or {}
        if case.method != "GET" and isinstance(path.get("endpoint_id"), str) and self._is_there(path["endpoint_id"]):
            case.path_parameters["endpoint_id"] = _ABSENT
        body = fields(case.body)
        model = body.get("model")
        if isinstance(model, str) and self._is_there(model):
            body["model"] = _ABSENT

    def close(self) -> None:
        """Close its connections."""
        self._wire.close()

    def _is_there(self, name: str) -> bool:
        if name not in self._known:
            listed = self._wire.send("list_endpoints").json
            names = [each.get(key) for each in map(fields, entries(listed)) for key in ("id", "name")]
            self._known[name] = name in names or not is_array(listed)  # What cannot be known is spared.
        return self._known[name]


class Keys:
    """Lets no generated request carry an idempotency key that named another: it would be refused, valid as it is."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def look_at(self, case: Any) -> None:
        """Give a request whose key named another one a key of its own."""
        name = next((name for name in case.headers or () if name.lower() == _KEY), None)
        key: Any = None if name is None else case.headers[name]
        if not isinstance(key, str) or not _VALID_KEY.fullmatch(key) or _wrong_by_its_headers(case):
            return
        meaning = repr((case.method, case.path, case.path_parameters, case.body))
        if self._named.setdefault(key, meaning) != meaning:
            case.headers[name] = f"contract-suite-{len(self._named)}"
            self._named[case.headers[name]] = meaning


def _wrong_by_its_headers(case: Any) -> bool:
    """Whether a request's headers are meant to be wrong; changed, they would be made right."""
    headers = None if case.meta is None else case.meta.components.get(ParameterLocation.HEADER)
    return headers is not None and bool(headers.mode.is_negative)


class Looker(Protocol):
    """Looks at each generated request before it is sent, and may change it."""

    def look_at(self, case: Any) -> None:
        """Look at a request."""
        ...


@contextmanager
def looked_at(*lookers: Looker) -> Generator[None]:
    """Have every generated request looked at, for as long as the context lasts."""

    def before_call(_: Any, case: Any, __: Any) -> None:
        for looker in lookers:
            looker.look_at(case)

    schemathesis.hook(before_call)  # pyright: ignore[reportUnknownMemberType]  # Only a global one is always asked.
    try:
        yield
    finally:
        hooks.unregister(before_call)  # pyright: ignore[reportUnknownMemberType]
