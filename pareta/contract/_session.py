"""The HTTP session of a run: every request of the suite passes here, is limited in time and number, and is recorded."""

from __future__ import annotations

import io
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, NoReturn, TypeVar
from urllib.parse import urlsplit

import pytest
import requests
from urllib3 import HTTPResponse

from pareta.sandbox._document import EVENTS_TYPE, Document

from ._exchange import Exchange
from ._journal import RunJournal

_SHOWN_KEY = "$PARETA_API_KEY"
KEY_PLACEHOLDER = f"Bearer {_SHOWN_KEY}"
"""Stands for the API key in every request, until it is sent."""
_SHORTEST_KEY = 8
"""The length from which the key is replaced in responses; a shorter one is in any text."""
REQUEST_SECONDS = 60.0
DEPLOY_SECONDS = 600.0
NEEDS_WRITES: Final = "needs --allow-writes: it deploys, completes, stops or deletes"
WRITES: Final = ("deploy_endpoint", "start_endpoint", "stop_endpoint", "delete_endpoint", "create_chat_completion")
"""The operations that change state or are billed."""
_MAXIMA = {"deploy_endpoint": "--max-deploys", "create_chat_completion": "--max-completions"}
T = TypeVar("T")


class Limits:
    """What a run may spend. The test that would exceed it is skipped, and says which limit cut it."""

    def __init__(self, seconds: float, maxima: Mapping[str, int | None], *, writes: bool) -> None:
        self._seconds = seconds
        self.writes = writes
        self._end = time.monotonic() + seconds
        self._maxima = maxima
        self.spent: Counter[str] = Counter()
        """The requests that were not refused, by operation."""

    @property
    def seconds_left(self) -> float:
        """The seconds until the time limit."""
        return self._end - time.monotonic()

    def check_time(self, during: str = "") -> None:
        """Skip the test if the time is up; `during` says what was cut."""
        if self.seconds_left <= 0:
            _cut(f"--time-limit {self._seconds:g}{during}")

    def check(self, operation_id: str) -> None:
        """Skip the test if a request would exceed a limit."""
        self.check_time()
        if operation_id in WRITES and not self.writes:
            pytest.skip(NEEDS_WRITES)
        most = self._maxima.get(operation_id)
        if most is not None and self.spent[operation_id] >= most:
            _cut(f"{_MAXIMA[operation_id]} {most}")


def _cut(limit: str) -> NoReturn:
    pytest.skip(f"cut by {limit}")


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return what `call` returns; raise TimeoutError after `seconds`, even if bytes keep arriving."""
    results: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((True, call()))
        except BaseException as error:  # the caller raises it
            results.put((False, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        returned, value = results.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if not returned:
        raise value
    result: T = value
    return result


class HttpSession(requests.Session):
    """Sends requests for the suite's own tests and for schemathesis."""

    def __init__(self, base_url: str, api_key: str, document: Document, journal: RunJournal, limits: Limits) -> None:
        super().__init__()
        self._base_path = urlsplit(base_url).path
        self._api_key = api_key
        self._secret = api_key if len(api_key) >= _SHORTEST_KEY else _SHOWN_KEY
        self._document = document
        self._journal = journal
        self.limits = limits
        self.last_exchange: Exchange | None = None

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        """Send a request of schemathesis."""
        response, _exchange = self.exchange(request)
        return response

    def exchange(
        self,
        request: requests.PreparedRequest,
        *,
        disconnect: bool = False,
        record: bool = True,
        limited: bool = True,
        seconds: float = REQUEST_SECONDS,
    ) -> tuple[requests.Response, Exchange]:
        """Send a request, without retries, and record the exchange.

        Args:
            request: The request.
            disconnect: Whether to disconnect before the body of a stream.
            record: Whether the journal gets the exchange.
            limited: Whether the limits of the run apply.
            seconds: The time limit of the whole exchange.

        Raises:
            requests.RequestException: The server does not respond, or not in time.

        """
        method, target = request.method or "", request.path_url.removeprefix(self._base_path)
        operation, path = self._document.find(method, target)
        operation_id = operation.id if operation else ""
        if limited:
            self.limits.check(operation_id)
            seconds = min(seconds, self.limits.seconds_left)
        self.limits.spent[operation_id] += 1
        shown = {name: str(value) for name, value in request.headers.items()}
        if shown.get("Authorization") == KEY_PLACEHOLDER:
            request.headers["Authorization"] = f"Bearer {self._api_key}"
        try:
            response, truncated = within(seconds, lambda: self._read(request, seconds, disconnect=disconnect))
        except (TimeoutError, requests.Timeout):
            if limited:
                self.limits.check_time(f" during {method} {target}")
            raise requests.Timeout(f"{method} {target}: no whole response within {seconds:.0f} s") from None
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            self.limits.spent[operation_id] -= 1
        body = request.body or b""
        exchange = Exchange(
            method=method,
            target=target,
            request_headers=shown,
            request_body=body if isinstance(body, bytes) else str(body).encode(),
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            content=b"" if truncated else response.content,
            operation=operation,
            path=path,
            truncated=truncated,
            epoch=self._journal.epoch,
        )
        self.last_exchange = exchange
        if record:
            self._journal.record(exchange)
        return response, exchange

    def _read(
        self, request: requests.PreparedRequest, seconds: float, *, disconnect: bool
    ) -> tuple[requests.Response, bool]:
        settings: Any = self.merge_environment_settings(request.url or "", {}, stream=True, verify=None, cert=None)
        response = super().send(request, **settings, allow_redirects=False, timeout=(min(10.0, seconds), seconds))
        response.headers.update({name: self._redact(value) for name, value in response.headers.items()})
        if disconnect and response.headers.get("content-type", "").startswith(EVENTS_TYPE):
            response.close()
            return response, True
        # schemathesis reads event streams, and all headers, from `raw`.
        headers = {
            name: self._redact(value)
            for name, value in response.raw.headers.items()
            if name.lower() != "content-encoding"
        }
        content = response.content.replace(self._secret.encode(), _SHOWN_KEY.encode())
        vars(response)["_content"] = content  # There is no public way.
        response.raw = HTTPResponse(io.BytesIO(content), headers, response.status_code, preload_content=False)
        return response, False

    def _redact(self, text: str) -> str:
        """Replace the key, which a server may repeat."""
        return text.replace(self._secret, _SHOWN_KEY)
