"""The Python SDK of Pareta: deploy open-weights models as OpenAI-compatible endpoints, and call them.

    from pareta import Pareta

    with Pareta.from_env() as pa:
        endpoint = pa.endpoints.deploy(task="contract-key-fields", wait=True)
        answer = pa.chat.completions.create(
            model=endpoint.id,
            messages=[{"role": "user", "content": "Which law governs this contract?"}],
        )
        print(answer.choices[0].message.content)

`Pareta` blocks, `AsyncPareta` is the same for asyncio. Whatever either raises is a `ParetaError`, or a
`ValueError` for an argument that makes no sense, before anything is sent.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from pareta_generated.models import (
        ChatCompletion,
        ChatCompletionChunk,
        Choice,
        EndpointActivity,
        EndpointCost,
        EndpointPerformance,
        EndpointQuality,
        EndpointState,
        EndpointUptime,
        Leaderboard,
        LeaderboardEntry,
        Message,
        Model,
        Task,
        TaskMatch,
        TaskMatchCandidate,
        Usage,
    )

    from ._async.chat import AsyncChat, AsyncCompletions
    from ._async.client import AsyncPareta
    from ._async.endpoints import AsyncEndpoints, AsyncMetrics
    from ._async.models import AsyncModels
    from ._async.streams import AsyncChatStream, AsyncDeployStream, AsyncStream
    from ._async.tasks import AsyncTasks
    from ._exceptions import (
        APIConnectionError,
        APIResponseError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        ConflictError,
        DeployError,
        EndpointNotReadyError,
        InsufficientCreditsError,
        NotFoundError,
        ParetaError,
        PermissionDeniedError,
        RateLimitError,
        StreamError,
    )
    from ._models import Endpoint, ModelList
    from ._response import Headers, Response
    from ._sync.chat import Chat, Completions
    from ._sync.client import Pareta
    from ._sync.endpoints import Endpoints, Metrics
    from ._sync.models import Models
    from ._sync.streams import ChatStream, DeployStream, Stream
    from ._sync.tasks import Tasks

__all__ = [
    "APIConnectionError",
    "APIResponseError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncChat",
    "AsyncChatStream",
    "AsyncCompletions",
    "AsyncDeployStream",
    "AsyncEndpoints",
    "AsyncMetrics",
    "AsyncModels",
    "AsyncPareta",
    "AsyncStream",
    "AsyncTasks",
    "AuthenticationError",
    "BadRequestError",
    "Chat",
    "ChatCompletion",
    "ChatCompletionChunk",
    "ChatStream",
    "Choice",
    "Completions",
    "ConflictError",
    "DeployError",
    "DeployStream",
    "Endpoint",
    "EndpointActivity",
    "EndpointCost",
    "EndpointNotReadyError",
    "EndpointPerformance",
    "EndpointQuality",
    "EndpointState",
    "EndpointUptime",
    "Endpoints",
    "Headers",
    "InsufficientCreditsError",
    "Leaderboard",
    "LeaderboardEntry",
    "Message",
    "Metrics",
    "Model",
    "ModelList",
    "Models",
    "NotFoundError",
    "Pareta",
    "ParetaError",
    "PermissionDeniedError",
    "RateLimitError",
    "Response",
    "Stream",
    "StreamError",
    "Task",
    "TaskMatch",
    "TaskMatchCandidate",
    "Tasks",
    "Usage",
    "__version__",
]

# Where each public name is, so that `import pareta` loads none of them: neither an HTTP library nor the
# generated package, until something is used that needs it.
_HOMES = {
    "pareta._async.chat": (
        "AsyncChat",
        "AsyncCompletions",
    ),
    "pareta._async.client": ("AsyncPareta",),
    "pareta._async.endpoints": (
        "AsyncEndpoints",
        "AsyncMetrics",
    ),
    "pareta._async.models": ("AsyncModels",),
    "pareta._async.streams": (
        "AsyncChatStream",
        "AsyncDeployStream",
        "AsyncStream",
    ),
    "pareta._async.tasks": ("AsyncTasks",),
    "pareta._exceptions": (
        "APIConnectionError",
        "APIResponseError",
        "APIStatusError",
        "APITimeoutError",
        "AuthenticationError",
        "BadRequestError",
        "ConflictError",
        "DeployError",
        "EndpointNotReadyError",
        "InsufficientCreditsError",
        "NotFoundError",
        "ParetaError",
        "PermissionDeniedError",
        "RateLimitError",
        "StreamError",
    ),
    "pareta._models": (
        "Endpoint",
        "ModelList",
    ),
    "pareta._response": (
        "Headers",
        "Response",
    ),
    "pareta._sync.chat": (
        "Chat",
        "Completions",
    ),
    "pareta._sync.client": ("Pareta",),
    "pareta._sync.endpoints": (
        "Endpoints",
        "Metrics",
    ),
    "pareta._sync.models": ("Models",),
    "pareta._sync.streams": (
        "ChatStream",
        "DeployStream",
        "Stream",
    ),
    "pareta._sync.tasks": ("Tasks",),
    "pareta_generated.models": (
        "ChatCompletion",
        "ChatCompletionChunk",
        "Choice",
        "EndpointActivity",
        "EndpointCost",
        "EndpointPerformance",
        "EndpointQuality",
        "EndpointState",
        "EndpointUptime",
        "Leaderboard",
        "LeaderboardEntry",
        "Message",
        "Model",
        "Task",
        "TaskMatch",
        "TaskMatchCandidate",
        "Usage",
    ),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(home), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
