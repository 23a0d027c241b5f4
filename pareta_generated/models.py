"""Objects of the API: views of responses, and TypedDicts of requests.

Generated from openapi/pareta.yaml. Do not edit: change that file and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Required, TypeAlias, TypedDict

from . import types

EndpointStatus: TypeAlias = Literal["live", "starting", "stopped", "failed"] | str
"""What an endpoint is doing. Others may be added: only `live` serves."""

FinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter"] | str
"""Why an answer ended: it was complete, it reached its length, or it asks for functions."""


class ModelList(types.View):
    """The models that can be called now."""

    __slots__ = ()
    _pointer = "/components/schemas/ModelList"

    @property
    def object(self) -> str | None:
        """Always `list`."""
        value = self._raw.get("object")
        return value if isinstance(value, str) else None

    @property
    def data(self) -> list[Model]:
        """The models, oldest first."""
        return self._many("data", Model)


class Model(types.View):
    """A model that can be called, in the form of OpenAI's model index."""

    __slots__ = ()
    _pointer = "/components/schemas/Model"

    @property
    def id(self) -> str | None:
        """The endpoint's id. A chat completion takes it as `model`."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def object(self) -> str | None:
        """Always `model`."""
        value = self._raw.get("object")
        return value if isinstance(value, str) else None

    @property
    def owned_by(self) -> str | None:
        """`pareta` for a deployed open-weights model, else the name of the vendor that serves it."""
        value = self._raw.get("owned_by")
        return value if isinstance(value, str) else None

    @property
    def created(self) -> int | None:
        """When the endpoint was created, in Unix seconds."""
        return types.parse_integer(self._raw.get("created"))


class Endpoint(types.View):
    """A deployed model, and where it stands."""

    __slots__ = ()
    _pointer = "/components/schemas/Endpoint"

    @property
    def id(self) -> str | None:
        """The endpoint's id. It equals its name."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def name(self) -> str | None:
        """The name that it was deployed under, or that it was given."""
        value = self._raw.get("name")
        return value if isinstance(value, str) else None

    @property
    def model(self) -> str | None:
        """The alias that serves here."""
        value = self._raw.get("model")
        return value if isinstance(value, str) else None

    @property
    def status(self) -> EndpointStatus | None:
        """What an endpoint is doing. Others may be added: only `live` serves."""
        value = self._raw.get("status")
        return value if isinstance(value, str) else None

    @property
    def task_name(self) -> str | None:
        """The id of the task that it serves."""
        value = self._raw.get("taskName")
        return value if isinstance(value, str) else None

    @property
    def url(self) -> str | None:
        """The base URL of its OpenAI-compatible API; null until it has been live."""
        value = self._raw.get("url")
        return value if isinstance(value, str) else None

    @property
    def region(self) -> str | None:
        """Where it runs."""
        value = self._raw.get("region")
        return value if isinstance(value, str) else None

    @property
    def created_at(self) -> datetime | None:
        """When it was deployed."""
        return types.parse_datetime(self._raw.get("created_at"))

    @property
    def owned_by(self) -> str | None:
        """`pareta`, or the name of the vendor that serves it."""
        value = self._raw.get("owned_by")
        return value if isinstance(value, str) else None

    @property
    def protected(self) -> bool | None:
        """Whether it refuses to be stopped and deleted."""
        return types.parse_boolean(self._raw.get("protected"))

    @property
    def failure(self) -> str | None:
        """Why its deployment failed; null in any other status."""
        value = self._raw.get("failure")
        return value if isinstance(value, str) else None


class DeployProgress(types.View):
    """How far a deployment is."""

    __slots__ = ()
    _pointer = "/components/schemas/DeployProgress"

    @property
    def stage(self) -> str | None:
        """What is being done."""
        value = self._raw.get("stage")
        return value if isinstance(value, str) else None

    @property
    def pct(self) -> int | None:
        """How much of the whole deployment is done, in percent. It never falls."""
        return types.parse_integer(self._raw.get("pct"))


