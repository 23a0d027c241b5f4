"""The examples of the documentation, each run as it stands there against a sandbox of its own."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import re
import time
from collections.abc import Callable
from inspect import CO_COROUTINE
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from pareta import Endpoint, ModelList, Pareta
from pareta.sandbox import Sandbox

EXAMPLES = Path(__file__).parent / "examples"
LIVE = ("ep_seed01", "ep_a1b2c3", "ep_v7w8x9")
"""The endpoints of a fresh sandbox that can be called."""

BALANCE = 25_000_000
"""What the organisation of a fresh sandbox has, in micro-USD."""
COST = 210
"""What a completion of the recommended model for contract-key-fields costs."""

Values = SimpleNamespace
Check = Callable[[Values, list[str], Sandbox], None]


def nothing(_: Pareta) -> None:
    """Change nothing in a fresh sandbox."""


def stopped(pa: Pareta) -> None:
    """Stop the endpoint that an example starts."""
    pa.endpoints.stop("ep_a1b2c3")


@attrs.frozen
class Example:
    """What an example presupposes and must show."""

    check: Check
    needs: tuple[str, ...] = ()
    """The names that it takes from an example before it."""
    before: Callable[[Pareta], None] = nothing


def client(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect a client of the server and with the key that the environment names."""
    assert values.pa.base_url == sandbox.base_url
    assert len(values.pa.models.list()) == len(LIVE)
    assert lines == []


