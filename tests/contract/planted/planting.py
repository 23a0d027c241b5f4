"""Plants bugs in a sandbox: an ASGI wrapper changes its requests and responses."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import attrs

from pareta.sandbox import _server


@attrs.define
class PlantedRequest:
    """A request to the application, which a bug may change."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body; {} if it is not a JSON object."""
        try:
            value = json.loads(self.content)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def change(self, **fields: Any) -> None:
        """Set fields of the body; None removes a field."""
        body = {**self.json, **fields}
        self.content = json.dumps({name: value for name, value in body.items() if value is not None}).encode()

    @property
    def kind(self) -> str:
        """The method and the last path segment."""
        return f"{self.method} {self.path.rstrip('/').rpartition('/')[2]}"


@attrs.define
class PlantedResponse:
    """A whole response, which a bug may change."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.content) if self.content else None

    @json.setter
    def json(self, value: Any) -> None:
        self.content = json.dumps(value).encode()


@attrs.frozen(kw_only=True)
class Bug:
    """A bug, and the test that must find it."""

    name: str
    found_by: str
    check: str = ""
    """The check of schemathesis that must find it."""
    runs: tuple[str, ...] = ()
    """The tests to run, if not `found_by`; it looks at their exchanges at the run's end."""
    quick: bool = False
    """Whether it is in every test run; FULL=1 runs all."""
    on_request: Callable[[PlantedRequest], PlantedResponse | None] = lambda _: None
    """Changes a request, or returns a response without the application."""
    on_response: Callable[[PlantedRequest, PlantedResponse], None] = lambda _, __: None
    """Changes a response; of a stream its head."""
    on_piece: Callable[[PlantedRequest, bytes], bytes] = lambda _, piece: piece
    """Changes a piece of a stream."""
    after_response: Callable[[Any, PlantedRequest, int], None] = lambda _, __, ___: None
    """Changes the platform after a response with this status."""

    def __str__(self) -> str:
        return self.name


class BuggyApplication:
    """The sandbox's application with a bug."""

    def __init__(self, app: Any, platform: Any, bug: Bug) -> None:
        self._app = app
        self._platform = platform
        self._bug = bug

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Respond to one request."""
        content, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            content += message.get("body", b"")
            more = message.get("more_body", False)
        request = PlantedRequest(
            scope["method"],
            scope["raw_path"].decode(),
            scope["query_string"].decode(),
            {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            content,
        )
        instead = self._bug.on_request(request)
        if instead is not None:
            instead.headers.setdefault("x-request-id", f"req_planted_{uuid4().hex}")
            await _whole(instead, send)
            return
        request.headers["content-length"] = str(len(request.content))
        changed = {
            **scope,
            "raw_path": request.path.encode(),
            "query_string": request.query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
        }
        given = False

        async def receive_changed() -> Any:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": request.content, "more_body": False}

        await self._app(changed, receive_changed, _BuggySender(self._bug, request, self._platform, send))


class _BuggySender:
    """Changes the messages that the application sends."""

    def __init__(self, bug: Bug, request: PlantedRequest, platform: Any, send: Any) -> None:
        self._bug = bug
        self._request = request
        self._platform = platform
        self._send = send
        self._answer = PlantedResponse(0, {}, b"")

    async def __call__(self, message: Any) -> None:
        """Send a changed message."""
        if message["type"] == "http.response.start":
            headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            self._answer = PlantedResponse(message["status"], headers, b"")
            if self._streams:
                self._bug.on_response(self._request, self._answer)
                await self._send({**message, "headers": _raw(self._answer.headers)})
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._streams:
            await self._send({**message, "body": self._bug.on_piece(self._request, body) if body else body})
        else:
            self._answer.content += body
        if not more:
            self._bug.after_response(self._platform, self._request, self._answer.status)
            if not self._streams:
                self._bug.on_response(self._request, self._answer)
                await _whole(self._answer, self._send)

    @property
    def _streams(self) -> bool:
        return self._answer.headers.get("content-type", "").startswith("text/event-stream")


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items() if name != "content-length"]


async def _whole(answer: PlantedResponse, send: Any) -> None:
    headers = _raw(answer.headers)
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.content)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Plant a bug in every sandbox that starts while the context is open."""
    make = _server.Application

    def application(platform: Any, *args: Any, **kwargs: Any) -> BuggyApplication:
        return BuggyApplication(make(platform, *args, **kwargs), platform, bug)

    _server.Application = application
    try:
        yield
    finally:
        _server.Application = make
