"""The messages of a conversation, and tools: what is accepted, and what is refused."""

from typing import reveal_type

from pareta import AsyncPareta, Message, Pareta
from pareta_generated.models import ChatMessageParam, ToolParam, UserMessageParam

TOOLS: list[ToolParam] = [
    {"type": "function", "function": {"name": "lookup", "description": "Looks up.", "parameters": {"type": "object"}}}
]


def accepted(pa: Pareta) -> None:
    create = pa.chat.completions.create
    create(model="e", messages=[{"role": "user", "content": "Hello"}])
    create(model="e", messages=({"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}))
    create(model="e", messages=[{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello"}])
    create(model="e", messages=[{"role": "user", "content": [{"type": "text", "text": "What is this?"}]}])
    create(model="e", messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}])
    create(
        model="e",
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": "u"}}]},
            {"role": "assistant", "content": "A map."},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "1", "content": "42"},
        ],
    )
    create(model="e", messages=[{"role": "user", "content": "Hi"}], tools=TOOLS, tool_choice="auto")
    create(model="e", messages=[], tool_choice={"type": "function", "function": {"name": "lookup"}})
    create(model="e", messages=[], response_format={"type": "json_object"})
    create(model="e", messages=[], stream=True, stream_options={"include_usage": True})


def built_up(pa: Pareta) -> None:
    conversation: list[ChatMessageParam | Message] = [{"role": "user", "content": "Hello"}]
    answer = pa.chat.completions.create(model="e", messages=conversation)
    conversation.append(answer.choices[0].message)
    conversation.append({"role": "user", "content": "And now?"})
    reveal_type(pa.chat.completions.create(model="e", messages=conversation))  # ChatCompletion
    asked: list[UserMessageParam] = [{"role": "user", "content": "Hello"}]
    reveal_type(pa.chat.completions.create(model="e", messages=asked))  # ChatCompletion


def sent_back(pa: Pareta, message: Message) -> None:
    create = pa.chat.completions.create
    create(model="e", messages=[{"role": "user", "content": "Hello"}, message])
    create(model="e", messages=[message, {"role": "tool", "tool_call_id": message.tool_calls[0].id or "", "content": "42"}])
    create(model="e", messages=[{"role": "assistant", "tool_calls": message.tool_calls}])


async def sent_back_waiting(pa: AsyncPareta, message: Message) -> None:
    await pa.chat.completions.create(model="e", messages=[{"role": "user", "content": "Hello"}, message], tools=TOOLS)


def refused(pa: Pareta) -> None:
    create = pa.chat.completions.create
    create(model="e", messages=[{"role": "wizard", "content": "Hello"}])  # refused
    create(model="e", messages=[{"role": "user"}])  # refused
    create(model="e", messages=[{"content": "Hello"}])  # refused
    create(model="e", messages=[{"role": "user", "contnet": "Hello"}])  # refused
    create(model="e", messages=[{"role": "user", "content": "Hello", "nmae": "me"}])  # refused
    create(model="e", messages=[{"role": "user", "content": 5}])  # refused
    create(model="e", messages=[{"role": "user", "content": None}])  # refused
    create(model="e", messages=[{"role": "tool", "content": "42"}])  # refused
    create(model="e", messages=[{"role": "system", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}])  # refused
    create(model="e", messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}])  # refused
    create(model="e", messages=[{"role": "user", "content": [{"type": "sound"}]}])  # refused
    create(model="e", messages="Hello")  # refused
    create(model="e", messages={"role": "user", "content": "Hello"})  # refused
    create(model="e", messages=["Hello"])  # refused
    create(model="e")  # refused
    create(messages=[])  # refused
    create("e", [])  # refused
    create(model=5, messages=[])  # refused
    create(model="e", messages=[], max_tokens="5")  # refused
    create(model="e", messages=[], temperature="hot")  # refused
    create(model="e", messages=[], stop=5)  # refused
    create(model="e", messages=[], stream="yes")  # refused
    create(model="e", messages=[], tools=[{"type": "function"}])  # refused
    create(model="e", messages=[], tool_choice="perhaps")  # refused
    create(model="e", messages=[], stream_options={"include_usag": True})  # refused
