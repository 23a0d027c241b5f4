"""The sandbox's web pages: the live page at `/`, the API reference at `/docs`, and their files.

The pages show the API key. They are served only on loopback and for an allowed Host, other origins cannot read or
frame them, and they load nothing from other hosts.
"""

import asyncio
import html
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from attrs import frozen
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from pareta.sandbox._client_connection import wait_for_disconnect
from pareta.sandbox._messages import encode
from pareta.sandbox._platform import Platform
from pareta.sandbox._settings import HOW_TO_INSTALL

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{inline}; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FEED_SECONDS = 0.4
_PING_SECONDS = 10.0


@frozen
class _File:
    """A file to serve; `inline` allows the inline styles that Swagger UI uses."""

    content: bytes
    kind: str
    inline: bool = False
    status: int = 200


class Pages:
    """Serves the pages. `snapshot` returns the current content of the live page."""

    def __init__(self, platform: Platform, document: Mapping[str, object], snapshot: Callable[[], object]) -> None:
        self._platform = platform
        self._document = document
        self._snapshot = snapshot
        self._files: Mapping[str, Callable[[], _File]] = {
            "/": lambda: _own("index.html", "text/html"),
            "/docs": self._docs,
            "/openapi.json": self._openapi,
            "/_sandbox/page.css": lambda: _own("page.css", "text/css"),
            "/_sandbox/page.js": lambda: _own("page.js", "text/javascript"),
            "/_sandbox/docs.css": lambda: _own("docs.css", "text/css"),
            "/_sandbox/docs.js": lambda: _own("docs.js", "text/javascript"),
            "/_sandbox/swagger-ui.css": lambda: _swagger("stylesheets/swagger-ui.css", "text/css"),
            "/_sandbox/swagger-ui-bundle.js": lambda: _swagger("javascripts/swagger-ui-bundle.js", "text/javascript"),
            "/_sandbox/swagger-ui-licence": lambda: _swagger("LICENSE", "text/plain"),
        }
        self.paths = frozenset((*self._files, _FEED))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page, a file or the feed."""
        headers = Headers(scope=scope)
        if scope["method"] not in {"GET", "HEAD"}:
            await _reply(_File(b"Only GET.\n", "text/plain", status=405), scope, send)
        elif _is_foreign(headers):
            await _reply(_File(b"This is for the sandbox's own pages.\n", "text/plain", status=403), scope, send)
        elif scope["path"] == _FEED:
            await self._feed(receive, send)
        else:
            await _reply(self._files[scope["path"]](), scope, send)

    def _docs(self) -> _File:
        if _swagger_folder() is None:
            text = f"The API reference needs 'mkdocs_swagger_ui_tag': {HOW_TO_INSTALL}\n"
            return _File(text.encode(), "text/plain", status=404)
        page = _own("docs.html", "text/html").content.replace(b"{{key}}", html.escape(self._platform.api_key).encode())
        return _File(page, "text/html", inline=True)

    def _openapi(self) -> _File:
        served = {**self._document, "servers": [{"url": "/", "description": "This sandbox."}]}
        return _File(json.dumps(served, ensure_ascii=False).encode(), "application/json")

    async def _feed(self, receive: Receive, send: Send) -> None:
        """Send each changed snapshot, until the client disconnects or the sandbox stops."""
        await send({"type": "http.response.start", "status": 200, "headers": _headers("text/event-stream")})
        feeding = self._platform.jobs.start(self._send_changes(send))
        disconnecting = asyncio.ensure_future(wait_for_disconnect(receive))
        try:
            await asyncio.wait({feeding, disconnecting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            feeding.cancel()
            disconnecting.cancel()
            await asyncio.gather(feeding, disconnecting, return_exceptions=True)

    async def _send_changes(self, send: Send) -> None:
        before = b""
        silent = 0.0
        await send({"type": "http.response.body", "body": b"retry: 500\n\n", "more_body": True})
        while True:
            now = encode(self._snapshot())
            silent += _FEED_SECONDS
            if now != before or silent >= _PING_SECONDS:
                piece = b": ping\n\n" if now == before else b"data: " + now + b"\n\n"
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                before, silent = now, 0.0
            await asyncio.sleep(_FEED_SECONDS)


_FEED = "/_sandbox/feed"


def _is_foreign(headers: Headers) -> bool:
    """Return whether a page of another origin sends the request, other than by a followed link."""
    return headers.get("sec-fetch-site") in {"cross-site", "same-site"} and headers.get("sec-fetch-mode") != "navigate"


def _headers(kind: str, *, inline: bool = False) -> list[tuple[bytes, bytes]]:
    policy = _POLICY.format(inline=" 'unsafe-inline'" if inline else "")
    named = {
        "content-type": kind if kind in {"application/json", "text/event-stream"} else f"{kind}; charset=utf-8",
        "content-security-policy": policy,
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return [(name.encode(), value.encode()) for name, value in named.items()]


async def _reply(file: _File, scope: Scope, send: Send) -> None:
    length = (b"content-length", str(len(file.content)).encode())
    headers = [*_headers(file.kind, inline=file.inline), length]
    await send({"type": "http.response.start", "status": file.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else file.content})


@cache
def _own(name: str, kind: str) -> _File:
    return _File((files("pareta.sandbox") / "page" / name).read_bytes(), kind)


@cache
def _swagger(name: str, kind: str) -> _File:
    folder = _swagger_folder()
    return _File(b"", "text/plain", status=404) if folder is None else _File((folder / name).read_bytes(), kind)


def _swagger_folder() -> Traversable | None:
    """Return the folder of Swagger UI's files; None where its package is not installed, which is empty otherwise."""
    try:
        return files("mkdocs_swagger_ui_tag") / "swagger-ui"
    except ModuleNotFoundError:
        return None
