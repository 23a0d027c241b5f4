"""Operations of the API: functions that make a call from arguments. They send nothing.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

from .models import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatMessageParam,
    DeployComplete,
    DeployFailure,
    DeployProgress,
    Endpoint,
    EndpointActivity,
    EndpointCost,
    EndpointPerformance,
    EndpointQuality,
    EndpointState,
    EndpointUptime,
    ErrorBody,
    Leaderboard,
    Message,
    ModelList,
    ResponseFormatParam,
    StreamOptionsParam,
    Task,
    TaskList,
    TaskMatch,
    ToolChoiceParam,
    ToolParam,
    ValidationFailure,
)
from .types import (
    UNSET,
    Call,
    Operation,
    StreamCall,
    Unset,
    encode_body,
    encode_headers,
    encode_query,
    quote_segment,
    require,
)

LIST_MODELS = Operation(
    id="list_models",
    method="GET",
    path="/v1/models",
    response_type=ModelList,
    errors={"401 429 503": ErrorBody},
    idempotent=True,
)


def list_models() -> Call[ModelList]:
    """List the models that can be called now.

    Lists the organisation's endpoints that are live and have a URL, each under the id that a chat completion takes
    as `model`. Stopped, starting and failed endpoints are left out. One page, whole.
    """
    return Call(operation=LIST_MODELS, path="/v1/models", response_type=ModelList)


LIST_ENDPOINTS = Operation(
    id="list_endpoints",
    method="GET",
    path="/v1/endpoints",
    response_type=Endpoint,
    is_list=True,
    errors={"401 429 503": ErrorBody},
    idempotent=True,
)


def list_endpoints() -> Call[list[Endpoint]]:
    """List every endpoint.

    Lists all endpoints that the organisation can access, in any status, oldest first.
    """
    return Call(operation=LIST_ENDPOINTS, path="/v1/endpoints", response_type=Endpoint)


DEPLOY_ENDPOINT = Operation(
    id="deploy_endpoint",
    method="POST",
    path="/v1/endpoints",
    errors={"400 401 409 429 503": ErrorBody, "422": ValidationFailure},
    events={"progress": DeployProgress, "complete": DeployComplete, "error": DeployFailure},
    terminal=frozenset({"complete", "error"}),
    headers=frozenset({"idempotency-key"}),
)


def deploy_endpoint(
    *,
    task: str | None,
    model: str | None = "recommended",
    name: str | Unset = UNSET,
    idempotency_key: str | None = None,
    extra_body: Mapping[str, Any] | None = None,
) -> StreamCall[DeployProgress | DeployComplete | DeployFailure]:
    """Deploy a model for a task.

    Starts a deployment and reports it as server-sent events: any number of `progress`, then exactly one of
    `complete` and `error`. Comment lines keep a quiet stream open. The deployment goes on when the client leaves;
    its endpoint can be retrieved by the path in `Location`.

    Args:
        task: The id of a task, as in `Task.id`.
        model: An alias of the task's leaderboard, or `recommended` for the one that it recommends. Default:
            `"recommended"`.
        name: A name for the endpoint, which is its id too. One is made up where it is left out. At most 128
            characters.
        idempotency_key: Names a logical call, and is the same on each of its retries: while the first is being
            answered, a repetition joins it, and afterwards it gets the same answer. It has one effect. A key that
            was used for another request answers 422. At most 255 characters.
        extra_body: Fields of the body that the document does not declare.

    Raises:
        ValueError: `task` or `model` is None or empty, or an undeclared name is also given as an argument.

    """
    return StreamCall(
        operation=DEPLOY_ENDPOINT,
        path="/v1/endpoints",
        headers=encode_headers({"Idempotency-Key": idempotency_key}),
        body=encode_body({"task": require("task", task), "model": require("model", model), "name": name}, extra_body),
    )


RETRIEVE_ENDPOINT = Operation(
    id="retrieve_endpoint",
    method="GET",
    path="/v1/endpoints/{endpoint_id}",
    response_type=Endpoint,
    errors={"401 404 429 503": ErrorBody},
    idempotent=True,
)


def retrieve_endpoint(endpoint_id: str | None) -> Call[Endpoint]:
    """Retrieve an endpoint.

    Returns one endpoint, in whatever status it is.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=RETRIEVE_ENDPOINT,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}",
        response_type=Endpoint,
    )


