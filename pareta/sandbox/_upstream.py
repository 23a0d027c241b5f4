"""The client of an OpenAI-compatible upstream server. It loads httpx, so import it only if there is an upstream."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, Self, cast
from urllib.parse import urlsplit

import httpx

from pareta.sandbox._json_types import is_array, is_object
from pareta.sandbox._settings import Upstream
from pareta.sandbox._upstream_errors import UpstreamError, error_of, timed_out

_CONNECT_SECONDS = 10.0
_ANSWER_LIMIT = 32 * 1024 * 1024
_LINE_LIMIT = 16 * 1024 * 1024
# The key `model` of a JSON object; inside a string its quotes are escaped.
_MODEL = re.compile(rb'("model"\s*:\s*)"(?:[^"\\]|\\.)*"')
_DONE = b"[DONE]"
# No proxy of the environment leads to this machine.
_DIRECT: dict[str, None] = dict.fromkeys(("all://localhost", "all://127.0.0.1", "all://[::1]"))


class UpstreamServer:
    """An OpenAI-compatible server. It belongs to one event loop."""

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
        """Return the whole completion of a conversation, or raise UpstreamError."""
        async with await self._send(body) as answer:
            value = _decoded(await answer.content())
        if not is_object(value) or not is_array(value.get("choices")):
            raise UpstreamError(502, "The upstream gave no valid answer.")
        return value

    async def stream(self, body: dict[str, Any]) -> "UpstreamStream":
        """Return the stream of a completion, or raise UpstreamError. It always requests the usage, for billing."""
        given: dict[str, Any] = body.get("stream_options") or {}
        options = {**given, "include_usage": True}
        answer = await self._send({**body, "stream": True, "stream_options": options})
        if not answer.content_type.startswith("text/event-stream"):
            await answer.aclose()
            raise UpstreamError(502, f"The upstream gave no stream, but '{answer.content_type[:80]}'.")
        return UpstreamStream(answer)

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _send(self, body: dict[str, Any]) -> "UpstreamResponse":
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

    async def _open(self, method: str, path: str, body: dict[str, Any] | None = None) -> "UpstreamResponse":
        if self._client is None:
            timeout = self._settings.timeout
            key = self._settings.key
            self._client = httpx.AsyncClient(
                headers={"accept-encoding": "identity", **({} if key is None else {"authorization": f"Bearer {key}"})},
                timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
                limits=httpx.Limits(max_connections=None),
                follow_redirects=False,
                mounts=_DIRECT,
            )
        request = self._client.build_request(method, f"{self._base}{path}", json=body)
        try:
            return UpstreamResponse(await self._client.send(request, stream=True))
        except httpx.TimeoutException as error:
            raise timed_out() from error
        except httpx.HTTPError as error:
            raise UpstreamError(502, f"The upstream cannot be reached: {type(error).__name__}.") from error


class UpstreamResponse:
    """A response whose body has not been read yet."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.status = response.status_code
        self.is_success = response.is_success
        self.headers = response.headers
        self.content_type: str = response.headers.get("content-type", "")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the body, or raise UpstreamError."""
        try:
            async for piece in self._response.aiter_raw():
                yield piece
        except httpx.TimeoutException as error:
            raise timed_out() from error
        except httpx.HTTPError as error:
            raise UpstreamError(502, "The upstream broke its answer off.") from error

    async def content(self) -> bytes:
        """Return the whole body, or raise UpstreamError."""
        content = bytearray()
        async for piece in self.pieces():
            content += piece
            if len(content) > _ANSWER_LIMIT:
                raise UpstreamError(502, "The upstream's answer has no end.")
        return bytes(content)

    async def aclose(self) -> None:
        """Close the response."""
        await self._response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class UpstreamStream:
    """The upstream's stream of chunks, with the model's name replaced, and its usage."""

    def __init__(self, answer: UpstreamResponse) -> None:
        self._answer = answer
        self.usage: dict[str, Any] | None = None
        self.chunks = 0
        self.done = False

    async def pieces(self, *, model: str, include_usage: bool) -> AsyncIterator[bytes]:
        """Yield the complete lines as they arrive; omit the usage chunk unless `include_usage`."""
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
        """Close the response."""
        await self._answer.aclose()

    def _read(self, line: bytes) -> bool:
        """Process a line; return False if it is the usage chunk."""
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


async def _accepted(response: UpstreamResponse) -> UpstreamResponse:
    """Return a 2xx response, or raise UpstreamError."""
    if response.is_success:
        return response
    async with response:
        content = await response.content()
    raise error_of(response.status, content, response.headers.get("retry-after"))
