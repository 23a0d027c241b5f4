"""What the server replays, rendered once: responses and streams, and what a client must find in them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

CREATED = 1_760_000_000


class Payload(NamedTuple):
    """A response as it travels, and what proves that a client has read all of it."""

    parts: tuple[tuple[bytes, int], ...]
    """Bytes, and how often each is sent."""
    total: int
    """The characters that a reader counts: of every id, of the content, or of every event's stage."""


def models(count: int) -> Payload:
    """Return an index of so many models."""
    ids = [f"contract-key-fields-{number:05}" for number in range(count)]
    data = [{"id": each, "object": "model", "owned_by": "pareta", "created": CREATED} for each in ids]
    return _response({"object": "list", "data": data}, sum(map(len, ids)))


def endpoints(count: int) -> Payload:
    """Return an array of so many endpoints."""
    ids = [f"contract-key-fields-{number:05}" for number in range(count)]
    return _response([_endpoint(each) for each in ids], sum(map(len, ids)))


def chat() -> Payload:
    """Return a completion of some 600 bytes."""
    content = "The contract is governed by the laws of the State of New York. " * 4
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 42, "completion_tokens": 60, "total_tokens": 102}
    completion = {
        "id": "chatcmpl-5f2a90c7",
        "object": "chat.completion",
        "created": CREATED,
        "model": "contract-key-fields",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage,
    }
    return _response(completion, len(content))


def chat_stream(count: int) -> Payload:
    """Return a stream of `count` chunks of a completion, each in an HTTP chunk of its own."""
    content = " governed"
    event = event_of(chat_chunk({"content": content}))
    last = event_of(chat_chunk({}, "stop")) + b"data: [DONE]\n\n"
    return _stream(event, count, last, len(content) * count)


def deploy_stream(count: int) -> Payload:
    """Return a deployment that tells `count` times how far it is."""
    stage = "pulling weights"
    event = event_of({"stage": stage, "pct": 45}, "progress")
    last = event_of({"endpoint": _endpoint("contract-key-fields")}, "complete")
    return _stream(event, count, last, len(stage) * count)


def chat_chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    """Return a chunk of a completion, as JSON."""
    return {
        "id": "chatcmpl-5f2a90c7",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": "contract-key-fields",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


def stream_head() -> bytes:
    """Return the head of a stream."""
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n"
        b"x-request-id: req_0b1c2d3e4f\r\ntransfer-encoding: chunked\r\n\r\n"
    )


def http_chunk(data: bytes) -> bytes:
    """Return `data` as one HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def all_payloads() -> dict[str, Payload]:
    """Return every payload by the name that begins its path."""
    found = {"models-3": models(3)}
    found |= {f"endpoints-{count}": endpoints(count) for count in (0, 100, 10_000)}
    found |= {f"chat-stream-{count}": chat_stream(count) for count in (20, 1_000, 20_000, 1_000_000)}
    found["deploy-stream"] = deploy_stream(10_000)
    found["chat"] = chat()
    return found


def _endpoint(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "model": "qwen-2",
        "status": "live",
        "taskName": "contract-key-fields",
        "url": f"https://api.pareta.ai/v1/endpoints/{name}",
        "region": "eu-1",
        "created_at": "2026-03-01T12:00:00Z",
    }


def _response(value: Any, total: int) -> Payload:
    body = json.dumps(value, separators=(",", ":")).encode()
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req_0b1c2d3e4f\r\n"
        b"content-length: %d\r\n\r\n" % len(body)
    )
    return Payload(((head + body, 1),), total)


def _stream(event: bytes, count: int, last: bytes, total: int) -> Payload:
    block = min(count, 1_000)  # A million events are not rendered: a thousand are sent a thousand times.
    times, rest = divmod(count, block)
    if rest:
        raise ValueError(f"{count} events are no multiple of {block}")
    chunks = http_chunk(event) * block
    return Payload(((stream_head(), 1), (chunks, times), (http_chunk(last) + b"0\r\n\r\n", 1)), total)


def event_of(value: Any, name: str | None = None) -> bytes:
    """Return `value` as an event."""
    data = json.dumps(value, separators=(",", ":"))
    return (f"event: {name}\n" if name else "").encode() + f"data: {data}\n\n".encode()
