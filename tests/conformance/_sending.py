"""Checks of the requests, retries, errors and streams of sync and async clients, on a sandbox."""

from __future__ import annotations

import json
from typing import Any

import pareta
from pareta.contract._exchange import snippet
from pareta.contract._results import Results
from pareta.sandbox import Sandbox
from pareta.sandbox._document import Document

from ._call_specs import CALL_SPECS, CallSpec
from ._modes import RUNNERS, ClientCall
from ._request_checker import RequestChecker
from ._request_recorder import Mode, SentRequest, record_requests

CHECKS = {
    "sdk-request-form": "Every request fits the document and has nothing undeclared.",
    "sdk-request-meant": "Every call sends a request to its own operation.",
    "sdk-arguments-sent": "Every argument is sent, with its name and value.",
    "sdk-calls-answered": "Every call of every operation returns, sync and async.",
    "sdk-all-operations": "Every operation can be called, sync and async.",
    "sdk-modes-agree": "Sync and async calls return the same.",
    "sdk-retries": "The documented statuses are retried, others are not.",
    "sdk-one-key": "All attempts of a POST have one idempotency key, and two calls have two.",
    "sdk-errors": "Each status raises its exception, with the server's detail.",
    "sdk-stream-as-whole": "A stream has every chunk, and equals the whole completion.",
}
_RETRIED = (408, 409, 429, 500, 502, 503, 504)
_ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "InsufficientCreditsError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "APIStatusError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
    500: "InternalServerError",
    502: "InternalServerError",
    503: "EndpointNotReadyError",
    504: "InternalServerError",
}
_CHAT = {"model": "ep_a1b2c3", "messages": [{"role": "user", "content": "Which law governs? Irish law governs."}]}


