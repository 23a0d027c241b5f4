"""What the SDK sends and does, in both worlds, on a sandbox: requests, retries, errors, streams."""

from __future__ import annotations

import json
from typing import Any

import pareta
from pareta.sandbox import Sandbox

from .._document import Document
from .._exchange import snippet
from .._journal import Journal
from ._deeds import DEEDS, Deed
from ._form import RequestForm
from ._recording import Sent, World, recording
from ._worlds import WORLDS, Act

CHECKS = {
    "sdk-request-form": "Every request has the form that the document gives it, and nothing undeclared.",
    "sdk-request-meant": "Every request goes to the operation that was called.",
    "sdk-arguments-sent": "Every argument goes out, under its name and with its value.",
    "sdk-calls-answered": "Every call of every operation is answered, in both worlds.",
    "sdk-all-operations": "Every operation of the document can be called, in both worlds.",
    "sdk-worlds-agree": "Both worlds send the same and return the same.",
    "sdk-retries": "What may pass is tried again, the rest is not, as the documentation says.",
    "sdk-one-key": "All attempts of a POST carry one idempotency key, and two calls carry two.",
    "sdk-errors": "Each status raises its exception, with the server's detail.",
    "sdk-stream-as-whole": "A streamed answer has every chunk, and makes the same completion as a whole one.",
}
_AGAIN = (408, 409, 429, 500, 502, 503, 504)
_ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    402: "InsufficientCreditsError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    408: "APIStatusError",
    409: "ConflictError",
    422: "BadRequestError",
    429: "RateLimitError",
    500: "APIStatusError",
    502: "APIStatusError",
    503: "EndpointNotReadyError",
    504: "APIStatusError",
}
_CHAT = {"model": "ep_a1b2c3", "messages": [{"role": "user", "content": "Which law governs? Irish law governs."}]}


