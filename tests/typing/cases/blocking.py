"""Every public call of the blocking client, and the type that it has."""

from collections.abc import Iterator
from typing import Any, reveal_type

from pareta import ChatStream, DeployStream, Endpoint, ModelList, Pareta, Stream, Task, TaskMatch


def client(pa: Pareta) -> None:
    reveal_type(Pareta(api_key="key"))  # Pareta
    reveal_type(Pareta.from_env())  # Pareta
    reveal_type(Pareta.from_env(max_retries=0))  # Pareta
    reveal_type(pa.with_options(timeout=3, deadline=None, max_retries=1, headers={"x": "y"}, idempotency_key="k"))  # Pareta
    reveal_type(pa.with_options())  # Pareta
    reveal_type(pa.base_url)  # str
    reveal_type(pa.proxy)  # str | None
    reveal_type(pa.close())  # None
    with pa as opened:
        reveal_type(opened)  # Pareta


def models(pa: Pareta, models: ModelList) -> None:
    reveal_type(pa.models)  # Models
    reveal_type(pa.models.list())  # ModelList
    reveal_type(models.data)  # list[Model]
    reveal_type(models.data[0].id)  # str | None
    reveal_type(models.data[0].owned_by)  # str | None
    reveal_type(models.data[0].created)  # int | None
    reveal_type(len(models))  # int
    reveal_type(list(models))  # list[Model]
    reveal_type(iter(models))  # Iterator[Model]
    reveal_type(models["data"])  # Any
    reveal_type(models.get("data"))  # Any
    reveal_type(models.to_dict())  # dict[str, Any]
    reveal_type(models.request_id)  # str | None
    for model in models:
        reveal_type(model)  # Model


def endpoints(pa: Pareta, endpoint: Endpoint, wait: bool) -> None:
    reveal_type(pa.endpoints)  # Endpoints
    reveal_type(pa.endpoints.deploy(task="t"))  # DeployStream
    reveal_type(pa.endpoints.deploy(task="t", wait=False))  # DeployStream
    reveal_type(pa.endpoints.deploy(task="t", wait=True))  # Endpoint
    reveal_type(pa.endpoints.deploy(task="t", wait=wait))  # DeployStream | Endpoint
    reveal_type(pa.endpoints.deploy(task="t", model="qwen-2", name="n", wait=True, region="eu"))  # Endpoint
    reveal_type(pa.endpoints.deploy(task="t", model="qwen-2", name=None, region="eu", labels={"a": 1}))  # DeployStream
    reveal_type(pa.endpoints.list())  # list[Endpoint]
    reveal_type(pa.endpoints.retrieve("ep_a1b2c3"))  # Endpoint
    reveal_type(pa.endpoints.retrieve(endpoint.id))  # Endpoint
    reveal_type(pa.endpoints.wait_until_live(endpoint.id))  # Endpoint
    reveal_type(pa.endpoints.wait_until_live("ep_a1b2c3", timeout=None, poll_interval=1))  # Endpoint
    reveal_type(pa.endpoints.start(endpoint.id))  # EndpointState
    reveal_type(pa.endpoints.stop(endpoint.id))  # EndpointState
    reveal_type(pa.endpoints.stop(endpoint.id)["status"])  # Any
    reveal_type(pa.endpoints.delete(endpoint.id))  # None
    reveal_type(endpoint.id)  # str | None
    reveal_type(endpoint.name)  # str | None
    reveal_type(endpoint.model)  # str | None
    reveal_type(endpoint.status)  # str | None
    reveal_type(endpoint.task)  # str | None
    reveal_type(endpoint.url)  # str | None
    reveal_type(endpoint.is_live)  # bool
    reveal_type(endpoint.created_at)  # datetime | None
    reveal_type(endpoint.to_dict())  # dict[str, Any]


def metrics(pa: Pareta, endpoint: Endpoint) -> None:
    reveal_type(pa.endpoints.metrics(endpoint.id))  # Metrics
    reveal_type(pa.endpoints.metrics("e").performance())  # EndpointPerformance
    reveal_type(pa.endpoints.metrics("e").uptime(anything=[1, True]))  # EndpointUptime
    reveal_type(pa.endpoints.metrics("e").cost(group_by="day", window="24h", other=1))  # EndpointCost
    reveal_type(pa.endpoints.metrics("e").quality(window=None))  # EndpointQuality
    reveal_type(pa.endpoints.metrics("e").activity(by="hour"))  # EndpointActivity
    raw: dict[str, Any] = pa.endpoints.metrics("e").cost()
    reveal_type(pa.endpoints.metrics("e").cost()["spend_micro_usd"])  # Any
    reveal_type(pa.endpoints.metrics("e").cost().spend_micro_usd)  # int | None
    reveal_type(pa.endpoints.metrics("e").cost().groups)  # list[CostGroup]
    reveal_type(pa.endpoints.metrics("e").performance().p95_ms)  # float | None
    reveal_type(pa.endpoints.metrics("e").uptime().availability)  # float | None
    reveal_type(raw["spend_micro_usd"])  # Any


