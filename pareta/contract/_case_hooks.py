"""Hooks that change generated requests: they protect foreign endpoints and keep idempotency keys unique."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

from schemathesis import hooks
from schemathesis.core.parameters import ParameterLocation

from pareta.sandbox._document import Document

from ._client import ContractClient
from ._exchange import entries, fields, is_array
from ._results import Results
from ._target import Target

WRITE_OPERATIONS = frozenset(
    {"deploy_endpoint", "start_endpoint", "stop_endpoint", "delete_endpoint", "create_chat_completion"}
)
"""The operations that change state or are billed."""
_ABSENT = "contract-suite-no-such-endpoint"
_KEY = "idempotency-key"
_VALID_KEY = re.compile(r"[!-~]{1,255}")


class EndpointGuard:
    """Protects existing endpoints: a request that would change or bill one gets an unknown id instead.

    No deployments are generated, because each takes minutes and money; the behaviour checks deploy what they need.
    Without permission to write, no write operation is generated.
    """

    def __init__(self, target: Target, document: Document, results: Results) -> None:
        self._client = ContractClient(target, document, results, "guard")
        self._known: dict[str, bool] = {}
        self.skipped_operations = frozenset({"deploy_endpoint"}) if target.writes else WRITE_OPERATIONS

    def before_call(self, case: Any) -> None:
        """Replace an existing endpoint id in a case that would change or bill it."""
        path: dict[str, Any] = case.path_parameters or {}
        if case.method != "GET" and isinstance(path.get("endpoint_id"), str) and self._exists(path["endpoint_id"]):
            case.path_parameters["endpoint_id"] = _ABSENT
        body = fields(case.body)
        model = body.get("model")
        if isinstance(model, str) and self._exists(model):
            body["model"] = _ABSENT

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _exists(self, name: str) -> bool:
        if name not in self._known:
            listed = self._client.send("list_endpoints").json
            names = [each.get(key) for each in map(fields, entries(listed)) for key in ("id", "name")]
            self._known[name] = name in names or not is_array(listed)  # If in doubt, protect it.
        return self._known[name]


class UniqueKeys:
    """Keeps idempotency keys unique: the server refuses a valid request that reuses the key of another one."""

    def __init__(self) -> None:
        self._requests: dict[str, str] = {}

    def before_call(self, case: Any) -> None:
        """Give a request a new key if another request has used its key."""
        name = next((name for name in case.headers or () if name.lower() == _KEY), None)
        key: Any = None if name is None else case.headers[name]
        if not isinstance(key, str) or not _VALID_KEY.fullmatch(key) or _has_invalid_headers(case):
            return
        request = repr((case.method, case.path, case.path_parameters, case.body))
        if self._requests.setdefault(key, request) != request:
            case.headers[name] = f"contract-suite-{len(self._requests)}"
            self._requests[case.headers[name]] = request


def _has_invalid_headers(case: Any) -> bool:
    """Return whether the headers are invalid on purpose; they must stay as they are."""
    headers = None if case.meta is None else case.meta.components.get(ParameterLocation.HEADER)
    return headers is not None and bool(headers.mode.is_negative)


class CaseHook(Protocol):
    """Sees each generated request before it is sent, and may change it."""

    def before_call(self, case: Any) -> None:
        """Inspect or change a request."""
        ...


@contextmanager
def registered(*case_hooks: CaseHook) -> Generator[None]:
    """Call the hooks for every generated request while the context is open."""

    def before_call(_: Any, case: Any, __: Any) -> None:
        for each in case_hooks:
            each.before_call(case)

    untyped: Any = hooks  # Only a global hook is always called.
    untyped.hook(before_call)
    try:
        yield
    finally:
        untyped.unregister(before_call)