class DeployComplete(types.View):
    """A deployment succeeded."""

    __slots__ = ()
    _pointer = "/components/schemas/DeployComplete"

    @property
    def endpoint(self) -> Endpoint:
        """A deployed model, and where it stands."""
        return self._one_required("endpoint", Endpoint)


class DeployFailure(types.View):
    """A deployment failed."""

    __slots__ = ()
    _pointer = "/components/schemas/DeployFailure"

    @property
    def message(self) -> str | None:
        """Why it failed."""
        value = self._raw.get("message")
        return value if isinstance(value, str) else None


class EndpointState(types.DictView):
    """The status of an endpoint after a change."""

    __slots__ = ()
    _pointer = "/components/schemas/EndpointState"

    @property
    def id(self) -> str | None:
        """The endpoint's id."""
        value = self.get("id")
        return value if isinstance(value, str) else None

    @property
    def status(self) -> EndpointStatus | None:
        """What an endpoint is doing. Others may be added: only `live` serves."""
        value = self.get("status")
        return value if isinstance(value, str) else None


class EndpointPerformance(types.DictView):
    """Latency of an endpoint over a window of time."""

    __slots__ = ()
    _pointer = "/components/schemas/EndpointPerformance"

    @property
    def endpoint_id(self) -> str | None:
        """The endpoint's id."""
        value = self.get("endpoint_id")
        return value if isinstance(value, str) else None

    @property
    def window(self) -> str | None:
        """The window that the figures cover, such as `24h`."""
        value = self.get("window")
        return value if isinstance(value, str) else None

    @property
    def requests(self) -> int | None:
        """How many completions were measured."""
        return types.parse_integer(self.get("requests"))

    @property
    def p50_ms(self) -> float | None:
        """Half of the completions took at most so many milliseconds; null where there were none."""
        return types.parse_number(self.get("p50_ms"))

    @property
    def p95_ms(self) -> float | None:
        """95 % of the completions took at most so many milliseconds; null where there were none."""
        return types.parse_number(self.get("p95_ms"))

    @property
    def p99_ms(self) -> float | None:
        """99 % of the completions took at most so many milliseconds; null where there were none."""
        return types.parse_number(self.get("p99_ms"))


class EndpointUptime(types.DictView):
    """Availability of an endpoint over a window of time."""

    __slots__ = ()
    _pointer = "/components/schemas/EndpointUptime"

    @property
    def endpoint_id(self) -> str | None:
        """The endpoint's id."""
        value = self.get("endpoint_id")
        return value if isinstance(value, str) else None

    @property
    def window(self) -> str | None:
        """The window that the figures cover, such as `24h`."""
        value = self.get("window")
        return value if isinstance(value, str) else None

    @property
    def availability(self) -> float | None:
        """The share of the time that it was live, from 0 to 1; null where it was meant to be stopped all the time."""
        return types.parse_number(self.get("availability"))

    @property
    def incidents(self) -> list[Incident]:
        """What interrupted it, oldest first."""
        return self._many("incidents", Incident)


class Incident(types.DictView):
    """A time in which an endpoint was meant to be live and was not."""

    __slots__ = ()
    _pointer = "/components/schemas/Incident"

    @property
    def started_at(self) -> datetime | None:
        """When it began."""
        return types.parse_datetime(self.get("started_at"))

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; null while it lasts."""
        return types.parse_datetime(self.get("ended_at"))

    @property
    def reason(self) -> str | None:
        """What kept it from serving, such as `cold start`."""
        value = self.get("reason")
        return value if isinstance(value, str) else None


class EndpointCost(types.DictView):
    """Spend and savings of an endpoint over a window of time, in micro-USD."""

    __slots__ = ()
    _pointer = "/components/schemas/EndpointCost"

    @property
    def endpoint_id(self) -> str | None:
        """The endpoint's id."""
        value = self.get("endpoint_id")
        return value if isinstance(value, str) else None

    @property
    def window(self) -> str | None:
        """The window that the figures cover, such as `24h`."""
        value = self.get("window")
        return value if isinstance(value, str) else None

    @property
    def requests(self) -> int | None:
        """How many completions were billed."""
        return types.parse_integer(self.get("requests"))

    @property
    def spend_micro_usd(self) -> int | None:
        """What they cost, in micro-USD."""
        return types.parse_integer(self.get("spend_micro_usd"))

    @property
    def frontier_baseline_micro_usd(self) -> int | None:
        """What they would have cost on the frontier model of the leaderboard, in micro-USD."""
        return types.parse_integer(self.get("frontier_baseline_micro_usd"))

    @property
    def savings_micro_usd(self) -> int | None:
        """The baseline less the spend, in micro-USD."""
        return types.parse_integer(self.get("savings_micro_usd"))

    @property
    def groups(self) -> list[CostGroup]:
        """The same figures by day or hour, oldest first; only with `group_by`."""
        return self._many("groups", CostGroup)


