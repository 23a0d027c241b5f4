"""The context of a behaviour check: requests with an expected status, endpoints to use, and how a check fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest import SkipTest
from uuid import uuid4

from attrs import frozen

from ._client import ContractClient
from ._exchange import Exchange, is_object, snippet

TASK = "contract-key-fields"
QUESTION = "Which law governs? This Agreement is governed by the laws of Delaware. It starts on May 1."
_METRICS_SECONDS = 30.0
_LIVE_SECONDS = 600.0
_NOT_FOUND = 404


class CheckFailed(Exception):  # noqa: N818 - a result, as unittest.SkipTest is
    """A check failed. `check` names it, and `steps` are the requests that led to the failure."""

    def __init__(
        self, reason: str, exchange: Exchange | None = None, *, check: str = "", steps: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = exchange
        self.check = check
        self.steps = steps


class CheckSkipped(SkipTest):
    """A check cannot run on this server; the message gives the reason."""


class Context:
    """Requests to one target. It remembers the endpoints that it creates, and `clean_up` deletes them."""

    def __init__(self, client: ContractClient) -> None:
        self.client = client
        self.target = client.target
        self.created: dict[str, None] = {}
        self._shared: str | None = None
        self._names = 0
        self._taken: frozenset[str] | None = None

    @property
    def is_sandbox(self) -> bool:
        """Whether the target is the suite's own sandbox."""
        return self.target.sandbox is not None

    def reset(self) -> None:
        """Reset the sandbox; do nothing on another server."""
        if self.is_sandbox:
            self.target.reset()
            self.client.results.forget_request_ids()
            self.created.clear()
            self._shared = None
            self._names = 0

    def call(self, operation_id: str, endpoint_id: str | None = None, *, expect: int = 200, **options: Any) -> Exchange:
        """Send a request; fail unless the response has the status `expect`."""
        if endpoint_id is not None:
            options["path"] = {"endpoint_id": endpoint_id}
        exchange = self.client.send(operation_id, **options)
        if exchange.status != expect:
            self.fail(f"expected {expect}, got {exchange.status} {_detail(exchange)}", exchange)
        return exchange

    def check(self, passed: object, reason: str, exchange: Exchange) -> None:
        """Raise CheckFailed unless `passed` is true."""
        if not passed:
            self.fail(reason, exchange)

    def fail(self, reason: str, exchange: Exchange | None = None) -> NoReturn:
        """Raise CheckFailed."""
        raise CheckFailed(reason, exchange)

    def new_name(self) -> str:
        """Return a free endpoint name."""
        if self._taken is None:
            self._taken = frozenset(each["name"] for each in self.call("list_endpoints").json)
        while True:
            self._names += 1
            name = f"contract-suite-{self._names}"
            if name not in self._taken:
                return name

    def new_key(self) -> str:
        """Return an unused idempotency key."""
        self._names += 1
        return f"contract-suite-{self._names}" if self.is_sandbox else f"contract-suite-{uuid4()}"

    def deploy(self, *, expect: int = 200, **body: Any) -> Deployment:
        """Deploy, and remember the endpoint for `clean_up`."""
        body.setdefault("task", TASK)
        headers = body.pop("headers", None)
        exchange = self.call("deploy_endpoint", body=body, headers=headers, expect=expect)
        deployed = Deployment(exchange)
        for name in (deployed.id, body.get("name") if exchange.ok else None):
            if name:
                self.created[name] = None
        return deployed

    def live_endpoint(self) -> dict[str, Any]:
        """Return a live endpoint that this context deployed; on an external server always the same one."""
        if self._shared is not None:
            found = self.client.send("retrieve_endpoint", path={"endpoint_id": self._shared})
            if found.status != _NOT_FOUND and found.json.get("status") == "stopped":
                self.call("start_endpoint", self._shared)
            if found.status != _NOT_FOUND:
                return self.wait_until_live(self._shared)
        deployed = self.deploy()
        endpoint = deployed.endpoint
        if endpoint is None or deployed.id is None:
            self.fail("a deployment of the recommended model did not complete", deployed.exchange)
        self._shared = None if self.is_sandbox else deployed.id
        return endpoint

    def wait_until_live(self, endpoint_id: str) -> dict[str, Any]:
        """Wait until an endpoint is live, and return it."""
        end = time.monotonic() + (2.0 if self.is_sandbox else _LIVE_SECONDS)
        while True:
            # The number of polls depends on timing, and a report must not: record only the last poll.
            exchange = self.call("retrieve_endpoint", endpoint_id, record=False)
            if exchange.json.get("status") == "live":
                self.client.results.record(exchange)
                endpoint: dict[str, Any] = exchange.json
                return endpoint
            if time.monotonic() > end:
                self.fail(f"it does not become live: its status is {exchange.json.get('status')!r}", exchange)
            time.sleep(0.005 if self.is_sandbox else 2)

    def complete(
        self, endpoint_id: str, *, expect: int = 200, headers: dict[str, str] | None = None, **more: Any
    ) -> Exchange:
        """Request a completion from an endpoint."""
        body = {"model": endpoint_id, "messages": [{"role": "user", "content": QUESTION}], **more}
        return self.call("create_chat_completion", body=body, headers=headers, expect=expect)

    def eventually(self, probe: Callable[[], tuple[bool, str, Exchange]]) -> None:
        """Fail unless `probe` passes; an external server, whose metrics may lag, has 30 s."""
        end = time.monotonic() + (0 if self.is_sandbox else _METRICS_SECONDS)
        while True:
            passed, reason, exchange = probe()
            if passed:
                return
            if time.monotonic() >= end:
                self.fail(reason, exchange)
            time.sleep(0.5)

    def price(self, endpoint: dict[str, Any]) -> int:
        """Return the price of an endpoint's completion, in micro-USD, from its task's leaderboard."""
        board = self.call("task_leaderboard", path={"task_id": endpoint["taskName"]})
        entries = [*board.json["models"], *([board.json["frontier"]] if board.json["frontier"] else [])]
        price = next(
            (each["cost_per_request_micro_usd"] for each in entries if each["name"] == endpoint["model"]), None
        )
        if not isinstance(price, int):
            self.fail(f"the leaderboard has no price for {endpoint['model']!r}", board)
        return price

    @contextmanager
    def slow(self) -> Generator[Context]:
        """Give a context whose deployments take time: on a second, slow sandbox, or on the external target itself."""
        if self.target.slow is None:
            yield self
            return
        with (
            self.target.slow() as target,
            ContractClient(target, self.client.document, self.client.results, self.client.part) as client,
        ):
            self.client.results.forget_request_ids()
            client.steps = self.client.steps
            yield Context(client)
        self.client.results.forget_request_ids()

    def clean_up(self) -> None:
        """Delete the endpoints that were created on an external server."""
        if not self.is_sandbox:
            for name in self.created:
                self.client.send("delete_endpoint", path={"endpoint_id": name})


@frozen
class Deployment:
    """The result of a deployment."""

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


def _detail(exchange: Exchange) -> str:
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
