"""The requests that the document's examples combine to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from pareta.sandbox._document import Operation


def example_requests(operation: Operation) -> Iterator[dict[str, Any]]:
    """Yield each path and query with each body, and what the other examples of 2xx responses need."""
    names = [each.name for each in operation.parameters if each.location == "path"]
    values = [each.examples for each in operation.parameters if each.location == "path"]
    queries: list[dict[str, Any]] = [{}]
    queries += [
        {each.name: value} for each in operation.parameters if each.location == "query" for value in each.examples
    ]
    bodies: list[Any] = [None] if operation.body is None else list(operation.body.examples.values())
    for path, query, body in product(product(*values), queries, bodies):
        yield {"path": dict(zip(names, path, strict=True)), "query": query, "body": body}
    match operation.id:
        case "deploy_endpoint":
            yield {"body": {"task": "invoice-fields"}, "headers": {"x-sandbox-scenario": "deploy-fails"}}
        case "create_chat_completion":
            yield {"body": {**bodies[0], "stream": True}}
        case "start_endpoint":
            yield {"path": {"endpoint_id": "ep_d4e5f6"}}
        case _:
            return
