"""Every public call of the asynchronous client, and the type that it has."""

from collections.abc import AsyncIterator
from typing import Any, reveal_type

from pareta import AsyncChatStream, AsyncDeployStream, AsyncPareta, AsyncStream, Endpoint, Task


async def client(pa: AsyncPareta) -> None:
    reveal_type(AsyncPareta(api_key="key"))  # AsyncPareta
    reveal_type(AsyncPareta.from_env())  # AsyncPareta
    reveal_type(pa.with_options(timeout=3, deadline=None, max_retries=1, headers={"x": "y"}, idempotency_key="k"))  # AsyncPareta
    reveal_type(pa.base_url)  # str
    reveal_type(pa.proxy)  # str | None
    reveal_type(await pa.aclose())  # None
    async with pa as opened:
        reveal_type(opened)  # AsyncPareta


async def models(pa: AsyncPareta) -> None:
    reveal_type(pa.models)  # AsyncModels
    reveal_type(await pa.models.list())  # ModelList
    for model in await pa.models.list():
        reveal_type(model)  # Model


async def endpoints(pa: AsyncPareta, endpoint: Endpoint, wait: bool) -> None:
    reveal_type(pa.endpoints)  # AsyncEndpoints
    reveal_type(await pa.endpoints.deploy(task="t"))  # AsyncDeployStream
    reveal_type(await pa.endpoints.deploy(task="t", wait=False))  # AsyncDeployStream
    reveal_type(await pa.endpoints.deploy(task="t", wait=True))  # Endpoint
    reveal_type(await pa.endpoints.deploy(task="t", wait=wait))  # AsyncDeployStream | Endpoint
    reveal_type(await pa.endpoints.deploy(task="t", name="n", wait=True, region="eu"))  # Endpoint
    async for event in await pa.endpoints.deploy(task="t"):
        reveal_type(event)  # dict[str, Any]
    reveal_type(await pa.endpoints.list())  # list[Endpoint]
    reveal_type(await pa.endpoints.retrieve(endpoint.id))  # Endpoint
    reveal_type(await pa.endpoints.wait_until_live(endpoint.id, timeout=60, poll_interval=0.5))  # Endpoint
    reveal_type(await pa.endpoints.start(endpoint.id))  # EndpointState
    reveal_type(await pa.endpoints.stop(endpoint.id))  # EndpointState
    reveal_type(await pa.endpoints.delete(endpoint.id))  # None


async def metrics(pa: AsyncPareta, endpoint: Endpoint) -> None:
    reveal_type(pa.endpoints.metrics(endpoint.id))  # AsyncMetrics
    reveal_type(await pa.endpoints.metrics("e").performance(window="7d"))  # EndpointPerformance
    reveal_type(await pa.endpoints.metrics("e").uptime(anything=1))  # EndpointUptime
    reveal_type(await pa.endpoints.metrics("e").cost(group_by="day"))  # EndpointCost
    reveal_type(await pa.endpoints.metrics("e").quality())  # EndpointQuality
    reveal_type(await pa.endpoints.metrics("e").activity())  # EndpointActivity


async def chat(pa: AsyncPareta, endpoint: Endpoint, stream: bool, maybe: bool | None) -> None:
    completions = pa.chat.completions
    reveal_type(pa.chat)  # AsyncChat
    reveal_type(pa.chat.completions)  # AsyncCompletions
    reveal_type(await pa.chat.completions.create(model=endpoint.id, messages=[]))  # ChatCompletion
    reveal_type(await completions.create(model="e", messages=[], stream=False, anything=1))  # ChatCompletion
    reveal_type(await completions.create(model="e", messages=[], stream=True, anything=1))  # AsyncChatStream
    reveal_type(await completions.create(model="e", messages=[], stream=stream))  # ChatCompletion | AsyncChatStream
    reveal_type(await completions.create(model="e", messages=[], stream=maybe))  # ChatCompletion | AsyncChatStream
    async for chunk in await completions.create(model="e", messages=[], stream=True):
        reveal_type(chunk)  # ChatCompletionChunk


async def streams(deploying: AsyncDeployStream, answering: AsyncChatStream, other: AsyncStream[Task]) -> None:
    progress: AsyncIterator[dict[str, Any]] = deploying
    reveal_type(await anext(deploying))  # dict[str, Any]
    reveal_type([event async for event in progress])  # list[dict[str, Any]]
    reveal_type(deploying.endpoint_id)  # str | None
    reveal_type(deploying.request_id)  # str | None
    reveal_type(await deploying.aclose())  # None
    async with deploying as events:
        reveal_type(events)  # AsyncDeployStream
    async for chunk in answering:
        reveal_type(chunk.choices[0].delta)  # Delta
    async for piece in answering.text:
        reveal_type(piece)  # str
    reveal_type(answering.text)  # AsyncIterator[str]
    reveal_type(await answering.completion())  # ChatCompletion
    reveal_type(answering.request_id)  # str | None
    reveal_type(await answering.aclose())  # None
    async with answering as chunks:
        reveal_type(chunks)  # AsyncChatStream
    async for item in other:
        reveal_type(item)  # Task
    reveal_type(other.request_id)  # str | None
    reveal_type(await other.aclose())  # None


async def tasks(pa: AsyncPareta, task: Task) -> None:
    reveal_type(pa.tasks)  # AsyncTasks
    reveal_type(await pa.tasks.list())  # list[Task]
    reveal_type(await pa.tasks.retrieve(task.id, examples_n=2))  # Task
    reveal_type(await pa.tasks.match("an intent", top_k=3))  # TaskMatch
    reveal_type(await pa.tasks.leaderboard(task.id))  # Leaderboard
    reveal_type(await pa.tasks.recommended(task.id))  # str | None
