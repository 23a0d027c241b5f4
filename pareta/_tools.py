"""Python functions as a model's tools, and Python types as the form of its answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast, get_type_hints

from pareta_generated.types import to_json_value

from ._exceptions import public

if TYPE_CHECKING:
    import inspect

    from pareta_generated.models import Message, ResponseFormatParam, ToolCall, ToolParam


def tools_of(tools: Sequence[ToolParam | Callable[..., Any]]) -> list[Any]:
    """Return tools as they are sent: a function becomes its name, docstring and parameters."""
    if not any(map(callable, tools)):
        return list(tools)
    return [_tool_of(tool) if callable(tool) else tool for tool in tools]


def format_of(response_format: ResponseFormatParam | type[Any]) -> Any:
    """Return a `response_format` as it is sent: a type becomes its JSON schema."""
    if not isinstance(response_format, type):
        return response_format
    from ._schemas import schema_of  # Rarely needed.

    schema = {"name": response_format.__name__, "schema": schema_of(response_format)}
    return {"type": "json_schema", "json_schema": schema}


@public
def arguments_of(call: ToolCall, function: Callable[..., Any]) -> dict[str, Any]:
    """Return the arguments that a model wrote for a function, each of its annotated type.

    Args:
        call: One of `message.tool_calls`.
        function: The function that it asks for.

    Raises:
        ValueError: They are not JSON, or do not fit the function's parameters; the text says where.

    """
    from ._schemas import read_as  # Rarely needed.

    text = call.function.arguments or "{}"
    try:
        given = json.loads(text)
    except ValueError as error:
        raise ValueError(f"the arguments are not JSON ({error}): {text[:200]!r}") from None
    if not isinstance(given, dict):
        raise ValueError(f"the arguments are not an object: {text[:200]!r}")  # noqa: TRY004
    values = cast("dict[str, Any]", given)
    parameters = {parameter.name: (parameter, kind) for parameter, kind in _parameters(function)}
    unknown = [name for name in values if name not in parameters]
    missing = [name for name, (one, _) in parameters.items() if one.default is one.empty and name not in values]
    if unknown or missing:
        what = f"{unknown[0]!r} is not a parameter" if unknown else f"{missing[0]!r} is missing"
        raise ValueError(f"the arguments of {function.__name__}(): {what}")
    return {name: read_as(parameters[name][1], value) for name, value in values.items()}


@public
def run_tools(message: Message, functions: Sequence[Callable[..., Any]]) -> list[Any]:
    """Run the functions that a message asks for, in its order.

    Args:
        message: The message of a completion; without `tool_calls` there is nothing to run.
        functions: The functions that `tools=` offered.

    Returns:
        The messages to send next, `{"role": "tool", …}` each. Where the model asks for a function that is
        not there, or its arguments do not fit, the message says so, and the model can ask again.

    Raises:
        Exception: What a function raises.

    """
    return [_result(call, run()) for call, run in _runs(message, functions)]


@public
async def run_tools_async(message: Message, functions: Sequence[Callable[..., Any]]) -> list[Any]:
    """Run the functions that a message asks for, `async` or not, in its order. See `run_tools`."""
    results: list[Any] = []
    for call, run in _runs(message, functions):
        result = run()
        results.append(_result(call, await result if hasattr(result, "__await__") else result))
    return results


def _runs(message: Message, functions: Sequence[Callable[..., Any]]) -> list[tuple[ToolCall, Callable[[], Any]]]:
    known = {function.__name__: function for function in functions}
    return [(call, _run(call, known)) for call in message.tool_calls]


def _run(call: ToolCall, known: dict[str, Callable[..., Any]]) -> Callable[[], Any]:
    function = known.get(call.function.name or "")
    if function is None:
        why = f"there is no function {call.function.name!r}; there are {', '.join(known) or 'none'}"
        return lambda: {"error": why}
    try:
        arguments = arguments_of(call, function)
    except ValueError as error:
        said = str(error)
        return lambda: {"error": said}
    return lambda: function(**arguments)


def _result(call: ToolCall, value: Any) -> dict[str, Any]:
    if not isinstance(value, str):
        value = json.dumps(to_json_value(value, f"the result of {call.function.name}()"), ensure_ascii=False)
    return {"role": "tool", "tool_call_id": call.id, "content": value}


def _tool_of(function: Callable[..., Any]) -> dict[str, Any]:
    """Return a function as a tool: its name, its docstring, and a schema of its annotated parameters."""
    import inspect  # Slow to import.

    from ._schemas import schema_of

    name = getattr(function, "__name__", "")
    if not name.isidentifier():
        raise TypeError(f"tools: {function!r} has no name; pass a function that is defined by `def`")
    properties: dict[str, Any] = {}
    required: list[str] = []
    for parameter, kind in _parameters(function):
        properties[parameter.name] = schema_of(kind)
        if parameter.default is parameter.empty:
            required.append(parameter.name)
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    made: dict[str, Any] = {"name": name, "parameters": schema}
    if text := inspect.getdoc(function):
        made["description"] = text
    return {"type": "function", "function": made}


def _parameters(function: Callable[..., Any]) -> Iterator[tuple[inspect.Parameter, Any]]:
    import inspect

    hints = get_type_hints(function, include_extras=True)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise TypeError(f"tools: {function.__name__}() takes {parameter}; name each parameter")
        if parameter.name not in hints:
            raise TypeError(f"tools: {function.__name__}() has no type for {parameter.name!r}; annotate it")
        yield parameter, hints[parameter.name]
