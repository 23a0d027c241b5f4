"""A page of another origin calls the sandbox from a real browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from selenium.webdriver import Chrome

from pareta.sandbox import Sandbox

CALL = """
const [url, key, done] = arguments;
const headers = {authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": "one"};
const body = JSON.stringify({model: "ep_a1b2c3", stream: true, messages: [{role: "user", content: "Hello"}]});
fetch(`${url}/v1/chat/completions`, {method: "POST", headers, body})
  .then(async (answer) => done([answer.status, answer.headers.get("x-request-id"), await answer.text()]))
  .catch((error) => done(["failed", String(error), ""]));
"""


class Page(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        """Send it."""
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its name there.
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    """Serve a page, and give its origin."""
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_reads_a_stream_where_its_origin_is_allowed(browser: Chrome, origin: str) -> None:
    """With `cors=`, a page sends the key and an idempotency key, and reads events and headers; else nothing."""
    browser.get(origin)
    with Sandbox(pace=0, cors=origin) as sandbox:
        status, request_id, text = browser.execute_async_script(CALL, sandbox.base_url, sandbox.api_key)
        assert (status, request_id) == (200, "req_000001")
        assert text.endswith("data: [DONE]\n\n")
    with Sandbox(pace=0) as sandbox:
        assert browser.execute_async_script(CALL, sandbox.base_url, sandbox.api_key)[0] == "failed"
        assert [each.operation for each in sandbox.requests] == [None]