def deploy(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect it live, with an id and a URL."""
    assert isinstance(values.ep, Endpoint)
    assert lines == [f"{values.ep.id} live {values.ep.url}"]
    assert values.ep.id
    assert values.ep.url.startswith(sandbox.base_url)


def deploy_and_wait(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect id, alias and URL, and an answer that was debited."""
    endpoint, answer = values.ep, values.resp.choices[0].message.content
    assert lines == [endpoint.id, endpoint.model, endpoint.url, *answer.splitlines()]
    assert re.fullmatch(r"[a-z]+-\d+", endpoint.model)
    assert sandbox.balance == BALANCE - COST
    assert values.resp.usage.total_tokens


def deploy_progress(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect stages, and in the end the payload of an endpoint that is live."""
    *progress, last = lines
    assert progress
    for line in progress:
        assert re.fullmatch(r"progress: \{'stage': '[^']+', 'pct': \d+\}", line)
    assert last == f"live: {values.endpoint}"
    assert type(values.endpoint) is dict
    assert values.endpoint["status"] == "live"


def list_and_retrieve(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect every endpoint, whatever its status, and the one that was asked for."""
    *listed, one = lines
    assert listed == [
        "ep_seed01 live support-ticket-triage mistral-1",
        "ep_a1b2c3 live contract-key-fields qwen-2",
        "ep_d4e5f6 stopped invoice-fields llama-1",
        "ep_v7w8x9 live document-summary frontier-1",
    ]
    assert one.split() == ["True", values.ep.url]


def stop_start_delete(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect the endpoint gone in the end."""
    assert "ep_a1b2c3" not in [endpoint.id for endpoint in values.pa.endpoints.list()]
    assert lines == []


def start_and_wait(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect the endpoint live in the end."""
    assert values.pa.endpoints.retrieve("ep_a1b2c3").is_live
    assert lines == []


def metrics(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect figures of each dimension, which a parameter changes."""
    m = values.m
    for dimension in (m.performance, m.uptime, m.cost, m.quality, m.activity):
        assert dimension()["endpoint_id"] == "ep_a1b2c3"
    assert "groups" in m.cost(group_by="day")
    assert "groups" not in m.cost()
    assert lines == []


def end_to_end(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect the task, a deployment, an answer that was billed, and a stopped endpoint."""
    answer = values.resp.choices[0].message.content.splitlines()
    assert values.task_id == "contract-key-fields"
    assert lines[:-1] == [f"live: {values.ep.id} serving qwen-2", *answer]
    assert "" not in answer[:1]
    assert ast.literal_eval(lines[-1])["spend_micro_usd"] == COST
    with sandbox.client() as pa:
        assert pa.endpoints.retrieve(values.ep.id).status == "stopped"


def async_endpoints(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect two deployments, and the first measured and stopped."""
    live, performance = lines
    payload = ast.literal_eval(live.removeprefix("live: "))
    assert payload["status"] == "live"
    assert payload["id"] != values.ep.id
    assert ast.literal_eval(performance)["endpoint_id"] == values.ep.id
    with sandbox.client() as pa:
        assert pa.endpoints.retrieve(values.ep.id).status == "stopped"


def models_list(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect the models that can be called, and whose they are."""
    assert isinstance(values.models, ModelList)
    assert lines == ["3 callable models", "ep_seed01 · pareta", "ep_a1b2c3 · pareta", "ep_v7w8x9 · northwind"]


def models_and_call(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect an answer of the first model."""
    assert values.resp.model == values.first.id == "ep_seed01"
    assert lines == values.resp.choices[0].message.content.splitlines()
    assert lines


def async_models(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect the models, as from the blocking client."""
    assert lines == ["ep_seed01 pareta", "ep_a1b2c3 pareta", "ep_v7w8x9 northwind"]


def model_list(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect the models, counted and held."""
    assert len(values.models) == len(LIVE)
    assert list(values.models) == values.models.data
    assert lines == []


def model(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect id, owner and time of each, and the same in the record."""
    assert tuple(lines[::3]) == LIVE
    assert lines[1::3] == ["pareta", "pareta", "northwind"]
    assert all(1_700_000_000 < int(line) < time.time() + 10**9 for line in lines[2::3])
    assert values.m.to_dict().keys() >= {"id", "owned_by", "created"}


def errors(values: Values, lines: list[str], sandbox: Sandbox) -> None:
    """Expect a list, and so nothing printed."""
    assert len(values.models) == len(LIVE)
    assert lines == []


CASES = {
    "client": Example(client),
    "deploy": Example(deploy, needs=("pa",)),
    "deploy_and_wait": Example(deploy_and_wait, needs=("pa",)),
    "deploy_progress": Example(deploy_progress, needs=("pa",)),
    "list_and_retrieve": Example(list_and_retrieve, needs=("pa",)),
    "stop_start_delete": Example(stop_start_delete, needs=("pa",)),
    "start_and_wait": Example(start_and_wait, needs=("pa", "time"), before=stopped),
    "metrics": Example(metrics, needs=("pa",)),
    "end_to_end": Example(end_to_end),
    "async_endpoints": Example(async_endpoints),
    "models_list": Example(models_list),
    "models_and_call": Example(models_and_call, needs=("Pareta",)),
    "async_models": Example(async_models),
    "model_list": Example(model_list, needs=("pa",)),
    "model": Example(model, needs=("pa",)),
    "errors": Example(errors),
}


def run(path: Path, names: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Run a file as it stands, awaiting what it awaits at its top level; return its names and printed lines."""
    code = compile(path.read_text("utf-8"), path, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    namespace = {"__name__": "__main__", **names}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        outcome = eval(code, namespace)  # A coroutine, where something is awaited.
        if code.co_flags & CO_COROUTINE:
            asyncio.run(outcome)
    return namespace, out.getvalue().splitlines()


@pytest.mark.parametrize("name", CASES)
def test_an_example_of_the_documentation_runs_as_it_stands(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example runs unchanged, with base URL and key from the environment, and shows what it says it shows."""
    example = CASES[name]
    with Sandbox(seed=7, pace=0) as sandbox:
        monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("PARETA_API_KEY", sandbox.api_key)
        with Pareta.from_env() as pa:
            example.before(pa)
            at_hand = {"pa": pa, "time": time, "Pareta": Pareta}
            namespace, lines = run(EXAMPLES / f"{name}.py", {need: at_hand[need] for need in example.needs})
            assert "None" not in " ".join(lines).split()
            example.check(SimpleNamespace(**namespace), lines, sandbox)
            if (made := namespace.get("pa", pa)) is not pa and isinstance(made, Pareta):
                made.close()


def test_every_example_is_run() -> None:
    """Each file of the examples has its expectations, and no more are listed."""
    assert {path.stem for path in EXAMPLES.glob("*.py")} == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_an_example_needs_no_more_than_it_is_given(name: str) -> None:
    """What an example takes from one before it is a client, its class, or the module `time`, and nothing else."""
    tree = ast.parse((EXAMPLES / f"{name}.py").read_text("utf-8"))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.ExceptHandler)}
    known = {"print", "len", "list", "SystemExit", "RuntimeError"}
    assert {node.id for node in names} - bound - known == set(CASES[name].needs)


def test_an_example_catches_what_it_says_it_catches(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wrong key the example of errors prints its advice."""
    with Sandbox(seed=7, pace=0) as sandbox:
        monkeypatch.setenv("PARETA_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("PARETA_API_KEY", "pareta_sk_wrong")
        _, lines = run(EXAMPLES / "errors.py", {})
    assert lines == ["Check PARETA_API_KEY (it should start with pareta_sk_)."]
