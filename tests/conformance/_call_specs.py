"""Calls of every operation with every parameter, and the request that each must send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

_MESSAGES = [{"role": "user", "content": "Which law governs? It is governed by the laws of Ireland. ✓"}]
_TOOL = {"type": "function", "function": {"name": "note", "parameters": {"type": "object"}}}
_PARAMETERS: Final[dict[str, Any]] = {
    "max_tokens": 40,
    "max_completion_tokens": 50,
    "stop": ["zzz"],
    "temperature": 0.5,
    "top_p": 0.9,
    "frequency_penalty": 0.1,
    "presence_penalty": -0.1,
    "seed": 5,
    "tools": [_TOOL],
    "tool_choice": "auto",
    "parallel_tool_calls": False,
    "response_format": {"type": "text"},
    "user": "someone",
}
_ID = "ep_a1b2c3"


@frozen(kw_only=True, eq=False)
class CallSpec:
    """A call and the request that it must send."""

    operation: str
    call: Callable[[Any], Any]
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None


def _feed(feed: str, **more: str) -> CallSpec:
    given = {"window": "7d", **more, "source": "contract"}
    return CallSpec(
        operation=f"endpoint_{feed}",
        call=lambda client: getattr(client.endpoints.metrics(_ID), feed)(**given),
        path=f"/v1/endpoints/{_ID}/{feed}",
        query=tuple(given.items()),
    )


def _chat(**more: Any) -> CallSpec:
    body = {"model": _ID, "messages": _MESSAGES, **more}
    return CallSpec(
        operation="create_chat_completion",
        call=lambda client: client.chat.completions.create(**body),
        path="/v1/chat/completions",
        body=body,
    )


CALL_SPECS: Final = (
    CallSpec(operation="list_models", call=lambda client: client.models.list(), path="/v1/models"),
    CallSpec(operation="list_endpoints", call=lambda client: client.endpoints.list(), path="/v1/endpoints"),
    CallSpec(
        operation="deploy_endpoint",
        call=lambda client: client.endpoints.deploy(task="invoice-fields", wait=True),
        path="/v1/endpoints",
        body={"task": "invoice-fields", "model": "recommended"},
    ),
    CallSpec(
        operation="deploy_endpoint",
        call=lambda client: client.endpoints.deploy(
            task="invoice-fields", model="llama-1", name="sdk/ü ?#%", colour="red"
        ),
        path="/v1/endpoints",
        body={"task": "invoice-fields", "model": "llama-1", "name": "sdk/ü ?#%", "colour": "red"},
    ),
    CallSpec(
        operation="retrieve_endpoint",
        call=lambda client: client.endpoints.retrieve("sdk/ü ?#%"),
        path="/v1/endpoints/sdk%2F%C3%BC%20%3F%23%25",
    ),
    CallSpec(
        operation="stop_endpoint", call=lambda client: client.endpoints.stop(_ID), path=f"/v1/endpoints/{_ID}/stop"
    ),
    CallSpec(
        operation="start_endpoint", call=lambda client: client.endpoints.start(_ID), path=f"/v1/endpoints/{_ID}/start"
    ),
    CallSpec(
        operation="retrieve_endpoint",
        call=lambda client: client.endpoints.wait_until_live(_ID, poll_interval=0.01),
        path=f"/v1/endpoints/{_ID}",
    ),
    _chat(),
    _chat(**_PARAMETERS),
    _chat(stream=True, stream_options={"include_usage": True}),
    _chat(stream=False, top_logprobs=3),
    _feed("performance"),
    _feed("uptime"),
    _feed("cost", group_by="hour"),
    _feed("quality"),
    _feed("activity"),
    CallSpec(operation="list_tasks", call=lambda client: client.tasks.list(), path="/v1/tasks"),
    CallSpec(
        operation="match_task",
        call=lambda client: client.tasks.match("read contracts"),
        path="/v1/tasks/match",
        body={"query": "read contracts", "top_k": 5},
    ),
    CallSpec(
        operation="match_task",
        call=lambda client: client.tasks.match("read contracts", top_k=2),
        path="/v1/tasks/match",
        body={"query": "read contracts", "top_k": 2},
    ),
    CallSpec(
        operation="retrieve_task",
        call=lambda client: client.tasks.retrieve("invoice-fields"),
        path="/v1/tasks/invoice-fields",
    ),
    CallSpec(
        operation="retrieve_task",
        call=lambda client: client.tasks.retrieve("invoice-fields", examples_n=2),
        path="/v1/tasks/invoice-fields",
        query=(("examples_n", "2"),),
    ),
    CallSpec(
        operation="task_leaderboard",
        call=lambda client: client.tasks.leaderboard("invoice-fields"),
        path="/v1/tasks/invoice-fields/leaderboard",
    ),
    CallSpec(
        operation="task_leaderboard",
        call=lambda client: client.tasks.recommended("invoice-fields"),
        path="/v1/tasks/invoice-fields/leaderboard",
    ),
    CallSpec(
        operation="delete_endpoint", call=lambda client: client.endpoints.delete(_ID), path=f"/v1/endpoints/{_ID}"
    ),
)
"""In an order in which a fresh sandbox answers each with 2xx."""
