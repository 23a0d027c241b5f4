"""Requests as they are written by hand, not through the SDK: it is the server that is held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx

from ._document import EVENTS_TYPE, Document
from ._exchange import Exchange
from ._journal import Journal
from ._target import Target

KEY = "Bearer $PARETA_API_KEY"
"""What stands for the key in everything that is shown."""
_TIMEOUT = httpx.Timeout(60, connect=10)
_DEPLOY_TIMEOUT = httpx.Timeout(60, connect=10, read=3600)


class Unreachable(Exception):  # noqa: N818  # It is the server's state, told to whoever runs the suite.
    """The server cannot be reached."""


class Wire:
    """Sends requests to a target and records what comes back."""

    def __init__(self, target: Target, document: Document, journal: Journal, part: str) -> None:
        self.target = target
        self.document = document
        self.journal = journal
        self.part = part
        self.last: Exchange | None = None
        self.trail: list[str] = []
        """What was sent and answered since someone cleared it, a line each."""
        self._client = httpx.Client(base_url=target.base_url, timeout=_TIMEOUT, trust_env=target.sandbox is None)

    def send(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        authorization: str | None = KEY,
        leave: bool = False,
        asked_for: bool = False,
        record: bool = True,
    ) -> Exchange:
        """Send a request of an operation, once, and return it with its answer.

        With `leave` the answer's body is not waited for. `authorization` is the header, KEY for the target's own
        key, None for none. What is not recorded is looked at by nobody else.
        """
        operation = self.document.operations[operation_id]
        values = dict(path or {})
        target = operation.path.format(**{name: quote(value, safe="") for name, value in values.items()})
        if query:
            target += f"?{urlencode(query, doseq=True)}"
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("content-type", "application/json")
        if authorization is not None:
            sent["authorization"] = authorization
        real = {name: self._revealed(value) for name, value in sent.items()}
        timeout = _DEPLOY_TIMEOUT if operation_id == "deploy_endpoint" else _TIMEOUT
        try:
            with self._client.stream(
                operation.method, target, content=content, headers=real, timeout=timeout
            ) as response:
                left = leave and response.headers.get("content-type", "").startswith(EVENTS_TYPE)
                answered = b"" if left else response.read()
        except httpx.HTTPError as error:
            raise Unreachable(f"{operation.method} {target}: {str(error) or type(error).__name__}") from error
        exchange = Exchange(
            part=self.part,
            method=operation.method,
            target=target,
            request_headers=sent,
            request_body=content,
            status=response.status_code,
            headers=dict(response.headers),
            content=answered,
            operation=operation,
            path=values,
            cut=left,
        )
        self.last = exchange
        if record:
            self.trail.append(f"{operation.method} {target} → {exchange.status}")
            self.journal.record(exchange, asked_for=asked_for)
        return exchange

    def _revealed(self, value: str) -> str:
        return f"Bearer {self.target.api_key}" if value == KEY else value

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
