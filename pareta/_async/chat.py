"""`client.chat`: completions, compatible with OpenAI's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

from pareta_generated import api
from pareta_generated.models import (
    ChatCompletion,
    ChatMessageParam,
    Message,
    ResponseFormatParam,
    StreamOptionsParam,
    ToolChoiceParam,
    ToolParam,
)
from pareta_generated.types import UNSET, Call, require

from .._exceptions import public
from .._log import log_undeclared
from .._policy import calls
from .streams import AsyncChatStream

if TYPE_CHECKING:
    from .requester import AsyncRequester


@public
class AsyncChat:
    """Conversations."""

    def __init__(self, requester: AsyncRequester) -> None:
        self._requester = requester

    @cached_property
    def completions(self) -> AsyncCompletions:
        """Answers to conversations."""
        return AsyncCompletions(self._requester)


@public
class AsyncCompletions:
    """Answers to conversations."""

    def __init__(self, requester: AsyncRequester) -> None:
        self._requester = requester

    @overload
    async def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message] | None,
        stream: Literal[False] | None = None,
        stream_options: StreamOptionsParam | None = None,
        max_tokens: int | None = None,
        max_completion_tokens: int | None = None,
        stop: str | Sequence[str] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        seed: int | None = None,
        tools: Sequence[ToolParam] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | None = None,
        user: str | None = None,
        **extra: Any,
    ) -> ChatCompletion: ...
    @overload
    async def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message] | None,
        stream: Literal[True],
        stream_options: StreamOptionsParam | None = None,
        max_tokens: int | None = None,
        max_completion_tokens: int | None = None,
        stop: str | Sequence[str] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        seed: int | None = None,
        tools: Sequence[ToolParam] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | None = None,
        user: str | None = None,
        **extra: Any,
    ) -> AsyncChatStream: ...
    @overload
    async def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message] | None,
        stream: bool | None,
        stream_options: StreamOptionsParam | None = None,
        max_tokens: int | None = None,
        max_completion_tokens: int | None = None,
        stop: str | Sequence[str] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        seed: int | None = None,
        tools: Sequence[ToolParam] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | None = None,
        user: str | None = None,
        **extra: Any,
    ) -> ChatCompletion | AsyncChatStream: ...
    async def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message] | None,
        stream: bool | None = None,
        stream_options: StreamOptionsParam | None = None,
        max_tokens: int | None = None,
        max_completion_tokens: int | None = None,
        stop: str | Sequence[str] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        seed: int | None = None,
        tools: Sequence[ToolParam] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | None = None,
        user: str | None = None,
        **extra: Any,
    ) -> ChatCompletion | AsyncChatStream:
        """Answer a conversation. Each answer is billed to the organisation's balance.

        Args:
            model: The id of a live endpoint: `Endpoint.id`, or `Model.id` of `models.list()`.
            messages: The conversation so far, `{"role": …, "content": …}` each; a message that was
                received can be sent back as it is.
            stream: Whether to answer in chunks, as they are made.
            stream_options: `{"include_usage": True}` adds the usage to the last chunk.
            max_tokens: The most tokens to write.
            max_completion_tokens: The same under its newer name; it wins where both are given.
            stop: Text before which the answer ends, or up to four of them.
            temperature: How varied the answer is, from 0 (the likeliest) to 2.
            top_p: The share of likeliest tokens to choose among, from 0 to 1.
            frequency_penalty: How far to avoid tokens by how often they came, from -2 to 2.
            presence_penalty: How far to avoid tokens that came at all, from -2 to 2.
            seed: Makes repetitions of a request alike where the model can.
            tools: The functions that the model may ask to have called.
            tool_choice: Whether it may, must or must not, or the one that it must ask for.
            parallel_tool_calls: Whether it may ask for several at once.
            response_format: The form of the answer: `{"type": "json_object"}`, or by a schema.
            user: Your own name for the person that asks.
            extra: Any further parameter of OpenAI's or of the server's, passed on as it is.

        What is None is not sent, `extra` aside.

        Returns:
            The completion; with `stream=True` its chunks, as an iterator that also gives the `text` and
            the whole `completion()`.

        Raises:
            InsufficientCreditsError: The balance is empty.
            EndpointNotReadyError: The endpoint is stopped or cold.
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            StreamError: On reading a stream: it was truncated, malformed, or ended by an error.
            ValueError: `model` or `messages` is None or empty, or something is no JSON; nothing is sent.

        """
        log_undeclared("create", extra)
        given = {
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
        }
        call = api.create_chat_completion(
            model=model,
            messages=require("messages", messages),
            stream=UNSET if stream is None else stream,
            extra_body={name: value for name, value in given.items() if value is not None} | extra,
        )
        if isinstance(call, Call):
            return await self._requester.send(call)
        return AsyncChatStream(*await self._requester.open(calls.open_stream(self._requester.session, call)))
