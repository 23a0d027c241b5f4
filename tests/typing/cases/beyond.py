"""Structured answers, tools, ephemeral endpoints, deployments taken up again, and OpenAI's client."""

from dataclasses import dataclass
from typing import Any, TypedDict, reveal_type

from pydantic import BaseModel

from pareta import (
    AsyncChatStream,
    AsyncDeployStream,
    AsyncPareta,
    AsyncStream,
    ChatStream,
    DeployStream,
    Endpoint,
    Hooks,
    ModelList,
    Pareta,
    RequestInfo,
    Response,
    Stream,
    arguments_of,
    response_of,
    run_tools,
    run_tools_async,
)
from pareta.integrations.otel import OpenTelemetry


@dataclass
class Invoice:
    total: float


class Party(TypedDict):
    name: str


class Order(BaseModel):
    total: float


def weather(city: str) -> str:
    return city


async def weather_async(city: str) -> str:
    return city


def show(event: dict[str, Any]) -> None: ...


async def show_async(event: dict[str, Any]) -> None: ...


def answers(pa: Pareta) -> None:
    completion = pa.chat.completions.create(model="e", messages=[], response_format=Invoice, tools=[weather])
    reveal_type(completion.parsed(Invoice))  # Invoice
    reveal_type(completion.parsed(Party)["name"])  # str
    reveal_type(completion.parsed(Order))  # Order
    reveal_type(completion.parsed(Invoice).total)  # float
    stream = pa.chat.completions.create(model="e", messages=[], response_format=Party, stream=True)
    reveal_type(stream.completion().parsed(Party)["name"])  # str
    message = completion.choices[0].message
    reveal_type(run_tools(message, [weather]))  # list[Any]
    reveal_type(arguments_of(message.tool_calls[0], weather))  # dict[str, Any]
    pa.chat.completions.create(model="e", messages=[message, *run_tools(message, [weather])])
    completion.parsed("Invoice")  # refused
    completion.parsed(Invoice).sum  # refused: sum
    pa.chat.completions.create(model="e", messages=[], tools=["weather"])  # refused
    run_tools(completion, [weather])  # refused


def deployments(pa: Pareta, endpoint: Endpoint) -> None:
    reveal_type(pa.endpoints.ephemeral(task="t", timeout=3))  # EphemeralEndpoint
    with pa.endpoints.ephemeral(task="t", at_exit="stop") as ep:
        reveal_type(ep)  # Endpoint
    reveal_type(pa.endpoints.attach("e", timeout=None, max_retries=0))  # DeployWatch
    watch = pa.endpoints.attach("e")
    reveal_type(watch.endpoint)  # Endpoint | None
    for event in watch:
        reveal_type(event)  # dict[str, Any]
    reveal_type(pa.endpoints.deploy(task="t", wait=True, on_progress=show))  # Endpoint
    reveal_type(pa.openai())  # OpenAI
    reveal_type(pa.openai(endpoint, timeout=3))  # OpenAI
    pa.endpoints.ephemeral(task="t", at_exit="keep")  # refused: at_exit
    pa.endpoints.attach("e", poll=1)  # refused: poll
    pa.endpoints.deploy(task="t", wait=True, on_progress=5)  # refused
    pa.openai("e")  # refused


def on_request(info: RequestInfo) -> None: ...


def on_retry(info: RequestInfo, reason: Response | str, seconds: float) -> None: ...


def observed(pa: Pareta, models: ModelList, deploying: DeployStream, answering: ChatStream, other: Stream[int]) -> None:
    reveal_type(response_of(models))  # Response
    reveal_type(response_of(models).attempts)  # int
    reveal_type(response_of(models).elapsed)  # float
    reveal_type(response_of(models).request_limit.remaining)  # int | None
    reveal_type(response_of(models).billed_micro_usd)  # int | None
    reveal_type(deploying.response)  # Response
    reveal_type(answering.response)  # Response
    reveal_type(other.response)  # Response
    reveal_type(pa.with_options(budget_micro_usd=1_000_000))  # Pareta
    reveal_type(Pareta(hooks=Hooks(on_request=on_request, on_retry=on_retry), tracing=OpenTelemetry()))  # Pareta
    Hooks(on_request=on_retry)  # refused
    Hooks(on_requests=on_request)  # refused: on_requests
    pa.with_options(budget_micro_usd="1")  # refused: budget_micro_usd


async def observed_waiting(
    deploying: AsyncDeployStream, answering: AsyncChatStream, other: AsyncStream[int]
) -> None:
    reveal_type(deploying.response)  # Response
    reveal_type(answering.response)  # Response
    reveal_type(other.response)  # Response
    AsyncPareta(hooks=Hooks(on_request=on_request), tracing=OpenTelemetry())


async def answers_waiting(pa: AsyncPareta) -> None:
    completion = await pa.chat.completions.create(model="e", messages=[], response_format=Invoice, tools=[weather_async])
    reveal_type(completion.parsed(Invoice))  # Invoice
    reveal_type(await run_tools_async(completion.choices[0].message, [weather, weather_async]))  # list[Any]


async def deployments_waiting(pa: AsyncPareta, endpoint: Endpoint) -> None:
    reveal_type(pa.endpoints.ephemeral(task="t"))  # AsyncEphemeralEndpoint
    async with pa.endpoints.ephemeral(task="t") as ep:
        reveal_type(ep)  # Endpoint
    reveal_type(pa.endpoints.attach("e"))  # AsyncDeployWatch
    async for event in pa.endpoints.attach("e"):
        reveal_type(event)  # dict[str, Any]
    reveal_type(await pa.endpoints.deploy(task="t", wait=True, on_progress=show_async))  # Endpoint
    reveal_type(pa.openai(endpoint))  # AsyncOpenAI
    pa.endpoints.attach("e", poll=1)  # refused: poll