class Sending:
    """Makes calls on a sandbox and holds what goes out."""

    def __init__(self, document: Document, journal: Journal, sandbox: Sandbox) -> None:
        self._document = document
        self._journal = journal
        self._sandbox = sandbox
        self._form = RequestForm(document)
        self._seen: set[tuple[World, str]] = set()

    def hold(self) -> None:
        """Hold everything."""
        for deed in DEEDS:
            self._hold_deed(deed)
        for world in WORLDS:
            for operation_id, operation in self._document.operations.items():
                if (world, operation_id) not in self._seen:
                    self._journal.fail("sdk-all-operations", f"never sent in the {world} world", operation=operation)
            self._hold_errors(world)
            self._hold_keys(world)
            self._hold_stream(world)

    def run(self, world: World, act: Act, **options: Any) -> tuple[Any, list[Sent]]:
        """Make a call and return what came of it, an exception too, and what was sent for it."""
        sent: list[Sent] = []
        given = {"api_key": self._sandbox.api_key, "base_url": self._sandbox.base_url, **options}
        with recording(sent.append):
            try:
                result = WORLDS[world](act, **given)
            except Exception as error:  # noqa: BLE001  # Whatever it is, it is looked at.
                result = error
        return result, sent

    def _hold_deed(self, deed: Deed) -> None:
        operation = self._document.operations[deed.operation]
        results: dict[World, str] = {}
        for world in WORLDS:
            self._prepare(deed)
            result, sent = self.run(world, deed.act)
            results[world] = repr(result)
            if isinstance(result, Exception):
                self._journal.fail("sdk-calls-answered", f"{world}: {_named(result)}", operation=operation)
            for each in sent:
                self._hold_form(each)
            first = next(iter(sent), None)
            if first is None:
                self._journal.fail("sdk-arguments-sent", f"{world}: nothing was sent", operation=operation)
                continue
            due = _line(deed)
            if (first.request.method + " " + first.target) != f"{operation.method} {due}":
                said = f"{world}: {operation.method} {due} is due, {first.request.method} {first.target} was sent"
                self._journal.fail("sdk-arguments-sent", said, operation=operation)
            body = json.loads(first.request.body) if first.request.body else None
            if body != deed.body:
                said = f"{world}: the body {snippet(deed.body)} is due, {snippet(body)} was sent"
                self._journal.fail("sdk-arguments-sent", said, operation=operation)
        if len(set(results.values())) > 1:
            told = "; ".join(f"{world} {snippet(each, 150)}" for world, each in results.items())
            self._journal.fail("sdk-worlds-agree", told, operation=operation)

    def _prepare(self, deed: Deed) -> None:
        """Bring the sandbox to where a call can be answered: a fresh one, with what the call is about."""
        self._sandbox.reset()
        if "sdk%2F" in deed.path:
            with self._sandbox.client() as client:
                client.endpoints.deploy(task="invoice-fields", name="sdk/ü ?#%", wait=True)

    def _hold_form(self, sent: Sent) -> None:
        found = self._form.operation(sent.request.method, sent.target)
        if found is not None:
            self._seen.add((sent.world, found.id))
        if found is None or found.id != sent.meant:
            said = f"{sent.meant} was called, {sent.request.method} {sent.target} was sent"
            meant = self._document.operations.get(sent.meant or "")
            self._journal.fail("sdk-request-meant", f"{sent.world}: {said}", operation=meant)
        request = sent.request
        for problem in self._form.problems(request.method, sent.target, request.headers, request.body):
            self._journal.fail("sdk-request-form", f"{sent.world}: {problem}", operation=found)

    def _hold_errors(self, world: World) -> None:
        for status, name in _ERRORS.items():
            options = "; retry-after=0" if status in _AGAIN else ""
            headers = {"x-sandbox-scenario": f"{status}; detail=out of luck{options}"}
            error, sent = self.run(world, _chat_with(headers))
            wanted = getattr(pareta, name)
            if type(error) is not wanted or "out of luck" not in str(error):
                said = f"{world}: {status} raises {_named(error)}, {name} with its detail is due"
                self._journal.fail("sdk-errors", said, kind=str(status))
            due = 3 if status in _AGAIN else 1
            if len(sent) != due:
                said = f"{world}: {status} is tried {len(sent)} times, {due} is due"
                self._journal.fail("sdk-retries", said, kind=str(status))

    def _hold_keys(self, world: World) -> None:
        headers = {"x-sandbox-scenario": "503; retry-after=0"}
        keys: list[str | None] = []
        for _ in range(2):
            for act in (_chat_with(headers), _deploy_with(headers)):
                _, sent = self.run(world, act)
                found = {each.headers.get("idempotency-key") for each in sent}
                if len(found) != 1 or None in found:
                    said = f"{world}: {len(sent)} attempts of a POST carry the keys {sorted(map(str, found))[:3]}"
                    self._journal.fail("sdk-one-key", said)
                keys += found
        if len(set(keys)) != len(keys):
            self._journal.fail("sdk-one-key", f"{world}: two calls carry the same key")

    def _hold_stream(self, world: World) -> None:
        self._sandbox.reset()
        whole, _ = self.run(world, lambda client: client.chat.completions.create(**_CHAT))
        chunks, _ = self.run(world, lambda client: client.chat.completions.create(**_CHAT, stream=True))
        if isinstance(whole, Exception) or isinstance(chunks, Exception):
            self._journal.fail("sdk-stream-as-whole", f"{world}: {_named(whole)}, {_named(chunks)}")
            return
        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        due = whole.choices[0].message.content
        written = whole.usage.completion_tokens
        if text != due or len(chunks) != written + 2:
            said = f"{world}: {len(chunks)} chunks make {snippet(text)!r}; {written} tokens are due, {snippet(due)!r}"
            self._journal.fail("sdk-stream-as-whole", said)


def _chat_with(headers: dict[str, str]) -> Act:
    def act(client: Any) -> Any:
        return client.with_options(headers=headers, max_retries=2).chat.completions.create(**_CHAT)

    return act


def _deploy_with(headers: dict[str, str]) -> Act:
    def act(client: Any) -> Any:
        return client.with_options(headers=headers, max_retries=2).endpoints.deploy(task="invoice-fields")

    return act


def _line(deed: Deed) -> str:
    query = "&".join(f"{name}={value}" for name, value in deed.query)
    return f"{deed.path}?{query}" if query else deed.path


def _named(value: Any) -> str:
    return f"{type(value).__name__}: {snippet(str(value), 160)}" if isinstance(value, Exception) else "no exception"
