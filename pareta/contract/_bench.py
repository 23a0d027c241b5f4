"""What a check of behaviour works with: calls that must succeed, an endpoint of its own, and a way to say no."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn
from uuid import uuid4

from attrs import frozen

from ._exchange import Exchange, is_object, snippet
from ._wire import Wire

TASK = "contract-key-fields"
QUESTION = "Which law governs? This Agreement is governed by the laws of Delaware. It starts on May 1."
_FOREIGN_SECONDS = 30.0
_LIVE_SECONDS = 600.0
_NOT_FOUND = 404


class Broken(Exception):  # noqa: N818  # What a check says of a server.
    """A check does not hold."""

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = exchange


class NotHere(Exception):  # noqa: N818  # What a check says of a server.
    """A check cannot be made on this server; the text says why."""


class Bench:
    """Calls on one target. Endpoints that it makes are remembered, so that none is left behind."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.target = wire.target
        self.made: dict[str, None] = {}
        self._shared: str | None = None
        self._names = 0
        self._taken: frozenset[str] | None = None

    @property
    def ours(self) -> bool:
        """Whether the server is a sandbox of our own."""
        return self.target.sandbox is not None

    def fresh(self) -> None:
        """Begin anew, where the server is ours."""
        if self.ours:
            self.target.reset()
            self.wire.journal.fresh_server()
            self.made.clear()
            self._shared = None
            self._names = 0

    def call(self, operation_id: str, endpoint_id: str | None = None, *, expect: int = 200, **options: Any) -> Exchange:
        """Send a request whose answer must have the status `expect`."""
        if endpoint_id is not None:
            options["path"] = {"endpoint_id": endpoint_id}
        exchange = self.wire.send(operation_id, **options)
        if exchange.status != expect:
            self.fail(f"{expect} is due, the answer is {exchange.status} {_said(exchange)}", exchange)
        return exchange

    def hold(self, holds: object, reason: str, exchange: Exchange) -> None:
        """Raise Broken unless it holds."""
        if not holds:
            self.fail(reason, exchange)

    def fail(self, reason: str, exchange: Exchange | None = None) -> NoReturn:
        """Raise Broken."""
        raise Broken(reason, exchange)

    def a_name(self) -> str:
        """Return a name that no endpoint has."""
        if self._taken is None:
            self._taken = frozenset(each["name"] for each in self.call("list_endpoints").json)
        while True:
            self._names += 1
            name = f"contract-suite-{self._names}"
            if name not in self._taken:
                return name

    def a_key(self) -> str:
        """Return an idempotency key that no request had."""
        self._names += 1
        return f"contract-suite-{self._names}" if self.ours else f"contract-suite-{uuid4()}"

    def deploy(self, *, expect: int = 200, **body: Any) -> Deployed:
        """Deploy, and return what came of it; the endpoint is ours to remove."""
        body.setdefault("task", TASK)
        headers = body.pop("headers", None)
        exchange = self.call("deploy_endpoint", body=body, headers=headers, expect=expect)
        deployed = Deployed(exchange)
        for name in (deployed.id, body.get("name") if exchange.ok else None):
            if name:
                self.made[name] = None
        return deployed

    def live(self) -> dict[str, Any]:
        """Return an endpoint of ours that is live; on a server that is not ours the same one each time."""
        if self._shared is not None:
            found = self.wire.send("retrieve_endpoint", path={"endpoint_id": self._shared})
            if found.status != _NOT_FOUND and found.json.get("status") == "stopped":
                self.call("start_endpoint", self._shared)
            if found.status != _NOT_FOUND:
                return self.until_live(self._shared)
        deployed = self.deploy()
        endpoint = deployed.endpoint
        if endpoint is None or deployed.id is None:
            self.fail("a deployment of the recommended model did not complete", deployed.exchange)
        self._shared = None if self.ours else deployed.id
        return endpoint

    def until_live(self, endpoint_id: str) -> dict[str, Any]:
        """Return an endpoint once it is live."""
        end = time.monotonic() + (2.0 if self.ours else _LIVE_SECONDS)
        while True:
            # How often it is looked at depends on time, which no report may depend on: only the last look counts.
            exchange = self.call("retrieve_endpoint", endpoint_id, record=False)
            if exchange.json.get("status") == "live":
                self.wire.journal.record(exchange)
                endpoint: dict[str, Any] = exchange.json
                return endpoint
            if time.monotonic() > end:
                self.fail(f"it does not become live: its status stays {exchange.json.get('status')!r}", exchange)
            time.sleep(0.005 if self.ours else 2)

    def ask(
        self, endpoint_id: str, *, expect: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> Exchange:
        """Ask an endpoint something."""
        body = {"model": endpoint_id, "messages": [{"role": "user", "content": QUESTION}], **more}
        return self.call("create_chat_completion", body=body, headers=headers, expect=expect)

    def eventually(self, look: Callable[[], tuple[bool, str, Exchange]]) -> None:
        """Hold what `look` returns; on a server that is not ours, whose figures may lag, within a while."""
        end = time.monotonic() + (0 if self.ours else _FOREIGN_SECONDS)
        while True:
            holds, reason, exchange = look()
            if holds:
                return
            if time.monotonic() >= end:
                self.fail(reason, exchange)
            time.sleep(0.5)

    def price(self, endpoint: dict[str, Any]) -> int:
        """Return what a completion of an endpoint costs, as its task's leaderboard says."""
        board = self.call("task_leaderboard", path={"task_id": endpoint["taskName"]})
        entries = [*board.json["models"], *([board.json["frontier"]] if board.json["frontier"] else [])]
        price = next(
            (each["cost_per_request_micro_usd"] for each in entries if each["name"] == endpoint["model"]), None
        )
        if not isinstance(price, int):
            self.fail(f"the leaderboard has no price for {endpoint['model']!r}", board)
        return price

    @contextmanager
    def paced(self) -> Generator[Bench]:
        """Work on a server that takes its time: another sandbox of our own, or the target itself."""
        if self.target.paced is None:
            yield self
            return
        with (
            self.target.paced() as target,
            Wire(target, self.wire.document, self.wire.journal, self.wire.part) as wire,
        ):
            self.wire.journal.fresh_server()
            wire.trail = self.wire.trail
            yield Bench(wire)
        self.wire.journal.fresh_server()

    def clean_up(self) -> None:
        """Delete what was made on a server that is not ours."""
        if not self.ours:
            for name in self.made:
                self.wire.send("delete_endpoint", path={"endpoint_id": name})


@frozen
class Deployed:
    """What came of a deployment."""

    exchange: Exchange

    @property
    def endpoint(self) -> dict[str, Any] | None:
        """The endpoint that `complete` carries."""
        for name, payload in self.exchange.payloads:
            if name == "complete" and is_object(payload) and is_object(payload.get("endpoint")):
                endpoint: dict[str, Any] = payload["endpoint"]
                return endpoint
        return None

    @property
    def id(self) -> str | None:
        """The endpoint's id, from `complete` or `Location`."""
        if self.endpoint is not None:
            found: str | None = self.endpoint.get("id")
            return found
        return self.exchange.headers.get("location", "").rpartition("/")[2] or None


def _said(exchange: Exchange) -> str:
    return snippet(exchange.json.get("detail", "")) if is_object(exchange.json) else ""


def text_of(exchange: Exchange) -> str:
    """Return the text of a completion, whole or streamed."""
    if exchange.events:
        deltas = (
            choice["delta"].get("content") or ""
            for _, payload in exchange.payloads
            if is_object(payload)
            for choice in payload.get("choices", ())
        )
        return "".join(deltas)
    return exchange.json["choices"][0]["message"]["content"] or ""
