"""The ASGI application: it reads a request, checks it, runs its operation and sends the response."""

import hmac
import logging
from collections.abc import Iterable, Mapping
from functools import partial

from attrs import evolve, frozen
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from pareta.sandbox import _client_connection, _idempotency, _scenario
from pareta.sandbox._document import Document, split_path
from pareta.sandbox._handlers import Handlers
from pareta.sandbox._journal import JournalEntry
from pareta.sandbox._messages import HTTPError, ServerRequest, ServerResponse, validation_error
from pareta.sandbox._pages import Pages
from pareta.sandbox._platform import Platform
from pareta.sandbox._response_sender import ClientDisconnected, ResponseSender
from pareta.sandbox._routing import RouteMatch, Router
from pareta.sandbox._scenario import Scenario
from pareta.sandbox._snapshot import Snapshots
from pareta.sandbox._validation import RequestValidator

logger = logging.getLogger("pareta.sandbox")

_BODY_LIMIT = 8 * 1024 * 1024
# A body over _BODY_LIMIT is read up to here and discarded, so that the client gets the 422; then the connection closes.
_DRAIN_LIMIT = 64 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


@frozen
class CompiledDocument:
    """A document with its routes, and its schemas compiled."""

    router: Router
    validators: Mapping[str, RequestValidator]
    statuses: Mapping[str, frozenset[str]]
    raw: Mapping[str, object]


def compile_document(document: Document) -> CompiledDocument:
    """Compile the routes and the schemas of a document."""
    validators = {each.id: RequestValidator(document, each) for each in document.operations.values()}
    statuses = {each.id: frozenset(each.responses) for each in document.operations.values()}
    return CompiledDocument(Router(document.operations.values()), validators, statuses, document.raw)