class CostGroup(types.DictView):
    """Spend and savings of one day or hour, in micro-USD."""

    __slots__ = ()
    _pointer = "/components/schemas/CostGroup"

    @property
    def started_at(self) -> datetime | None:
        """When the day or hour began, in UTC."""
        return types.parse_datetime(self.get("started_at"))

    @property
    def requests(self) -> int | None:
        """How many completions were billed."""
        return types.parse_integer(self.get("requests"))

    @property
    def spend_micro_usd(self) -> int | None:
        """What they cost, in micro-USD."""
        return types.parse_integer(self.get("spend_micro_usd"))

    @property
    def frontier_baseline_micro_usd(self) -> int | None:
        """What they would have cost on the frontier model, in micro-USD."""
        return types.parse_integer(self.get("frontier_baseline_micro_usd"))

    @property
    def savings_micro_usd(self) -> int | None:
        """The baseline less the spend, in micro-USD."""
        return types.parse_integer(self.get("savings_micro_usd"))


class EndpointQuality(types.DictView):
    """Judged quality of an endpoint over a window of time."""

    __slots__ = ()
    _pointer = "/components/schemas/EndpointQuality"

    @property
    def endpoint_id(self) -> str | None:
        """The endpoint's id."""
        value = self.get("endpoint_id")
        return value if isinstance(value, str) else None

    @property
    def window(self) -> str | None:
        """The window that the figures cover, such as `24h`."""
        value = self.get("window")
        return value if isinstance(value, str) else None

    @property
    def scorer(self) -> str | None:
        """What judges, as in `Task.default_scorer`."""
        value = self.get("scorer")
        return value if isinstance(value, str) else None

    @property
    def score(self) -> float | None:
        """The mean over all judged completions, from 0 to 1; null where there were none."""
        return types.parse_number(self.get("score"))

    @property
    def windows(self) -> list[JudgeWindow]:
        """The judge windows, oldest first."""
        return self._many("windows", JudgeWindow)


class JudgeWindow(types.DictView):
    """How an hour's completions were judged."""

    __slots__ = ()
    _pointer = "/components/schemas/JudgeWindow"

    @property
    def started_at(self) -> datetime | None:
        """When the window began."""
        return types.parse_datetime(self.get("started_at"))

    @property
    def ended_at(self) -> datetime | None:
        """When the window ends."""
        return types.parse_datetime(self.get("ended_at"))

    @property
    def judged(self) -> int | None:
        """How many completions were judged."""
        return types.parse_integer(self.get("judged"))

    @property
    def score(self) -> float | None:
        """Their mean score, from 0 to 1."""
        return types.parse_number(self.get("score"))


