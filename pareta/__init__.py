"""The Python SDK of Pareta: deploy open-weights models as OpenAI-compatible endpoints, and call them.

    from pareta import Pareta

    with Pareta.from_env() as pa:
        endpoint = pa.endpoints.deploy(task="contract-key-fields", wait=True)
        answer = pa.chat.completions.create(
            model=endpoint.id,
            messages=[{"role": "user", "content": "Which law governs this contract?"}],
        )
        print(answer.choices[0].message.content)

`Pareta` blocks; `AsyncPareta` is the same for asyncio and trio. Both raise `ParetaError`s, and `ValueError`
for an invalid argument, before anything is sent.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__ as __version__

# From here on written by `make generate`: what `@public` marks, and the document's objects.
if TYPE_CHECKING:
    from pareta_generated.models import (
        ActivityHour as ActivityHour,
        AssistantMessageParam as AssistantMessageParam,
        ChatCompletionChunk as ChatCompletionChunk,
        ChatMessageParam as ChatMessageParam,
        Choice as Choice,
        ChunkChoice as ChunkChoice,
        ContentPartParam as ContentPartParam,
        CostGroup as CostGroup,
        Delta as Delta,
        DeployComplete as DeployComplete,
        DeployFailure as DeployFailure,
        DeployProgress as DeployProgress,
        DeveloperMessageParam as DeveloperMessageParam,
        EndpointActivity as EndpointActivity,
        EndpointCost as EndpointCost,
        EndpointPerformance as EndpointPerformance,
        EndpointQuality as EndpointQuality,
        EndpointState as EndpointState,
        EndpointStatus as EndpointStatus,
        EndpointUptime as EndpointUptime,
        ErrorBody as ErrorBody,
        FinishReason as FinishReason,
        FunctionCall as FunctionCall,
        FunctionCallDelta as FunctionCallDelta,
        FunctionCallParam as FunctionCallParam,
        FunctionDefinitionParam as FunctionDefinitionParam,
        FunctionNameParam as FunctionNameParam,
        ImagePartParam as ImagePartParam,
        ImageUrlParam as ImageUrlParam,
        Incident as Incident,
        JudgeWindow as JudgeWindow,
        Leaderboard as Leaderboard,
        LeaderboardEntry as LeaderboardEntry,
        Message as Message,
        Model as Model,
        ResponseFormatParam as ResponseFormatParam,
        StreamOptionsParam as StreamOptionsParam,
        SystemMessageParam as SystemMessageParam,
        Task as Task,
        TaskExample as TaskExample,
        TaskList as TaskList,
        TaskMatch as TaskMatch,
        TaskMatchCandidate as TaskMatchCandidate,
        TextPartParam as TextPartParam,
        ToolCall as ToolCall,
        ToolCallDelta as ToolCallDelta,
        ToolCallParam as ToolCallParam,
        ToolChoiceParam as ToolChoiceParam,
        ToolMessageParam as ToolMessageParam,
        ToolParam as ToolParam,
        Usage as Usage,
        UserMessageParam as UserMessageParam,
        ValidationFailure as ValidationFailure,
        ValidationProblem as ValidationProblem,
    )

    from ._async.chat import AsyncChat as AsyncChat
    from ._async.client import AsyncPareta as AsyncPareta
    from ._async.endpoints import AsyncEndpoints as AsyncEndpoints
    from ._async.ephemeral import AsyncEphemeralEndpoint as AsyncEphemeralEndpoint
    from ._async.map_results import AsyncMapResults as AsyncMapResults
    from ._async.methods import AsyncCompletions as AsyncCompletions, AsyncMetrics as AsyncMetrics
    from ._async.models import AsyncModels as AsyncModels
    from ._async.streams import (
        AsyncChatStream as AsyncChatStream,
        AsyncDeployStream as AsyncDeployStream,
        AsyncDeployWatch as AsyncDeployWatch,
        AsyncStream as AsyncStream,
    )
    from ._async.tasks import AsyncTasks as AsyncTasks
    from ._content.response import Headers as Headers, RateLimit as RateLimit, Response as Response
    from ._exceptions import (
        APIConnectionError as APIConnectionError,
        APIResponseError as APIResponseError,
        APITimeoutError as APITimeoutError,
        BudgetExceededError as BudgetExceededError,
        DeployError as DeployError,
        OperationFailedError as OperationFailedError,
        ParetaError as ParetaError,
        StreamError as StreamError,
    )
    from ._models import ChatCompletion as ChatCompletion, Endpoint as Endpoint, ModelList as ModelList
    from ._policy.hooks import Hooks as Hooks, RequestInfo as RequestInfo
    from ._policy.map_rows import MapResult as MapResult
    from ._policy.options import CallOptions as CallOptions
    from ._responses import response_of as response_of
    from ._status_errors import (
        APIStatusError as APIStatusError,
        AuthenticationError as AuthenticationError,
        BadRequestError as BadRequestError,
        ConflictError as ConflictError,
        EndpointNotReadyError as EndpointNotReadyError,
        InsufficientCreditsError as InsufficientCreditsError,
        InternalServerError as InternalServerError,
        NotFoundError as NotFoundError,
        PermissionDeniedError as PermissionDeniedError,
        RateLimitError as RateLimitError,
        UnprocessableEntityError as UnprocessableEntityError,
    )
    from ._sync.chat import Chat as Chat
    from ._sync.client import Pareta as Pareta
    from ._sync.endpoints import Endpoints as Endpoints
    from ._sync.ephemeral import EphemeralEndpoint as EphemeralEndpoint
    from ._sync.map_results import MapResults as MapResults
    from ._sync.methods import Completions as Completions, Metrics as Metrics
    from ._sync.models import Models as Models
    from ._sync.streams import (
        ChatStream as ChatStream,
        DeployStream as DeployStream,
        DeployWatch as DeployWatch,
        Stream as Stream,
    )
    from ._sync.tasks import Tasks as Tasks
    from ._tools import arguments_of as arguments_of, run_tools as run_tools, run_tools_async as run_tools_async

# Where each public name is. `import pareta` loads none of them: no HTTP library and no generated module.
_HOMES = {
    "pareta._async.chat": "AsyncChat",
    "pareta._async.client": "AsyncPareta",
    "pareta._async.endpoints": "AsyncEndpoints",
    "pareta._async.ephemeral": "AsyncEphemeralEndpoint",
    "pareta._async.map_results": "AsyncMapResults",
    "pareta._async.methods": "AsyncCompletions AsyncMetrics",
    "pareta._async.models": "AsyncModels",
    "pareta._async.streams": "AsyncChatStream AsyncDeployStream AsyncDeployWatch AsyncStream",
    "pareta._async.tasks": "AsyncTasks",
    "pareta._content.response": "Headers RateLimit Response",
    "pareta._exceptions": (
        "APIConnectionError APIResponseError APITimeoutError BudgetExceededError DeployError "
        "OperationFailedError ParetaError StreamError"
    ),
    "pareta._models": "ChatCompletion Endpoint ModelList",
    "pareta._policy.hooks": "Hooks RequestInfo",
    "pareta._policy.map_rows": "MapResult",
    "pareta._policy.options": "CallOptions",
    "pareta._responses": "response_of",
    "pareta._status_errors": (
        "APIStatusError AuthenticationError BadRequestError ConflictError EndpointNotReadyError "
        "InsufficientCreditsError InternalServerError NotFoundError PermissionDeniedError RateLimitError "
        "UnprocessableEntityError"
    ),
    "pareta._sync.chat": "Chat",
    "pareta._sync.client": "Pareta",
    "pareta._sync.endpoints": "Endpoints",
    "pareta._sync.ephemeral": "EphemeralEndpoint",
    "pareta._sync.map_results": "MapResults",
    "pareta._sync.methods": "Completions Metrics",
    "pareta._sync.models": "Models",
    "pareta._sync.streams": "ChatStream DeployStream DeployWatch Stream",
    "pareta._sync.tasks": "Tasks",
    "pareta._tools": "arguments_of run_tools run_tools_async",
    "pareta_generated.models": (
        "ActivityHour AssistantMessageParam ChatCompletionChunk ChatMessageParam Choice ChunkChoice "
        "ContentPartParam CostGroup Delta DeployComplete DeployFailure DeployProgress "
        "DeveloperMessageParam EndpointActivity EndpointCost EndpointPerformance EndpointQuality "
        "EndpointState EndpointStatus EndpointUptime ErrorBody FinishReason FunctionCall "
        "FunctionCallDelta FunctionCallParam FunctionDefinitionParam FunctionNameParam ImagePartParam "
        "ImageUrlParam Incident JudgeWindow Leaderboard LeaderboardEntry Message Model "
        "ResponseFormatParam StreamOptionsParam SystemMessageParam Task TaskExample TaskList TaskMatch "
        "TaskMatchCandidate TextPartParam ToolCall ToolCallDelta ToolCallParam ToolChoiceParam "
        "ToolMessageParam ToolParam Usage UserMessageParam ValidationFailure ValidationProblem"
    ),
}
# To here.

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}
globals()["__all__"] = sorted([*_HOME_OF, "__version__"])


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