def chat(pa: Pareta, endpoint: Endpoint, stream: bool, maybe: bool | None) -> None:
    completions = pa.chat.completions
    reveal_type(pa.chat)  # Chat
    reveal_type(pa.chat.completions)  # Completions
    reveal_type(pa.chat.completions.create(model=endpoint.id, messages=[]))  # ChatCompletion
    reveal_type(completions.create(model="e", messages=[], stream=False, anything={"a": 1}))  # ChatCompletion
    reveal_type(completions.create(model="e", messages=[], stream=None))  # ChatCompletion
    reveal_type(completions.create(model="e", messages=[], stream=True, anything=1))  # ChatStream
    reveal_type(completions.create(model="e", messages=[], stream=stream))  # ChatCompletion | ChatStream
    reveal_type(completions.create(model="e", messages=[], stream=maybe))  # ChatCompletion | ChatStream
    answer = completions.create(model="e", messages=[], max_tokens=5, temperature=0, stop=["\n"], seed=1)
    reveal_type(answer.choices)  # list[Choice]
    reveal_type(answer.choices[0].message)  # Message
    reveal_type(answer.choices[0].message.content)  # str | None
    reveal_type(answer.choices[0].message.tool_calls)  # list[ToolCall]
    reveal_type(answer.choices[0].message.tool_calls[0].function.arguments)  # str | None
    reveal_type(answer.choices[0].finish_reason)  # str | None
    reveal_type(answer.usage)  # Usage
    reveal_type(answer.usage.total_tokens)  # int | None
    reveal_type(answer.request_id)  # str | None


def streams(deploying: DeployStream, answering: ChatStream, other: Stream[Task]) -> None:
    progress: Iterator[dict[str, Any]] = deploying
    reveal_type(next(deploying))  # dict[str, Any]
    reveal_type(list(progress))  # list[dict[str, Any]]
    reveal_type(deploying.endpoint_id)  # str | None
    reveal_type(deploying.request_id)  # str | None
    reveal_type(deploying.close())  # None
    for event in deploying:
        reveal_type(event)  # dict[str, Any]
        reveal_type(event["data"]["endpoint"])  # Any
    with deploying as events:
        reveal_type(events)  # DeployStream
    for chunk in answering:
        reveal_type(chunk)  # ChatCompletionChunk
        reveal_type(chunk.choices[0].delta.content)  # str | None
        reveal_type(chunk.usage)  # Usage | None
    for piece in answering.text:
        reveal_type(piece)  # str
    reveal_type(answering.text)  # Iterator[str]
    reveal_type(answering.completion())  # ChatCompletion
    reveal_type(answering.request_id)  # str | None
    reveal_type(answering.close())  # None
    with answering as chunks:
        reveal_type(chunks)  # ChatStream
    for item in other:
        reveal_type(item)  # Task
    reveal_type(other.request_id)  # str | None
    reveal_type(other.close())  # None


def tasks(pa: Pareta, task: Task, match: TaskMatch) -> None:
    reveal_type(pa.tasks)  # Tasks
    reveal_type(pa.tasks.list())  # list[Task]
    reveal_type(pa.tasks.retrieve(task.id))  # Task
    reveal_type(pa.tasks.retrieve("t", 2).examples)  # list[TaskExample]
    reveal_type(pa.tasks.retrieve("t", examples_n=2))  # Task
    reveal_type(pa.tasks.match("an intent"))  # TaskMatch
    reveal_type(pa.tasks.match(query="an intent", top_k=3))  # TaskMatch
    reveal_type(match.chosen)  # TaskMatchCandidate | None
    reveal_type(match.candidates)  # list[TaskMatchCandidate]
    reveal_type(match.candidates[0].score)  # float | None
    reveal_type(match.matched)  # bool | None
    reveal_type(match.matcher)  # str | None
    reveal_type(pa.tasks.leaderboard(task.id))  # Leaderboard
    reveal_type(pa.tasks.leaderboard("t").models)  # list[LeaderboardEntry]
    reveal_type(pa.tasks.leaderboard("t").frontier)  # LeaderboardEntry | None
    reveal_type(pa.tasks.leaderboard("t").models[0].cost_per_request_micro_usd)  # int | None
    reveal_type(pa.tasks.recommended(task.id))  # str | None
