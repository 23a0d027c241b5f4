"""The ASGI application: from a request's bytes to an answer's, in the order of the steps of `_answer`."""

import asyncio
import hmac
import logging
from collections.abc import AsyncGenerator, Mapping
from functools import partial

from attrs import frozen
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from pareta.sandbox import _idempotency, _scenario
from pareta.sandbox._document import Document
from pareta.sandbox._handlers import Handlers
from pareta.sandbox._http import Answer, Problem, Request, invalid
from pareta.sandbox._platform import Platform
from pareta.sandbox._routing import Router, split
from pareta.sandbox._tape import Tape
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


def contract_of(document: Document) -> Contract:
    """Return the contract that a document is."""
    validators = {each.id: RequestValidator(document, each) for each in document.operations}
    return Contract(Router(document.operations), validators)


class Application:
    """Serves a document's operations. It refuses to be made when an operation has no handler, or the reverse."""

    def __init__(self, platform: Platform, contract: Contract, *, hosts: frozenset[str] | None) -> None:
        self._platform = platform
        self._hosts = hosts
        self._handlers = Handlers(platform).table
        self._router = contract.router
        self._validators = contract.validators
        self._idempotency = _idempotency.Idempotency(platform)
        _hold_equal(set(self._validators), set(self._handlers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        request_id = self._platform.next_request_id()
        try:
            body = await _read(receive)
        except EOFError:
            return
        try:
            answer = await self._answer(scope, body)
        except Problem as problem:
            answer = problem.answer()
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            answer = Problem(500, "The sandbox failed. Its log says why.").answer()
        if body is None:
            answer = answer.with_headers(("connection", "close"))
        answer = answer.with_headers(("x-request-id", request_id))
        if isinstance(answer.body, Tape):
            await _play(answer, answer.body, receive, send)
        else:
            await _send_whole(answer, answer.body, send)

    async def _answer(self, scope: Scope, body: bytes | None) -> Answer:
        headers = _joined(scope)
        self._check_host(headers.get("host", ""))
        segments = split(scope["raw_path"].decode("latin-1"))
        request = Request(scope["method"], segments, scope["query_string"].decode("latin-1"), headers, body or b"")
        route = self._router.find(request.method, segments)
        self._check_key(headers.get("authorization", ""))
        scenario = _scenario.read(headers, route.operation.id)
        if scenario is not None and scenario.problem is not None:
            raise scenario.problem
        if body is None:
            raise invalid(("body",), f"The body is longer than {_BODY_LIMIT} bytes.", "too_long")
        operation_id = route.operation.id
        values = self._validators[operation_id].validate(request, route.path_values)
        effect = partial(self._handlers[operation_id], values, scenario)
        key = values.headers.get(_idempotency.HEADER)
        if key is None:
            return await effect()
        print_ = _idempotency.fingerprint(operation_id, values.path, values.body)
        return await self._idempotency.run(key, print_, effect)

    def _check_host(self, host: str) -> None:
        # A page of another origin whose name is made to point here must not reach the sandbox.
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if self._hosts is not None and name.lower() not in self._hosts:
            raise Problem(421, f"This sandbox does not answer for '{name}'.")

    def _check_key(self, authorization: str) -> None:
        scheme, _, key = authorization.partition(" ")
        expected = self._platform.api_key.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(key.strip().encode(), expected):
            raise Problem(401, "Invalid or missing API key.", (("www-authenticate", "Bearer"),))


def allowed_hosts(host: str) -> frozenset[str] | None:
    """Return the names that a server bound to `host` answers for; None stands for any."""
    return _LOOPBACK if host in {"127.0.0.1", "localhost", "::1"} else None


def _hold_equal(documented: set[str], handled: set[str]) -> None:
    missing = sorted(documented - handled)
    surplus = sorted(handled - documented)
    if missing or surplus:
        raise RuntimeError(f"The sandbox and the document differ: without a handler {missing}, unknown {surplus}.")


def _joined(scope: Scope) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in Headers(scope=scope).items():
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


async def _read(receive: Receive) -> bytes | None:
    """Return a request's body; None where it is too long. Raise EOFError where the client left within it."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EOFError
        piece = message.get("body", b"")
        size += len(piece)
        if size <= _BODY_LIMIT:
            pieces.append(piece)
        else:
            pieces.clear()
        if size > _DRAIN_LIMIT or not message.get("more_body", False):
            return b"".join(pieces) if size <= _BODY_LIMIT else None


async def _send_whole(answer: Answer, body: bytes, send: Send) -> None:
    headers = answer.headers if answer.status == 204 else (*answer.headers, ("content-length", str(len(body))))  # noqa: PLR2004
    await send(_head(answer.status, headers))
    await send({"type": "http.response.body", "body": body})


async def _play(answer: Answer, tape: Tape, receive: Receive, send: Send) -> None:
    """Send a tape's pieces, each on its own, until it is over or the client has left."""
    await send(_head(answer.status, answer.headers))
    playing = asyncio.create_task(_send_pieces(tape, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        playing.cancel()
        leaving.cancel()
        await asyncio.gather(playing, leaving, return_exceptions=True)


async def _send_pieces(tape: Tape, send: Send) -> None:
    pieces: AsyncGenerator[bytes, None] = tape.follow()
    try:
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        await pieces.aclose()
    if not tape.was_cut:
        await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(status: int, headers: tuple[tuple[str, str], ...]) -> Message:
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers]
    return {"type": "http.response.start", "status": status, "headers": raw}
