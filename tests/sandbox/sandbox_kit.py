"""What the tests of the sandbox share: requests in short, events read back, and waiting without sleeping long."""

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from pareta.sandbox import Sandbox

DELAWARE = "Which law governs? This Agreement is governed by the laws of Delaware. It starts on May 1."


def client_of(sandbox: Sandbox, **options: Any) -> httpx.Client:
    """Return a plain HTTP client that has the key."""
    headers = {"authorization": f"Bearer {sandbox.api_key}"}
    return httpx.Client(base_url=sandbox.base_url, headers=headers, timeout=10, trust_env=False, **options)


def chat(content: Any = DELAWARE, *, model: str = "ep_a1b2c3", **more: Any) -> dict[str, Any]:
    """Return the body of a completion."""
    return {"model": model, "messages": [{"role": "user", "content": content}], **more}


def ask(api: httpx.Client, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
    """Send a completion; headers are named with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.post("/v1/chat/completions", json=chat() if body is None else body, headers=named)


def events(response: httpx.Response) -> list[tuple[str | None, Any]]:
    """Return the events of a stream that came whole."""
    return list(read_events(response.text.splitlines()))


def read_events(lines: Iterable[str]) -> Iterable[tuple[str | None, Any]]:
    """Yield the name and the decoded data of each event."""
    name = None
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data = line.removeprefix("data: ")
            yield name, data if data == "[DONE]" else json.loads(data)
            name = None


def text_of(response: httpx.Response) -> str:
    """Return the text that a stream of chunks carries."""
    chunks = [data for _, data in events(response) if data != "[DONE]"]
    return "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def until(condition: Callable[[], Any], *, seconds: float = 5) -> Any:
    """Ask until it is true, and return what it is then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)
    raise AssertionError("it did not come true in time")