class Sending:
    """Makes calls on a sandbox and checks the requests."""

    def __init__(self, document: Document, results: Results, sandbox: Sandbox) -> None:
        self._document = document
        self._results = results
        self._sandbox = sandbox
        self._checker = RequestChecker(document)
        self._seen: set[tuple[Mode, str]] = set()

    def check_all(self) -> None:
        """Run all checks."""
        for spec in CALL_SPECS:
            self._check_call(spec)
        for mode in RUNNERS:
            for operation_id, operation in self._document.operations.items():
                if (mode, operation_id) not in self._seen:
                    self._results.fail("sdk-all-operations", f"no {mode} client sent it", operation=operation)
            self._check_errors(mode)
            self._check_keys(mode)
            self._check_stream(mode)

    def run(self, mode: Mode, call: ClientCall) -> tuple[Any, list[SentRequest]]:
        """Make a call; return its result or exception, and the requests that it sent."""
        sent: list[SentRequest] = []
        with record_requests(sent.append):
            try:
                result = RUNNERS[mode](call, api_key=self._sandbox.api_key, base_url=self._sandbox.base_url)
            except Exception as error:  # the caller checks it
                result = error
        return result, sent

    def _check_call(self, spec: CallSpec) -> None:
        operation = self._document.operations[spec.operation]
        results: dict[Mode, str] = {}
        for mode in RUNNERS:
            self._prepare(spec)
            result, sent = self.run(mode, spec.call)
            results[mode] = repr(result)
            if isinstance(result, Exception):
                self._results.fail("sdk-calls-answered", f"{mode}: {_named(result)}", operation=operation)
            for each in sent:
                self._check_request(each)
            first = next(iter(sent), None)
            if first is None:
                self._results.fail("sdk-arguments-sent", f"{mode}: nothing was sent", operation=operation)
                continue
            expected = _line(spec)
            if (first.request.method + " " + first.target) != f"{operation.method} {expected}":
                reason = f"{mode}: expected {operation.method} {expected}, sent {first.request.method} {first.target}"
                self._results.fail("sdk-arguments-sent", reason, operation=operation)
            body = json.loads(first.request.body) if first.request.body else None
            if body != spec.body:
                reason = f"{mode}: expected the body {snippet(spec.body)}, sent {snippet(body)}"
                self._results.fail("sdk-arguments-sent", reason, operation=operation)
        if len(set(results.values())) > 1:
            reason = "; ".join(f"{mode} {snippet(each, 150)}" for mode, each in results.items())
            self._results.fail("sdk-modes-agree", reason, operation=operation)

    def _prepare(self, spec: CallSpec) -> None:
        """Reset the sandbox, and create the endpoint that the call needs."""
        self._sandbox.reset()
        if "sdk%2F" in spec.path:
            with self._sandbox.client() as client:
                client.endpoints.deploy(task="invoice-fields", name="sdk/ü ?#%", wait=True)

    def _check_request(self, sent: SentRequest) -> None:
        found = self._checker.operation(sent.request.method, sent.target)
        if found is not None:
            self._seen.add((sent.mode, found.id))
        if found is None or found.id != sent.operation_id:
            reason = f"{sent.mode}: {sent.operation_id} was called, but {sent.request.method} {sent.target} was sent"
            called = self._document.operations.get(sent.operation_id or "")
            self._results.fail("sdk-request-meant", reason, operation=called)
        request = sent.request
        for problem in self._checker.problems(request.method, sent.target, request.headers, request.body):
            self._results.fail("sdk-request-form", f"{sent.mode}: {problem}", operation=found)

    def _check_errors(self, mode: Mode) -> None:
        for status, name in _ERRORS.items():
            options = "; retry-after=0" if status in _RETRIED else ""
            headers = {"x-sandbox-scenario": f"{status}; detail=out of luck{options}"}
            error, sent = self.run(mode, _chat_with(headers))
            if type(error) is not getattr(pareta, name) or "out of luck" not in str(error):
                reason = f"{mode}: {status} raises {_named(error)}, expected {name} with the detail"
                self._results.fail("sdk-errors", reason, kind=str(status))
            expected = 3 if status in _RETRIED else 1
            if len(sent) != expected:
                reason = f"{mode}: {status} is tried {len(sent)} times, expected {expected}"
                self._results.fail("sdk-retries", reason, kind=str(status))

    def _check_keys(self, mode: Mode) -> None:
        headers = {"x-sandbox-scenario": "503; retry-after=0"}
        keys: list[str | None] = []
        for _ in range(2):
            for call in (_chat_with(headers), _deploy_with(headers)):
                _, sent = self.run(mode, call)
                found = {each.headers.get("idempotency-key") for each in sent}
                if len(found) != 1 or None in found:
                    reason = f"{mode}: {len(sent)} attempts of a POST have the keys {sorted(map(str, found))[:3]}"
                    self._results.fail("sdk-one-key", reason)
                keys += found
        if len(set(keys)) != len(keys):
            self._results.fail("sdk-one-key", f"{mode}: two calls have the same key")

    def _check_stream(self, mode: Mode) -> None:
        self._sandbox.reset()
        whole, _ = self.run(mode, lambda client: client.chat.completions.create(**_CHAT))
        chunks, _ = self.run(mode, lambda client: client.chat.completions.create(**_CHAT, stream=True))
        if isinstance(whole, Exception) or isinstance(chunks, Exception):
            self._results.fail("sdk-stream-as-whole", f"{mode}: {_named(whole)}, {_named(chunks)}")
            return
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        expected = whole.choices[0].message.content
        written = whole.usage.completion_tokens
        if text != expected or len(chunks) != written + 2:
            reason = (
                f"{mode}: {len(chunks)} chunks are {snippet(text)!r}; expected {written} tokens, {snippet(expected)!r}"
            )
            self._results.fail("sdk-stream-as-whole", reason)


def _chat_with(headers: dict[str, str]) -> ClientCall:
    return lambda client: client.with_options(headers=headers, max_retries=2).chat.completions.create(**_CHAT)


def _deploy_with(headers: dict[str, str]) -> ClientCall:
    return lambda client: client.with_options(headers=headers, max_retries=2).endpoints.deploy(task="invoice-fields")


def _line(spec: CallSpec) -> str:
    query = "&".join(f"{name}={value}" for name, value in spec.query)
    return f"{spec.path}?{query}" if query else spec.path


def _named(value: Any) -> str:
    return f"{type(value).__name__}: {snippet(str(value), 160)}" if isinstance(value, Exception) else "no exception"