class Application:
    """Serves a document's operations. Each operation must have a handler, and each handler an operation."""

    def __init__(
        self,
        platform: Platform,
        document: CompiledDocument,
        *,
        hosts: frozenset[str] | None,
        cors: tuple[str, ...] = (),
    ) -> None:
        self._platform = platform
        self._hosts = hosts
        self._api: ASGIApp = self._serve
        if cors:
            self._api = CORSMiddleware(
                self._serve,
                allow_origins=cors,
                allow_methods=("*",),
                allow_headers=("*",),
                expose_headers=("*",),
                allow_private_network=True,
            )
        handlers = Handlers(platform)
        self._handlers = handlers.table
        self._router = document.router
        self._validators = document.validators
        self._idempotency = _idempotency.IdempotencyCache(platform)
        snapshots = Snapshots(platform, handlers.deployments)
        self._pages = None if hosts is None else Pages(platform, document.raw, snapshots.take)
        _check_handlers(set(self._validators), set(self._handlers))
        platform.operations = document.statuses
        handlers.deployments.resume()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        pages, host = self._pages, _host_of(Headers(scope=scope).get("host", ""))
        if pages is not None and scope["path"] in pages.paths and self._is_own_host(host):
            await pages(scope, receive, send)  # They show the key, so no other origin reads them.
        else:
            await self._api(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        journal = self._platform.journal
        raw_path = scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        entry = journal.open(self._platform.next_request_id(), scope["method"], raw_path, query)
        sender = ResponseSender(_client_connection.of(scope), receive, send, journal, entry)
        try:
            body = await _read(receive)
            headers = _joined(scope)
            request = ServerRequest(scope["method"], split_path(raw_path), query, headers, body or b"")
            journal.received(entry, headers, request.body)
            response = await self._respond(request, entry, sender, whole=body is not None)
            if body is None:
                response = response.with_headers(("connection", "close"))
            await sender.send(response.with_headers(("x-request-id", entry.request_id)))
        except ClientDisconnected:
            journal.close(entry, "left")
        except BaseException:
            journal.close(entry, "broken")
            raise

    async def _respond(
        self, request: ServerRequest, entry: JournalEntry, sender: ResponseSender, *, whole: bool
    ) -> ServerResponse:
        try:
            return await self._authorize_and_run(request, entry, sender, whole=whole)
        except HTTPError as error:
            return error.response()
        except ClientDisconnected:
            raise
        except Exception:
            logger.exception("%s %s failed", request.method, entry.path)
            return HTTPError(500, "The sandbox failed. Its log says why.").response()

    async def _authorize_and_run(
        self, request: ServerRequest, entry: JournalEntry, sender: ResponseSender, *, whole: bool
    ) -> ServerResponse:
        self._check_host(_host_of(request.headers.get("host", "")))
        route = self._router.find(request.method, request.segments)
        entry.operation, entry.path_values = route.operation.id, route.path_values
        self._check_key(request.headers.get("authorization", ""))
        scenario = self._scenario(request, entry)
        if scenario is not None or self._platform.added_latency:
            await sender.prepare(scenario, self._platform.added_latency)
        if scenario is not None and scenario.error is not None:
            raise scenario.error
        if not whole:
            raise validation_error(("body",), f"The body is longer than {_BODY_LIMIT} bytes.", "too_long")
        return await self._run_operation(request, route, scenario)

    def _scenario(self, request: ServerRequest, entry: JournalEntry) -> Scenario | None:
        operation_id = entry.operation or ""
        scenario = _scenario.read(request.headers, operation_id) or self._platform.faults.take(operation_id)
        entry.scenario = None if scenario is None else scenario.text
        return scenario

    async def _run_operation(
        self, request: ServerRequest, route: RouteMatch, scenario: Scenario | None
    ) -> ServerResponse:
        operation_id = route.operation.id
        values = self._validators[operation_id].validate(request, route.path_values)
        key = values.headers.get(_idempotency.HEADER)
        if key is None:
            return await self._handlers[operation_id](values, scenario)
        fingerprint = _idempotency.fingerprint_of(operation_id, values.path, values.body)
        handler = partial(self._handlers[operation_id], evolve(values, effect=f"{fingerprint} {key}"), scenario)
        return await self._idempotency.run(key, fingerprint, handler)

    def _is_own_host(self, name: str) -> bool:
        return self._hosts is None or name in self._hosts

    def _check_host(self, name: str) -> None:
        # DNS rebinding: a foreign page whose host name resolves to this machine must not reach the sandbox.
        if not self._is_own_host(name):
            known = ", ".join(sorted(self._hosts or ()))
            raise HTTPError(
                421,
                f"This sandbox answers for {known}, and not for '{name}'. To add that, start it with"
                f" --allow-host {name} or Sandbox(allow_hosts=['{name}']).",
            )

    def _check_key(self, authorization: str) -> None:
        scheme, _, key = authorization.partition(" ")
        expected = self._platform.api_key.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), expected):
            raise HTTPError(401, "Invalid or missing API key.", (("www-authenticate", "Bearer"),))


def allowed_hosts(host: str, more: Iterable[str] = ()) -> frozenset[str] | None:
    """Return the host names that a server bound to `host` accepts, and `more`; None for any."""
    return _LOOPBACK.union(map(_host_of, more)) if host in {"127.0.0.1", "localhost", "::1"} else None


def _host_of(header: str) -> str:
    """Return the lower-case host name of a Host header, without the port."""
    name = header.rpartition(":")[0] if not header.endswith("]") and ":" in header else header
    return name.lower()


def _check_handlers(documented: set[str], handled: set[str]) -> None:
    if documented != handled:
        missing, unknown = sorted(documented - handled), sorted(handled - documented)
        raise RuntimeError(f"Operations without a handler: {missing}; handlers without an operation: {unknown}.")


def _joined(scope: Scope) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


async def _read(receive: Receive) -> bytes | None:
    """Return a request's body, or None if it is too long. Raise ClientDisconnected if the client disconnects."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnected
        piece = message.get("body", b"")
        size += len(piece)
        if size <= _BODY_LIMIT:
            pieces.append(piece)
        else:
            pieces.clear()
        if size > _DRAIN_LIMIT or not message.get("more_body", False):
            return b"".join(pieces) if size <= _BODY_LIMIT else None
