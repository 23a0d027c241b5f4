# Derived from pareta/_async/methods.py. DO NOT EDIT: change that file and run `make generate`.
"""Methods whose parameters follow from the document: completions, deployments and metrics.

Generated from openapi/pareta.yaml by templates/methods.py.jinja. Do not edit: change these and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from pareta_generated import api
from pareta_generated.models import (
    ChatMessageParam,
    EndpointActivity,
    EndpointCost,
    EndpointPerformance,
    EndpointQuality,
    EndpointUptime,
    Message,
    ResponseFormatParam,
    StreamOptionsParam,
    ToolChoiceParam,
    ToolParam,
)
from pareta_generated.types import UNSET, Call

from .._exceptions import public
from .._models import RETRIEVE_ENDPOINT, ChatCompletion, Endpoint
from .._policy import calls, deployments
from .._policy.logical import logical
from .._policy.options import NOT_GIVEN, HttpxTimeout, NotGiven
from .._policy.slips import check_flag, check_list, check_undeclared
from .._tools import format_of, tools_of
from .streams import ChatStream, DeployStream

if TYPE_CHECKING:
    import os

    from .._transport.sync_workers import Rows
    from .ephemeral import EphemeralEndpoint
    from .map_results import MapResults
    from .requester import Requester

R = TypeVar("R")


@public
class Completions:
    """Answers to conversations."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester

    @overload
    def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message],
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
        tools: Sequence[ToolParam | Callable[..., Any]] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | type[Any] | None = None,
        user: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> ChatCompletion: ...
    @overload
    def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message],
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
        tools: Sequence[ToolParam | Callable[..., Any]] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | type[Any] | None = None,
        user: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> ChatStream: ...
    @overload
    def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message],
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
        tools: Sequence[ToolParam | Callable[..., Any]] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | type[Any] | None = None,
        user: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> ChatCompletion | ChatStream: ...
    def create(
        self,
        *,
        model: str | None,
        messages: Sequence[ChatMessageParam | Message],
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
        tools: Sequence[ToolParam | Callable[..., Any]] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | type[Any] | None = None,
        user: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> ChatCompletion | ChatStream:
        """Complete a chat.

        Answers a conversation, in one piece or, with `stream`, as chunks. Compatible with OpenAI's operation of
        the same path; fields beyond those declared are passed on to the model's server.

        A completion debits the organisation's balance by its alias's `cost_per_request_micro_usd`; an empty
        balance answers 402. An endpoint that is stopped, starting or failed answers 503: with `Retry-After`
        while it starts, with `x-should-retry: false` when waiting does not help.

        Args:
            model: The id of a live endpoint, as in `Model.id`.
            messages: The conversation so far, oldest first.
            stream: Whether to answer in chunks.
            stream_options: What a stream carries beside the answer.
            max_tokens: The most tokens to write. At least 1.
            max_completion_tokens: The most tokens to write, under its newer name, which wins where both are
                given. At least 1.
            stop: Text before which the answer ends, or up to four of them.
            temperature: How varied the answer is: 0 is the likeliest, 2 the most varied.
            top_p: The share of likeliest tokens to choose among, from 0 to 1.
            frequency_penalty: How far to avoid tokens by how often they came, from -2 to 2.
            presence_penalty: How far to avoid tokens that came at all, from -2 to 2.
            seed: Makes repetitions of a request alike where the model can.
            tools: The functions that the model may ask to have called.
            tool_choice: Whether the model may, must or must not ask for a function, or which one it must
                ask for.
            parallel_tool_calls: Whether the model may ask for several functions at once.
            response_format: The form of the answer.
            user: Your own name for the person that asks, to tell abuse apart.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            idempotency_key: The key of this POST, 1 to 255 visible ASCII characters; without it a random
                one is sent.
            max_retries: How often a failed request is retried.
            extra_body: Fields of the JSON body beside those of the method.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            extra: Any further field of the body, sent as it is. A name that is nearly one of the above is a
                TypeError.

        What is None is not sent.

        Returns:
            The completion; with `stream=True` its chunks, as an iterator that also gives the `text` and
            the whole `completion()`.

        Raises:
            InsufficientCreditsError: The balance is empty.
            EndpointNotReadyError: The endpoint is stopped or cold.
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            StreamError: On reading a stream: it was truncated, malformed, or ended by an error.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: `model` or `messages` is None or empty, or a value is invalid; nothing is sent.

        """
        check_list("messages", messages)
        check_flag("stream", stream)
        check_list("tools", tools)
        if extra:
            check_undeclared(self.create, extra, "extra_body")
        if extra_body:
            extra = {**extra, **extra_body}
        if "stream" in extra:
            raise ValueError(
                "stream cannot be in extra_body: pass it as an argument, since it selects what is returned"
            )
        session, call = self._requester.session.prepare(
            api.create_chat_completion(
                model=model,
                messages=messages,
                stream=UNSET if stream is None else stream,
                stream_options=UNSET if stream_options is None else stream_options,
                max_tokens=UNSET if max_tokens is None else max_tokens,
                max_completion_tokens=UNSET if max_completion_tokens is None else max_completion_tokens,
                stop=UNSET if stop is None else stop,
                temperature=UNSET if temperature is None else temperature,
                top_p=UNSET if top_p is None else top_p,
                frequency_penalty=UNSET if frequency_penalty is None else frequency_penalty,
                presence_penalty=UNSET if presence_penalty is None else presence_penalty,
                seed=UNSET if seed is None else seed,
                tools=UNSET if tools is None else tools_of(tools),
                tool_choice=UNSET if tool_choice is None else tool_choice,
                parallel_tool_calls=UNSET if parallel_tool_calls is None else parallel_tool_calls,
                response_format=UNSET if response_format is None else format_of(response_format),
                user=UNSET if user is None else user,
                extra_body=extra,
            ),
            {
                "timeout": timeout,
                "deadline": deadline,
                "idempotency_key": idempotency_key,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )
        if isinstance(call, Call):
            return self._requester.run(logical(session, call, calls.send(session, call, view=ChatCompletion)))
        return ChatStream(*self._requester.open(logical(session, call, calls.open_stream(session, call))))

    def map(
        self,
        inputs: Rows[R],
        *,
        model: str | None = None,
        models: Sequence[str] | None = None,
        prompt: Callable[[R], Any] | None = None,
        key: Callable[[R], Any] | None = None,
        concurrency: int | Literal["auto"] = "auto",
        rps: float | None = None,
        budget_micro_usd: int | None = None,
        attempts: int = 5,
        ordered: bool = True,
        on_error: Literal["yield", "raise"] = "yield",
        journal: str | os.PathLike[str] | None = None,
        wake: bool = False,
        max_tokens: int | None = None,
        max_completion_tokens: int | None = None,
        stop: str | Sequence[str] | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        seed: int | None = None,
        tools: Sequence[ToolParam | Callable[..., Any]] | None = None,
        tool_choice: Literal["none", "auto", "required"] | ToolChoiceParam | None = None,
        parallel_tool_calls: bool | None = None,
        response_format: ResponseFormatParam | type[Any] | None = None,
        user: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> MapResults[R]:
        """Answer many rows, side by side, and yield a result for each.

        Rows are read as they are sent, so that any number of them takes the same memory. A row is sent again
        after a failure, under one idempotency key. An error that concerns all rows ends it, after the results
        of those in flight.

        Args:
            inputs: The rows, an iterable.
            model: The id of the endpoint that answers.
            models: The ids of several endpoints. Each row goes to the one with most room.
            prompt: A function that makes of a row its text, its messages, or a dict of keywords of
                `create`. Without it, a row is a text, a list of messages, or a dict whose `messages` are sent.
            key: A function that names a row. Its idempotency key follows from the name and from what is
                sent, so that a run which sends it again is not billed again. Names must differ.
            concurrency: How many requests may be in flight at each endpoint. `auto` follows its latency and
                its refusals.
            rps: How many requests may be sent a second.
            budget_micro_usd: What this may cost. The row that would pass it ends it with
                BudgetExceededError, after the results before it.
            attempts: How often a row is sent at most. 429 and 503 do not count.
            ordered: Whether results come in the order of the rows. Else they come as they are there.
            on_error: What becomes of the error of a row: it is in its result, or is raised.
            journal: A file that each completion is written to. Where it is there already, its rows are not
                sent again.
            wake: Whether to start an endpoint that is stopped, once, and wait until it is live.
            max_tokens: The most tokens to write. At least 1.
            max_completion_tokens: The most tokens to write, under its newer name, which wins where both are
                given. At least 1.
            stop: Text before which the answer ends, or up to four of them.
            temperature: How varied the answer is: 0 is the likeliest, 2 the most varied.
            top_p: The share of likeliest tokens to choose among, from 0 to 1.
            frequency_penalty: How far to avoid tokens by how often they came, from -2 to 2.
            presence_penalty: How far to avoid tokens that came at all, from -2 to 2.
            seed: Makes repetitions of a request alike where the model can.
            tools: The functions that the model may ask to have called.
            tool_choice: Whether the model may, must or must not ask for a function, or which one it must
                ask for.
            parallel_tool_calls: Whether the model may ask for several functions at once.
            response_format: The form of the answer.
            user: Your own name for the person that asks, to tell abuse apart.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            extra_body: Fields of the JSON body beside those of the method.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            extra: Any further field of the body, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Returns:
            An iterator of `MapResult`. Nothing is sent before the first is read.

        Raises:
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: A value is invalid. On reading: the journal was written for other inputs.
            BudgetExceededError: On reading: the next row would pass the budget.
            AuthenticationError: On reading, as is PermissionDeniedError: the key is not valid for this.
            InsufficientCreditsError: On reading: the balance is empty.
            NotFoundError: On reading: there is no such endpoint.
            EndpointNotReadyError: On reading: the endpoint is stopped, or was not live in time.

        """
        from .._policy.map_rows import refuse_own  # Rarely needed.
        from .._policy.map_settings import MapSettings
        from .map_results import MapResults

        refuse_own(extra)
        check_list("models", models)
        check_flag("ordered", ordered)
        check_flag("wake", wake)
        check_list("tools", tools)
        if extra:
            check_undeclared(self.map, extra, "extra_body")
        settings = MapSettings.create(
            model=model,
            models=models,
            prompt=prompt,
            key=key,
            concurrency=concurrency,
            rps=rps,
            budget_micro_usd=budget_micro_usd,
            attempts=attempts,
            ordered=ordered,
            on_error=on_error,
            wake=wake,
        )
        given: dict[str, Any] = {
            "max_tokens": max_tokens,
            "max_completion_tokens": max_completion_tokens,
            "stop": stop,
            "temperature": temperature,
            "top_p": top_p,
            "frequency_penalty": frequency_penalty,
            "presence_penalty": presence_penalty,
            "seed": seed,
            "tools": tools and tools_of(tools),
            "tool_choice": tool_choice,
            "parallel_tool_calls": parallel_tool_calls,
            "response_format": response_format and format_of(response_format),
            "user": user,
            "extra_body": extra_body,
        }
        arguments = {name: value for name, value in given.items() if value is not None} | extra
        options = {
            "timeout": timeout,
            "extra_headers": extra_headers,
            "extra_query": extra_query,
        }
        return MapResults(
            self._requester, inputs, settings=settings, arguments=arguments, options=options, journal=journal
        )


class DeployMethod:
    """`deploy`, which Endpoints inherits."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester

    @overload
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: Literal[False] = False,
        on_progress: deployments.OnProgress | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> DeployStream: ...
    @overload
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: Literal[True],
        on_progress: deployments.OnProgress | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> Endpoint: ...
    @overload
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: bool,
        on_progress: deployments.OnProgress | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> DeployStream | Endpoint: ...
    def deploy(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        wait: bool = False,
        on_progress: deployments.OnProgress | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> DeployStream | Endpoint:
        """Deploy a model for a task.

        Args:
            task: The id of a task, as in `Task.id`.
            model: An alias of the task's leaderboard, or `recommended` for the one that it recommends.
                Default: `"recommended"`.
            name: A name for the endpoint, which is its id too. One is made up where it is left out. At most
                128 characters.
            wait: Whether to wait until the endpoint is live. A deployment takes minutes; it is given an
                hour, or the `deadline`.
            on_progress: With `wait=True`, a function that is called with each event, `{"event": str,
                "data": dict}`.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            idempotency_key: The key of this POST, 1 to 255 visible ASCII characters; without it a random
                one is sent.
            max_retries: How often a failed request is retried.
            extra_body: Fields of the JSON body beside those of the method.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            extra: Any further field of the body, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Returns:
            With `wait=True` the live endpoint. Else the progress, as an iterator of
            `{"event": str, "data": dict}`: any number of `progress`, then `complete`, whose
            `data["endpoint"]` is the endpoint, or `error`, whose `data["message"]` says why.

        Raises:
            BadRequestError: The task or the model is not known.
            ConflictError: The name is taken.
            DeployError: The deployment failed, or how it ended is not known. An `error` event raises it
                with `wait=True` only; an end without `complete` or `error` always.
            APITimeoutError: It is not live in time.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: `task` or `model` is None or empty, or a value is invalid; nothing is sent.

        """
        check_flag("wait", wait)
        if extra:
            check_undeclared(self.deploy, extra, "extra_body")
        if on_progress is not None and not wait:
            raise ValueError("on_progress is for wait=True; without it, iterate over what deploy returns")
        session, call = self._requester.session.prepare(
            api.deploy_endpoint(
                task=task, model=model, name=UNSET if name is None else name, extra_body={**extra, **(extra_body or {})}
            ),
            {
                "timeout": timeout,
                "deadline": deadline,
                "idempotency_key": idempotency_key,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )
        if wait:
            flow = deployments.deploy(session, call, RETRIEVE_ENDPOINT, on_progress)
            return self._requester.run(logical(session, call, flow))
        opening = logical(session, call, deployments.open_deploy(session, call))
        return DeployStream(*self._requester.open(opening))

    def ephemeral(
        self,
        *,
        task: str | None,
        model: str | None = "recommended",
        name: str | None = None,
        at_exit: Literal["delete", "stop"] = "delete",
        on_progress: deployments.OnProgress | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_body: Mapping[str, Any] | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> EphemeralEndpoint:
        """Deploy a model for the time of an `with` block, which gets the live endpoint.

        Args:
            task: The id of a task, as in `Task.id`.
            model: An alias of the task's leaderboard, or `recommended` for the one that it recommends.
                Default: `"recommended"`.
            name: A name for the endpoint, which is its id too. One is made up where it is left out. At most
                128 characters.
            at_exit: What becomes of the endpoint at the end of the block.
            on_progress: A function that is called with each event of the deployment, `{"event": str,
                "data": dict}`.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            idempotency_key: The key of this POST, 1 to 255 visible ASCII characters; without it a random
                one is sent.
            max_retries: How often a failed request is retried.
            extra_body: Fields of the JSON body beside those of the method.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            extra: Any further field of the body, sent as it is. A name that is nearly one of the above is a
                TypeError.

        The endpoint ends with the block: also by an exception, when its task is cancelled, and by SIGTERM,
        where the program has no handler of its own for it.

        Raises:
            ParetaError: It was not deployed, as `deploy` says, or could not be deleted.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: `at_exit` is neither `delete` nor `stop`.

        """
        from .ephemeral import EphemeralEndpoint  # Rarely needed.

        arguments: dict[str, Any] = {
            "task": task,
            "model": model,
            "name": name,
            "on_progress": on_progress,
            "timeout": timeout,
            "deadline": deadline,
            "idempotency_key": idempotency_key,
            "max_retries": max_retries,
            "extra_body": extra_body,
            "extra_headers": extra_headers,
            "extra_query": extra_query,
        }
        if extra:
            check_undeclared(self.ephemeral, extra, "extra_body")
        return EphemeralEndpoint(self, at_exit, {**arguments, **extra})


@public
class Metrics:
    """What an endpoint did, cost and scored.

    Each method returns the server's JSON, a dict, with typed properties beside its keys.
    """

    def __init__(self, requester: Requester, endpoint_id: str | None) -> None:
        self._requester = requester
        self._endpoint_id = endpoint_id

    def __repr__(self) -> str:
        return f"{type(self).__name__}(endpoint_id={self._endpoint_id!r})"

    def performance(
        self,
        *,
        window: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> EndpointPerformance:
        """Latency of an endpoint.

        Returns percentiles of the time from a completion's request to the end of its answer.

        Args:
            window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it
                is left out.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            max_retries: How often a failed request is retried.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            params: Any further query parameter, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Raises:
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: A value is invalid; nothing is sent.

        """
        if params:
            check_undeclared(self.performance, params, "extra_query")
        call = api.endpoint_performance(self._endpoint_id, window=window, filters=params)
        return self._requester.send(
            call,
            {
                "timeout": timeout,
                "deadline": deadline,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )

    def uptime(
        self,
        *,
        window: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> EndpointUptime:
        """Availability of an endpoint.

        Returns the share of the window that the endpoint was live, of the time that it was meant to be, and
        what interrupted it. Time in which it was stopped on purpose does not count.

        Args:
            window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it
                is left out.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            max_retries: How often a failed request is retried.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            params: Any further query parameter, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Raises:
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: A value is invalid; nothing is sent.

        """
        if params:
            check_undeclared(self.uptime, params, "extra_query")
        call = api.endpoint_uptime(self._endpoint_id, window=window, filters=params)
        return self._requester.send(
            call,
            {
                "timeout": timeout,
                "deadline": deadline,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )

    def cost(
        self,
        *,
        window: str | None = None,
        group_by: Literal["day", "hour"] | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> EndpointCost:
        """Spend and savings of an endpoint.

        Returns what the endpoint's completions cost, and what the same number of requests would have cost on
        the frontier model of the task's leaderboard. It is not the organisation's balance.

        Args:
            window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it
                is left out.
            group_by: Adds `groups`, the same figures for each day or each hour (UTC) that had a completion.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            max_retries: How often a failed request is retried.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            params: Any further query parameter, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Raises:
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: A value is invalid; nothing is sent.

        """
        if params:
            check_undeclared(self.cost, params, "extra_query")
        call = api.endpoint_cost(self._endpoint_id, window=window, group_by=group_by, filters=params)
        return self._requester.send(
            call,
            {
                "timeout": timeout,
                "deadline": deadline,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )

    def quality(
        self,
        *,
        window: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> EndpointQuality:
        """Judged quality of an endpoint.

        Returns how the task's scorer judged the endpoint's completions, in judge windows of one hour. Hours
        without a judged completion are left out.

        Args:
            window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it
                is left out.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            max_retries: How often a failed request is retried.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            params: Any further query parameter, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Raises:
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: A value is invalid; nothing is sent.

        """
        if params:
            check_undeclared(self.quality, params, "extra_query")
        call = api.endpoint_quality(self._endpoint_id, window=window, filters=params)
        return self._requester.send(
            call,
            {
                "timeout": timeout,
                "deadline": deadline,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )

    def activity(
        self,
        *,
        window: str | None = None,
        timeout: float | HttpxTimeout | None | NotGiven = NOT_GIVEN,
        deadline: float | None | NotGiven = NOT_GIVEN,
        max_retries: int | NotGiven = NOT_GIVEN,
        extra_headers: Mapping[str, str] | None = None,
        extra_query: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> EndpointActivity:
        """Usage of an endpoint.

        Returns how many completions and tokens the endpoint served and how many requests for a completion
        failed, in all and for each hour (UTC) that had any.

        Args:
            window: The time up to now that the figures cover, in minutes, hours or days; 24 hours where it
                is left out.
            timeout: Seconds for each operation of a socket, None for no limit, or an `httpx.Timeout`.
            deadline: Seconds for the whole call, with its retries and the waits between them; None for no
                limit.
            max_retries: How often a failed request is retried.
            extra_headers: Headers to send, over those of the client.
            extra_query: Query parameters to send, over those of the method and of the client.
            params: Any further query parameter, sent as it is. A name that is nearly one of the above is a
                TypeError.

        Raises:
            NotFoundError: There is no such endpoint.
            BadRequestError: A parameter is malformed.
            TypeError: A keyword is a mistake; nothing is sent.
            ValueError: A value is invalid; nothing is sent.

        """
        if params:
            check_undeclared(self.activity, params, "extra_query")
        call = api.endpoint_activity(self._endpoint_id, window=window, filters=params)
        return self._requester.send(
            call,
            {
                "timeout": timeout,
                "deadline": deadline,
                "max_retries": max_retries,
                "extra_headers": extra_headers,
                "extra_query": extra_query,
            },
        )
