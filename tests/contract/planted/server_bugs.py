"""Bugs for the sandbox: violations of the document, and of the documented semantics."""

import json
import re
from collections.abc import Callable
from typing import Any

from planting import Bug, PlantedRequest, PlantedResponse

CHAT = "/v1/chat/completions"
JSON = {"content-type": "application/json"}


def on_json(kind: str, change: Callable[[Any], Any]) -> Callable[[PlantedRequest, PlantedResponse], None]:
    """Return a function that changes the JSON of 200 responses to requests whose `kind` matches."""

    def on_response(request: PlantedRequest, answer: PlantedResponse) -> None:
        if re.fullmatch(kind, request.kind) and answer.status == 200 and answer.content:
            answer.json = change(answer.json)

    return on_response


def _without_region(endpoints: Any) -> Any:
    return [{name: value for name, value in each.items() if name != "region"} for each in endpoints]


def _accepted(request: PlantedRequest, answer: PlantedResponse) -> None:
    if request.kind == "POST start" and answer.status == 200:
        answer.status = 202


def _plain_text(request: PlantedRequest, answer: PlantedResponse) -> None:
    if request.kind == "GET tasks" and answer.status == 200:
        answer.headers["content-type"] = "text/plain"


def _no_request_id(request: PlantedRequest, answer: PlantedResponse) -> None:
    if request.kind == "POST match":
        answer.headers.pop("x-request-id", None)


def _crash(request: PlantedRequest) -> PlantedResponse | None:
    if request.kind == "POST match" and request.json.get("top_k", 5) in (49, 50):
        return PlantedResponse(500, dict(JSON), b'{"detail":"index out of range"}')
    return None


def _clamp(request: PlantedRequest) -> None:
    top_k = request.json.get("top_k")
    if request.kind == "POST match" and isinstance(top_k, int) and top_k > 50:
        request.change(top_k=50)


def _null_spend(cost: Any) -> Any:
    return {**cost, "spend_micro_usd": None}


def _refused(place: list[str], said: str) -> PlantedResponse:
    problem = {"loc": place, "msg": said, "type": "value_error"}
    return PlantedResponse(422, dict(JSON), json.dumps({"detail": [problem]}).encode())


def _refuse_minutes(request: PlantedRequest) -> PlantedResponse | None:
    if request.kind == "GET uptime" and re.search(r"window=\d+m", request.query):
        return _refused(["query", "window"], "no minutes")
    return None


def _refuse_the_most(request: PlantedRequest) -> PlantedResponse | None:
    if request.kind == "POST match" and request.json.get("top_k") == 50:
        return _refused(["body", "top_k"], "too many")
    return None


def _let_in(request: PlantedRequest) -> PlantedResponse | None:
    if request.kind == "GET tasks" and request.method == "GET" and "authorization" not in request.headers:
        return PlantedResponse(200, dict(JSON), b'{"tasks":[]}')
    return None


def _let_in_with_any_key(request: PlantedRequest) -> PlantedResponse | None:
    if request.kind == "GET models" and "wrong" in request.headers.get("authorization", ""):
        return PlantedResponse(200, dict(JSON), b'{"object":"list","data":[]}')
    return None


def _pct_as_text(request: PlantedRequest, piece: bytes) -> bytes:
    return re.sub(rb'"pct":(\d+)', rb'"pct":"\1 %"', piece)


def _put(request: PlantedRequest) -> PlantedResponse | None:
    if request.method in ("PUT", "PATCH") and request.path == "/v1/models":
        return PlantedResponse(200, dict(JSON), b'{"object":"list","data":[]}')
    return None


def _bare_error(request: PlantedRequest, answer: PlantedResponse) -> None:
    if answer.status == 404:
        answer.json = {"error": "not found"}


def _no_wait(request: PlantedRequest, answer: PlantedResponse) -> None:
    if answer.status == 429:
        answer.headers.pop("retry-after", None)


