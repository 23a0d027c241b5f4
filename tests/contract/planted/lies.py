"""Lies of a proxy between the suite and a correct server."""

import json
from typing import Any

from planting import Bug, PlantedRequest, PlantedResponse
from server_bugs import CHAT, JSON, on_json

_COMPLETE, _LIST = "POST completions", "GET endpoints"


def _invent(_: PlantedRequest, answer: PlantedResponse) -> None:
    if answer.status == 404:
        answer.status, answer.content = 200, b"{}"


class _Cache:
    """Gives the first response of a kind to all later requests."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._kept: PlantedResponse | None = None

    def on_request(self, request: PlantedRequest) -> PlantedResponse | None:
        return self._kept if request.kind == self._kind and "authorization" in request.headers else None

    def on_response(self, request: PlantedRequest, answer: PlantedResponse) -> None:
        if request.kind == self._kind and answer.status == 200 and answer.content:
            self._kept = PlantedResponse(answer.status, {**answer.headers}, answer.content)


def _html(_: PlantedRequest, answer: PlantedResponse) -> None:
    if answer.status == 422:
        answer.headers["content-type"], answer.content = "text/html", b"<h1>Bad Gateway</h1>"


def _strip(_: PlantedRequest, answer: PlantedResponse) -> None:
    answer.headers.pop("x-request-id", None)


def _any_deployment(request: PlantedRequest) -> None:
    if request.kind == "POST endpoints" and request.json:
        request.headers.pop("idempotency-key", None)
        request.change(task="contract-key-fields", model=None)


def _no_location(_: PlantedRequest, answer: PlantedResponse) -> None:
    answer.headers.pop("location", None)


def _swallow(kind: str, status: str) -> Any:
    def request(request: PlantedRequest) -> PlantedResponse | None:
        if request.kind == kind:
            content = json.dumps({"id": request.path.split("/")[3], "status": status}).encode()
            return PlantedResponse(200, dict(JSON), content)
        return None

    return request


def _whole(request: PlantedRequest) -> None:
    if request.path == CHAT and request.json.get("stream"):
        request.change(stream=None, stream_options=None)


def _delete_says_200(request: PlantedRequest, answer: PlantedResponse) -> None:
    if request.method == "DELETE" and answer.status == 204:
        answer.status, answer.headers, answer.content = 200, {**answer.headers, **JSON}, b"{}"


class _Keyring:
    """Gives the key of the first request to all later ones."""

    def __init__(self) -> None:
        self._key = ""

    def on_request(self, request: PlantedRequest) -> None:
        self._key = self._key or request.headers["authorization"]
        request.headers["authorization"] = self._key


_OLD_LIST, _OLD_COMPLETION, _KEYRING = _Cache(_LIST), _Cache(_COMPLETE), _Keyring()
LIES = (
    Bug(
        name="it invents what is unknown",
        quick=True,
        found_by="test_reading_what_is_unknown_returns_404",
        on_response=_invent,
    ),
    Bug(
        name="it shows an old list",
        found_by="test_a_deployed_endpoint_is_listed",
        runs=("test_the_models_are_the_live_endpoints", "test_a_deployed_endpoint_is_listed"),
        on_request=_OLD_LIST.on_request,
        on_response=_OLD_LIST.on_response,
    ),
    Bug(
        name="it answers from a cache",
        found_by="test_a_completion_is_billed",
        runs=("test_max_tokens_is_obeyed", "test_a_completion_is_billed"),
        on_request=_OLD_COMPLETION.on_request,
        on_response=_OLD_COMPLETION.on_response,
    ),
    Bug(
        name="it cuts streams",
        found_by="test_a_chat_stream_ends_with_done",
        runs=("test_an_answer_is_streamed_only_on_request",),
        on_piece=lambda _, piece: b": gone\n\n" if b"[DONE]" in piece else piece,
    ),
    Bug(name="it adds a key", found_by="test_a_valid_key_is_required", on_request=_KEYRING.on_request),
    Bug(
        name="it shows errors as HTML",
        found_by="test_every_content_type_is_documented",
        runs=("test_a_malformed_request_returns_422",),
        on_response=_html,
    ),
    Bug(
        name="it strips request ids",
        quick=True,
        found_by="test_every_response_has_a_request_id",
        runs=("test_lists_begin_with_the_oldest",),
        on_response=_strip,
    ),
    Bug(
        name="it renames the model",
        found_by="test_a_response_is_of_what_was_requested",
        runs=("test_max_tokens_is_obeyed",),
        on_response=on_json(_COMPLETE, lambda completion: {**completion, "model": "gateway/default"}),
    ),
    Bug(
        name="it swallows a stop",
        quick=True,
        found_by="test_a_stopped_endpoint_is_stopped_everywhere",
        on_request=_swallow("POST stop", "stopped"),
    ),
    Bug(
        name="it renames an event",
        quick=True,
        found_by="test_a_deploy_stream_ends_once",
        runs=("test_a_deployed_endpoint_is_live", "test_a_repeated_deployment_creates_one_endpoint"),
        on_response=_no_location,
        on_piece=lambda _, piece: piece.replace(b"event: complete", b"event: completed"),
    ),
    Bug(
        name="it deploys whatever is asked",
        quick=True,
        found_by="test_what_is_unknown_is_not_deployed",
        runs=("test_what_is_unknown_is_not_deployed", "test_a_used_key_is_refused_for_another_request"),
        on_request=_any_deployment,
    ),
    Bug(
        name="it waits for the whole answer",
        found_by="test_an_answer_is_streamed_only_on_request",
        on_request=_whole,
    ),
    Bug(
        name="it deletes with another status",
        found_by="test_every_status_is_documented",
        runs=("test_a_change_leaves_the_other_endpoints",),
        on_response=_delete_says_200,
    ),
)