class EndpointActivity(types.DictView):
    """Usage of an endpoint over a window of time."""

    __slots__ = ()
    _pointer = "/components/schemas/EndpointActivity"

    @property
    def endpoint_id(self) -> str | None:
        """The endpoint's id."""
        value = self.get("endpoint_id")
        return value if isinstance(value, str) else None

    @property
    def window(self) -> str | None:
        """The window that the figures cover, such as `24h`."""
        value = self.get("window")
        return value if isinstance(value, str) else None

    @property
    def requests(self) -> int | None:
        """How many completions were served."""
        return types.parse_integer(self.get("requests"))

    @property
    def errors(self) -> int | None:
        """How many requests for a completion failed."""
        return types.parse_integer(self.get("errors"))

    @property
    def prompt_tokens(self) -> int | None:
        """How many tokens were read."""
        return types.parse_integer(self.get("prompt_tokens"))

    @property
    def completion_tokens(self) -> int | None:
        """How many tokens were written."""
        return types.parse_integer(self.get("completion_tokens"))

    @property
    def series(self) -> list[ActivityHour]:
        """The same figures by the hour, oldest first."""
        return self._many("series", ActivityHour)


class ActivityHour(types.DictView):
    """Usage in one hour."""

    __slots__ = ()
    _pointer = "/components/schemas/ActivityHour"

    @property
    def started_at(self) -> datetime | None:
        """When the hour began, in UTC."""
        return types.parse_datetime(self.get("started_at"))

    @property
    def requests(self) -> int | None:
        """How many completions were served."""
        return types.parse_integer(self.get("requests"))

    @property
    def errors(self) -> int | None:
        """How many requests for a completion failed."""
        return types.parse_integer(self.get("errors"))

    @property
    def prompt_tokens(self) -> int | None:
        """How many tokens were read."""
        return types.parse_integer(self.get("prompt_tokens"))

    @property
    def completion_tokens(self) -> int | None:
        """How many tokens were written."""
        return types.parse_integer(self.get("completion_tokens"))


class ChatCompletionChunk(types.View):
    """A piece of an answer."""

    __slots__ = ()
    _pointer = "/components/schemas/ChatCompletionChunk"

    @property
    def id(self) -> str | None:
        """The completion's id; the same in each of its chunks."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def object(self) -> str | None:
        """Always `chat.completion.chunk`."""
        value = self._raw.get("object")
        return value if isinstance(value, str) else None

    @property
    def created(self) -> int | None:
        """When the completion was begun, in Unix seconds."""
        return types.parse_integer(self._raw.get("created"))

    @property
    def model(self) -> str | None:
        """The id of the endpoint that answers."""
        value = self._raw.get("model")
        return value if isinstance(value, str) else None

    @property
    def choices(self) -> list[ChunkChoice]:
        """What is new of each answer; empty in the chunk that carries the usage."""
        return self._many("choices", ChunkChoice)

    @property
    def usage(self) -> Usage | None:
        """The tokens of the whole completion, in the last chunk, where `stream_options` asked for it."""
        return self._one("usage", Usage)


class ChunkChoice(types.View):
    """What is new of one answer."""

    __slots__ = ()
    _pointer = "/components/schemas/ChunkChoice"

    @property
    def index(self) -> int | None:
        """Its place among the choices, from 0."""
        return types.parse_integer(self._raw.get("index"))

    @property
    def delta(self) -> Delta:
        """What a chunk adds to a message."""
        return self._one_required("delta", Delta)

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the answer ended; null before its end."""
        value = self._raw.get("finish_reason")
        return value if isinstance(value, str) else None


class Delta(types.View):
    """What a chunk adds to a message."""

    __slots__ = ()
    _pointer = "/components/schemas/Delta"

    @property
    def role(self) -> str | None:
        """Always `assistant`, in the first chunk."""
        value = self._raw.get("role")
        return value if isinstance(value, str) else None

    @property
    def content(self) -> str | None:
        """Text to append."""
        value = self._raw.get("content")
        return value if isinstance(value, str) else None

    @property
    def refusal(self) -> str | None:
        """Text to append to the refusal."""
        value = self._raw.get("refusal")
        return value if isinstance(value, str) else None

    @property
    def tool_calls(self) -> list[ToolCallDelta]:
        """What is new of the functions that are asked for."""
        return self._many("tool_calls", ToolCallDelta)