AGAINST_THE_DOCUMENT = (
    Bug(
        name="a required field is missing",
        found_by="test_any_request_of_list_endpoints",
        check="response_schema_conformance",
        on_response=on_json("GET endpoints", _without_region),
    ),
    Bug(
        name="an undocumented status",
        quick=True,
        found_by="test_every_status_is_documented",
        on_response=_accepted,
    ),
    Bug(
        name="another content type",
        found_by="test_every_content_type_is_documented",
        on_response=_plain_text,
    ),
    Bug(
        name="no request id",
        found_by="test_every_response_has_a_request_id",
        on_response=_no_request_id,
    ),
    Bug(
        name="a crash at a boundary",
        quick=True,
        found_by="test_any_request_of_match_task",
        check="not_a_server_error",
        on_request=_crash,
    ),
    Bug(
        name="invalid values are accepted",
        found_by="test_any_request_of_match_task",
        check="negative_data_rejection",
        on_request=_clamp,
    ),
    Bug(
        name="valid values are refused",
        found_by="test_any_request_of_match_task",
        check="positive_data_acceptance",
        on_request=_refuse_the_most,
    ),
    Bug(
        name="a number is null",
        quick=True,
        found_by="test_savings_add_up",
        check="a response does not have the documented shape (TypeError: ",
        runs=("test_windows_are_accepted",),
        on_response=on_json("GET cost", _null_spend),
    ),
    Bug(name="windows of minutes are refused", found_by="test_windows_are_accepted", on_request=_refuse_minutes),
    Bug(name="no key is needed", quick=True, found_by="test_a_valid_key_is_required", on_request=_let_in),
    Bug(
        name="any key will do",
        quick=True,
        found_by="test_any_request_of_list_models",
        check="ignored_auth: with a wrong key it returns 200",
        on_request=_let_in_with_any_key,
    ),
    Bug(
        name="a malformed event",
        quick=True,
        found_by="test_every_event_fits_its_schema",
        on_piece=_pct_as_text,
    ),
    Bug(
        name="a method that is not documented",
        quick=True,
        found_by="test_any_request_of_list_models",
        check="unsupported_method",
        on_request=_put,
    ),
    Bug(
        name="an error without detail",
        found_by="test_every_error_has_a_detail",
        runs=("test_reading_what_is_unknown_returns_404",),
        on_response=_bare_error,
    ),
    Bug(
        name="a 429 that does not say when",
        quick=True,
        found_by="test_every_429_says_when_to_retry",
        runs=("test_every_documented_response_is_seen",),
        on_response=_no_wait,
    ),
)


def _refund(platform: Any, request: PlantedRequest, status: int) -> None:
    if request.path == CHAT and status == 200:
        row = platform.store.endpoint(request.json["model"])
        platform.store.balance += platform.catalog[row.task].entry(row.model).price


def _twice(cost: Any) -> Any:
    spend = 2 * cost["spend_micro_usd"]
    return {**cost, "spend_micro_usd": spend, "savings_micro_usd": cost["frontier_baseline_micro_usd"] - spend}


def _says(kind: str, status: str) -> Callable[[PlantedRequest], PlantedResponse | None]:
    def request(request: PlantedRequest) -> PlantedResponse | None:
        if request.kind == kind:
            name = request.path.split("/")[3]
            return PlantedResponse(200, dict(JSON), json.dumps({"id": name, "status": status}).encode())
        return None

    return request


def _no_delete(request: PlantedRequest) -> PlantedResponse | None:
    if request.method == "DELETE" and "contract-" in request.path:
        return PlantedResponse(204, {}, b"")
    return None


def _no_complete(request: PlantedRequest, piece: bytes) -> bytes:
    return b": gone\n\n" if b"event: complete" in piece else piece


def _no_done(request: PlantedRequest, piece: bytes) -> bytes:
    return b": gone\n\n" if b"[DONE]" in piece else piece


def _without(*names: str) -> Callable[[PlantedRequest], None]:
    def request(request: PlantedRequest) -> None:
        if any(name in request.json for name in names):
            request.change(**dict.fromkeys(names))

    return request


def _without_query(name: str) -> Callable[[PlantedRequest], None]:
    def request(request: PlantedRequest) -> None:
        request.query = "&".join(each for each in request.query.split("&") if not each.startswith(f"{name}="))

    return request


def _leak(board: Any) -> Any:
    return {**board, "models": [{**each, "weights": "Qwen/Qwen2.5-7B-Instruct"} for each in board["models"]]}


def _other_endpoint(request: PlantedRequest) -> None:
    if request.method == "GET" and request.path == "/v1/endpoints/ep_a1b2c3":
        request.path = "/v1/endpoints/ep_seed01"


def _miscount(completion: Any) -> Any:
    usage = completion["usage"]
    return {**completion, "usage": {**usage, "total_tokens": usage["total_tokens"] + 1}}


def _no_key(request: PlantedRequest) -> None:
    request.headers.pop("idempotency-key", None)


def _cheapest(request: PlantedRequest) -> None:
    if request.kind == "POST endpoints" and request.json.get("model", "recommended") == "recommended" and request.json:
        request.change(model="mistral-3")


