"""What any request holds: requests that schemathesis generates from the document, with its own checks."""

from __future__ import annotations

import copy
import re
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import settings
from requests import codes
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation

from pareta.sandbox import _document

from ._exchange import CheckFailed, entries, fields, is_array
from ._server import Server
from ._session import KEY_PLACEHOLDER

# A request that fits its schema can still name an unknown task (400) or meet an empty balance (402).
_STATUSES_OF_VALID_REQUESTS = ["2xx", "400", "401", "402", "403", "404", "409", "429", "5xx"]
_READS = ("GET", "HEAD", "OPTIONS", "TRACE")
_KEY_HEADER = {"Authorization": KEY_PLACEHOLDER}
_KEY = "Idempotency-Key"
_VALID_KEY = re.compile(r"[!-~]{1,255}")
_ABSENT = "contract-suite-no-such-endpoint"
_STEPS = 6

_CONFIG: Any = SchemathesisConfig.from_dict(  # pyright: ignore[reportUnknownMemberType]
    {
        "headers": _KEY_HEADER,
        "max-redirects": 0,
        "max-stream-events": 100_000,
        "request-timeout": 600,
        "checks": {
            "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "503"]},
            "positive_data_acceptance": {"expected-statuses": _STATUSES_OF_VALID_REQUESTS},
            # Its requests pass by the session of `case.call`: no limit holds for them, and nothing records them.
            "ignored_auth": {"enabled": False},
        },
        # A sequence needs valid requests; invalid ones are sent to each operation alone.
        "phases": {"stateful": {"generation": {"mode": "positive"}}},
        "suppress-health-check": ["all"],
        "cache": {"enabled": False},
    }
)
_SCHEMA: Any = schemathesis.openapi.from_dict(copy.deepcopy(_document.load().raw), config=_CONFIG)


class Generator:
    """Sends generated requests to a server, and keeps them from changing endpoints that others own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, bool] = {}
        self._keys = 0
        self._needs_key: set[str] = set()
        self.options: dict[str, Any] = {"base_url": server.base_url, "session": server.session}
        if server.sandbox is not None:  # schemathesis has sessions of its own, which would ask a proxy for it.
            self.options["proxies"] = {server.base_url.rpartition(":")[0]: ""}

    def allows(self, case: Any) -> bool:
        """Return whether a request may be sent; an undocumented method may write."""
        documented = case.method == case.operation.method.upper()
        return documented or self._server.limits.writes or case.method in _READS

    def prepare(self, case: Any) -> None:
        """Replace the ids of endpoints that the suite did not create, and make each valid key an unused one."""
        path: dict[str, Any] = case.path_parameters or {}
        body = fields(case.body)
        if self._server.sandbox is None:
            if case.method not in _READS and self._exists(path.get("endpoint_id")):
                path["endpoint_id"] = _ABSENT
            if self._exists(body.get("model")):
                body["model"] = _ABSENT
        given: dict[str, Any] = case.headers or {}
        key = given.get(_KEY)
        headers = None if case.meta is None else case.meta.components.get(ParameterLocation.HEADER)
        invalid_on_purpose = headers is not None and headers.mode.is_negative
        if isinstance(key, str) and _VALID_KEY.fullmatch(key) and not invalid_on_purpose:
            given[_KEY] = f"{self._unused()}{key}"[: max(len(key), 32)]

    def validate(self, case: Any, response: Any, **options: Any) -> None:
        """Run the checks of schemathesis, and ask each operation once without a key; a failure shows the exchange."""
        exchange = self._server.session.last_exchange
        try:
            case.validate_response(response, headers=_KEY_HEADER, transport_kwargs=self.options, **options)
        except FailureGroup as group:
            group.exchange = exchange  # type: ignore[attr-defined]
            raise
        operation = None if exchange is None or not exchange.ok else exchange.operation
        if operation is not None and operation.id not in self._needs_key:
            self._needs_key.add(operation.id)
            for authorization in (None, "Bearer pareta_sk_wrong"):
                self._check_refused(response.request.copy(), authorization)

    def _check_refused(self, request: Any, authorization: str | None) -> None:
        del request.headers["Authorization"]
        if authorization is not None:
            request.headers["Authorization"] = authorization
        _, exchange = self._server.session.exchange(request)
        if exchange.status not in (codes.unauthorized, codes.forbidden):
            key = "a wrong key" if authorization else "no key"
            raise CheckFailed(f"ignored_auth: with {key} it returns {exchange.status}", exchange)

    def _unused(self) -> str:
        self._keys += 1
        return f"{self._keys:032}" if self._server.sandbox else uuid4().hex

    def _exists(self, name: Any) -> bool:
        if not isinstance(name, str):
            return False
        if name not in self._known:
            listed = self._server.send("list_endpoints").json
            names = [each.get(key) for each in map(fields, entries(listed)) for key in ("id", "name")]
            self._known[name] = name in names or not is_array(listed)  # If in doubt, protect it.
        return self._known[name]


@pytest.fixture
def generator(server: Server) -> Generator:
    """Give what sends generated requests."""
    return Generator(server)


def _test_of(operation_id: str) -> Any:
    of_operation: Any = _SCHEMA.include(operation_id=operation_id).parametrize()

    @pytest.mark.cost(requests=40, per_example=1)
    @of_operation  # type: ignore[untyped-decorator]  # schemathesis has no type for it
    def test(case: Any, generator: Generator) -> None:
        """Any request, valid or not, gets a response that the document allows."""
        if generator.allows(case):
            generator.prepare(case)
            generator.validate(case, case.call(**generator.options))

    return test


# The id of a test must name its operation, for `-k` and `--lf`; since pytest 9.2 schemathesis's own parameter does not.
globals().update({f"test_any_request_of_{each}": _test_of(each) for each in _document.load().operations})


@pytest.mark.cost(requests=0, per_example=4)
def test_any_sequence_gets_documented_responses(server: Server, generator: Generator) -> None:
    """Requests that follow the document's links get documented responses; what is deleted is gone."""
    schema = _SCHEMA
    for operation_id in server.not_generated:
        schema = schema.exclude(operation_id=operation_id)

    class Links(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            server.begin_test()

        def before_call(self, case: Any) -> None:
            generator.prepare(case)

        def get_call_kwargs(self, _: Any) -> dict[str, Any]:
            return generator.options

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            generator.validate(case, response, recorder=self.recorder)

    Links.run(settings=settings(stateful_step_count=_STEPS))