class ToolCallDelta(types.View):
    """What a chunk adds to a request for a function."""

    __slots__ = ()
    _pointer = "/components/schemas/ToolCallDelta"

    @property
    def index(self) -> int | None:
        """Which of the requests it adds to, from 0."""
        return types.parse_integer(self._raw.get("index"))

    @property
    def id(self) -> str | None:
        """The id of the request, in its first piece."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def type(self) -> str | None:
        """Always `function`, in its first piece."""
        value = self._raw.get("type")
        return value if isinstance(value, str) else None

    @property
    def function(self) -> FunctionCallDelta | None:
        """What a chunk adds to a function and its arguments."""
        return self._one("function", FunctionCallDelta)


class FunctionCallDelta(types.View):
    """What a chunk adds to a function and its arguments."""

    __slots__ = ()
    _pointer = "/components/schemas/FunctionCallDelta"

    @property
    def name(self) -> str | None:
        """The function's name, in its first piece."""
        value = self._raw.get("name")
        return value if isinstance(value, str) else None

    @property
    def arguments(self) -> str | None:
        """JSON text to append to its arguments."""
        value = self._raw.get("arguments")
        return value if isinstance(value, str) else None


class Usage(types.View):
    """The tokens of a completion."""

    __slots__ = ()
    _pointer = "/components/schemas/Usage"

    @property
    def prompt_tokens(self) -> int | None:
        """How many tokens were read."""
        return types.parse_integer(self._raw.get("prompt_tokens"))

    @property
    def completion_tokens(self) -> int | None:
        """How many tokens were written."""
        return types.parse_integer(self._raw.get("completion_tokens"))

    @property
    def total_tokens(self) -> int | None:
        """Both together."""
        return types.parse_integer(self._raw.get("total_tokens"))


class ChatCompletion(types.View):
    """An answer to a conversation."""

    __slots__ = ()
    _pointer = "/components/schemas/ChatCompletion"

    @property
    def id(self) -> str | None:
        """The completion's id."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def object(self) -> str | None:
        """Always `chat.completion`."""
        value = self._raw.get("object")
        return value if isinstance(value, str) else None

    @property
    def created(self) -> int | None:
        """When it was made, in Unix seconds."""
        return types.parse_integer(self._raw.get("created"))

    @property
    def model(self) -> str | None:
        """The id of the endpoint that answered."""
        value = self._raw.get("model")
        return value if isinstance(value, str) else None

    @property
    def choices(self) -> list[Choice]:
        """The answers; one, unless more were asked for."""
        return self._many("choices", Choice)

    @property
    def usage(self) -> Usage:
        """The tokens of a completion."""
        return self._one_required("usage", Usage)


class Choice(types.View):
    """One answer of a completion."""

    __slots__ = ()
    _pointer = "/components/schemas/Choice"

    @property
    def index(self) -> int | None:
        """Its place among the choices, from 0."""
        return types.parse_integer(self._raw.get("index"))

    @property
    def message(self) -> Message:
        """A message that the model wrote. It can be sent back among a request's messages as it is."""
        return self._one_required("message", Message)

    @property
    def finish_reason(self) -> FinishReason | None:
        """Why the answer ended."""
        value = self._raw.get("finish_reason")
        return value if isinstance(value, str) else None


class Message(types.View):
    """A message that the model wrote. It can be sent back among a request's messages as it is."""

    __slots__ = ()
    _pointer = "/components/schemas/Message"

    @property
    def role(self) -> str | None:
        """Always `assistant`."""
        value = self._raw.get("role")
        return value if isinstance(value, str) else None

    @property
    def content(self) -> str | None:
        """The text; null where it asks for functions instead."""
        value = self._raw.get("content")
        return value if isinstance(value, str) else None

    @property
    def refusal(self) -> str | None:
        """Why the model would not answer, where it would not."""
        value = self._raw.get("refusal")
        return value if isinstance(value, str) else None

    @property
    def tool_calls(self) -> list[ToolCall]:
        """The functions that it asks to have called."""
        return self._many("tool_calls", ToolCall)


