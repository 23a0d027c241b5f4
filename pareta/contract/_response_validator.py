"""Validation of a response against the document: status, content type, headers, body and events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from pareta.sandbox._document import EVENTS_TYPE, Document, DocumentedResponse, Operation, Schema

from ._exchange import NO_JSON, Exchange, snippet


class ResponseValidator:
    """Validates responses against the document. It compiles each schema once, on first use."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._compiled: dict[tuple[str, ...], jsonschema_rs.Draft202012Validator] = {}

    def problems(self, exchange: Exchange) -> Iterator[tuple[str, str]]:
        """Yield what is wrong, and why: `status`, `content type`, `header`, `body` or `event`."""
        operation = exchange.operation
        if operation is None:
            return
        response = operation.responses.get(str(exchange.status))
        if response is None:
            known = ", ".join(operation.responses)
            yield "status", f"the status {exchange.status} is not documented; documented are {known}"
            return
        yield from self._header_problems(response, exchange)
        if not response.content:
            if exchange.content:
                yield (
                    "body",
                    f"no body is documented, but there is one: {snippet(exchange.content.decode('latin-1'))}",
                )
            return
        if exchange.content_type not in response.content:
            found = exchange.content_type or "none"
            yield "content type", f"the content type is {found}, expected {' or '.join(response.content)}"
            return
        if exchange.content_type == EVENTS_TYPE:
            yield from self._event_problems(operation, response, exchange)
            return
        schema = response.content[exchange.content_type].schema
        if exchange.json is NO_JSON:
            yield "body", f"the body is not JSON: {snippet(exchange.content.decode('utf-8', 'replace'))}"
            return
        for reason in self._failures((operation.id, response.status, exchange.content_type), schema, exchange.json):
            yield "body", reason

    def _header_problems(self, response: DocumentedResponse, exchange: Exchange) -> Iterator[tuple[str, str]]:
        for name, (required, schema) in response.headers.items():
            value = exchange.headers.get(name)
            if value is None and required:
                yield "header", f"the header {name} is missing"
            elif value is not None:
                for reason in self._failures((name,), schema, value):
                    yield "header", f"the header {name}: {reason}"

    def _event_problems(
        self, operation: Operation, response: DocumentedResponse, exchange: Exchange
    ) -> Iterator[tuple[str, str]]:
        schemas = event_schemas(self._document, response.content[EVENTS_TYPE].schema)
        for name, data in exchange.events:
            if data in schemas.terminators:
                continue
            schema = schemas.by_name.get(name)
            if schema is None:
                yield "event", f"the event {name!r} is not documented"
                continue
            try:
                payload = json.loads(data)
            except ValueError:
                yield "event", f"the data of {name!r} is not JSON: {snippet(data)}"
                continue
            for reason in self._failures((operation.id, name), schema, payload):
                yield "event", f"the event {name!r}: {reason}"

    def _failures(self, key: tuple[str, ...], schema: Schema, value: Any) -> Iterator[str]:
        for error in self.schema_validator(key, schema).iter_errors(value):
            place = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in error.instance_path)
            yield f"${place}: {snippet(error.message)}"

    def schema_validator(self, key: tuple[str, ...], schema: Schema) -> jsonschema_rs.Draft202012Validator:
        """Return the compiled schema; `key` identifies it in the cache."""
        found = self._compiled.get(key)
        if found is None:
            standalone = self._document.standalone(schema)
            found = self._compiled[key] = jsonschema_rs.Draft202012Validator(standalone, validate_formats=True)
        return found


class EventSchemas:
    """The schemas of a stream's events by name, and the terminators, such as `[DONE]`, which are not JSON."""

    def __init__(self) -> None:
        self.by_name: dict[str, Schema] = {}
        self.terminators: set[str] = set()


def event_schemas(document: Document, schema: Schema) -> EventSchemas:
    """Return the event schemas of a stream's schema."""
    found = EventSchemas()
    for branch in (document.resolve(each) for each in schema["oneOf"]):
        properties = branch["properties"]
        data = properties["data"]
        if "const" in data:
            found.terminators.add(data["const"])
        else:
            name = properties.get("event", {}).get("const", "message")
            found.by_name[name] = data["contentSchema"]
    return found
