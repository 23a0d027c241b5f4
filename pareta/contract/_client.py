"""The suite's HTTP client. It does not use the SDK, because it tests the server alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx

from pareta.sandbox._document import EVENTS_TYPE, Document

from ._exchange import Exchange
from ._results import Results
from ._target import Target

KEY_PLACEHOLDER = "Bearer $PARETA_API_KEY"
"""Replaces the API key in everything that is shown."""
_TIMEOUT = httpx.Timeout(60, connect=10)
_DEPLOY_TIMEOUT = httpx.Timeout(60, connect=10, read=3600)


class UnreachableError(Exception):
    """The server cannot be reached or rejects the API key."""


class ContractClient:
    """Sends requests to a target and records the exchanges."""

    def __init__(self, target: Target, document: Document, results: Results, part: str) -> None:
        self.target = target
        self.document = document
        self.results = results
        self.part = part
        self.last_exchange: Exchange | None = None
        self.steps: list[str] = []
        """One line for each exchange since the current check began."""
        self._http = httpx.Client(base_url=target.base_url, timeout=_TIMEOUT, trust_env=target.sandbox is None)

    def send(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        authorization: str | None = KEY_PLACEHOLDER,
        disconnect: bool = False,
        by_scenario: bool = False,
        record: bool = True,
    ) -> Exchange:
        """Send a request, without retries, and return the exchange.

        Args:
            operation_id: The operation.
            path: The path parameters.
            query: The query parameters.
            body: The JSON body; None for none.
            headers: Further headers.
            authorization: The authorization header; KEY_PLACEHOLDER for the target's key, None for none.
            disconnect: Whether to disconnect before the body of a stream.
            by_scenario: Whether a sandbox scenario requests the response.
            record: Whether to check and count the exchange.

        Raises:
            UnreachableError: The server does not respond.

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
        real = {name: self._with_key(value) for name, value in sent.items()}
        timeout = _DEPLOY_TIMEOUT if operation_id == "deploy_endpoint" else _TIMEOUT
        try:
            with self._http.stream(
                operation.method, target, content=content, headers=real, timeout=timeout
            ) as response:
                truncated = disconnect and response.headers.get("content-type", "").startswith(EVENTS_TYPE)
                received = b"" if truncated else response.read()
        except httpx.HTTPError as error:
            raise UnreachableError(f"{operation.method} {target}: {str(error) or type(error).__name__}") from error
        exchange = Exchange(
            part=self.part,
            method=operation.method,
            target=target,
            request_headers=sent,
            request_body=content,
            status=response.status_code,
            headers=dict(response.headers),
            content=received,
            operation=operation,
            path=values,
            truncated=truncated,
        )
        self.last_exchange = exchange
        if record:
            self.steps.append(f"{operation.method} {target} → {exchange.status}")
            self.results.record(exchange, by_scenario=by_scenario)
        return exchange

    def _with_key(self, value: str) -> str:
        return f"Bearer {self.target.api_key}" if value == KEY_PLACEHOLDER else value

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