class ToolCall(types.View):
    """A function that the model asks to have called."""

    __slots__ = ()
    _pointer = "/components/schemas/ToolCall"

    @property
    def id(self) -> str | None:
        """Names this request; the answer to it refers to it."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def type(self) -> str | None:
        """Always `function`."""
        value = self._raw.get("type")
        return value if isinstance(value, str) else None

    @property
    def function(self) -> FunctionCall:
        """A function and its arguments."""
        return self._one_required("function", FunctionCall)


class FunctionCall(types.View):
    """A function and its arguments."""

    __slots__ = ()
    _pointer = "/components/schemas/FunctionCall"

    @property
    def name(self) -> str | None:
        """The function's name."""
        value = self._raw.get("name")
        return value if isinstance(value, str) else None

    @property
    def arguments(self) -> str | None:
        """Its arguments, as JSON text that the model wrote: check it."""
        value = self._raw.get("arguments")
        return value if isinstance(value, str) else None


class TaskList(types.View):
    """The catalog of tasks."""

    __slots__ = ()
    _pointer = "/components/schemas/TaskList"

    @property
    def tasks(self) -> list[Task]:
        """The tasks, in the order of their ids."""
        return self._many("tasks", Task)


class Task(types.View):
    """Something that a model can be deployed for."""

    __slots__ = ()
    _pointer = "/components/schemas/Task"

    @property
    def id(self) -> str | None:
        """The task's id."""
        value = self._raw.get("id")
        return value if isinstance(value, str) else None

    @property
    def default_scorer(self) -> str | None:
        """What measures an answer, such as `field_f1`."""
        value = self._raw.get("default_scorer")
        return value if isinstance(value, str) else None

    @property
    def has_blob_input(self) -> bool | None:
        """Whether its input is a file, such as an image, and not text."""
        return types.parse_boolean(self._raw.get("has_blob_input"))

    @property
    def examples(self) -> list[TaskExample]:
        """Worked examples, where `examples_n` asked for them."""
        return self._many("examples", TaskExample)


class TaskExample(types.View):
    """A worked example of a task."""

    __slots__ = ()
    _pointer = "/components/schemas/TaskExample"

    @property
    def input(self) -> str | None:
        """What the model is given; for a file, its name."""
        value = self._raw.get("input")
        return value if isinstance(value, str) else None

    @property
    def output(self) -> str | None:
        """What a good answer is."""
        value = self._raw.get("output")
        return value if isinstance(value, str) else None


class TaskMatch(types.View):
    """The tasks that fit an intent."""

    __slots__ = ()
    _pointer = "/components/schemas/TaskMatch"

    @property
    def query(self) -> str | None:
        """The intent."""
        value = self._raw.get("query")
        return value if isinstance(value, str) else None

    @property
    def matched(self) -> bool | None:
        """Whether a task fits well enough."""
        return types.parse_boolean(self._raw.get("matched"))

    @property
    def chosen(self) -> TaskMatchCandidate | None:
        """The task that fits best; null where none fits well enough."""
        return self._one("chosen", TaskMatchCandidate)

    @property
    def candidates(self) -> list[TaskMatchCandidate]:
        """The tasks that fit at all, best first."""
        return self._many("candidates", TaskMatchCandidate)

    @property
    def ambiguous(self) -> bool | None:
        """Whether another task fits about as well as the chosen one."""
        return types.parse_boolean(self._raw.get("ambiguous"))

    @property
    def matcher(self) -> Literal["keyword", "semantic"] | str | None:
        """How they were compared: by words or by meaning."""
        value = self._raw.get("matcher")
        return value if isinstance(value, str) else None


class TaskMatchCandidate(types.View):
    """A task, and how well it fits an intent."""

    __slots__ = ()
    _pointer = "/components/schemas/TaskMatchCandidate"

    @property
    def task_id(self) -> str | None:
        """The task's id."""
        value = self._raw.get("task_id")
        return value if isinstance(value, str) else None

    @property
    def score(self) -> float | None:
        """How well it fits, from 0 to 1."""
        return types.parse_number(self._raw.get("score"))

    @property
    def confidence(self) -> float | None:
        """How sure that is, given the other candidates, from 0 to 1."""
        return types.parse_number(self._raw.get("confidence"))


