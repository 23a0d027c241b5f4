"""The server under test: requests with an expected status, endpoints to use, and what is undone at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
import requests

from pareta.sandbox import Sandbox, _document

from ._exchange import CheckFailed, Endpoint, Exchange, NoLiveEndpointError, fields, is_object, snippet
from ._journal import RunJournal
from ._session import DEPLOY_SECONDS, KEY_PLACEHOLDER, REQUEST_SECONDS, WRITES, HttpSession, Limits

TASK = "contract-key-fields"
QUESTION = "Which law governs? This Agreement is governed by the laws of Delaware. It starts on May 1."
_PREFIX = "contract-suite"
_SLOW_PACE = 0.2
"""The pace of the sandbox on which a test can see a deployment or a cold start in progress."""
_METRICS_SECONDS = 30.0
_CLEAN_UP_SECONDS = 10.0
_ON_THE_WAY = ("starting", "stopped")


class Server:
    """Requests to one server. It remembers the endpoints that it creates, and `clean_up` deletes them.

    Args:
        base_url: Its URL.
        api_key: The API key.
        limits: What the run may spend.
        journal: Records each exchange.
        sandbox: The suite's own sandbox, which is reset between tests; None for another server.

    """

    def __init__(
        self, base_url: str, api_key: str, limits: Limits, journal: RunJournal, sandbox: Sandbox | None = None
    ) -> None:
        self.base_url = base_url.rstrip("/").removesuffix("/v1")
        self.document = _document.load()
        self.limits = limits
        self.journal = journal
        self.sandbox = sandbox
        self.session = HttpSession(self.base_url, api_key, self.document, journal, limits)
        self.session.trust_env = sandbox is None
        self.session.headers.clear()
        self.steps: list[str] = []
        """One line for each request since the current test began."""
        self.created: dict[str, None] = {}
        self._names = 0
        self._shared: str | None = None
        self._live_seconds = 2.0 if sandbox else DEPLOY_SECONDS
        self._lag_seconds = 0 if sandbox else _METRICS_SECONDS
        self._no_live_endpoint: CheckFailed | None = None

    @property
    def not_generated(self) -> tuple[str, ...]:
        """The operations to which no requests are generated: another server's deployments take minutes and money."""
        if self.sandbox is not None:
            return ()
        return WRITES[:1] if self.limits.writes else WRITES

    def begin_test(self) -> None:
        """Forget the test before; reset the sandbox."""
        self.steps.clear()
        self.session.last_exchange = None
        if self.sandbox is not None:
            self.sandbox.reset()
            self.journal.epoch += 1
            self.created.clear()
            self._names = 0

    def send(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        authorization: str | None = KEY_PLACEHOLDER,
        seconds: float | None = None,
        **options: bool,
    ) -> Exchange:
        """Send a request and return the exchange.

        Args:
            operation_id: The operation.
            path: The path parameters.
            query: The query parameters.
            body: The JSON body; None for none.
            headers: Further headers.
            authorization: The authorization header; by default the server's key, None for none.
            seconds: The time limit; by default it depends on the operation.
            **options: See `HttpSession.exchange`.

        """
        operation = self.document.operations[operation_id]
        target = operation.path.format(**{name: quote(value, safe="") for name, value in (path or {}).items()})
        if query:
            target += f"?{urlencode(query, doseq=True)}"
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("content-type", "application/json")
        if authorization is not None:
            sent["Authorization"] = authorization
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = requests.Request(operation.method, self.base_url + target, data=content, headers=sent).prepare()
        seconds = seconds or (DEPLOY_SECONDS if operation_id == "deploy_endpoint" else REQUEST_SECONDS)
        self.steps.append(f"{operation.method} {target}")
        _, exchange = self.session.exchange(request, seconds=seconds, **options)
        self.steps[-1] += f" → {exchange.status}"
        if operation_id == "deploy_endpoint" and exchange.ok and exchange.endpoint_id:
            self.created[exchange.endpoint_id] = None
        return exchange

    def call(self, operation_id: str, endpoint_id: str | None = None, *, expect: int = 200, **options: Any) -> Exchange:
        """Send a request; fail unless the response has the status `expect`."""
        if endpoint_id is not None:
            options["path"] = {"endpoint_id": endpoint_id}
        exchange = self.send(operation_id, **options)
        if exchange.status != expect:
            detail = snippet(exchange.json.get("detail", "")) if is_object(exchange.json) else ""
            raise CheckFailed(f"expected {expect}, got {exchange.status} {detail}".rstrip(), exchange)
        return exchange

    def unused(self) -> str:
        """Return an unused endpoint name or idempotency key."""
        self._names += 1
        return f"{_PREFIX}-{self._names if self.sandbox else uuid4().hex[:16]}"

    def deploy(self, *, expect: int = 200, headers: Mapping[str, str] | None = None, **body: Any) -> Exchange:
        """Deploy. On another server the endpoint has a name, so that `clean_up` finds it if the stream breaks."""
        if self.sandbox is None:
            body.setdefault("name", self.unused())
            self.created[body["name"]] = None
        return self.call("deploy_endpoint", body={"task": TASK, **body}, headers=headers, expect=expect)

    def live_endpoint(self) -> Endpoint:
        """Return a live endpoint that the suite deployed; on another server always the same one.

        Raises:
            NoLiveEndpointError: There is none. It is tried once, and then each test that needs it fails at once.

        """
        if self._no_live_endpoint is None:
            try:
                return self._live_endpoint()
            except (AssertionError, requests.RequestException, LookupError, TypeError, AttributeError) as error:
                reason = f"no deployment of a recommended model became live: {error or type(error).__name__}"
                self._no_live_endpoint = NoLiveEndpointError(reason, self.session.last_exchange)
        raise self._no_live_endpoint

    def _live_endpoint(self) -> Endpoint:
        if self._shared is not None:
            found = self.send("retrieve_endpoint", path={"endpoint_id": self._shared})
            if found.ok:
                if found.json["status"] == "live":
                    return fields(found.json)
                self.call("start_endpoint", self._shared)
                return self.wait_until_live(self._shared)
        deployed = self.deploy()
        endpoint = deployed.endpoint
        if endpoint is None or endpoint["status"] != "live":
            raise CheckFailed("`complete` carries no live endpoint", deployed)
        self._shared = None if self.sandbox else endpoint["id"]
        return endpoint

    def wait_until_live(self, endpoint_id: str) -> Endpoint:
        """Wait until an endpoint is live, and return it."""
        end = time.monotonic() + self._live_seconds
        while True:
            # The number of polls depends on timing, and a report must not: record only the last poll.
            exchange = self.call("retrieve_endpoint", endpoint_id, record=False)
            status = exchange.json["status"]
            if status in _ON_THE_WAY and time.monotonic() <= end:
                time.sleep(0.005 if self.sandbox else 2)
                continue
            self.journal.record(exchange)
            if status == "live":
                endpoint: Endpoint = exchange.json
                return endpoint
            if status in _ON_THE_WAY:  # What did not come once is not waited for as long again: hypothesis repeats it.
                self._live_seconds = 0.1 if self.sandbox else REQUEST_SECONDS
            raise CheckFailed(f"it does not become live: its status is {status!r}", exchange)

    def complete(self, endpoint_id: str, *, expect: int = 200, **more: Any) -> Exchange:
        """Request a completion from an endpoint."""
        headers = more.pop("headers", None)
        body = {"model": endpoint_id, "messages": [{"role": "user", "content": QUESTION}], **more}
        return self.call("create_chat_completion", body=body, headers=headers, expect=expect)

    def eventually(self, probe: Callable[[], str]) -> None:
        """Fail unless `probe` finds no problem; another server, whose metrics may lag, has 30 s."""
        end = time.monotonic() + min(self._lag_seconds, self.limits.seconds_left)
        while problem := probe():
            if time.monotonic() >= end:
                self._lag_seconds = 0  # What did not come once is not waited for again.
                raise CheckFailed(problem)
            time.sleep(0.5)

    def price(self, endpoint: Endpoint) -> int:
        """Return the price of an endpoint's completion, in micro-USD, from its task's leaderboard."""
        board = self.call("task_leaderboard", path={"task_id": endpoint["taskName"]})
        entries = [*board.json["models"], *([board.json["frontier"]] if board.json["frontier"] else [])]
        prices: list[int] = [
            each["cost_per_request_micro_usd"] for each in entries if each["name"] == endpoint["model"]
        ]
        if not prices:
            raise CheckFailed(f"the leaderboard has no price for {endpoint['model']!r}", board)
        return prices[0]

    @contextmanager
    def slow(self) -> Generator[Server]:
        """Give a server whose deployments take time: a second, slow sandbox, or the other server itself."""
        if self.sandbox is None:
            yield self
            return
        with Sandbox(seed=7, pace=_SLOW_PACE) as sandbox:
            self.journal.epoch += 1
            slow = Server(sandbox.base_url, sandbox.api_key, self.limits, self.journal, sandbox)
            slow.steps = self.steps
            try:
                yield slow
            finally:
                self.session.last_exchange = slow.session.last_exchange
        self.journal.epoch += 1

    def clean_up(self) -> None:
        """Delete the endpoints that were created on another server, also when the limits are used up."""
        for name in () if self.sandbox else self.created:
            try:
                self.send("delete_endpoint", path={"endpoint_id": name}, limited=False, seconds=_CLEAN_UP_SECONDS)
            except requests.RequestException:
                continue


SERVER: Final = pytest.StashKey[Server]()
"""Where pytest's configuration keeps the server of the run."""
