"""The ASGI application: from a request's bytes to an answer's, in the order of the steps of `_answer`."""

import hmac
import logging
from collections.abc import Mapping
from functools import partial

from attrs import evolve, frozen
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from pareta.sandbox import _connection, _idempotency, _scenario
from pareta.sandbox._delivery import Delivery, Left
from pareta.sandbox._document import Document
from pareta.sandbox._handlers import Handlers
from pareta.sandbox._http import Answer, Problem, Request, invalid
from pareta.sandbox._journal import Entry
from pareta.sandbox._pages import Pages
from pareta.sandbox._platform import Platform
from pareta.sandbox._routing import Route, Router, split
from pareta.sandbox._scenario import Scenario
from pareta.sandbox._snapshot import Snapshots
from pareta.sandbox._validation import RequestValidator

logger = logging.getLogger("pareta.sandbox")

_BODY_LIMIT = 8 * 1024 * 1024
# A longer body is read and dropped up to here, so that the answer arrives; beyond it the connection is closed.
_DRAIN_LIMIT = 64 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@frozen
class Contract:
    """A document, ready to be served: its routes, and its schemas compiled."""

    router: Router
    validators: Mapping[str, RequestValidator]
    statuses: Mapping[str, frozenset[str]]
    document: Mapping[str, object]


def contract_of(document: Document) -> Contract:
    """Return the contract that a document is."""
    validators = {each.id: RequestValidator(document, each) for each in document.operations}
    statuses = {each.id: each.statuses for each in document.operations}
    return Contract(Router(document.operations), validators, statuses, document.raw)


class Application:
    """Serves a document's operations. It refuses to be made when an operation has no handler, or the reverse."""

    def __init__(self, platform: Platform, contract: Contract, *, hosts: frozenset[str] | None) -> None:
        self._platform = platform
        self._hosts = hosts
        handlers = Handlers(platform)
        self._handlers = handlers.table
        self._router = contract.router
        self._validators = contract.validators
        self._idempotency = _idempotency.Idempotency(platform)
        snapshots = Snapshots(platform, handlers.deployments)
        self._pages = None if hosts is None else Pages(platform, contract.document, snapshots.take)
        _hold_equal(set(self._validators), set(self._handlers))
        platform.operations = contract.statuses
        handlers.deployments.resume()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        if self._pages is not None and scope["path"] in self._pages.paths and self._names_this(scope):
            await self._pages(scope, receive, send)
            return
        journal = self._platform.journal
        raw_path = scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        entry = journal.open(self._platform.next_request_id(), scope["method"], raw_path, query)
        delivery = Delivery(_connection.of(scope), receive, send, journal, entry)
        try:
            body = await _read(receive)
            headers = _joined(scope)
            request = Request(scope["method"], split(raw_path), query, headers, body or b"")
            journal.received(entry, headers, request.body)
            answer = await self._answer(request, entry, delivery, whole=body is not None)
            if body is None:
                answer = answer.with_headers(("connection", "close"))
            await delivery.deliver(answer.with_headers(("x-request-id", entry.request_id)))
        except Left:
            journal.close(entry, "left")
        except BaseException:
            journal.close(entry, "broken")
            raise

    async def _answer(self, request: Request, entry: Entry, delivery: Delivery, *, whole: bool) -> Answer:
        try:
            return await self._admit(request, entry, delivery, whole=whole)
        except Problem as problem:
            return problem.answer()
        except Left:
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, entry.path)
            return Problem(500, "The sandbox failed. Its log says why.").answer()

    async def _admit(self, request: Request, entry: Entry, delivery: Delivery, *, whole: bool) -> Answer:
        self._check_host(request.headers.get("host", ""))
        route = self._router.find(request.method, request.segments)
        entry.operation, entry.path_values = route.operation.id, route.path_values
        self._check_key(request.headers.get("authorization", ""))
        scenario = self._scenario(request, entry)
        if scenario is not None or self._platform.lag:
            await delivery.prepare(scenario, self._platform.lag)
        if scenario is not None and scenario.problem is not None:
            raise scenario.problem
        if not whole:
            raise invalid(("body",), f"The body is longer than {_BODY_LIMIT} bytes.", "too_long")
        return await self._operate(request, route, scenario)

    def _scenario(self, request: Request, entry: Entry) -> Scenario | None:
        operation_id = entry.operation or ""
        scenario = _scenario.read(request.headers, operation_id) or self._platform.plan.take(operation_id)
        entry.scenario = None if scenario is None else scenario.text
        return scenario

    async def _operate(self, request: Request, route: Route, scenario: Scenario | None) -> Answer:
        operation_id = route.operation.id
        values = self._validators[operation_id].validate(request, route.path_values)
        key = values.headers.get(_idempotency.HEADER)
        if key is None:
            return await self._handlers[operation_id](values, scenario)
        print_ = _idempotency.fingerprint(operation_id, values.path, values.body)
        effect = partial(self._handlers[operation_id], evolve(values, effect=f"{print_} {key}"), scenario)
        return await self._idempotency.run(key, print_, effect)

    def _names_this(self, scope: Scope) -> bool:
        return self._hosts is None or _host_of(Headers(scope=scope).get("host", "")) in self._hosts

    def _check_host(self, host: str) -> None:
        # A page of another origin whose name is made to point here must not reach the sandbox.
        name = _host_of(host)
        if self._hosts is not None and name not in self._hosts:
            raise Problem(421, f"This sandbox does not answer for '{name}'.")

    def _check_key(self, authorization: str) -> None:
        scheme, _, key = authorization.partition(" ")
        expected = self._platform.api_key.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), expected):
            raise Problem(401, "Invalid or missing API key.", (("www-authenticate", "Bearer"),))


def allowed_hosts(host: str) -> frozenset[str] | None:
    """Return the names that a server bound to `host` answers for; None stands for any."""
    return _LOOPBACK if host in {"127.0.0.1", "localhost", "::1"} else None


def _host_of(header: str) -> str:
    """Return the name in a Host header, without the port, in lower case."""
    name = header.rpartition(":")[0] if not header.endswith("]") and ":" in header else header
    return name.lower()


def _hold_equal(documented: set[str], handled: set[str]) -> None:
    missing = sorted(documented - handled)
    surplus = sorted(handled - documented)
    if missing or surplus:
        raise RuntimeError(f"The sandbox and the document differ: without a handler {missing}, unknown {surplus}.")


def _joined(scope: Scope) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


async def _read(receive: Receive) -> bytes | None:
    """Return a request's body; None where it is too long. Raise Left where the client left within it."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Left
        piece = message.get("body", b"")
        size += len(piece)
        if size <= _BODY_LIMIT:
            pieces.append(piece)
        else:
            pieces.clear()
        if size > _DRAIN_LIMIT or not message.get("more_body", False):
            return b"".join(pieces) if size <= _BODY_LIMIT else None