DELETE_ENDPOINT = Operation(
    id="delete_endpoint",
    method="DELETE",
    path="/v1/endpoints/{endpoint_id}",
    no_content=True,
    errors={"401 404 409 429 503": ErrorBody},
    idempotent=True,
)


def delete_endpoint(endpoint_id: str | None) -> Call[None]:
    """Delete an endpoint for good.

    Removes the endpoint, its name becomes free, and its metrics are gone with it. A protected endpoint answers 409.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path.

    """
    return Call(operation=DELETE_ENDPOINT, path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}")


START_ENDPOINT = Operation(
    id="start_endpoint",
    method="POST",
    path="/v1/endpoints/{endpoint_id}/start",
    response_type=EndpointState,
    errors={"401 404 409 429 503": ErrorBody, "422": ValidationFailure},
    headers=frozenset({"idempotency-key"}),
)


def start_endpoint(endpoint_id: str | None, *, idempotency_key: str | None = None) -> Call[EndpointState]:
    """Start a stopped endpoint.

    Resumes a stopped endpoint. It is cold for a moment: `starting`, then `live`. Starting one that is live changes
    nothing; one that is still being deployed answers 409.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        idempotency_key: Names a logical call, and is the same on each of its retries: while the first is being
            answered, a repetition joins it, and afterwards it gets the same answer. It has one effect. A key that
            was used for another request answers 422. At most 255 characters.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=START_ENDPOINT,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/start",
        headers=encode_headers({"Idempotency-Key": idempotency_key}),
        response_type=EndpointState,
    )


STOP_ENDPOINT = Operation(
    id="stop_endpoint",
    method="POST",
    path="/v1/endpoints/{endpoint_id}/stop",
    response_type=EndpointState,
    errors={"401 404 409 429 503": ErrorBody, "422": ValidationFailure},
    headers=frozenset({"idempotency-key"}),
)


def stop_endpoint(endpoint_id: str | None, *, idempotency_key: str | None = None) -> Call[EndpointState]:
    """Stop an endpoint.

    Pauses an endpoint: it costs nothing and serves nothing until it is started again. Stopping one that is stopped
    changes nothing; a protected endpoint answers 409.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        idempotency_key: Names a logical call, and is the same on each of its retries: while the first is being
            answered, a repetition joins it, and afterwards it gets the same answer. It has one effect. A key that
            was used for another request answers 422. At most 255 characters.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=STOP_ENDPOINT,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/stop",
        headers=encode_headers({"Idempotency-Key": idempotency_key}),
        response_type=EndpointState,
    )


ENDPOINT_PERFORMANCE = Operation(
    id="endpoint_performance",
    method="GET",
    path="/v1/endpoints/{endpoint_id}/performance",
    response_type=EndpointPerformance,
    errors={"401 404 429 503": ErrorBody, "422": ValidationFailure},
    idempotent=True,
)


def endpoint_performance(
    endpoint_id: str | None, *, window: str | None = None, filters: Mapping[str, Any] | None = None
) -> Call[EndpointPerformance]:
    """Latency of an endpoint.

    Returns percentiles of the time from a completion's request to the end of its answer.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left
            out.
        filters: Any further parameters. What the server does not know it ignores.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path, or an undeclared name is also
            given as an argument.

    """
    return Call(
        operation=ENDPOINT_PERFORMANCE,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/performance",
        query=encode_query({"window": window}, filters),
        response_type=EndpointPerformance,
    )


ENDPOINT_UPTIME = Operation(
    id="endpoint_uptime",
    method="GET",
    path="/v1/endpoints/{endpoint_id}/uptime",
    response_type=EndpointUptime,
    errors={"401 404 429 503": ErrorBody, "422": ValidationFailure},
    idempotent=True,
)