def _same_id(request: PlantedRequest, answer: PlantedResponse) -> None:
    if request.kind == "GET leaderboard":
        answer.headers["x-request-id"] = "req_leaderboard"


def _back(request: PlantedRequest, piece: bytes) -> bytes:
    return piece.replace(b'"pct":75', b'"pct":5')


def _all_models(models: Any) -> Any:
    stopped = {"id": "ep_d4e5f6", "object": "model", "owned_by": "pareta", "created": 1767776400}
    return {**models, "data": [*models["data"][:2], stopped, *models["data"][2:]]}


def _other_chunk_ids(request: PlantedRequest, piece: bytes) -> bytes:
    return piece.replace(b'"id":"chatcmpl-', b'"id":"chatcmpl-x', 1) if b'"role"' in piece else piece


def _forget(feed: Any) -> Any:
    return {**feed, "errors": 0, "series": [{**each, "errors": 0} for each in feed["series"]]}


AGAINST_SEMANTICS = (
    Bug(name="no debit", quick=True, found_by="test_the_balance_is_debited", after_response=_refund),
    Bug(name="billed twice", found_by="test_a_completion_is_billed", on_response=on_json("GET cost", _twice)),
    Bug(
        name="start does nothing",
        found_by="test_a_started_endpoint_becomes_live",
        on_request=_says("POST start", "starting"),
    ),
    Bug(
        name="stop does nothing",
        quick=True,
        found_by="test_a_stopped_endpoint_is_stopped_everywhere",
        on_request=_says("POST stop", "stopped"),
    ),
    Bug(name="delete does nothing", found_by="test_a_deleted_endpoint_is_gone", on_request=_no_delete),
    Bug(
        name="no terminal event",
        found_by="test_a_deploy_stream_ends_once",
        on_piece=_no_complete,
    ),
    Bug(
        name="no [DONE]",
        found_by="test_a_chat_stream_ends_with_done",
        on_piece=_no_done,
    ),
    Bug(
        name="max_tokens is ignored",
        quick=True,
        found_by="test_max_tokens_is_obeyed",
        on_request=_without("max_tokens", "max_completion_tokens"),
    ),
    Bug(name="stop is ignored", found_by="test_stop_is_obeyed", on_request=_without("stop")),
    Bug(name="top_k is ignored", found_by="test_top_k_is_obeyed", on_request=_without("top_k")),
    Bug(name="examples_n is ignored", found_by="test_examples_n_is_obeyed", on_request=_without_query("examples_n")),
    Bug(name="group_by is ignored", found_by="test_group_by_is_obeyed", on_request=_without_query("group_by")),
    Bug(
        name="raw weights are shown",
        found_by="test_no_response_discloses_weights_or_hardware",
        on_response=on_json("GET leaderboard", _leak),
    ),
    Bug(
        name="another endpoint comes back",
        found_by="test_a_response_is_of_what_was_requested",
        on_request=_other_endpoint,
    ),
    Bug(
        name="usage does not add up",
        found_by="test_usage_adds_up",
        on_response=on_json("POST completions", _miscount),
    ),
    Bug(
        name="idempotency keys are ignored",
        quick=True,
        found_by="test_a_repeated_completion_is_billed_once",
        on_request=_no_key,
    ),
    Bug(
        name="the recommended model is not deployed",
        found_by="test_the_recommended_model_is_deployed",
        on_request=_cheapest,
    ),
    Bug(
        name="a request id is given twice",
        found_by="test_no_two_responses_share_a_request_id",
        runs=("test_leaderboards_are_ranked",),
        on_response=_same_id,
    ),
    Bug(
        name="progress falls",
        found_by="test_the_progress_of_a_deployment_rises",
        on_piece=_back,
    ),
    Bug(
        name="a stopped endpoint is among the models",
        found_by="test_the_models_are_the_live_endpoints",
        on_response=on_json("GET models", _all_models),
    ),
    Bug(
        name="chunk ids differ",
        found_by="test_the_chunks_of_a_completion_have_one_id",
        on_piece=_other_chunk_ids,
    ),
    Bug(
        name="refusals are not counted",
        found_by="test_a_refusal_is_counted",
        on_response=on_json("GET activity", _forget),
    ),
    Bug(
        name="start does nothing, seen by the model",
        quick=True,
        found_by="test_the_server_agrees_with_a_model_of_it",
        on_request=_says("POST start", "starting"),
    ),
    Bug(
        name="delete does nothing, seen by the model",
        found_by="test_the_server_agrees_with_a_model_of_it",
        on_request=_no_delete,
    ),
)
BUGS = (*AGAINST_THE_DOCUMENT, *AGAINST_SEMANTICS)