class Leaderboard(types.View):
    """The models for a task, ranked."""

    __slots__ = ()
    _pointer = "/components/schemas/Leaderboard"

    @property
    def task_id(self) -> str | None:
        """The task's id."""
        value = self._raw.get("task_id")
        return value if isinstance(value, str) else None

    @property
    def metric(self) -> str | None:
        """What `quality` measures, as in `Task.default_scorer`."""
        value = self._raw.get("metric")
        return value if isinstance(value, str) else None

    @property
    def cost_unit(self) -> str | None:
        """The unit of the costs: `micro_usd_per_request`."""
        value = self._raw.get("cost_unit")
        return value if isinstance(value, str) else None

    @property
    def recommended(self) -> str | None:
        """The alias that `recommended` stands for in a deployment."""
        value = self._raw.get("recommended")
        return value if isinstance(value, str) else None

    @property
    def models(self) -> list[LeaderboardEntry]:
        """The open models, best quality first."""
        return self._many("models", LeaderboardEntry)

    @property
    def frontier(self) -> LeaderboardEntry | None:
        """A frontier model to compare with; null where none was measured."""
        return self._one("frontier", LeaderboardEntry)


class LeaderboardEntry(types.View):
    """A model, measured on a task."""

    __slots__ = ()
    _pointer = "/components/schemas/LeaderboardEntry"

    @property
    def name(self) -> str | None:
        """Its alias, which a deployment takes as `model`."""
        value = self._raw.get("name")
        return value if isinstance(value, str) else None

    @property
    def kind(self) -> Literal["open", "frontier"] | str | None:
        """`open` can be deployed; `frontier` is there to compare with."""
        value = self._raw.get("kind")
        return value if isinstance(value, str) else None

    @property
    def quality(self) -> float | None:
        """Its score on the task, from 0 to 1."""
        return types.parse_number(self._raw.get("quality"))

    @property
    def cost_per_request_micro_usd(self) -> int | None:
        """What a completion costs, in micro-USD."""
        return types.parse_integer(self._raw.get("cost_per_request_micro_usd"))

    @property
    def context_k(self) -> int | None:
        """How much it can read, in thousands of tokens."""
        return types.parse_integer(self._raw.get("context_k"))

    @property
    def run_mode(self) -> str | None:
        """How it is run, such as `dedicated` or `hosted`."""
        value = self._raw.get("run_mode")
        return value if isinstance(value, str) else None


class ErrorBody(types.View):
    """What went wrong."""

    __slots__ = ()
    _pointer = "/components/schemas/ErrorBody"

    @property
    def detail(self) -> str | None:
        """A message for people."""
        value = self._raw.get("detail")
        return value if isinstance(value, str) else None


class ValidationFailure(types.View):
    """What is wrong with a request."""

    __slots__ = ()
    _pointer = "/components/schemas/ValidationFailure"

    @property
    def detail(self) -> list[ValidationProblem]:
        """Each thing that is wrong."""
        return self._many("detail", ValidationProblem)


class ValidationProblem(types.View):
    """One thing that is wrong with a request, and where."""

    __slots__ = ()
    _pointer = "/components/schemas/ValidationProblem"

    @property
    def loc(self) -> list[int | str]:
        """The way to the value: `body`, `query`, `path` or `header`, then names and indices."""
        return self._values("loc", (int, str))

    @property
    def msg(self) -> str | None:
        """A message for people."""
        value = self._raw.get("msg")
        return value if isinstance(value, str) else None

    @property
    def type(self) -> str | None:
        """The kind of problem, for programs."""
        value = self._raw.get("type")
        return value if isinstance(value, str) else None


class SystemMessageParam(TypedDict, total=False):
    """What the model is to be and do."""

    role: Required[Literal["system"]]
    """Always `system`."""
    content: Required[str | Sequence[TextPartParam]]
    """The text, whole or in parts."""
    name: str
    """The author's name."""


class DeveloperMessageParam(TypedDict, total=False):
    """What the model is to be and do, as newer models call it."""

    role: Required[Literal["developer"]]
    """Always `developer`."""
    content: Required[str | Sequence[TextPartParam]]
    """The text, whole or in parts."""
    name: str
    """The author's name."""