def endpoint_uptime(
    endpoint_id: str | None, *, window: str | None = None, filters: Mapping[str, Any] | None = None
) -> Call[EndpointUptime]:
    """Availability of an endpoint.

    Returns the share of the window that the endpoint was live, of the time that it was meant to be, and what
    interrupted it. Time in which it was stopped on purpose does not count.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left
            out.
        filters: Any further parameters. What the server does not know it ignores.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path, or an undeclared name is also
            given as an argument.

    """
    return Call(
        operation=ENDPOINT_UPTIME,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/uptime",
        query=encode_query({"window": window}, filters),
        response_type=EndpointUptime,
    )


ENDPOINT_COST = Operation(
    id="endpoint_cost",
    method="GET",
    path="/v1/endpoints/{endpoint_id}/cost",
    response_type=EndpointCost,
    errors={"401 404 429 503": ErrorBody, "422": ValidationFailure},
    idempotent=True,
)


def endpoint_cost(
    endpoint_id: str | None,
    *,
    window: str | None = None,
    group_by: Literal["day", "hour"] | str | None = None,
    filters: Mapping[str, Any] | None = None,
) -> Call[EndpointCost]:
    """Spend and savings of an endpoint.

    Returns what the endpoint's completions cost, and what the same number of requests would have cost on the
    frontier model of the task's leaderboard. It is not the organisation's balance.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left
            out.
        group_by: Adds `groups`, the same figures for each day or each hour (UTC) that had a completion.
        filters: Any further parameters. What the server does not know it ignores.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path, or an undeclared name is also
            given as an argument.

    """
    return Call(
        operation=ENDPOINT_COST,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/cost",
        query=encode_query({"window": window, "group_by": group_by}, filters),
        response_type=EndpointCost,
    )


ENDPOINT_QUALITY = Operation(
    id="endpoint_quality",
    method="GET",
    path="/v1/endpoints/{endpoint_id}/quality",
    response_type=EndpointQuality,
    errors={"401 404 429 503": ErrorBody, "422": ValidationFailure},
    idempotent=True,
)


def endpoint_quality(
    endpoint_id: str | None, *, window: str | None = None, filters: Mapping[str, Any] | None = None
) -> Call[EndpointQuality]:
    """Judged quality of an endpoint.

    Returns how the task's scorer judged the endpoint's completions, in judge windows of one hour. Hours without a
    judged completion are left out.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left
            out.
        filters: Any further parameters. What the server does not know it ignores.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path, or an undeclared name is also
            given as an argument.

    """
    return Call(
        operation=ENDPOINT_QUALITY,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/quality",
        query=encode_query({"window": window}, filters),
        response_type=EndpointQuality,
    )


ENDPOINT_ACTIVITY = Operation(
    id="endpoint_activity",
    method="GET",
    path="/v1/endpoints/{endpoint_id}/activity",
    response_type=EndpointActivity,
    errors={"401 404 429 503": ErrorBody, "422": ValidationFailure},
    idempotent=True,
)


def endpoint_activity(
    endpoint_id: str | None, *, window: str | None = None, filters: Mapping[str, Any] | None = None
) -> Call[EndpointActivity]:
    """Usage of an endpoint.

    Returns how many completions and tokens the endpoint served and how many requests for a completion failed, in
    all and for each hour (UTC) that had any.

    Args:
        endpoint_id: An endpoint's id, as in `Endpoint.id` or `Model.id`.
        window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left
            out.
        filters: Any further parameters. What the server does not know it ignores.

    Raises:
        ValueError: `endpoint_id` is None, empty, or not allowed in a URL path, or an undeclared name is also
            given as an argument.

    """
    return Call(
        operation=ENDPOINT_ACTIVITY,
        path=f"/v1/endpoints/{quote_segment('endpoint_id', endpoint_id)}/activity",
        query=encode_query({"window": window}, filters),
        response_type=EndpointActivity,
    )


