"""Keywords that are mistakes: each is refused before anything is sent, and says what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from modes import Mode
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from wire import Wire, answer

from pareta import AsyncPareta, Completions, Endpoints, Pareta
from pareta._policy.slips import check_undeclared

Serve = Callable[..., Wire]
CHAT = {"model": "ep_1", "messages": [{"role": "user", "content": "Hi"}]}

# (method, what was written, what the error suggests, the option that sends it all the same)
SLIPS: list[tuple[str, dict[str, Any], str, str]] = [
    ("create", {"temprature": 0.1}, "temperature", "extra_body"),
    ("create", {"Temperature": 0.1}, "temperature", "extra_body"),
    ("create", {"temp": 0.1}, "temperature", "extra_body"),
    ("create", {"max_token": 5}, "max_tokens", "extra_body"),
    ("create", {"maxTokens": 5}, "max_tokens", "extra_body"),
    ("create", {"max_new_tokens": 5}, "max_tokens", "extra_body"),
    ("create", {"max_output_tokens": 5}, "max_completion_tokens", "extra_body"),
    ("create", {"top-p": 1}, "top_p", "extra_body"),
    ("create", {"strem": True}, "stream", "extra_body"),
    ("create", {"stream_option": {}}, "stream_options", "extra_body"),
    ("create", {"stop_sequences": ["."]}, "stop", "extra_body"),
    ("create", {"presence_penality": 1}, "presence_penalty", "extra_body"),
    ("create", {"responce_format": {}}, "response_format", "extra_body"),
    ("create", {"function_call": "auto"}, "tool_choice", "extra_body"),
    ("create", {"functions": []}, "tools", "extra_body"),
    ("create", {"prompt": "Hi"}, "messages", "extra_body"),
    ("create", {"system": "Be short."}, "messages", "extra_body"),
    ("create", {"engine": "gpt"}, "model", "extra_body"),
    ("create", {"timout": 30}, "timeout", "extra_body"),
    ("create", {"request_timeout": 30}, "timeout", "extra_body"),
    ("create", {"headers": {"x": "y"}}, "extra_headers", "extra_body"),
    ("create", {"extra_header": {"x": "y"}}, "extra_headers", "extra_body"),
    ("create", {"max_retry": 0}, "max_retries", "extra_body"),
    ("create", {"api_key": "k"}, "with_options(api_key=…)", "extra_body"),
    ("create", {"idempotencyKey": "k"}, "idempotency_key", "extra_body"),
    ("ephemeral", {"at_exti": "stop"}, "at_exit", "extra_body"),
    ("deploy", {"waite": True}, "wait", "extra_body"),
    ("deploy", {"wiat": True}, "wait", "extra_body"),
    ("deploy", {"blocking": True}, "wait", "extra_body"),
    ("deploy", {"modle": "qwen-2"}, "model", "extra_body"),
    ("deploy", {"nmae": "x"}, "name", "extra_body"),
    ("deploy", {"wait_timeout": 60}, "deadline", "extra_body"),
    ("cost", {"windw": "1h"}, "window", "extra_query"),
    ("cost", {"groupBy": "day"}, "group_by", "extra_query"),
    ("uptime", {"window_": "1h"}, "window", "extra_query"),
    ("activity", {"extra_body": {"a": 1}}, "extra_query", "extra_query"),
    ("quality", {"idempotency_key": "k"}, "nothing, since a GET needs none", "extra_query"),
]
CLOSED: list[tuple[str, dict[str, Any], str]] = [
    ("models.list", {"timout": 3}, "did you mean timeout"),
    ("models.list", {"limit": 3}, "it takes max_retries, extra_headers, extra_query, timeout"),
    ("endpoints.list", {"max_retrys": 3}, "did you mean max_retries"),
    ("endpoints.retrieve", {"extra_heders": {}}, "did you mean extra_headers"),
    ("endpoints.start", {"headers": {}}, "did you mean extra_headers"),
    ("endpoints.wait_until_live", {"deadline": 3}, "it takes max_retries"),
    ("tasks.retrieve", {"deadlin": 3}, "did you mean deadline"),
]
OF_MODEL_SERVERS = """
top_k min_p repetition_penalty length_penalty stop_token_ids ignore_eos min_tokens skip_special_tokens prompt_logprobs
allowed_token_ids bad_words echo documents chat_template chat_template_kwargs guided_json structured_outputs priority
cache_salt best_of regex ebnf separate_reasoning typical_p mirostat grammar n_predict top_a transforms provider
reasoning keep_alive
"""
VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("create", {"stream": "false"}, "stream must be True or False, not 'false'"),
    ("create", {"messages": "Hi"}, "messages must be a list, not a str"),
    ("create", {"messages": {"role": "user", "content": "Hi"}}, "messages must be a list, not a mapping"),
    ("create", {"tools": {"type": "function"}}, "tools must be a list"),
    ("create", {"extra_body": {"stream": True}}, "stream cannot be in extra_body"),
    ("create", {"extra_headers": {"Authorization": "Bearer x"}}, "give the key as api_key="),
    ("create", {"timeout": "30"}, "timeout must be seconds"),
    ("create", {"max_retries": "2"}, "max_retries must be a whole number"),
    ("create", {"idempotency_key": "a b"}, "idempotency_key must be"),
    ("deploy", {"wait": "no"}, "wait must be True or False"),
    ("deploy", {"deadline": -1}, "deadline must be a positive number"),
    ("models.list", {"extra_body": {"a": 1}}, "extra_body: a GET has no body; use extra_query"),
    ("endpoints.delete", {"idempotency_key": "k"}, "idempotency_key: a DELETE takes none"),
]


def send(mode: Mode, client: Pareta | AsyncPareta, method: str, given: dict[str, Any]) -> Any:
    """Call a method with what it needs, and with what is given."""
    metrics: Any = client.endpoints.metrics("ep_1")
    known: dict[str, Callable[..., Any]] = {
        "create": lambda **more: client.chat.completions.create(**{**CHAT, **more}),
        "deploy": lambda **more: client.endpoints.deploy(task="t", **more),
        "ephemeral": lambda **more: client.endpoints.ephemeral(task="t", **more),
        "models.list": client.models.list,
        "endpoints.list": client.endpoints.list,
        "tasks.retrieve": lambda **more: client.tasks.retrieve("t", **more),
        **{
            f"endpoints.{name}": lambda name=name, **more: getattr(client.endpoints, name)("ep_1", **more)
            for name in ("retrieve", "start", "delete", "wait_until_live")
        },
    }
    return mode.run((known.get(method) or getattr(metrics, method))(**given))


def name_of(value: Any) -> str:
    """Name a case by its keywords."""
    return "-".join(value) if isinstance(value, dict) else str(value)[:30]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip[0]}-{name_of(slip[1])}")
def test_a_slip_is_refused(mode: Mode, wire: Serve, slip: tuple[str, dict[str, Any], str, str]) -> None:
    """The error names the keyword, what was meant, and the option that sends it all the same; nothing was sent."""
    server = wire(answer({}))
    method, given, meant, way_out = slip
    (name,) = given
    with pytest.raises(TypeError) as refused:
        send(mode, mode.client(server.url), method, given)
    text = str(refused.value)
    assert text.startswith(f"{method}() has no parameter {name!r}: did you mean {meant}? Nothing was sent.")
    assert f"{way_out}={{{name!r}: …}}" in text
    assert server.received == []


@pytest.mark.parametrize(("method", "given", "text"), CLOSED, ids=name_of)
def test_a_method_that_takes_no_others_names_what_it_takes(
    mode: Mode, wire: Serve, method: str, given: dict[str, Any], text: str
) -> None:
    """An unknown keyword is a TypeError, as everywhere in Python; nothing was sent."""
    server = wire(answer({}))
    with pytest.raises(TypeError, match=f"got an unexpected keyword argument '{next(iter(given))}'") as refused:
        send(mode, mode.client(server.url), method, given)
    assert text in str(refused.value)
    assert server.received == []


@pytest.mark.parametrize(("method", "given", "text"), VALUES, ids=name_of)
def test_a_value_that_means_something_else_is_refused(
    mode: Mode, wire: Serve, method: str, given: dict[str, Any], text: str
) -> None:
    """A text where a flag belongs, or an option that has no place in the call, is refused; nothing was sent."""
    server = wire(answer({}))
    with pytest.raises((TypeError, ValueError)) as refused:
        send(mode, mode.client(server.url), method, given)
    assert text in str(refused.value)
    assert server.received == []


@pytest.mark.parametrize("name", sorted(CompletionCreateParamsBase.__annotations__))
def test_what_openai_knows_goes_through_or_is_named(name: str) -> None:
    """Each parameter of OpenAI's is declared here, passes, or is one of the two that have another place."""
    if name in Completions.create.__code__.co_varnames:
        return
    if name in ("functions", "function_call"):
        with pytest.raises(TypeError):
            check_undeclared(Completions.create, [name], "extra_body")
        return
    check_undeclared(Completions.create, [name], "extra_body")


@pytest.mark.parametrize("name", OF_MODEL_SERVERS.split())
def test_parameters_of_model_servers_go_through(name: str) -> None:
    """A parameter of vLLM, SGLang, llama.cpp or a router is no slip, however it is spelt."""
    check_undeclared(Completions.create, [name], "extra_body")


@pytest.mark.parametrize("name", ["region", "labels", "tags", "gpu", "replicas", "protected", "description"])
def test_fields_of_a_deployment_go_through(name: str) -> None:
    """A field that a newer platform may take is no slip."""
    check_undeclared(Endpoints.deploy, [name], "extra_body")