class UserMessageParam(TypedDict, total=False):
    """What a person asks."""

    role: Required[Literal["user"]]
    """Always `user`."""
    content: Required[str | Sequence[ContentPartParam]]
    """The text, or parts of text and images."""
    name: str
    """The author's name."""


class AssistantMessageParam(TypedDict, total=False):
    """What the model answered."""

    role: Required[Literal["assistant"]]
    """Always `assistant`."""
    content: str | Sequence[TextPartParam] | None
    """The text, whole or in parts; it may be null or left out where functions are asked for."""
    name: str
    """The author's name."""
    tool_calls: Sequence[ToolCallParam | ToolCall]
    """The functions that it asked to have called."""


class ToolMessageParam(TypedDict, total=False):
    """What a function that was asked for returned."""

    role: Required[Literal["tool"]]
    """Always `tool`."""
    content: Required[str | Sequence[TextPartParam]]
    """The text, whole or in parts."""
    tool_call_id: Required[str]
    """Which request it answers, as in `ToolCall.id`."""


class StreamOptionsParam(TypedDict, total=False):
    """What a stream carries beside the answer."""

    include_usage: bool | None
    """Whether to send the usage in a last chunk of its own, without choices."""


class ToolParam(TypedDict, total=False):
    """A function that the model may ask to have called."""

    type: Required[Literal["function"]]
    """Always `function`."""
    function: Required[FunctionDefinitionParam]
    """What a function is called, does and takes."""


class ToolChoiceParam(TypedDict, total=False):
    """The function that the model must ask for."""

    type: Required[Literal["function"]]
    """Always `function`."""
    function: Required[FunctionNameParam]
    """A function, by its name."""


class ResponseFormatParam(TypedDict, total=False):
    """The form of the answer."""

    type: Required[Literal["text", "json_object", "json_schema"] | str]
    """Text, any JSON object, or JSON by a schema."""
    json_schema: Mapping[str, Any]
    """The schema and its name, for `json_schema`."""


class TextPartParam(TypedDict, total=False):
    """A piece of text."""

    type: Required[Literal["text"]]
    """Always `text`."""
    text: Required[str]
    """The text."""


class ImagePartParam(TypedDict, total=False):
    """An image."""

    type: Required[Literal["image_url"]]
    """Always `image_url`."""
    image_url: Required[ImageUrlParam]
    """Where an image is."""


class ToolCallParam(TypedDict, total=False):
    """A function that the model asks to have called."""

    id: Required[str]
    """Names this request; the answer to it refers to it."""
    type: Required[Literal["function"]]
    """Always `function`."""
    function: Required[FunctionCallParam | FunctionCall]
    """A function and its arguments."""


class FunctionDefinitionParam(TypedDict, total=False):
    """What a function is called, does and takes."""

    name: Required[str]
    """Its name."""
    description: str
    """What it does, for the model to read."""
    parameters: Mapping[str, Any]
    """What it takes, as a JSON Schema."""
    strict: bool | None
    """Whether its arguments must follow the schema exactly."""


class FunctionNameParam(TypedDict, total=False):
    """A function, by its name."""

    name: Required[str]
    """Its name."""


class ImageUrlParam(TypedDict, total=False):
    """Where an image is."""

    url: Required[str]
    """Its URL, or the image itself as a data: URL."""
    detail: Literal["auto", "low", "high"] | str
    """How closely to look at it."""


class FunctionCallParam(TypedDict, total=False):
    """A function and its arguments."""

    name: Required[str]
    """The function's name."""
    arguments: Required[str]
    """Its arguments, as JSON text that the model wrote: check it."""


ChatMessageParam: TypeAlias = (
    SystemMessageParam | DeveloperMessageParam | UserMessageParam | AssistantMessageParam | ToolMessageParam
)
"""A message of a conversation, told apart by its `role`."""

ContentPartParam: TypeAlias = TextPartParam | ImagePartParam
"""A part of a message, told apart by its `type`."""
