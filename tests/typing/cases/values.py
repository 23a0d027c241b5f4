"""Answers elsewhere: as mappings, as JSON, in pydantic and FastAPI; and the types of arguments by their names."""

import copy
from dataclasses import asdict, dataclass
from typing import Annotated, reveal_type

from fastapi import Body, FastAPI
from pydantic import BaseModel, TypeAdapter

from pareta import (
    ChatCompletion,
    ChatMessageParam,
    Endpoint,
    EndpointCost,
    Message,
    ModelList,
    Pareta,
    ResponseFormatParam,
    StreamOptionsParam,
    ToolCall,
    ToolChoiceParam,
    ToolParam,
)

app = FastAPI()


def takes(*, id: str | None = None, **more: object) -> None:
    del id, more


def mappings(endpoint: Endpoint, models: ModelList, cost: EndpointCost) -> None:
    reveal_type(dict(endpoint))  # dict[str, Any]
    reveal_type(dict(models))  # dict[str, Any]
    reveal_type({**endpoint})  # dict[str, Any]
    takes(**endpoint)
    reveal_type("id" in endpoint)  # bool
    reveal_type(endpoint.to_json())  # str
    reveal_type(endpoint.to_json(indent=2))  # str
    reveal_type(cost.to_json(indent=2))  # str
    reveal_type(sorted(endpoint.keys()))  # list[str]
    reveal_type(copy.deepcopy(endpoint))  # Endpoint
    reveal_type([model.id for model in models])  # list[str | None]
    endpoint.items()  # refused: items
    endpoint.to_json(2)  # refused
    endpoint.to_json(indent="x")  # refused: indent
    endpoint[0]  # refused
    [key for key in endpoint]  # refused


@dataclass
class Row:
    endpoint: Endpoint


class Job(BaseModel):
    endpoint: Endpoint
    answers: list[ChatCompletion] = []


def elsewhere(endpoint: Endpoint) -> None:
    reveal_type(asdict(Row(endpoint)))  # dict[str, Any]
    reveal_type(Job(endpoint=endpoint).endpoint)  # Endpoint
    reveal_type(Job.model_validate_json("{}").answers)  # list[ChatCompletion]
    reveal_type(TypeAdapter(Endpoint).validate_json("{}"))  # Endpoint
    Job(endpoint="e")  # refused: endpoint


@app.post("/ask")
def ask(message: Annotated[Message, Body()]) -> Message:
    reveal_type(message.content)  # str | None
    return message


def parameters(pa: Pareta, message: Message) -> None:
    asked: list[ChatMessageParam | Message] = [{"role": "user", "content": "Hello"}, message]
    tool: ToolParam = {"type": "function", "function": {"name": "look_up"}}
    choice: ToolChoiceParam = {"type": "function", "function": {"name": "look_up"}}
    form: ResponseFormatParam = {"type": "json_object"}
    options: StreamOptionsParam = {"include_usage": True}
    create = pa.chat.completions.create
    create(model="e", messages=asked, tools=[tool], tool_choice=choice, response_format=form, stream_options=options)
    calls: list[ToolCall] = message.tool_calls
    reveal_type(calls[0].function.arguments)  # str | None
    role: ChatMessageParam = {"role": "wizard", "content": "Hello"}  # refused
    form = {"typ": "text"}  # refused
    options = {"include_usage": "yes"}  # refused
    del role


def refused(pa: Pareta, endpoint: Endpoint) -> None:
    pa.endpoints.retrieve(endpoint)  # refused: Endpoint
    pa.chat.completions.create(model=endpoint, messages=[])  # refused
    pa.call(pa.models.list)  # refused
    pa.call(endpoint)  # refused