CREATE_CHAT_COMPLETION = Operation(
    id="create_chat_completion",
    method="POST",
    path="/v1/chat/completions",
    response_type=ChatCompletion,
    errors={"401 402 404 429 503": ErrorBody, "422": ValidationFailure},
    events={"message": ChatCompletionChunk},
    done="[DONE]",
    headers=frozenset({"idempotency-key"}),
)


@overload
def create_chat_completion(
    *,
    model: str | None,
    messages: Sequence[ChatMessageParam | Message],
    stream: Literal[False] | None | Unset = UNSET,
    stream_options: StreamOptionsParam | None | Unset = UNSET,
    max_tokens: int | None | Unset = UNSET,
    max_completion_tokens: int | None | Unset = UNSET,
    stop: str | Sequence[str] | None | Unset = UNSET,
    temperature: float | None | Unset = UNSET,
    top_p: float | None | Unset = UNSET,
    frequency_penalty: float | None | Unset = UNSET,
    presence_penalty: float | None | Unset = UNSET,
    seed: int | None | Unset = UNSET,
    tools: Sequence[ToolParam] | Unset = UNSET,
    tool_choice: Literal["none", "auto", "required"] | str | ToolChoiceParam | Unset = UNSET,
    parallel_tool_calls: bool | Unset = UNSET,
    response_format: ResponseFormatParam | Unset = UNSET,
    user: str | Unset = UNSET,
    idempotency_key: str | None = None,
    extra_body: Mapping[str, Any] | None = None,
) -> Call[ChatCompletion]: ...
@overload
def create_chat_completion(
    *,
    model: str | None,
    messages: Sequence[ChatMessageParam | Message],
    stream: Literal[True],
    stream_options: StreamOptionsParam | None | Unset = UNSET,
    max_tokens: int | None | Unset = UNSET,
    max_completion_tokens: int | None | Unset = UNSET,
    stop: str | Sequence[str] | None | Unset = UNSET,
    temperature: float | None | Unset = UNSET,
    top_p: float | None | Unset = UNSET,
    frequency_penalty: float | None | Unset = UNSET,
    presence_penalty: float | None | Unset = UNSET,
    seed: int | None | Unset = UNSET,
    tools: Sequence[ToolParam] | Unset = UNSET,
    tool_choice: Literal["none", "auto", "required"] | str | ToolChoiceParam | Unset = UNSET,
    parallel_tool_calls: bool | Unset = UNSET,
    response_format: ResponseFormatParam | Unset = UNSET,
    user: str | Unset = UNSET,
    idempotency_key: str | None = None,
    extra_body: Mapping[str, Any] | None = None,
) -> StreamCall[ChatCompletionChunk]: ...
@overload
def create_chat_completion(
    *,
    model: str | None,
    messages: Sequence[ChatMessageParam | Message],
    stream: bool | None | Unset = UNSET,
    stream_options: StreamOptionsParam | None | Unset = UNSET,
    max_tokens: int | None | Unset = UNSET,
    max_completion_tokens: int | None | Unset = UNSET,
    stop: str | Sequence[str] | None | Unset = UNSET,
    temperature: float | None | Unset = UNSET,
    top_p: float | None | Unset = UNSET,
    frequency_penalty: float | None | Unset = UNSET,
    presence_penalty: float | None | Unset = UNSET,
    seed: int | None | Unset = UNSET,
    tools: Sequence[ToolParam] | Unset = UNSET,
    tool_choice: Literal["none", "auto", "required"] | str | ToolChoiceParam | Unset = UNSET,
    parallel_tool_calls: bool | Unset = UNSET,
    response_format: ResponseFormatParam | Unset = UNSET,
    user: str | Unset = UNSET,
    idempotency_key: str | None = None,
    extra_body: Mapping[str, Any] | None = None,
) -> Call[ChatCompletion] | StreamCall[ChatCompletionChunk]: ...
def create_chat_completion(
    *,
    model: str | None,
    messages: Sequence[ChatMessageParam | Message],
    stream: bool | None | Unset = UNSET,
    stream_options: StreamOptionsParam | None | Unset = UNSET,
    max_tokens: int | None | Unset = UNSET,
    max_completion_tokens: int | None | Unset = UNSET,
    stop: str | Sequence[str] | None | Unset = UNSET,
    temperature: float | None | Unset = UNSET,
    top_p: float | None | Unset = UNSET,
    frequency_penalty: float | None | Unset = UNSET,
    presence_penalty: float | None | Unset = UNSET,
    seed: int | None | Unset = UNSET,
    tools: Sequence[ToolParam] | Unset = UNSET,
    tool_choice: Literal["none", "auto", "required"] | str | ToolChoiceParam | Unset = UNSET,
    parallel_tool_calls: bool | Unset = UNSET,
    response_format: ResponseFormatParam | Unset = UNSET,
    user: str | Unset = UNSET,
    idempotency_key: str | None = None,
    extra_body: Mapping[str, Any] | None = None,
) -> Call[ChatCompletion] | StreamCall[ChatCompletionChunk]:
    """Complete a chat.

    Answers a conversation, in one piece or, with `stream`, as chunks. Compatible with OpenAI's operation of the
    same path; fields beyond those declared are passed on to the model's server.

    A completion debits the organisation's balance by its alias's `cost_per_request_micro_usd`; an empty balance
    answers 402. An endpoint that is stopped, starting or failed answers 503: with `Retry-After` while it starts,
    with `x-should-retry: false` when waiting does not help.

    Args:
        model: The id of a live endpoint, as in `Model.id`.
        messages: The conversation so far, oldest first.
        stream: Whether to answer in chunks.
        stream_options: What a stream carries beside the answer.
        max_tokens: The most tokens to write. At least 1.
        max_completion_tokens: The most tokens to write, under its newer name, which wins where both are given.
            At least 1.
        stop: Text before which the answer ends, or up to four of them.
        temperature: How varied the answer is: 0 is the likeliest, 2 the most varied.
        top_p: The share of likeliest tokens to choose among, from 0 to 1.
        frequency_penalty: How far to avoid tokens by how often they came, from -2 to 2.
        presence_penalty: How far to avoid tokens that came at all, from -2 to 2.
        seed: Makes repetitions of a request alike where the model can.
        tools: The functions that the model may ask to have called.
        tool_choice: Whether the model may, must or must not ask for a function, or which one it must ask for.
        parallel_tool_calls: Whether the model may ask for several functions at once.
        response_format: The form of the answer.
        user: Your own name for the person that asks, to tell abuse apart.
        idempotency_key: Names a logical call, and is the same on each of its retries: while the first is being
            answered, a repetition joins it, and afterwards it gets the same answer. It has one effect. A key that
            was used for another request answers 422. At most 255 characters.
        extra_body: Fields of the body that the document does not declare.

    Raises:
        ValueError: `model` or `messages` is None or empty, or an undeclared name is also given as an argument.

    """
    _path = "/v1/chat/completions"
    _headers = encode_headers({"Idempotency-Key": idempotency_key})
    _body = encode_body(
        {
            "model": require("model", model),
            "messages": require("messages", messages),
            "stream": stream,
            "stream_options": stream_options,
            "max_tokens": max_tokens,
            "max_completion_tokens": max_completion_tokens,
            "stop": stop,
            "temperature": temperature,
            "top_p": top_p,
            "frequency_penalty": frequency_penalty,
            "presence_penalty": presence_penalty,
            "seed": seed,
            "tools": tools,
            "tool_choice": tool_choice,
            "parallel_tool_calls": parallel_tool_calls,
            "response_format": response_format,
            "user": user,
        },
        extra_body,
    )
    if stream:
        return StreamCall(operation=CREATE_CHAT_COMPLETION, path=_path, headers=_headers, body=_body)
    return Call(
        operation=CREATE_CHAT_COMPLETION, path=_path, headers=_headers, body=_body, response_type=ChatCompletion
    )


