"""Generated calls, sent by `client.call` sync and async."""

from typing import reveal_type

from pareta import AsyncPareta, Pareta
from pareta_generated import api
from pareta_generated.models import DeployComplete, DeployFailure, DeployProgress, Endpoint, EndpointState
from pareta_generated.polling import PolledCall


Work = PolledCall[EndpointState, Endpoint]


def blocking(pa: Pareta, stream: bool, work: Work) -> None:
    reveal_type(api.retrieve_endpoint("e"))  # Call[Endpoint]
    reveal_type(api.deploy_endpoint(task="t"))  # StreamCall[DeployProgress | DeployComplete | DeployFailure]
    reveal_type(pa.call(api.list_models()))  # ModelList
    reveal_type(pa.call(api.list_endpoints()))  # list[Endpoint]
    reveal_type(pa.call(api.retrieve_endpoint("e")))  # Endpoint
    reveal_type(pa.call(api.delete_endpoint("e")))  # None
    reveal_type(pa.call(api.start_endpoint("e", idempotency_key="k")))  # EndpointState
    reveal_type(pa.call(api.stop_endpoint("e")))  # EndpointState
    reveal_type(pa.call(api.endpoint_performance("e", window="7d")))  # EndpointPerformance
    reveal_type(pa.call(api.endpoint_uptime("e", filters={"a": 1})))  # EndpointUptime
    reveal_type(pa.call(api.endpoint_cost("e", group_by="day")))  # EndpointCost
    reveal_type(pa.call(api.endpoint_quality("e")))  # EndpointQuality
    reveal_type(pa.call(api.endpoint_activity("e")))  # EndpointActivity
    reveal_type(pa.call(api.list_tasks()))  # TaskList
    reveal_type(pa.call(api.match_task(query="q")))  # TaskMatch
    reveal_type(pa.call(api.retrieve_task("t", examples_n=1)))  # Task
    reveal_type(pa.call(api.task_leaderboard("t")))  # Leaderboard
    reveal_type(pa.call(api.deploy_endpoint(task="t")))  # Stream[DeployProgress | DeployComplete | DeployFailure]
    reveal_type(pa.call(api.create_chat_completion(model="e", messages=[])))  # ChatCompletion
    reveal_type(pa.call(api.create_chat_completion(model="e", messages=[], stream=False)))  # ChatCompletion
    reveal_type(pa.call(api.create_chat_completion(model="e", messages=[], stream=True)))  # Stream[ChatCompletionChunk]
    either = api.create_chat_completion(model="e", messages=[], stream=stream)
    reveal_type(either)  # Call[ChatCompletion] | StreamCall[ChatCompletionChunk]
    reveal_type(pa.call(either))  # ChatCompletion | Stream[ChatCompletionChunk]
    for event in pa.call(api.deploy_endpoint(task="t")):
        match event:
            case DeployProgress():
                reveal_type(event.pct)  # int | None
            case DeployComplete():
                reveal_type(event.endpoint)  # Endpoint
            case DeployFailure():
                reveal_type(event.message)  # str | None
    reveal_type(pa.wait(work, on_progress=lambda one: print(one.status)))  # Endpoint
    pa.call("e")  # refused
    pa.call(api.retrieve_endpoint("e"), timout=3)  # refused
    pa.wait(api.retrieve_endpoint("e"))  # refused
    pa.wait(work, timout=3)  # refused


async def waiting(pa: AsyncPareta, stream: bool, work: Work) -> None:
    reveal_type(await pa.call(api.list_models()))  # ModelList
    reveal_type(await pa.call(api.list_endpoints()))  # list[Endpoint]
    reveal_type(await pa.call(api.retrieve_endpoint("e")))  # Endpoint
    reveal_type(await pa.call(api.delete_endpoint("e")))  # None
    reveal_type(await pa.call(api.endpoint_cost("e", group_by="day")))  # EndpointCost
    reveal_type(await pa.call(api.list_tasks()))  # TaskList
    reveal_type(await pa.call(api.deploy_endpoint(task="t")))  # AsyncStream[DeployProgress | DeployComplete | DeployFailure]
    reveal_type(await pa.call(api.create_chat_completion(model="e", messages=[])))  # ChatCompletion
    reveal_type(await pa.call(api.create_chat_completion(model="e", messages=[], stream=True)))  # AsyncStream[ChatCompletionChunk]
    either = api.create_chat_completion(model="e", messages=[], stream=stream)
    reveal_type(await pa.call(either))  # ChatCompletion | AsyncStream[ChatCompletionChunk]
    async for event in await pa.call(api.deploy_endpoint(task="t")):
        reveal_type(event)  # DeployProgress | DeployComplete | DeployFailure
    reveal_type(await pa.wait(work, on_progress=lambda one: print(one.status)))  # Endpoint
    await pa.call("e")  # refused
    await pa.call(api.retrieve_endpoint("e"), timout=3)  # refused
    await pa.wait(api.retrieve_endpoint("e"))  # refused
    await pa.wait(work, timout=3)  # refused


def misspelt() -> None:
    api.list_models(limt=3)  # refused: limt
    api.list_endpoints(x=1)  # refused: x
    api.deploy_endpoint(tsak="t")  # refused: tsak
    api.retrieve_endpoint("e", x=1)  # refused: x
    api.endpoint_cost("e", windw="7d")  # refused: windw
    api.create_chat_completion(model="e", messages=[], temprature=0)  # refused
    api.match_task(qury="q")  # refused: qury
