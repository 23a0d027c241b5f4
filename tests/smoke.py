"""Calls a server on this machine with both clients: a Python that cannot, or that warns, fails here."""

from __future__ import annotations

import asyncio
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from pareta import AsyncPareta, Pareta

_MODELS = json.dumps({"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "o"}]})
_CHUNK = json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
    {"index": 0, "delta": {"content": "hello"}, "finish_reason": "stop"}]})  # fmt: skip
_STREAM = f"data: {_CHUNK}\n\ndata: [DONE]\n\n"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer("application/json", _MODELS)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer("text/event-stream", _STREAM)

    def _answer(self, media: str, text: str) -> None:
        self.send_response(200)
        self.send_header("content-type", media)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its name is http.server's.
        """Say nothing."""


def _sync(url: str) -> list[str | None]:
    with Pareta(api_key="pareta_sk_smoke", base_url=url, proxy=False) as pa:
        models = [one.id for one in pa.models.list()]
        with pa.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True) as stream:
            return [*models, *stream.text]


async def _async(url: str) -> list[str | None]:
    async with AsyncPareta(api_key="pareta_sk_smoke", base_url=url, proxy=False) as pa:
        models = [one.id for one in await pa.models.list()]
        create = pa.chat.completions.create
        async with await create(model="m", messages=[{"role": "user", "content": "?"}], stream=True) as stream:
            return [*models, *[text async for text in stream.text]]


def main() -> int:
    """Make a call and read a stream with each client; the result is the exit code."""
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        got = _sync(url), asyncio.run(_async(url))
        server.shutdown()
    if got != (["m", "hello"], ["m", "hello"]):
        sys.stderr.write(f"the clients read {got}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