LIST_TASKS = Operation(
    id="list_tasks",
    method="GET",
    path="/v1/tasks",
    response_type=TaskList,
    errors={"401 429 503": ErrorBody},
    idempotent=True,
)


def list_tasks() -> Call[TaskList]:
    """List the catalog of tasks.

    Lists every task that a model can be deployed for. One page, whole.
    """
    return Call(operation=LIST_TASKS, path="/v1/tasks", response_type=TaskList)


MATCH_TASK = Operation(
    id="match_task",
    method="POST",
    path="/v1/tasks/match",
    response_type=TaskMatch,
    errors={"401 429 503": ErrorBody, "422": ValidationFailure},
    headers=frozenset({"idempotency-key"}),
)


def match_task(*, query: str | None, top_k: int = 5, idempotency_key: str | None = None) -> Call[TaskMatch]:
    """Find the task that fits an intent.

    Ranks the catalog by how well each task fits a description in plain words. `chosen` is null when none fits well
    enough.

    Args:
        query: What you want to do, in plain words.
        top_k: How many candidates to return at most. From 1 to 50. Default: `5`.
        idempotency_key: Names a logical call, and is the same on each of its retries: while the first is being
            answered, a repetition joins it, and afterwards it gets the same answer. It has one effect. A key that
            was used for another request answers 422. At most 255 characters.

    Raises:
        ValueError: `query` is None or empty.

    """
    return Call(
        operation=MATCH_TASK,
        path="/v1/tasks/match",
        headers=encode_headers({"Idempotency-Key": idempotency_key}),
        body=encode_body({"query": require("query", query), "top_k": top_k}),
        response_type=TaskMatch,
    )


