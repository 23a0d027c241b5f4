"""Asking a server that speaks OpenAI's protocol: its answers and its failures; nothing of the platform."""

import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

from attrs import frozen

from pareta.sandbox._settings import Upstream
from pareta.sandbox._shapes import is_array, is_object

if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS = 10.0
_ANSWER_LIMIT = 32 * 1024 * 1024
_LINE_LIMIT = 16 * 1024 * 1024
_MESSAGE_LIMIT = 300
# The key `model` of a JSON object; within a string its quotes would be escaped.
_MODEL = re.compile(rb'("model"\s*:\s*)"(?:[^"\\]|\\.)*"')
_DONE = b"[DONE]"


@frozen
class UpstreamError(Exception):
    """What the other server did wrong, as the status that says so, or what it says is wrong with the request."""

    status: int
    message: str
    retry_after: str | None = None


class UpstreamServer:
    """A server of completions. One event loop uses it."""

    def __init__(self, settings: Upstream) -> None:
        parts = urlsplit(settings.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise ValueError("The upstream's URL must be like http://127.0.0.1:8000/v1.")
        base = settings.url.rstrip("/")
        self._base = base if base.endswith("/v1") else f"{base}/v1"
        self._settings = settings
        self._model = settings.model
        self._client: httpx.AsyncClient | None = None

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole answer to a conversation, or raise UpstreamError."""
        async with await self._send(body) as answer:
            value = _decoded(await answer.content())
        if not is_object(value) or not is_array(value.get("choices")):
            raise UpstreamError(502, "The upstream gave no valid answer.")
        return value

    async def stream(self, body: dict[str, Any]) -> "UpstreamStream":
        """Return the stream that answers a conversation once it begins, or raise UpstreamError.

        Its usage is always asked for, since the platform counts.
        """
        given: dict[str, Any] = body.get("stream_options") or {}
        options = {**given, "include_usage": True}
        answer = await self._send({**body, "stream": True, "stream_options": options})
        if not answer.content_type.startswith("text/event-stream"):
            await answer.aclose()
            raise UpstreamError(502, f"The upstream gave no stream, but '{answer.content_type[:80]}'.")
        return UpstreamStream(answer)

    async def aclose(self) -> None:
        """Close its connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _send(self, body: dict[str, Any]) -> "_Answer":
        model = await self._find_model()
        answer = await self._open("POST", "/chat/completions", {**body, "model": model})
        return await _accepted(answer)

    async def _find_model(self) -> str:
        if self._model is None:
            async with await _accepted(await self._open("GET", "/models")) as answer:
                listed = _decoded(await answer.content())
            first = listed["data"][0] if is_object(listed) and listed.get("data") else None
            if not is_object(first) or not isinstance(first.get("id"), str):
                raise UpstreamError(502, "The upstream lists no model.")
            self._model = cast(str, first["id"])
        return self._model

    async def _open(self, method: str, path: str, body: dict[str, Any] | None = None) -> "_Answer":
        import httpx  # noqa: PLC0415 - only a sandbox with an upstream needs it.

        if self._client is None:
            patience = self._settings.patience
            key = self._settings.key
            self._client = httpx.AsyncClient(
                headers={"accept-encoding": "identity", **({} if key is None else {"authorization": f"Bearer {key}"})},
                timeout=httpx.Timeout(patience, connect=min(patience, _CONNECT_SECONDS)),
                limits=httpx.Limits(max_connections=None),
                follow_redirects=False,
            )
        request = self._client.build_request(method, f"{self._base}{path}", json=body)
        try:
            return _Answer(await self._client.send(request, stream=True))
        except httpx.TimeoutException as error:
            raise _too_late() from error
        except httpx.HTTPError as error:
            raise UpstreamError(502, f"The upstream cannot be reached: {type(error).__name__}.") from error


class _Answer:
    """A response that has begun."""

    def __init__(self, response: "httpx.Response") -> None:
        self._response = response
        self.status = response.status_code
        self.headers = response.headers
        self.content_type: str = response.headers.get("content-type", "")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come, or raise UpstreamError."""
        import httpx  # noqa: PLC0415 - only a sandbox with an upstream needs it.

        try:
            async for piece in self._response.aiter_raw():
                yield piece
        except httpx.TimeoutException as error:
            raise _too_late() from error
        except httpx.HTTPError as error:
            raise UpstreamError(502, "The upstream broke its answer off.") from error

    async def content(self) -> bytes:
        """Return all that comes."""
        content = bytearray()
        async for piece in self.pieces():
            content += piece
            if len(content) > _ANSWER_LIMIT:
                raise UpstreamError(502, "The upstream's answer has no end.")
        return bytes(content)

    async def aclose(self) -> None:
        """Let go of it."""
        await self._response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class UpstreamStream:
    """A stream of chunks as the other server sends it, its model's name replaced; and the usage it tells."""

    def __init__(self, answer: _Answer) -> None:
        self._answer = answer
        self.usage: dict[str, Any] | None = None
        self.chunks = 0
        self.done = False

    async def pieces(self, *, model: str, include_usage: bool) -> AsyncIterator[bytes]:
        """Yield each event as it comes, or as much of it as is there; a line that has begun is held until it is whole.

        The chunk that carries the usage is left out where it was not asked for.
        """
        name = json.dumps(model).encode()
        rest = b""
        begun = False
        async for piece in self._answer.pieces():
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > _LINE_LIMIT:
                raise UpstreamError(502, "A line of the upstream's stream has no end.")
            out = b""
            for line in lines:
                if line.strip():
                    if self._read(line) or include_usage:
                        out += _MODEL.sub(lambda found: found[1] + name, line, count=1) + b"\n"
                        begun = True
                elif begun:
                    yield out + line + b"\n"
                    out = b""
                    begun = False
            if out:
                yield out

    async def aclose(self) -> None:
        """Let go of it."""
        await self._answer.aclose()

    def _read(self, line: bytes) -> bool:
        """Note what a line says; return False where it has nothing but the usage."""
        if not line.startswith(b"data:"):
            return True
        data = line[5:].strip()
        if data == _DONE:
            self.done = True
            return True
        self.chunks += 1
        if b'"usage"' not in data:
            return True
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            return True
        if not is_object(chunk) or not is_object(chunk.get("usage")):
            return True
        self.usage = chunk["usage"]
        return bool(chunk.get("choices"))


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UpstreamError(502, "The upstream gave no valid JSON.") from error


async def _accepted(answer: _Answer) -> _Answer:
    """Return an answer of 2xx, or raise what another means here."""
    if answer.status // 100 == 2:  # noqa: PLR2004
        return answer
    async with answer:
        message = _message(await answer.content())
    status = answer.status
    retry_after = answer.headers.get("retry-after")
    if status in {400, 413, 422}:
        raise UpstreamError(422, message)
    if status in {429, 503}:
        raise UpstreamError(status, f"The upstream is busy: {message}", retry_after)
    if status in {408, 504}:
        raise _too_late()
    raise UpstreamError(502, f"The upstream answered {status}: {message}")


def _message(content: bytes) -> str:
    """Return what an error says, in whichever of the usual forms."""
    text = content[:_MESSAGE_LIMIT].decode("utf-8", "replace")
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError):
        return text
    for way in (("error", "message"), ("error",), ("detail",), ("message",)):
        found: Any = value
        for name in way:
            found = found.get(name) if is_object(found) else None
        if isinstance(found, str):
            return found[:_MESSAGE_LIMIT]
    return text


def _too_late() -> UpstreamError:
    return UpstreamError(504, "The upstream gave no answer in time.")
