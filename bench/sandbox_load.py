"""The load on a sandbox: requests in a mix, from raw sockets in a process of its own, that costs little to make.

It sends over connections that are kept, on each the next request as soon as the response to the last is whole, so that
the sandbox always has something to do. Each response is checked for its status, its end and what it must hold.
"""

from __future__ import annotations

import json
import random
import selectors
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from .environment import pin

CONNECTIONS = 16
ENDPOINT = "ep_a1b2c3"
_PROMPT = (
    "Which law governs, and when does it start? This Services Agreement 00000000 is made between Northwind Traders and "
    "Fabrikam Incorporated. It starts on May 1, 2026 and lasts for two years. Fees of $4,000 are due each month, "
    "thirty days after the invoice. Either party may end it with sixty days of notice in writing. This Agreement is "
    "governed by the laws of the State of New York, and disputes go before its courts."
)
_NUMBER = b"00000000"  # Which each prompt has another of.
_CHAT = {"model": ENDPOINT, "messages": [{"role": "user", "content": _PROMPT}], "temperature": 0}


@dataclass(frozen=True)
class Kind:
    """A kind of request: how many of the mix it is, what is sent in turn, and what comes back."""

    name: str
    parts: int
    targets: tuple[str, ...]
    body: Mapping[str, Any] | None = None
    status: int = 200
    holds: bytes = b""


KINDS = (
    Kind("models list", 10, ("/v1/models",), holds=b'"ep_v7w8x9"'),
    Kind("retrieve endpoint", 10, (f"/v1/endpoints/{ENDPOINT}",), holds=b'"live"'),
    Kind("chat completion", 10, ("/v1/chat/completions",), _CHAT, holds=b"State of New York"),
    Kind("list of endpoints", 3, ("/v1/endpoints",), holds=b'"ep_v7w8x9"'),
    Kind("chat stream", 2, ("/v1/chat/completions",), {**_CHAT, "stream": True}, holds=b"[DONE]"),
    Kind(
        "metrics",
        1,
        tuple(f"/v1/endpoints/{ENDPOINT}/{feed}?window=24h" for feed in ("performance", "cost", "activity")),
        holds=b'"24h"',
    ),
    Kind("unknown endpoint", 1, ("/v1/endpoints/ep_none",), status=404, holds=b"detail"),
)
MIX = sum(kind.parts for kind in KINDS)


class Requests:
    """The bytes of requests as the SDK sends them; each POST has a prompt and an idempotency key of its own."""

    def __init__(self, host: str, key: str) -> None:
        self._rendered = {kind.name: [_render(kind, target, host, key) for target in kind.targets] for kind in KINDS}
        self._numbers = count()
        order = [kind for kind in KINDS for _ in range(kind.parts)]
        random.Random(0).shuffle(order)
        self._order = order

    def mixed(self, times: int) -> Iterator[tuple[Kind, bytes]]:
        """Return so many times the whole mix."""
        return (self._next(kind) for _ in range(times) for kind in self._order)

    def alone(self, name: str, times: int) -> Iterator[tuple[Kind, bytes]]:
        """Return so many requests of one kind."""
        kind = next(kind for kind in KINDS if kind.name == name)
        return (self._next(kind) for _ in range(times))

    def _next(self, kind: Kind) -> tuple[Kind, bytes]:
        number = next(self._numbers)
        head, rest = self._rendered[kind.name][number % len(kind.targets)]
        if kind.body is not None:
            head += b"idempotency-key: %032x\r\n" % number
            rest = rest.replace(_NUMBER, b"%08d" % number)
        return kind, head + rest


def _render(kind: Kind, target: str, host: str, key: str) -> tuple[bytes, bytes]:
    """Return a request before and after its idempotency key."""
    streams = kind.body is not None and "stream" in kind.body
    lines = [
        f"{'GET' if kind.body is None else 'POST'} {target} HTTP/1.1",
        f"host: {host}",
        f"authorization: Bearer {key}",
        "user-agent: pareta-python/bench",
        f"accept: {'text/event-stream' if streams else 'application/json'}",
        f"accept-encoding: {'identity' if streams else 'gzip, deflate'}",
    ]
    content = b""
    if kind.body is not None:
        content = json.dumps(kind.body, separators=(",", ":")).encode()
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join([*lines, ""]).encode(), b"\r\n" + content


class Load:
    """Connections to a sandbox, kept from one run to the next."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._selector = selectors.DefaultSelector()
        self._connections: list[socket.socket] = []
        for _ in range(CONNECTIONS):
            connection = socket.create_connection((address.hostname or "", address.port or 0))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(connection, selectors.EVENT_READ)
            self._connections.append(connection)

    def run(self, requests: Iterator[tuple[Kind, bytes]]) -> int:
        """Send the requests, as many at once as there are connections, and return how many were answered."""
        answered = 0
        asked: dict[socket.socket, tuple[Kind, bytes]] = {}
        for idle, (kind, content) in zip(self._connections, requests, strict=False):
            asked[idle] = kind, b""
            idle.sendall(content)
        while asked:
            for ready, _ in self._selector.select(10):
                connection: Any = ready.fileobj
                kind, before = asked[connection]
                received = before + connection.recv(1 << 18)
                if received == before:
                    raise SystemExit(f"{kind.name}: the sandbox hung up after {received!r}")
                if not _is_whole(received):
                    asked[connection] = kind, received
                    continue
                _check(kind, received)
                answered += 1
                del asked[connection]
                following = next(requests, None)
                if following is not None:
                    asked[connection] = following[0], b""
                    connection.sendall(following[1])
        return answered


def _is_whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return False
    at = head.find(b"content-length: ")
    if at < 0:
        return received.endswith(b"\r\n0\r\n\r\n")
    return len(body) >= int(head[at + 16 :].split(b"\r\n", 1)[0])


def _check(kind: Kind, received: bytes) -> None:
    if not received.startswith(b"HTTP/1.1 %d " % kind.status) or kind.holds not in received:
        raise SystemExit(f"{kind.name}: a wrong response: {received!r}")


def main(url: str, key: str) -> None:
    """Run what the lines of standard input say: how often, and which kind, or `mix`; tell how many were answered."""
    pin("client")
    requests = Requests(urlsplit(url).netloc, key)
    load = Load(url)
    for line in sys.stdin:
        times, _, name = line.strip().partition(" ")
        which = requests.mixed(int(times)) if name == "mix" else requests.alone(name, int(times))
        sys.stdout.write(f"{load.run(which)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