RETRIEVE_TASK = Operation(
    id="retrieve_task",
    method="GET",
    path="/v1/tasks/{task_id}",
    response_type=Task,
    errors={"401 404 429 503": ErrorBody, "422": ValidationFailure},
    idempotent=True,
)


def retrieve_task(task_id: str | None, *, examples_n: int | None = None) -> Call[Task]:
    """Retrieve a task.

    Returns one task of the catalog, with worked examples when they are asked for.

    Args:
        task_id: A task's id, as in `Task.id`.
        examples_n: How many worked examples to include. None are included unless asked for. From 0 to 20.

    Raises:
        ValueError: `task_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=RETRIEVE_TASK,
        path=f"/v1/tasks/{quote_segment('task_id', task_id)}",
        query=encode_query({"examples_n": examples_n}),
        response_type=Task,
    )


TASK_LEADERBOARD = Operation(
    id="task_leaderboard",
    method="GET",
    path="/v1/tasks/{task_id}/leaderboard",
    response_type=Leaderboard,
    errors={"401 404 429 503": ErrorBody},
    idempotent=True,
)


def task_leaderboard(task_id: str | None) -> Call[Leaderboard]:
    """Rank the models for a task.

    Returns the open models that can be deployed for a task with their measured quality and price, the one that
    `recommended` stands for, and a frontier model to compare with.

    Args:
        task_id: A task's id, as in `Task.id`.

    Raises:
        ValueError: `task_id` is None, empty, or not allowed in a URL path.

    """
    return Call(
        operation=TASK_LEADERBOARD,
        path=f"/v1/tasks/{quote_segment('task_id', task_id)}/leaderboard",
        response_type=Leaderboard,
    )


OPERATIONS: Mapping[str, Operation] = {
    operation.id: operation
    for operation in (
        LIST_MODELS,
        LIST_ENDPOINTS,
        DEPLOY_ENDPOINT,
        RETRIEVE_ENDPOINT,
        DELETE_ENDPOINT,
        START_ENDPOINT,
        STOP_ENDPOINT,
        ENDPOINT_PERFORMANCE,
        ENDPOINT_UPTIME,
        ENDPOINT_COST,
        ENDPOINT_QUALITY,
        ENDPOINT_ACTIVITY,
        CREATE_CHAT_COMPLETION,
        LIST_TASKS,
        MATCH_TASK,
        RETRIEVE_TASK,
        TASK_LEADERBOARD,
    )
}
