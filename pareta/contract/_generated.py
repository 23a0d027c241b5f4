"""Requests that schemathesis generates from the document, with schemathesis's own checks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.core import EventStream
from schemathesis.engine.recorder import Interaction, ScenarioRecorder

from pareta.sandbox._document import Document

from ._case_hooks import EndpointGuard, UniqueKeys, registered
from ._client import KEY_PLACEHOLDER, UnreachableError
from ._exchange import Exchange, snippet
from ._results import Results
from ._suite_settings import PHASES, SuiteSettings
from ._target import Target

PART = "generated"
_MOST_EVENTS = 100_000
# A request that fits its schema can still name an unknown task (400) or meet an empty balance (402).
_STATUSES_OF_VALID_REQUESTS = ["2xx", "400", "401", "402", "403", "404", "409", "429", "5xx"]
SENTENCES = {
    "not_a_server_error": "No request causes a server error.",
    "status_code_conformance": "Every status is documented for its operation.",
    "content_type_conformance": "Every content type is documented.",
    "response_headers_conformance": "Every documented header fits its schema.",
    "response_schema_conformance": "Every body fits its schema.",
    "negative_data_rejection": "Invalid requests are refused.",
    "positive_data_acceptance": "Valid requests are accepted.",
    "missing_required_header": "A request without a required header is refused.",
    "unsupported_method": "An undocumented method returns 405.",
    "use_after_free": "A deleted resource is gone.",
    "ensure_resource_availability": "A created resource exists.",
    "ignored_auth": "Authentication is enforced where the document requires it.",
}
"""The schemathesis checks that apply, with what each one shows."""


def run(target: Target, document: Document, results: Results, settings: SuiteSettings) -> None:
    """Send generated requests to the target, phase by phase, and record the results."""
    guard = None if target.sandbox is not None else EndpointGuard(target, document, results)
    schema = _schema(target, document, settings, guard)
    with registered(UniqueKeys(), *([] if guard is None else [guard])):
        _follow(from_schema(schema).execute(), target, document, results)
    if guard is not None:
        guard.close()


def _follow(stream: EventStream, target: Target, document: Document, results: Results) -> None:
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            _record(event.recorder, target, document, results)
        elif isinstance(event, events.NonFatalError):
            reason = f"{event.info.title}: {snippet(event.info.message, 300)}"
            if "onnect" in event.info.title:
                raise UnreachableError(reason)
            results.fail("generated-requests", f"{event.label}: {reason}")
        elif isinstance(event, events.FatalError):
            raise event.exception


def _schema(target: Target, document: Document, settings: SuiteSettings, guard: EndpointGuard | None) -> Any:
    phases: dict[str, dict[str, Any]] = {phase: {"enabled": phase in settings.phases} for phase in PHASES}
    if not target.writes:  # An undocumented method may still write.
        phases["coverage"]["unexpected-methods"] = ["options", "trace"]
    config: Any = SchemathesisConfig.from_dict(  # pyright: ignore[reportUnknownMemberType]
        {
            "seed": settings.seed,
            "base-url": target.base_url,
            "headers": {"Authorization": f"Bearer {target.api_key}"},
            "workers": 1,
            "continue-on-failure": True,
            "max-stream-events": _MOST_EVENTS,
            "request-timeout": 60,
            "generation": {"max-examples": settings.examples, "database": "none", "deterministic": True},
            "phases": phases,
            "checks": {
                "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "503"]},
                "positive_data_acceptance": {"expected-statuses": _STATUSES_OF_VALID_REQUESTS},
            },
            "output": {"sanitization": {"enabled": False}, "truncation": {"max-recorded-payload-size": 0}},
            "cache": {"enabled": False},
        }
    )
    schema: Any = schemathesis.openapi.from_dict(copy.deepcopy(document.raw), config=config)
    if settings.operations is not None:
        schema = schema.include(operation_id=list(settings.operations))
    if guard is not None:
        schema = schema.exclude(operation_id=sorted(guard.skipped_operations))
    return schema


def _record(recorder: ScenarioRecorder, target: Target, document: Document, results: Results) -> None:
    for case_id, interaction in recorder.interactions.items():
        exchange = _exchange(interaction, target, document)
        if exchange is None:
            continue
        results.record(exchange, validate=False)
        for name, title, message in _failures(recorder, case_id):
            results.fail(name, snippet(_reason(title, message, exchange), 300), exchange, kind=title)


def _failures(recorder: ScenarioRecorder, case_id: str) -> Iterator[tuple[str, str, str]]:
    for parent_id, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is not None:
                failure = node.failure_info.failure
                if (failure.case_id or parent_id) == case_id:
                    yield node.name, failure.title, failure.message


def _reason(title: str, message: str, exchange: Exchange) -> str:
    body = snippet(exchange.content.decode("utf-8", "replace"), 100)
    first = " ".join(message.split("\n\n", maxsplit=1)[0].split())
    return f"{title}: {first} [response: {exchange.status} {body}]"


def _exchange(interaction: Interaction, target: Target, document: Document) -> Exchange | None:
    request, response = interaction.request, interaction.response
    if response is None:
        return None
    parts = urlsplit(request.uri)
    sent = parts.path + (f"?{parts.query}" if parts.query else "")
    prefix = urlsplit(target.base_url).path
    sent = sent.removeprefix(prefix)
    operation, values = document.find(request.method, sent)
    headers = {name: ", ".join(each) for name, each in request.headers.items()}
    for name, value in headers.items():
        if value == f"Bearer {target.api_key}":
            headers[name] = KEY_PLACEHOLDER
    return Exchange(
        part=PART,
        method=request.method,
        target=sent,
        request_headers=headers,
        request_body=request.body or b"",
        status=response.status_code,
        headers={name.lower(): ", ".join(values) for name, values in response.headers.items()},
        content=response.content,
        operation=operation,
        path=values,
        truncated=response.stream_cut_short,
    )
