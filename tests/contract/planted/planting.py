"""How a bug is planted in a copy of the sandbox: between its application and its port, in what goes in and out."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from pareta.sandbox import _server

BEHAVIOUR = ("behaviour",)
GENERATED = ("generated",)


@attrs.define
class Asked:
    """A request on its way in; what a bug changes of it is what the application sees."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """Its body; an empty object where it is no JSON object."""
        try:
            value = json.loads(self.content)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def change(self, **fields: Any) -> None:
        """Set fields of its body; a field that is set to None is taken out."""
        body = {**self.json, **fields}
        self.content = json.dumps({name: value for name, value in body.items() if value is not None}).encode()

    @property
    def kind(self) -> str:
        """Method and last word of the path."""
        return f"{self.method} {self.path.rstrip('/').rpartition('/')[2]}"


@attrs.define
class Answered:
    """An answer on its way out, whole."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.content) if self.content else None

    @json.setter
    def json(self, value: Any) -> None:
        self.content = json.dumps(value).encode()


@attrs.frozen(kw_only=True)
class Bug:
    """A bug: what it is, which check must name it, and what it does."""

    name: str
    found_by: str
    parts: tuple[str, ...] = BEHAVIOUR
    """The parts of the suite that must run to find it."""
    runs: tuple[str, ...] = ()
    """The checks of behaviour that are enough to find it; `found_by` alone where none are named."""
    operations: tuple[str, ...] | None = None
    """The operations that are enough to find it among generated requests."""
    asked: Callable[[Asked], Answered | None] = lambda _: None
    """Changes a request, or answers it without the application."""
    answered: Callable[[Asked, Answered], None] = lambda _, __: None
    """Changes an answer."""
    piece: Callable[[Asked, bytes], bytes] = lambda _, piece: piece
    """Changes a piece of a stream."""
    platform: Callable[[Any, Asked, int], None] = lambda _, __, ___: None
    """Does something to the platform after an answer with this status."""

    def __str__(self) -> str:
        return self.name


class Planted:
    """The sandbox's application with a bug."""

    def __init__(self, app: Any, platform: Any, bug: Bug) -> None:
        self._app = app
        self._platform = platform
        self._bug = bug

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, wrongly."""
        content, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            content += message.get("body", b"")
            more = message.get("more_body", False)
        asked = Asked(
            scope["method"],
            scope["raw_path"].decode(),
            scope["query_string"].decode(),
            {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            content,
        )
        instead = self._bug.asked(asked)
        if instead is not None:
            instead.headers.setdefault("x-request-id", f"req_planted_{id(asked)}_{self._platform.next_request_id()}")
            await _whole(instead, send)
            return
        asked.headers["content-length"] = str(len(asked.content))
        changed = {
            **scope,
            "raw_path": asked.path.encode(),
            "query_string": asked.query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in asked.headers.items()],
        }
        given = False

        async def receive_changed() -> Any:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": asked.content, "more_body": False}

        await self._app(changed, receive_changed, _Sending(self._bug, asked, self._platform, send))


class _Sending:
    """Takes what the application sends, and sends it on as the bug has it."""

    def __init__(self, bug: Bug, asked: Asked, platform: Any, send: Any) -> None:
        self._bug = bug
        self._asked = asked
        self._platform = platform
        self._send = send
        self._answer = Answered(0, {}, b"")

    async def __call__(self, message: Any) -> None:
        """Send a message on."""
        if message["type"] == "http.response.start":
            headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            self._answer = Answered(message["status"], headers, b"")
            if self._streams:
                await self._send(message)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self._streams:
            await self._send({**message, "body": self._bug.piece(self._asked, body) if body else body})
        else:
            self._answer.content += body
        if not more:
            self._bug.platform(self._platform, self._asked, self._answer.status)
            if not self._streams:
                self._bug.answered(self._asked, self._answer)
                await _whole(self._answer, self._send)

    @property
    def _streams(self) -> bool:
        return self._answer.headers.get("content-type", "").startswith("text/event-stream")


async def _whole(answer: Answered, send: Any) -> None:
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    if answer.status != 204:
        headers["content-length"] = str(len(answer.content))
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.content})


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Have every sandbox that is started meanwhile carry a bug."""
    make = _server.Application

    def application(platform: Any, *args: Any, **kwargs: Any) -> Planted:
        return Planted(make(platform, *args, **kwargs), platform, bug)

    _server.Application = application
    try:
        yield
    finally:
        _server.Application = make
